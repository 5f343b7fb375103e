"""Signing and data keys, sealed: all servers of one database share them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from server.store.engine import Row, Tx
from shared.ids import OrganizationId


@dataclass(frozen=True, kw_only=True)
class SealedKey:
    """A key as it lies in the database. `age` is by the database's clock."""

    kid: str
    sealed: bytes
    age: timedelta


def about_key(purpose: str, kid: str) -> bytes:
    """What a sealed key says it is: moved to another row it does not open."""
    return f"callboard {purpose} key {kid}".encode()


_SELECT = "SELECT kid, sealed, now() - created_at AS age FROM keys"


async def of_purpose(tx: Tx, purpose: str) -> list[SealedKey]:
    """The keys of a purpose that are not retired, newest first."""
    rows = await tx.all(
        f"{_SELECT} WHERE purpose = %(purpose)s AND retired_at IS NULL ORDER BY created_at DESC, kid",
        {"purpose": purpose},
    )
    return [_key(row) for row in rows]


async def lock(tx: Tx, purpose: str) -> None:
    """Servers that start together make one key, not two."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext(%(name)s))", {"name": f"key {purpose}"})


async def of_day(
    tx: Tx, purpose: str, organization_id: OrganizationId, service_day: date
) -> SealedKey | None:
    """The data key of an organization's service day."""
    row = await tx.one(
        f"{_SELECT} WHERE organization_id = %(organization_id)s"
        " AND service_day = %(service_day)s AND purpose = %(purpose)s AND retired_at IS NULL",
        {"organization_id": organization_id, "service_day": service_day, "purpose": purpose},
    )
    return _key(row) if row else None


async def of_kids(tx: Tx, kids: Collection[str]) -> list[SealedKey]:
    """The keys of these ids that still exist."""
    rows = await tx.all(f"{_SELECT} WHERE kid = ANY(%(kids)s)", {"kids": list(kids)})
    return [_key(row) for row in rows]


async def retire(tx: Tx, kid: str) -> None:
    """A key is of no use any more; what it was is forgotten."""
    await tx.execute("UPDATE keys SET retired_at = now(), sealed = '' WHERE kid = %(kid)s", {"kid": kid})


async def add(
    tx: Tx,
    *,
    kid: str,
    purpose: str,
    sealed: bytes,
    organization_id: OrganizationId | None = None,
    service_day: date | None = None,
) -> None:
    """A new key; a data key belongs to an organization's service day."""
    await tx.execute(
        "INSERT INTO keys (kid, purpose, sealed, organization_id, service_day)"
        " VALUES (%(kid)s, %(purpose)s, %(sealed)s, %(organization_id)s, %(service_day)s)",
        {
            "kid": kid,
            "purpose": purpose,
            "sealed": sealed,
            "organization_id": organization_id,
            "service_day": service_day,
        },
    )


def _key(row: Row) -> SealedKey:
    return SealedKey(kid=row["kid"], sealed=bytes(row["sealed"]), age=row["age"])
