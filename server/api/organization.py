"""`/organization`: the settings of the site, and the end of its day."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases import ending
from server.usecases.commanding import Request as CommandRequest
from server.usecases.configuring import organization
from shared.commands import BulkAnswer, CloseDay, Configured
from shared.ids import Permission
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from shared.problems import ProblemCode

router = APIRouter(prefix="/organization", tags=["organization"])

OnQueues = Annotated[CommandRequest, Depends(commanding(Permission.QUEUES_UPDATE))]


@router.get("", summary="The organization's settings", **described(permission=Permission.SETTINGS_READ))
async def get_organization(
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(allowed(Permission.SETTINGS_READ))],
) -> OrganizationConfiguration:
    """With their version, also as the ETag: an edit names it."""
    shown = await organization.read_organization(services_of(request).database, actor.organization_id)
    tell_version(response, shown.version)
    return shown


@router.put(
    "",
    summary="Edit the organization's settings",
    **described(ProblemCode.IN_USE, permission=Permission.SETTINGS_UPDATE, command=True, edit=True),
)
async def configure_organization(
    request: Request,
    response: Response,
    body: OrganizationSettings,
    command: Annotated[CommandRequest, Depends(commanding(Permission.SETTINGS_UPDATE))],
    made_from: MadeFrom,
) -> Configured:
    """All of them: what is left out gets its default. A level that waiting tokens have stays."""
    answer = await organization.configure_organization(
        services_of(request).commands, command, body, made_from=made_from
    )
    if answer.organization is not None:
        tell_version(response, answer.organization.version)
    return answer


@router.post(
    "/close-day",
    summary="Close the day early",
    **described(permission=Permission.QUEUES_UPDATE, command=True),
)
async def close_day(request: Request, body: CloseDay, command: OnQueues) -> BulkAnswer:
    """No more tokens today, and who waits or is parked is cancelled; `confirm` says that it is meant."""
    return await ending.close_day(services_of(request).commands, command, body)


@router.post(
    "/reopen-day",
    summary="Open the day again",
    **described(permission=Permission.QUEUES_UPDATE, command=True),
)
async def reopen_day(request: Request, command: OnQueues) -> BulkAnswer:
    """Tokens are taken again today; those that were cancelled stay so."""
    return await ending.reopen_day(services_of(request).commands, command)
