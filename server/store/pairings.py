"""Screens that show a code and wait for an admin, and the codes that admins have tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.pairing import Pairing, Tries
from server.store.engine import Row, Tx
from shared.ids import DeviceId, OrganizationId, UserId


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How many codes wait, and when the oldest of them ends."""

    count: int
    oldest_ends_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Unfetched:
    """A display that was approved, and whose screen never came for its key."""

    organization_id: OrganizationId
    device_id: DeviceId


async def lock(tx: Tx) -> None:
    """Those who ask for a code come one after the other, so that their bounds hold."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('device pairings'))")


async def waiting(tx: Tx, *, network: str | None, now: datetime) -> Waiting:
    """The codes that wait.

    Args:
        network: those that were asked for from there; None: all.
    """
    row = await tx.one(
        "SELECT count(*) AS count, min(expires_at) AS oldest_ends_at FROM device_pairings"
        " WHERE expires_at > %(now)s AND refused_at IS NULL AND device_id IS NULL"
        " AND (%(network)s::inet IS NULL OR address <<= %(network)s::inet)",
        {"network": network, "now": now},
    )
    assert row is not None, "a count has a row"
    return Waiting(**row)


async def add(tx: Tx, pairing: Pairing, *, secret_hash: bytes, user_agent: str | None) -> bool:
    """A screen waits; says whether its code is its own. Only the hash of its secret is kept."""
    added = await tx.execute(
        "INSERT INTO device_pairings"
        " (code, secret_hash, name, address, user_agent, created_at, expires_at)"
        " VALUES (%(code)s, %(secret_hash)s, %(name)s, %(address)s::inet, %(user_agent)s,"
        " %(created_at)s, %(expires_at)s) ON CONFLICT (code) DO NOTHING",
        {
            "code": pairing.code,
            "secret_hash": secret_hash,
            "name": pairing.name,
            "address": pairing.address,
            "user_agent": user_agent,
            "created_at": pairing.created_at,
            "expires_at": pairing.expires_at,
        },
    )
    return added == 1


_PAIRING = (
    "SELECT code, name, host(address) AS address, created_at, expires_at, polled_at, organization_id,"
    " device_id, refused_at FROM device_pairings"
)


async def by_code(tx: Tx, code: str, *, lock: bool = False) -> Pairing | None:
    """The pairing of a code; locked where it is decided, since two organizations may type it at once."""
    row = await tx.one(f"{_PAIRING} WHERE code = %(code)s{' FOR UPDATE' if lock else ''}", {"code": code})
    return _pairing(row) if row else None


async def lock_by_secret(tx: Tx, secret_hash: bytes) -> Pairing | None:
    """The pairing of a secret, locked."""
    row = await tx.one(
        f"{_PAIRING} WHERE secret_hash = %(secret_hash)s FOR UPDATE", {"secret_hash": secret_hash}
    )
    return _pairing(row) if row else None


async def note_polled(tx: Tx, code: str, now: datetime) -> None:
    """Its screen has asked."""
    await tx.execute(
        "UPDATE device_pairings SET polled_at = %(now)s WHERE code = %(code)s", {"code": code, "now": now}
    )


async def approve(
    tx: Tx, code: str, *, organization_id: OrganizationId, device_id: DeviceId, expires_at: datetime
) -> None:
    """It was made a display of this organization; its screen has until then to come for the key."""
    await tx.execute(
        "UPDATE device_pairings SET organization_id = %(organization_id)s, device_id = %(device_id)s,"
        " expires_at = %(expires_at)s WHERE code = %(code)s",
        {
            "code": code,
            "organization_id": organization_id,
            "device_id": device_id,
            "expires_at": expires_at,
        },
    )


async def refuse(tx: Tx, code: str, now: datetime) -> None:
    """An admin said that it is none of theirs."""
    await tx.execute(
        "UPDATE device_pairings SET refused_at = %(now)s WHERE code = %(code)s", {"code": code, "now": now}
    )


async def unfetched(tx: Tx, now: datetime) -> list[Unfetched]:
    """The displays that were approved and never came, though their time is over."""
    rows = await tx.all(
        "SELECT p.organization_id, p.device_id FROM device_pairings p JOIN devices d ON d.id = p.device_id"
        " WHERE p.expires_at <= %(now)s AND d.last_seen_at IS NULL AND d.revoked_at IS NULL"
        " ORDER BY p.expires_at",
        {"now": now},
    )
    return [Unfetched(**row) for row in rows]


async def forget_over(tx: Tx, now: datetime) -> int:
    """Forget what is out of time, but for displays that have yet to be taken back; says how many."""
    return await tx.execute(
        "DELETE FROM device_pairings p WHERE expires_at <= %(now)s AND NOT EXISTS ("
        " SELECT FROM devices d WHERE d.id = p.device_id"
        " AND d.last_seen_at IS NULL AND d.revoked_at IS NULL)",
        {"now": now},
    )


async def count_try(tx: Tx, user_id: UserId, *, within: timedelta, now: datetime) -> Tries:
    """An admin tries a code; gives how many that makes since when. Each waits for the one before it."""
    row = await tx.one(
        "INSERT INTO pairing_tries (user_id, tries, since) VALUES (%(user_id)s, 1, %(now)s)"
        " ON CONFLICT (user_id) DO UPDATE SET"
        " tries = CASE WHEN pairing_tries.since <= %(now)s - %(within)s THEN 1"
        " ELSE pairing_tries.tries + 1 END,"
        " since = CASE WHEN pairing_tries.since <= %(now)s - %(within)s THEN %(now)s"
        " ELSE pairing_tries.since END"
        " RETURNING tries, since",
        {"user_id": user_id, "within": within, "now": now},
    )
    assert row is not None, "it returns what it wrote"
    return Tries(**row)


async def take_back_try(tx: Tx, user_id: UserId) -> None:
    """It was not wrong."""
    await tx.execute(
        "UPDATE pairing_tries SET tries = tries - 1 WHERE user_id = %(user_id)s AND tries > 0",
        {"user_id": user_id},
    )


async def forget_tries(tx: Tx, *, older_than: timedelta, now: datetime) -> None:
    """Forget the tries that count no more."""
    await tx.execute(
        "DELETE FROM pairing_tries WHERE since <= %(now)s - %(older_than)s",
        {"older_than": older_than, "now": now},
    )


def _pairing(row: Row) -> Pairing:
    return Pairing(**row)
