"""What makes the audit tamper-evident: how a row is written down, and how seals hang together.

A seal covers a stretch of one organization's rows. It has a digest of each, and a hash over all that and
over the seal before it: whoever changes a row, takes one away or puts one in has to write that seal and
all later ones anew, the newest included, which is remembered outside the database too (`Head`).

MUST: what is hashed never changes for a format that was once released. A new way is a new FORMAT.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.ids import OrganizationId

FORMAT = 1

NO_ORGANIZATION = OrganizationId(UUID(int=0))
"""The scope of rows that belong to no organization."""

KEEP_AT_LEAST = timedelta(days=30)
"""No row is forgotten sooner; the database refuses it too, and who verifies does not believe it."""

BEFORE_THE_FIRST = bytes(32)

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """An audit row, each column as the text that the database gives for it.

    Args:
        details: the JSON; the database keeps it in one order and spelling.
        created_at: seconds since 1970 with six decimals, which no time zone changes.
    """

    id: str
    organization_id: str | None
    user_id: str | None
    action: str
    entity_type: str | None
    entity_id: str | None
    details: str | None
    ip_address: str | None
    user_agent: str | None
    created_at: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One link of an organization's chain.

    Args:
        number: from 1 on, without gaps.
        entries: how many rows it covers.
        total: how many it and all before it cover.
        digests: 32 bytes for each row, in the order of created_at and id.
        previous: the hash of the seal before it.
    """

    scope: OrganizationId
    number: int
    format: int
    entries: int
    total: int
    digests: bytes
    previous: bytes
    hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Head:
    """A seal that was once the newest, as it is remembered where the database cannot be reached from."""

    number: int
    total: int
    hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Something that is not as it was sealed.

    Args:
        number: of the seal; the first of them where several are gone.
        since: what was written before this time is not concerned; None: from the beginning.
        until: nor is what was written after it; None: up to now.
        missing, changed, added: rows, where that can be told.
    """

    number: int
    what: str
    since: datetime | None
    until: datetime | None
    missing: int = 0
    changed: int = 0
    added: int = 0


def digest(row: WrittenRow) -> bytes:
    """The digest of one row."""
    return hashlib.sha256(b"callboard audit row 1\n" + json.dumps(astuple(row)).encode()).digest()


def sealed(scope: OrganizationId, before: Seal | None, rows: Sequence[WrittenRow], *, at: datetime) -> Seal:
    """The seal of these rows.

    Args:
        before: the newest until now; None for an organization's first.
        rows: by created_at and id.
        at: now.
    """
    bare = Seal(
        scope=scope,
        number=before.number + 1 if before else 1,
        format=FORMAT,
        entries=len(rows),
        total=len(rows) + (before.total if before else 0),
        digests=b"".join(map(digest, rows)),
        previous=before.hash if before else BEFORE_THE_FIRST,
        hash=b"",
        sealed_at=at,
    )
    return replace(bare, hash=hash_of(bare))


def hash_of(seal: Seal) -> bytes:
    """What a seal's hash must be."""
    head = [
        str(seal.scope),
        seal.number,
        seal.format,
        seal.entries,
        seal.total,
        seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        seal.previous.hex(),
    ]
    return hashlib.sha256(
        b"callboard audit seal 1\n" + json.dumps(head).encode() + b"\n" + seal.digests
    ).digest()


def flaws_of(
    seal: Seal, before: Seal | None, rows: Sequence[WrittenRow] | None, *, orphans: int = 0
) -> Iterator[Flaw]:
    """What is wrong with a seal, and with the rows that it covers.

    Args:
        before: the one that the database has before it; None where there is none.
        rows: those that carry its number; None where they were forgotten and need not be there.
        orphans: how many rows carry numbers between those two.
    """
    since = before.sealed_at if before else None
    expected = (before.number + 1, before.hash, before.total) if before else (1, BEFORE_THE_FIRST, 0)
    if seal.number != expected[0]:
        yield Flaw(
            number=expected[0],
            what="seals are missing",
            since=since,
            until=seal.sealed_at,
            missing=max(0, seal.total - seal.entries - expected[2] - orphans),
        )
    elif (seal.previous, seal.total - seal.entries) != expected[1:]:
        yield Flaw(
            number=seal.number,
            what="it does not follow the seal before it",
            since=since,
            until=seal.sealed_at,
        )
    if seal.format != FORMAT or seal.hash != hash_of(seal):
        yield Flaw(number=seal.number, what="the seal itself was changed", since=since, until=seal.sealed_at)
    if rows is not None:
        yield from _flaws_of_rows(seal, since, rows)


def _flaws_of_rows(seal: Seal, since: datetime | None, rows: Sequence[WrittenRow]) -> Iterator[Flaw]:
    expected = Counter(
        seal.digests[start : start + _DIGEST_BYTES] for start in range(0, len(seal.digests), _DIGEST_BYTES)
    )
    found = Counter(map(digest, rows))
    gone, strange = (expected - found).total(), (found - expected).total()
    if gone or strange:
        changed = min(gone, strange)
        yield Flaw(
            number=seal.number,
            what="its rows are not those that were sealed",
            since=since,
            until=seal.sealed_at,
            missing=gone - changed,
            changed=changed,
            added=strange - changed,
        )


def flaw_of_tail(known: Head | None, newest: Seal | None, *, orphans: int) -> Flaw | None:
    """What is wrong behind the newest seal of the database.

    Args:
        known: the newest that is remembered outside of it, if any is.
        orphans: how many rows carry the number of a later seal.
    """
    number, total = (newest.number, newest.total) if newest else (0, 0)
    since = newest.sealed_at if newest else None
    if known is not None and known.number > number:
        return Flaw(
            number=number + 1,
            what="the newest seals were cut off, or an older backup was restored",
            since=since,
            until=known.sealed_at,
            missing=max(0, known.total - total - orphans),
        )
    if orphans:
        return Flaw(number=number + 1, what="the newest seals are missing", since=since, until=None)
    return None


def flaw_of_head(known: Head, seal: Seal) -> Flaw | None:
    """What is wrong with the seal that has the number of the remembered one: both must be the same."""
    if seal.hash == known.hash:
        return None
    return Flaw(
        number=seal.number,
        what="it is not the seal that was remembered outside the database: the chain was written anew",
        since=None,
        until=known.sealed_at,
    )


def may_be_gone(seal: Seal, *, forgotten_through: int, forgotten_at: datetime | None) -> bool:
    """Whether a seal's rows were forgotten in good time, and need not be there.

    Args:
        forgotten_through: the newest seal that the audit says to have forgotten.
        forgotten_at: when it says so.
    """
    return (
        forgotten_at is not None
        and seal.number <= forgotten_through
        and seal.sealed_at <= forgotten_at - KEEP_AT_LEAST
    )
