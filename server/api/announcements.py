"""`/announcements`: what visitors or staff are told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases import announcing
from server.usecases.commanding import Request as CommandRequest
from shared.announcements import Announcement, AnnouncementSettings
from shared.commands import Configured
from shared.ids import AnnouncementId, Permission
from shared.problems import ProblemCode

router = APIRouter(prefix="/announcements", tags=["announcements"])

Announcing = Annotated[CommandRequest, Depends(commanding(Permission.ANNOUNCEMENTS_UPDATE))]


@router.get("", summary="All announcements", **described(permission=Permission.QUEUES_READ))
async def list_announcements(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.QUEUES_READ))]
) -> list[Announcement]:
    """The newest first, also those that were switched off."""
    return await announcing.list_announcements(services_of(request).database, actor.organization_id)


@router.post(
    "",
    summary="Write an announcement",
    status_code=201,
    **described(permission=Permission.ANNOUNCEMENTS_UPDATE, command=True),
)
async def announce(request: Request, body: AnnouncementSettings, command: Announcing) -> Configured:
    """Every screen that it is for shows it from `from_at` until `until_at`."""
    return await announcing.announce(services_of(request).commands, command, body)


@router.put(
    "/{announcement_id}",
    summary="Edit an announcement",
    **described(ProblemCode.NOT_FOUND, permission=Permission.ANNOUNCEMENTS_UPDATE, command=True, edit=True),
)
async def configure_announcement(
    request: Request,
    response: Response,
    announcement_id: UUID,
    body: AnnouncementSettings,
    command: Announcing,
    made_from: MadeFrom,
) -> Configured:
    """All of it; `is_active` switches it off and on."""
    answer = await announcing.configure_announcement(
        services_of(request).commands, command, AnnouncementId(announcement_id), body, made_from=made_from
    )
    if answer.announcement is not None:
        tell_version(response, answer.announcement.version)
    return answer
