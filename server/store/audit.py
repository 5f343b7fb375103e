"""The audit as it is sealed, verified, and read. It is written by `journal.py`.

An organization's rows are found in two ways: no index serves "is not distinct from" NULL. So queries are
composed here, of texts that stand in this file; what comes from outside is always a parameter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.domain.audit import NO_ORGANIZATION, Head, Seal, WrittenRow
from server.store.engine import Row, Tx
from shared.audit import AuditRow
from shared.ids import OrganizationId, UserId

_WRITTEN = """
SELECT seal, id::text, organization_id::text, user_id::text, action, entity_type, entity_id::text,
       details::text, ip_address::text, user_agent, extract(epoch FROM created_at)::text AS created_at
FROM system_logs
"""

_SEAL = "SELECT scope, number, format, entries, total, digests, previous, hash, sealed_at FROM audit_seals"

_OF_ONE = "organization_id = %(scope)s"
_OF_NONE = "organization_id IS NULL"


def _of(scope: OrganizationId) -> str:
    return _OF_NONE if scope == NO_ORGANIZATION else _OF_ONE


# Sealing -------------------------------------------------------------------------------------------


async def unsealed_scopes(tx: Tx) -> list[OrganizationId]:
    """The organizations whose rows wait to be sealed; NO_ORGANIZATION for rows of none."""
    rows = await tx.all("SELECT DISTINCT organization_id FROM system_logs WHERE seal IS NULL")
    return [row["organization_id"] or NO_ORGANIZATION for row in rows]


async def hold_chain(tx: Tx, scope: OrganizationId) -> bool:
    """Be the one who seals these rows until the transaction ends; False while another one is."""
    row = await tx.one(
        "SELECT pg_try_advisory_xact_lock(hashtext('callboard audit'), hashtext(%(scope)s)) AS mine",
        {"scope": str(scope)},
    )
    return bool(row and row["mine"])


async def unsealed(tx: Tx, scope: OrganizationId, *, at_most: int) -> list[WrittenRow]:
    """The oldest rows without a seal that are committed, by created_at and id."""
    rows = await tx.all(
        f"{_WRITTEN} WHERE {_of(scope)} AND seal IS NULL ORDER BY system_logs.created_at, system_logs.id"
        " LIMIT %(at_most)s",
        _named(scope, at_most=at_most),
    )
    return [_written(row) for row in rows]


async def newest_seal(tx: Tx, scope: OrganizationId) -> Seal | None:
    """The seal that the next one follows."""
    row = await tx.one(f"{_SEAL} WHERE scope = %(scope)s ORDER BY number DESC LIMIT 1", {"scope": scope})
    return _seal(row) if row else None


async def add_seal(tx: Tx, seal: Seal, rows: Sequence[WrittenRow]) -> int:
    """Write a seal, and its number into its rows; returns into how many."""
    await tx.execute(
        "INSERT INTO audit_seals (scope, number, format, entries, total, digests, previous, hash, sealed_at)"
        " VALUES (%(scope)s, %(number)s, %(format)s, %(entries)s, %(total)s, %(digests)s, %(previous)s,"
        " %(hash)s, %(sealed_at)s)",
        vars(seal),
    )
    return await tx.execute(
        "UPDATE system_logs SET seal = %(number)s WHERE id = ANY(%(ids)s::uuid[]) AND seal IS NULL",
        {"number": seal.number, "ids": [row.id for row in rows]},
    )


async def heads(tx: Tx) -> dict[OrganizationId, Head]:
    """The newest seal of each organization that has any."""
    rows = await tx.all(
        "SELECT s.scope, s.number, s.total, s.hash, s.sealed_at"
        " FROM (SELECT id FROM organizations UNION ALL SELECT %(none)s) AS o,"
        " LATERAL (SELECT * FROM audit_seals WHERE scope = o.id ORDER BY number DESC LIMIT 1) AS s",
        {"none": NO_ORGANIZATION},
    )
    return {
        row["scope"]: Head(
            number=row["number"], total=row["total"], hash=bytes(row["hash"]), sealed_at=row["sealed_at"]
        )
        for row in rows
    }


async def hash_of(tx: Tx, scope: OrganizationId, number: int) -> bytes | None:
    """The hash of the seal of this number; None where there is none."""
    row = await tx.one(
        "SELECT hash FROM audit_seals WHERE scope = %(scope)s AND number = %(number)s",
        {"scope": scope, "number": number},
    )
    return bytes(row["hash"]) if row else None


async def forget(tx: Tx, scope: OrganizationId, *, sealed_before: datetime, at_most: int) -> int:
    """Delete the rows of the oldest seals, and say so in the audit; returns how many rows went.

    Args:
        sealed_before: only of seals that were made before.
        at_most: about so many rows; always whole seals, one at least.
    """
    row = await tx.one(
        "SELECT forget_audit(%(scope)s, %(before)s, %(at_most)s) AS forgotten",
        {"scope": scope, "before": sealed_before, "at_most": at_most},
    )
    assert row is not None, "a function gives a row"
    return int(row["forgotten"])


# Verifying -----------------------------------------------------------------------------------------


async def sealed_scopes(tx: Tx) -> set[OrganizationId]:
    """Whoever has rows or seals."""
    rows = await tx.all(
        "SELECT id FROM organizations UNION SELECT %(none)s UNION SELECT DISTINCT scope FROM audit_seals",
        {"none": NO_ORGANIZATION},
    )
    return {row["id"] for row in rows}


async def seals_after(tx: Tx, scope: OrganizationId, number: int, *, at_most_rows: int) -> list[Seal]:
    """The seals after one, in order: as many as together cover about so many rows, one at least."""
    rows = await tx.all(
        "SELECT * FROM ("  # noqa: S608 - fixed texts
        "  SELECT *, sum(entries) OVER (ORDER BY number) - entries AS before"
        f"  FROM ({_SEAL} WHERE scope = %(scope)s AND number > %(number)s ORDER BY number LIMIT 1000) AS next"
        ") AS counted WHERE before < %(at_most_rows)s ORDER BY number",
        {"scope": scope, "number": number, "at_most_rows": at_most_rows},
    )
    return [_seal(row) for row in rows]


async def rows_of(tx: Tx, scope: OrganizationId, first: int, last: int) -> dict[int, list[WrittenRow]]:
    """The rows that carry the numbers of these seals, by number."""
    rows = await tx.all(
        f"{_WRITTEN} WHERE {_of(scope)} AND seal BETWEEN %(first)s AND %(last)s",
        _named(scope, first=first, last=last),
    )
    found: dict[int, list[WrittenRow]] = {}
    for row in rows:
        found.setdefault(row["seal"], []).append(_written(row))
    return found


async def count_between(tx: Tx, scope: OrganizationId, after: int, before: int | None) -> int:
    """How many rows carry a number between these two."""
    row = await tx.one(
        f"SELECT count(*) AS rows FROM system_logs WHERE {_of(scope)} AND seal > %(after)s"  # noqa: S608 - fixed texts
        " AND (%(before)s::bigint IS NULL OR seal < %(before)s)",
        _named(scope, after=after, before=before),
    )
    assert row is not None, "a count is a row"
    return int(row["rows"])


async def count_unsealed(tx: Tx, scope: OrganizationId) -> int:
    """How many rows wait for the next seal."""
    row = await tx.one(
        f"SELECT count(*) AS rows FROM system_logs WHERE {_of(scope)} AND seal IS NULL",  # noqa: S608 - fixed texts
        _named(scope),
    )
    assert row is not None, "a count is a row"
    return int(row["rows"])


async def forgotten(tx: Tx, scope: OrganizationId) -> tuple[int, datetime | None]:
    """Up to which seal the audit says that rows were forgotten, and when it says so last."""
    row = await tx.one(
        f"SELECT (details ->> 'through')::bigint AS through, created_at FROM system_logs"  # noqa: S608 - fixed texts
        f" WHERE {_of(scope)} AND action = 'forget_audit' ORDER BY created_at DESC LIMIT 1",
        _named(scope),
    )
    return (row["through"], row["created_at"]) if row else (0, None)


def _named(scope: OrganizationId, **more: Any) -> Row:
    # Rows of none are found without a parameter.
    return more if scope == NO_ORGANIZATION else {"scope": scope, **more}


def _written(row: Row) -> WrittenRow:
    return WrittenRow(**{name: row[name] for name in WrittenRow.__slots__})


def _seal(row: Row) -> Seal:
    return Seal(
        scope=row["scope"],
        number=row["number"],
        format=row["format"],
        entries=row["entries"],
        total=row["total"],
        digests=bytes(row["digests"]),
        previous=bytes(row["previous"]),
        hash=bytes(row["hash"]),
        sealed_at=row["sealed_at"],
    )


# Reading -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows are asked for; None asks for any.

    Args:
        since: from then on.
        until: before then.
        by_server: only what no person did.
        after: the row that the page before ended with.
    """

    since: datetime | None = None
    until: datetime | None = None
    user_id: UserId | None = None
    by_server: bool = False
    action: str | None = None
    entity_type: str | None = None
    entity_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None


_CONDITIONS = {
    "since": "created_at >= %(since)s",
    "until": "created_at < %(until)s",
    "user_id": "user_id = %(user_id)s",
    "action": "action = %(action)s",
    "entity_type": "entity_type = %(entity_type)s",
    "entity_id": "entity_id = %(entity_id)s",
}

_NAMED = """
SELECT page.id, page.created_at AS at, page.user_id, who.display_name AS person, page.action,
       page.entity_type, page.entity_id,
       coalesce(k.name, d.name, p.display_name, q.name, page.details ->> 'number',
                page.details ->> 'customer_type',
                CASE WHEN page.entity_type = 'organization' THEN o.name END) AS entity,
       coalesce(page.details, '{}') AS details, host(page.ip_address) AS address, page.user_agent,
       page.seal IS NOT NULL AS is_sealed
FROM page
JOIN organizations o ON o.id = page.organization_id
LEFT JOIN users who ON who.id = page.user_id
LEFT JOIN users p ON p.id = page.entity_id AND page.entity_type = 'user'
LEFT JOIN counters k ON k.id = page.entity_id AND page.entity_type = 'counter'
LEFT JOIN devices d ON d.id = page.entity_id AND page.entity_type = 'device'
LEFT JOIN queue_configurations q ON q.organization_id = page.organization_id
    AND page.entity_type = 'queue' AND q.customer_type = page.details ->> 'customer_type'
ORDER BY page.created_at DESC, page.id DESC
"""


async def page(tx: Tx, organization_id: OrganizationId, wanted: Wanted, *, limit: int) -> list[AuditRow]:
    """The audit of an organization, newest first."""
    named = {name: getattr(wanted, name) for name in _CONDITIONS}
    conditions = [
        "organization_id = %(organization_id)s",
        *(_CONDITIONS[name] for name, value in named.items() if value is not None),
    ]
    if wanted.by_server:
        conditions.append("user_id IS NULL")
    if wanted.after is not None:
        conditions.append("(created_at, id) < (%(after_at)s, %(after_id)s)")
        named["after_at"], named["after_id"] = wanted.after
    rows = await tx.all(
        f"WITH page AS MATERIALIZED (SELECT * FROM system_logs WHERE {' AND '.join(conditions)}"  # noqa: S608 - fixed texts
        f" ORDER BY created_at DESC, id DESC LIMIT %(limit)s) {_NAMED}",
        {**named, "organization_id": organization_id, "limit": limit},
    )
    return [_shown(row) for row in rows]


async def actions(tx: Tx, organization_id: OrganizationId) -> list[str]:
    """What was ever done in an organization, by name. Skips from action to action, however many rows."""
    rows = await tx.all(
        """
        WITH RECURSIVE found AS (
            (SELECT action FROM system_logs WHERE organization_id = %(organization_id)s
             ORDER BY action LIMIT 1)
            UNION ALL
            SELECT (SELECT l.action FROM system_logs l
                    WHERE l.organization_id = %(organization_id)s AND l.action > found.action
                    ORDER BY l.action LIMIT 1)
            FROM found WHERE found.action IS NOT NULL
        )
        SELECT action FROM found WHERE action IS NOT NULL
        """,
        {"organization_id": organization_id},
    )
    return [row["action"] for row in rows]


def _shown(row: Row) -> AuditRow:
    details = dict(row["details"])
    return AuditRow.model_validate(
        {
            **row,
            "before": details.pop("before", None) or {},
            "after": details.pop("after", None) or {},
            "details": details,
        }
    )
