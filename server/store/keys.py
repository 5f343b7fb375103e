"""Signing keys, sealed: all servers of one database share them."""

from dataclasses import dataclass

from server.store.engine import Tx


@dataclass(frozen=True, kw_only=True)
class SealedKey:
    """A key as it lies in the database."""

    kid: str
    sealed: bytes


async def of_purpose(tx: Tx, purpose: str) -> list[SealedKey]:
    """The keys of a purpose that are not retired, newest first."""
    rows = await tx.all(
        "SELECT kid, sealed FROM keys WHERE purpose = %(purpose)s AND retired_at IS NULL"
        " ORDER BY created_at DESC, kid",
        {"purpose": purpose},
    )
    return [SealedKey(kid=row["kid"], sealed=bytes(row["sealed"])) for row in rows]


async def lock(tx: Tx, purpose: str) -> None:
    """Servers that start together make one key, not two."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext(%(name)s))", {"name": f"key {purpose}"})


async def add(tx: Tx, *, kid: str, purpose: str, sealed: bytes) -> None:
    """A new key."""
    await tx.execute(
        "INSERT INTO keys (kid, purpose, sealed) VALUES (%(kid)s, %(purpose)s, %(sealed)s)",
        {"kid": kid, "purpose": purpose, "sealed": sealed},
    )
