"""What people can do, and the figures of the day."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import figures
from server.usecases.commanding import Request as CommandRequest
from server.usecases.configuring.people import set_skills
from shared.analytics import Day
from shared.commands import Answer
from shared.ids import Permission, UserId
from shared.users import Skills

router = APIRouter()


@router.put(
    "/users/{user_id}/skills",
    summary="Say what a person can serve",
    tags=["users"],
    **described(permission=Permission.USERS_UPDATE, command=True),
)
async def put_skills(
    request: Request,
    user_id: UUID,
    body: Skills,
    command: Annotated[CommandRequest, Depends(commanding(Permission.USERS_UPDATE))],
) -> Answer:
    """The customer types that they are called for in this organization; none means all."""
    return await set_skills(services_of(request).commands, command, UserId(user_id), body)


@router.get(
    "/users/me/day",
    summary="My day",
    tags=["users"],
    **described(permission=Permission.ANALYTICS_READ_LIMITED),
)
async def my_day(
    request: Request,
    actor: Annotated[Actor, Depends(allowed(Permission.ANALYTICS_READ_LIMITED))],
) -> Day:
    """The signed-in person's own figures of this service day."""
    return await figures.today(services_of(request).database, actor.organization_id, user_id=actor.user_id)


@router.get(
    "/analytics/today",
    summary="The day so far",
    tags=["analytics"],
    **described(permission=Permission.ANALYTICS_READ),
)
async def today(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.ANALYTICS_READ))]
) -> Day:
    """The organization's figures of this service day."""
    return await figures.today(services_of(request).database, actor.organization_id)
