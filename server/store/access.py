"""What people and displays may do now."""

from collections.abc import Sequence

from server.domain.access import Actor, Grants, Standing
from server.store.engine import Tx
from shared.ids import DeviceId, UserRole

_STANDINGS = """
SELECT m.role::text AS role, coalesce(u.access_version, 0) AS access_version,
       coalesce(u.permissions, '{}') AS permissions, s.ended_at IS NOT NULL AS session_ended
FROM unnest(%(users)s::uuid[], %(organizations)s::uuid[], %(sessions)s::uuid[])
    WITH ORDINALITY AS asked (user_id, organization_id, session_id, place)
LEFT JOIN users u ON u.id = asked.user_id AND u.is_active AND u.deleted_at IS NULL
LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = asked.organization_id
-- A session of which nothing is known any more ended long after its last access JWT did.
LEFT JOIN refresh_sessions s ON s.id = asked.session_id
ORDER BY asked.place
"""


async def standings(tx: Tx, actors: Sequence[Actor]) -> list[Standing]:
    """Where each of these people stands in the organization they act in, in their order."""
    rows = await tx.all(
        _STANDINGS,
        {
            "users": [actor.user_id for actor in actors],
            "organizations": [actor.organization_id for actor in actors],
            "sessions": [actor.session_id for actor in actors],
        },
    )
    return [
        Standing(
            role=UserRole(row["role"]) if row["role"] else None,
            access_version=row["access_version"],
            grants=Grants.from_stored(row["permissions"]),
            session_ended=row["session_ended"],
        )
        for row in rows
    ]


async def live_devices(tx: Tx, device_ids: Sequence[DeviceId]) -> set[DeviceId]:
    """Those of these displays that were not revoked."""
    rows = await tx.all(
        "SELECT id FROM devices WHERE id = ANY(%(ids)s::uuid[]) AND revoked_at IS NULL",
        {"ids": list(device_ids)},
    )
    return {DeviceId(row["id"]) for row in rows}
