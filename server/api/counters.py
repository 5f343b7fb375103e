"""`/counters`: the desks, and opening and closing one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import counters, undoing
from server.usecases.commanding import Request as CommandRequest
from shared.commands import Answer, OpenCounter, TakeBreak
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


@router.post(
    "/{counter_id}/break",
    summary="Take a break",
    **described(
        ProblemCode.COUNTER_CLOSED,
        ProblemCode.COUNTER_BUSY,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def begin_break(request: Request, counter_id: UUID, body: TakeBreak, command: AtCounter) -> Answer:
    """The counter stays open, and nobody is called there until work is resumed."""
    return await counters.begin_break(services_of(request).commands, command, CounterId(counter_id), body)


@router.post(
    "/{counter_id}/resume-work",
    summary="End a break",
    **described(
        ProblemCode.COUNTER_CLOSED,
        ProblemCode.NOT_ON_BREAK,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def end_break(request: Request, counter_id: UUID, command: AtCounter) -> Answer:
    """Visitors are called there again."""
    return await counters.end_break(services_of(request).commands, command, CounterId(counter_id))


@router.post(
    "/{counter_id}/undo",
    summary="Take back the last command of a counter",
    **described(
        ProblemCode.NOTHING_TO_UNDO,
        ProblemCode.UNDO_TOO_LATE,
        ProblemCode.COUNTER_CLOSED,
        ProblemCode.COUNTER_BUSY,
        ProblemCode.NOT_YOUR_COUNTER,
        ProblemCode.NUMBER_TAKEN,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def undo(request: Request, counter_id: UUID, command: AtCounter) -> Answer:
    """Within ten seconds, while it is still the newest event of its token."""
    return await undoing.undo_at_counter(services_of(request).commands, command, CounterId(counter_id))
