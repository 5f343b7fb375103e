"""Announcements: what an organization tells its visitors or its staff."""

from uuid import uuid4

from server.domain.configuring import next_version
from server.store import announcements as announcement_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import audit_edit, edit_of
from shared.announcements import Announcement, AnnouncementSettings
from shared.commands import Configured
from shared.events import AnnouncementConfigured
from shared.ids import AnnouncementId, OrganizationId, Permission

_NEWEST = 200
"""So many are listed; older ones are in the audit."""


async def list_announcements(database: Database, organization_id: OrganizationId) -> list[Announcement]:
    """The newest first, also those that were switched off.

    Raises:
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        return await announcement_store.all_of(tx, organization_id, limit=_NEWEST)


async def announce(commands: Commands, request: Request, body: AnnouncementSettings) -> Configured:
    """Write an announcement; screens show it from its time on."""

    async def decide(desk: Desk) -> Configured:
        announcement = Announcement(id=AnnouncementId(uuid4()), version=0, settings=body)
        return await _save(desk, None, announcement)

    return await commands.run(
        request,
        name="announce",
        permission=Permission.ANNOUNCEMENTS_UPDATE,
        body=body,
        answer_type=Configured,
        decide=decide,
    )


async def configure_announcement(
    commands: Commands,
    request: Request,
    announcement_id: AnnouncementId,
    body: AnnouncementSettings,
    *,
    made_from: int,
) -> Configured:
    """Edit an announcement, or switch it off or on.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        NotFound, EditedMeanwhile
    """

    async def decide(desk: Desk) -> Configured:
        before = await announcement_store.load(desk.tx, desk.organization_id, announcement_id)
        version = next_version(before.version, made_from=made_from, what="announcement")
        after = Announcement(id=announcement_id, version=version, settings=body)
        return await _save(desk, before, after)

    return await commands.run(
        request,
        name="configure_announcement",
        permission=Permission.ANNOUNCEMENTS_UPDATE,
        body=body,
        target=edit_of(announcement_id, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def organizations_with_ended(database: Database) -> list[OrganizationId]:
    """The organizations in which an announcement is over and still switched on."""
    async with database.unit_of_work() as tx:
        return await announcement_store.organizations_with_ended(tx)


async def switch_off_ended(commands: Commands, organization_id: OrganizationId) -> int:
    """Switch off those whose time is over; returns how many events it made."""

    async def decide(desk: Desk) -> None:
        for before in await announcement_store.ended(desk.tx, desk.organization_id, desk.now):
            settings = before.settings.model_copy(update={"is_active": False})
            after = Announcement(id=before.id, version=before.version + 1, settings=settings)
            await _save(desk, before, after)

    return await commands.run_by_itself(organization_id, name="end_announcement", decide=decide)


async def _save(desk: Desk, before: Announcement | None, after: Announcement) -> Configured:
    await announcement_store.save(desk.tx, desk.organization_id, after, by=desk.user_id)
    revision = desk.next_revision
    desk.record(AnnouncementConfigured(revision=revision, at=desk.now, announcement=after))
    audit_edit(desk, "announcement", after.id, before.settings if before else None, after.settings)
    return Configured(revision=revision, announcement=after)
