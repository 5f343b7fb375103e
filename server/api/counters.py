"""`/counters`: the desks, and opening and closing one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases import counters, undoing
from server.usecases.commanding import Request as CommandRequest
from server.usecases.configuring import counters as configuring
from shared.commands import Answer, Configured, OpenCounter, TakeBreak
from shared.counters import CounterConfiguration, CounterSettings, LiveCounter
from shared.ids import CounterId, Permission
from shared.problems import ProblemCode

router = APIRouter(prefix="/counters", tags=["counters"])

AtCounter = Annotated[CommandRequest, Depends(commanding(Permission.COUNTERS_OPERATE))]
OnCounters = Annotated[CommandRequest, Depends(commanding(Permission.COUNTERS_UPDATE))]


@router.get("", summary="All counters", **described(permission=Permission.COUNTERS_READ))
async def list_counters(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.COUNTERS_READ))]
) -> list[LiveCounter]:
    """The counters by position, with who sits there."""
    return await counters.list_counters(services_of(request).database, actor.organization_id)


@router.get(
    "/configurations",
    summary="The settings of every counter",
    **described(permission=Permission.COUNTERS_READ),
)
async def list_configurations(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.COUNTERS_READ))]
) -> list[CounterConfiguration]:
    """By position, those that are switched off too. An edit names the version."""
    return await configuring.list_configurations(services_of(request).database, actor.organization_id)


@router.post(
    "",
    summary="Make a counter",
    status_code=201,
    **described(ProblemCode.ALREADY_EXISTS, permission=Permission.COUNTERS_UPDATE, command=True),
)
async def make_counter(
    request: Request, response: Response, body: CounterSettings, command: OnCounters
) -> Configured:
    """It is closed until somebody opens it. Its label is its own in the organization."""
    return _told(response, await configuring.make_counter(services_of(request).commands, command, body))


@router.put(
    "/{counter_id}",
    summary="Edit a counter",
    **described(
        ProblemCode.ALREADY_EXISTS,
        ProblemCode.IN_USE,
        permission=Permission.COUNTERS_UPDATE,
        command=True,
        edit=True,
    ),
)
async def configure_counter(
    request: Request,
    response: Response,
    counter_id: UUID,
    body: CounterSettings,
    command: OnCounters,
    made_from: MadeFrom,
) -> Configured:
    """All settings: what is left out gets its default. One that was switched off is switched on by it."""
    answer = await configuring.configure_counter(
        services_of(request).commands, command, CounterId(counter_id), body, made_from=made_from
    )
    return _told(response, answer)


@router.delete(
    "/{counter_id}",
    summary="Switch a counter off",
    **described(ProblemCode.IN_USE, permission=Permission.COUNTERS_UPDATE, command=True),
)
async def disable_counter(
    request: Request, response: Response, counter_id: UUID, command: OnCounters
) -> Configured:
    """It leaves the screens, and what was meant for it waits for anybody. Refused while it is open."""
    answer = await configuring.disable_counter(services_of(request).commands, command, CounterId(counter_id))
    return _told(response, answer)


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
        ProblemCode.COUNTER_ON_BREAK,
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


def _told(response: Response, answer: Configured) -> Configured:
    if answer.counter is not None:
        tell_version(response, answer.counter.version)
    return answer
