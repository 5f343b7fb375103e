"""Lobby displays: their keys, and whether they are connected."""

from dataclasses import dataclass
from datetime import timedelta

from server.store.engine import Row, Tx
from shared.devices import Device
from shared.ids import DeviceId, OrganizationId


@dataclass(frozen=True, kw_only=True)
class KnownDevice:
    """The device behind a key."""

    id: DeviceId
    organization_id: OrganizationId
    name: str


async def add(
    tx: Tx, *, device_id: DeviceId, organization_id: OrganizationId, name: str, key_hash: bytes
) -> None:
    """A new display. Only the hash of its key is kept."""
    await tx.execute(
        "INSERT INTO devices (id, organization_id, name, key_hash)"
        " VALUES (%(id)s, %(organization_id)s, %(name)s, %(key_hash)s)",
        {
            "id": device_id,
            "organization_id": organization_id,
            "name": name,
            "key_hash": key_hash,
        },
    )


async def by_key_hash(tx: Tx, key_hash: bytes) -> KnownDevice | None:
    """The device of a key, unless it was revoked."""
    row = await tx.one(
        "SELECT id, organization_id, name FROM devices WHERE key_hash = %(key_hash)s AND revoked_at IS NULL",
        {"key_hash": key_hash},
    )
    return KnownDevice(**row) if row else None


async def all_of(tx: Tx, organization_id: OrganizationId) -> list[Device]:
    """The displays of an organization, by name."""
    rows = await tx.all(
        "SELECT id, name, coalesce(connected_until > now(), false) AS is_online, last_seen_at,"
        " created_at FROM devices"
        " WHERE organization_id = %(organization_id)s AND revoked_at IS NULL ORDER BY name, id",
        {"organization_id": organization_id},
    )
    return [_device(row) for row in rows]


async def seen(tx: Tx, device_ids: list[DeviceId], *, for_the_next: timedelta) -> None:
    """These displays are connected, and count as it for a while."""
    await tx.execute(
        "UPDATE devices SET last_seen_at = now(), connected_until = now() + %(for)s WHERE id = ANY(%(ids)s)",
        {"ids": device_ids, "for": for_the_next},
    )


async def gone(tx: Tx, device_id: DeviceId) -> None:
    """A display has closed its connection."""
    await tx.execute(
        "UPDATE devices SET last_seen_at = now(), connected_until = NULL WHERE id = %(id)s",
        {"id": device_id},
    )


def _device(row: Row) -> Device:
    return Device.model_validate(dict(row))
