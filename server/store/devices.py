"""Lobby displays: their keys, and whether they are connected."""

from dataclasses import dataclass
from datetime import timedelta

from server.store.engine import Row, Tx
from shared.devices import Device
from shared.ids import DeviceId, OrganizationId, Permission, UserId

_PERMISSIONS = frozenset(Permission)


@dataclass(frozen=True, kw_only=True)
class KnownDevice:
    """The device behind a key.

    Args:
        scopes: what its key may do.
        is_revoked: an admin took that away for good.
    """

    id: DeviceId
    organization_id: OrganizationId
    name: str
    scopes: frozenset[Permission]
    is_revoked: bool


async def add(
    tx: Tx,
    *,
    device_id: DeviceId,
    organization_id: OrganizationId,
    name: str,
    key_hash: bytes,
    paired_by: UserId | None = None,
) -> None:
    """A new display. Only the hash of its key is kept."""
    await tx.execute(
        "INSERT INTO devices (id, organization_id, name, key_hash, paired_by)"
        " VALUES (%(id)s, %(organization_id)s, %(name)s, %(key_hash)s, %(paired_by)s)",
        {
            "id": device_id,
            "organization_id": organization_id,
            "name": name,
            "key_hash": key_hash,
            "paired_by": paired_by,
        },
    )


async def by_key_hash(tx: Tx, key_hash: bytes) -> KnownDevice | None:
    """The device of a key, also one that was revoked."""
    row = await tx.one(
        "SELECT id, organization_id, name, scopes, revoked_at IS NOT NULL AS is_revoked"
        " FROM devices WHERE key_hash = %(key_hash)s",
        {"key_hash": key_hash},
    )
    if row is None:
        return None
    # What this version does not know gives nothing.
    scopes = frozenset(Permission(scope) for scope in row["scopes"] if scope in _PERMISSIONS)
    return KnownDevice(**{**row, "scopes": scopes})


_DEVICE = (
    "SELECT id, name, version, coalesce(connected_until > now(), false) AS is_online, last_seen_at,"
    " host(address) AS address, created_at FROM devices"
    " WHERE organization_id = %(organization_id)s AND revoked_at IS NULL"
)


async def all_of(tx: Tx, organization_id: OrganizationId) -> list[Device]:
    """The displays of an organization, by name."""
    rows = await tx.all(f"{_DEVICE} ORDER BY name, id", {"organization_id": organization_id})
    return [_device(row) for row in rows]


async def find(tx: Tx, organization_id: OrganizationId, device_id: DeviceId) -> Device | None:
    """A display of an organization, unless it was revoked."""
    row = await tx.one(f"{_DEVICE} AND id = %(id)s", {"organization_id": organization_id, "id": device_id})
    return _device(row) if row else None


async def rename(tx: Tx, device_id: DeviceId, *, name: str, version: int) -> None:
    """Call a display something else."""
    await tx.execute(
        "UPDATE devices SET name = %(name)s, version = %(version)s WHERE id = %(id)s",
        {"id": device_id, "name": name, "version": version},
    )


async def revoke(tx: Tx, device_id: DeviceId) -> None:
    """A display's key holds no longer, and it leaves the list. The row stays for its receipts."""
    await tx.execute(
        "UPDATE devices SET revoked_at = now(), connected_until = NULL"
        " WHERE id = %(id)s AND revoked_at IS NULL",
        {"id": device_id},
    )


async def give_key(tx: Tx, device_id: DeviceId, key_hash: bytes) -> bool:
    """A display has another key from now on; says whether it may: it is new, and was never here."""
    changed = await tx.execute(
        "UPDATE devices SET key_hash = %(key_hash)s"
        " WHERE id = %(id)s AND revoked_at IS NULL AND last_seen_at IS NULL",
        {"id": device_id, "key_hash": key_hash},
    )
    return changed == 1


async def seen(
    tx: Tx, device_ids: list[DeviceId], *, for_the_next: timedelta, address: str | None = None
) -> None:
    """These displays are connected, and count as it for a while.

    Args:
        address: where from; None leaves what is known.
    """
    # Not one that was revoked a moment ago, whose socket is about to be closed.
    await tx.execute(
        "UPDATE devices SET last_seen_at = now(), connected_until = now() + %(for)s,"
        " address = coalesce(%(address)s::inet, address)"
        " WHERE id = ANY(%(ids)s) AND revoked_at IS NULL",
        {"ids": device_ids, "for": for_the_next, "address": address},
    )


async def gone(tx: Tx, device_id: DeviceId) -> None:
    """A display has closed its connection."""
    await tx.execute(
        "UPDATE devices SET last_seen_at = now(), connected_until = NULL WHERE id = %(id)s",
        {"id": device_id},
    )


def _device(row: Row) -> Device:
    return Device.model_validate(dict(row))
