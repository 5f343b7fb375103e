"""Announcements."""

import json
from datetime import datetime

from server.domain.errors import NotFound
from server.store.engine import Row, Tx
from shared.announcements import Announcement, AnnouncementSettings
from shared.ids import AnnouncementId, OrganizationId, UserId

_SELECT = (
    "SELECT id, version, kind, texts, priority, readers, from_at, until_at, is_active FROM announcements"
    " WHERE organization_id = %(organization_id)s"
)


async def switched_on(tx: Tx, organization_id: OrganizationId) -> list[Announcement]:
    """Those that are switched on, whenever they are shown; the most urgent first."""
    rows = await tx.all(
        f"{_SELECT} AND is_active ORDER BY priority DESC, created_at, id",
        {"organization_id": organization_id},
    )
    return [_announcement(row) for row in rows]


async def all_of(tx: Tx, organization_id: OrganizationId, *, limit: int) -> list[Announcement]:
    """The newest ones, also those that are switched off."""
    rows = await tx.all(
        f"{_SELECT} ORDER BY created_at DESC, id LIMIT %(limit)s",
        {"organization_id": organization_id, "limit": limit},
    )
    return [_announcement(row) for row in rows]


async def ended(tx: Tx, organization_id: OrganizationId, now: datetime) -> list[Announcement]:
    """Those that are over and still switched on."""
    rows = await tx.all(
        f"{_SELECT} AND is_active AND until_at <= %(now)s ORDER BY until_at, id",
        {"organization_id": organization_id, "now": now},
    )
    return [_announcement(row) for row in rows]


async def organizations_with_ended(tx: Tx) -> list[OrganizationId]:
    """The organizations in which an announcement is over and still switched on."""
    rows = await tx.all(
        "SELECT DISTINCT organization_id FROM announcements WHERE is_active AND until_at <= clock_timestamp()"
    )
    return [OrganizationId(row["organization_id"]) for row in rows]


async def load(tx: Tx, organization_id: OrganizationId, announcement_id: AnnouncementId) -> Announcement:
    """An announcement of this organization.

    Raises:
        NotFound
    """
    row = await tx.one(
        f"{_SELECT} AND id = %(id)s", {"organization_id": organization_id, "id": announcement_id}
    )
    if row is None:
        raise NotFound(what="announcement", id=str(announcement_id))
    return _announcement(row)


async def save(
    tx: Tx, organization_id: OrganizationId, announcement: Announcement, *, by: UserId | None
) -> None:
    """Write an announcement, a new one or one that was edited."""
    settings = announcement.settings
    await tx.execute(
        """
        INSERT INTO announcements (id, organization_id, version, kind, texts, priority, readers,
                                   from_at, until_at, is_active, created_by)
        VALUES (%(id)s, %(organization_id)s, %(version)s, %(kind)s, %(texts)s::jsonb, %(priority)s,
                %(readers)s, %(from_at)s, %(until_at)s, %(is_active)s, %(by)s::uuid)
        ON CONFLICT (id) DO UPDATE SET
            version = excluded.version, kind = excluded.kind, texts = excluded.texts,
            priority = excluded.priority, readers = excluded.readers, from_at = excluded.from_at,
            until_at = excluded.until_at, is_active = excluded.is_active, updated_at = now()
        """,
        {
            "id": announcement.id,
            "organization_id": organization_id,
            "version": announcement.version,
            "kind": settings.kind.value,
            "texts": json.dumps(settings.texts),
            "priority": int(settings.priority),
            "readers": [reader.value for reader in settings.readers],
            "from_at": settings.from_at,
            "until_at": settings.until_at,
            "is_active": settings.is_active,
            "by": by,
        },
    )


def _announcement(row: Row) -> Announcement:
    names = ("kind", "texts", "priority", "readers", "from_at", "until_at", "is_active")
    return Announcement(
        id=AnnouncementId(row["id"]),
        version=row["version"],
        settings=AnnouncementSettings.model_validate({name: row[name] for name in names}),
    )
