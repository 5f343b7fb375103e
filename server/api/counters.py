"""`/counters`: the desks, and opening and closing one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import counters
from server.usecases.commanding import Request as CommandRequest
from shared.commands import Answer, OpenCounter
from shared.counters import LiveCounter
from shared.ids import CounterId, Permission
from shared.problems import ProblemCode

router = APIRouter(prefix="/counters", tags=["counters"])

AtCounter = Annotated[CommandRequest, Depends(commanding(Permission.COUNTERS_OPERATE))]


@router.get("", summary="All counters", **described(permission=Permission.COUNTERS_READ))
async def list_counters(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.COUNTERS_READ))]
) -> list[LiveCounter]:
    """The counters by position, with who sits there."""
    return await counters.list_counters(services_of(request).database, actor.organization_id)


@router.post(
    "/{counter_id}/open",
    summary="Open a counter",
    **described(
        ProblemCode.COUNTER_TAKEN,
        ProblemCode.COUNTER_ELSEWHERE,
        ProblemCode.COUNTER_BUSY,
        ProblemCode.TYPE_NOT_SERVED,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def open_counter(request: Request, counter_id: UUID, body: OpenCounter, command: AtCounter) -> Answer:
    """The caller works there from now on, for the types named; `take_over` takes it from another."""
    return await counters.open_counter(services_of(request).commands, command, CounterId(counter_id), body)


@router.post(
    "/{counter_id}/close",
    summary="Close a counter",
    **described(
        ProblemCode.COUNTER_CLOSED,
        ProblemCode.COUNTER_BUSY,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def close_counter(request: Request, counter_id: UUID, command: AtCounter) -> Answer:
    """A counter that has a visitor is not closed."""
    return await counters.close_counter(services_of(request).commands, command, CounterId(counter_id))
