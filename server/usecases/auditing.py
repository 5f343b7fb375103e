"""Sealing the audit, verifying the seals, forgetting what is old, and reading it.

No command waits for any of this: rows are sealed once they are committed, by whoever holds the chain, and
nobody else touches them then. A row that commits late, with an earlier time, comes under the next seal.
"""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from server.domain import audit as rules
from server.domain.access import Actor
from server.domain.audit import Flaw, Head, Seal
from server.domain.errors import NotFound
from server.store import audit as audit_store
from server.store import journal
from server.store.audit import Wanted
from server.store.engine import Database, Tx
from server.store.journal import AuditEntry
from server.usecases.signing_in import Caller
from shared.audit import AuditActions, AuditPage, AuditRow
from shared.ids import OrganizationId, UserId

SEAL_AT_ONCE = 5000
"""Rows under one seal: a transaction of some hundred milliseconds."""

VERIFY_AT_ONCE = 10_000
"""Rows read in one transaction: a snapshot that stays open long makes the commands slower."""

_REFUSAL = UUID("9f3c6a52-7d0b-4c3a-8f67-3f6f0d2a5b11")


# Sealing -------------------------------------------------------------------------------------------


async def seal(database: Database) -> int:
    """Seal every committed row that has no seal yet; returns how many there were.

    Raises:
        DatabaseUnavailable: what was sealed until then stays so.
    """
    async with database.reading() as tx:
        scopes = await audit_store.unsealed_scopes(tx)
    count = 0
    for scope in scopes:
        while (sealed := await seal_some(database, scope)) == SEAL_AT_ONCE:
            count += sealed
        count += sealed
    return count


async def seal_some(database: Database, scope: OrganizationId, *, at: datetime | None = None) -> int:
    """Make the next seal of an organization, over the oldest rows that have none; returns over how many.

    Args:
        at: when it is made; None: now.
    """
    async with database.unit_of_work() as tx:
        if not await audit_store.hold_chain(tx, scope):
            return 0
        rows = await audit_store.unsealed(tx, scope, at_most=SEAL_AT_ONCE)
        if not rows:
            return 0
        before = await audit_store.newest_seal(tx, scope)
        made = await asyncio.to_thread(rules.sealed, scope, before, rows, at=at or await tx.now())
        written = await audit_store.add_seal(tx, made, rows)
        assert written == len(rows), "nobody else seals them, and none goes unsealed"
    return len(rows)


async def remember(
    database: Database, known: Mapping[OrganizationId, Head]
) -> tuple[dict[OrganizationId, Head], list[OrganizationId]]:
    """The newest seals, to be remembered outside the database.

    Where the database no longer has a seal that is remembered, that one stays: whoever cut the chain off
    must not be able to wait until it is forgotten.

    Returns:
        What to remember, and whose seal is lost.
    """
    async with database.reading() as tx:
        heads = await audit_store.heads(tx)
        lost = [
            scope
            for scope, head in known.items()
            if await audit_store.hash_of(tx, scope, head.number) != head.hash
        ]
    return {**heads, **{scope: known[scope] for scope in known if scope in lost}}, lost


async def accept(database: Database, scope: OrganizationId, known: Head) -> None:
    """Say in the audit that the chain is taken as it is, although a seal of it is lost: a restore.

    Args:
        known: the seal that is lost.
    """
    async with database.unit_of_work() as tx:
        newest = await audit_store.newest_seal(tx, scope)
        entry = AuditEntry(
            user_id=None,
            action="accept_audit",
            entity_type="audit",
            details={
                "lost": known.number,
                "hash": known.hash.hex(),
                "newest": newest.number if newest else 0,
            },
        )
        await journal.log(tx, None if scope == rules.NO_ORGANIZATION else scope, entry)


async def forget(database: Database, scope: OrganizationId, *, older_than: timedelta) -> int:
    """Delete the rows of seals that are older; returns how many went. The seals stay.

    Args:
        older_than: `KEEP_AT_LEAST` or more.
    """
    count = 0
    while True:
        async with database.unit_of_work() as tx:
            if not await audit_store.hold_chain(tx, scope):
                return count
            before = await tx.now() - older_than
            gone = await audit_store.forget(tx, scope, sealed_before=before, at_most=SEAL_AT_ONCE)
        if not gone:
            return count
        count += gone


# Verifying -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found about one organization's audit.

    Attributes:
        seals, rows: how many are there and were looked at.
        forgotten: rows that are gone because they were old.
        waiting: rows that wait for the next seal.
        newest: the newest seal.
        compared: whether it was compared with one that was remembered.
        flaws: what is wrong, from the oldest on.
    """

    scope: OrganizationId
    seals: int = 0
    rows: int = 0
    forgotten: int = 0
    waiting: int = 0
    newest: Seal | None = None
    compared: bool
    flaws: tuple[Flaw, ...] = ()


async def scopes(database: Database, known: Mapping[OrganizationId, Head]) -> list[OrganizationId]:
    """Whose audit there is to verify: who has one, or had."""
    async with database.reading() as tx:
        return sorted(await audit_store.sealed_scopes(tx) | set(known))


async def verify(database: Database, scope: OrganizationId, known: Head | None) -> Verdict:
    """Walk an organization's seals in order, and compute each anew.

    Args:
        known: the newest seal that is remembered outside the database.

    Raises:
        DatabaseUnavailable
    """
    verdict = Verdict(scope=scope, compared=known is not None)
    while True:
        async with database.reading() as tx:
            after = verdict.newest.number if verdict.newest else 0
            seals = await audit_store.seals_after(tx, scope, after, at_most_rows=VERIFY_AT_ONCE)
            if not seals:
                return await _verify_tail(tx, verdict, known)
            verdict = await _verify_stretch(tx, verdict, seals, known)


async def _verify_stretch(tx: Tx, verdict: Verdict, seals: list[Seal], known: Head | None) -> Verdict:
    rows = await audit_store.rows_of(tx, verdict.scope, seals[0].number, seals[-1].number)
    through, forgotten_at = await audit_store.forgotten(tx, verdict.scope)
    flaws, before, forgotten = list(verdict.flaws), verdict.newest, 0
    for seal in seals:
        there = rows.pop(seal.number, [])
        gone = not there and rules.may_be_gone(seal, forgotten_through=through, forgotten_at=forgotten_at)
        forgotten += seal.entries if gone else 0
        orphans = 0
        number = before.number if before else 0
        if seal.number != number + 1:
            orphans = await audit_store.count_between(tx, verdict.scope, number, seal.number)
        found = rules.flaws_of(seal, before, None if gone else there, orphans=orphans)
        flaws += await asyncio.to_thread(list, found)
        if known is not None and known.number == seal.number:
            flaws += filter(None, [rules.flaw_of_head(known, seal)])
        before = seal
        verdict = replace(verdict, rows=verdict.rows + len(there))
    return replace(
        verdict,
        seals=verdict.seals + len(seals),
        forgotten=verdict.forgotten + forgotten,
        newest=before,
        flaws=tuple(flaws),
    )


async def _verify_tail(tx: Tx, verdict: Verdict, known: Head | None) -> Verdict:
    number = verdict.newest.number if verdict.newest else 0
    orphans = await audit_store.count_between(tx, verdict.scope, number, None)
    flaw = rules.flaw_of_tail(known, verdict.newest, orphans=orphans)
    return replace(
        verdict,
        waiting=await audit_store.count_unsealed(tx, verdict.scope),
        flaws=verdict.flaws + ((flaw,) if flaw else ()),
    )


# Reading -------------------------------------------------------------------------------------------


async def read_page(
    database: Database,
    organization_id: OrganizationId,
    wanted: Wanted,
    *,
    cursor: str | None,
    limit: int,
) -> AuditPage:
    """A page of an organization's audit, newest first.

    Args:
        cursor: of the page before; it is only good with the same filters.

    Raises:
        NotFound: the cursor is none that this server gave.
    """
    wanted = replace(wanted, after=_read_cursor(cursor) if cursor else None)
    async with database.unit_of_work() as tx:
        rows = await audit_store.page(tx, organization_id, wanted, limit=limit + 1)
    page, more = rows[:limit], len(rows) > limit
    return AuditPage(items=tuple(page), next_cursor=_cursor(page[-1]) if more else None)


async def read_actions(database: Database, organization_id: OrganizationId) -> AuditActions:
    """What was ever done in an organization."""
    async with database.unit_of_work() as tx:
        return AuditActions(actions=tuple(await audit_store.actions(tx, organization_id)))


def _cursor(row: AuditRow) -> str:
    return base64.urlsafe_b64encode(f"{row.id}{row.at.isoformat()}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        row_id, at = UUID(text[:36]), datetime.fromisoformat(text[36:])
    except (binascii.Error, ValueError) as error:
        raise NotFound(what="page", id=cursor) from error
    if at.tzinfo is None:
        raise NotFound(what="page", id=cursor)
    return at, row_id


# Refusals ------------------------------------------------------------------------------------------


class RefusalLog:
    """Notes whom something was refused that they may not do: once a minute, however often they try."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._minute = 0
        self._noted: set[UUID] = set()

    async def note(self, actor: Actor, refused: str, *, caller: Caller, at: datetime, **details: str) -> None:
        """Write it down, unless that was done within this minute by any server.

        Args:
            refused: the permission, or the code of the refusal.
            at: now.
            details: what was asked for; never what was sent.

        Raises:
            DatabaseUnavailable: it was not written.
        """
        minute = int(at.timestamp() // 60)
        if minute != self._minute:
            self._minute = minute
            self._noted.clear()
        # The same on every server, so that the database has it once.
        row_id = uuid5(_REFUSAL, f"{actor.user_id} {actor.organization_id} {refused} {minute}")
        if row_id in self._noted:
            return
        entry = AuditEntry(
            user_id=UserId(actor.user_id),
            action="permission_refused",
            entity_type="user",
            entity_id=actor.user_id,
            details={"refused": refused, **details},
            address=caller.address,
            user_agent=caller.user_agent,
        )
        async with self._database.unit_of_work() as tx:
            await journal.log_once(tx, actor.organization_id, entry, row_id=row_id)
        self._noted.add(row_id)
