"""Calling a visitor to a counter, and what follows until the visit ends."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from server.api.access import commanding
from server.api.docs import described
from server.api.services import services_of
from server.usecases import calling
from server.usecases.commanding import Request as CommandRequest
from shared.commands import Answer, CallToken, ParkToken, ResumeToken
from shared.ids import CounterId, Permission, TokenId
from shared.problems import ProblemCode

router = APIRouter(tags=["calling"])

AtCounter = Annotated[CommandRequest, Depends(commanding(Permission.COUNTERS_OPERATE))]
OnToken = Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_UPDATE))]

_CALLING = (
    ProblemCode.COUNTER_CLOSED,
    ProblemCode.COUNTER_ON_BREAK,
    ProblemCode.COUNTER_BUSY,
    ProblemCode.NOT_YOUR_COUNTER,
)


@router.post(
    "/counters/{counter_id}/call-next",
    summary="Call the next visitor",
    **described(
        *_CALLING,
        ProblemCode.NOBODY_WAITING,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def call_next(request: Request, counter_id: UUID, command: AtCounter) -> Answer:
    """Chooses by the organization's policy; the token says why it was chosen."""
    return await calling.call_next(services_of(request).commands, command, CounterId(counter_id))


@router.post(
    "/counters/{counter_id}/call",
    summary="Call this very visitor",
    **described(
        *_CALLING,
        ProblemCode.TOKEN_NOT_WAITING,
        ProblemCode.TYPE_NOT_SERVED,
        ProblemCode.NO_SKILL,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def call_token(request: Request, counter_id: UUID, body: CallToken, command: AtCounter) -> Answer:
    """Out of the order; who was passed over is counted."""
    return await calling.call_token(services_of(request).commands, command, CounterId(counter_id), body)


@router.post(
    "/tokens/{token_id}/recall",
    summary="Announce a called visitor once more",
    **described(
        ProblemCode.TOKEN_NOT_CALLED,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def recall(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """Counted; every display announces it again."""
    return await calling.recall(services_of(request).commands, command, TokenId(token_id))


@router.post(
    "/tokens/{token_id}/start",
    summary="The visitor stands at the counter",
    **described(
        ProblemCode.TOKEN_NOT_CALLED,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def start(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """The service begins."""
    return await calling.start(services_of(request).commands, command, TokenId(token_id))


@router.post(
    "/tokens/{token_id}/complete",
    summary="The visitor was served",
    **described(
        ProblemCode.TOKEN_NOT_SERVING,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def complete(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """The service ends and its duration is recorded."""
    return await calling.complete(services_of(request).commands, command, TokenId(token_id))


@router.post(
    "/tokens/{token_id}/no-show",
    summary="The visitor did not come",
    **described(
        ProblemCode.TOKEN_NOT_CALLED,
        ProblemCode.NO_SHOW_TOO_EARLY,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def no_show(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """Once every connected screen has shown the call, or a minute after it."""
    services = services_of(request)
    return await calling.no_show(services.commands, command, TokenId(token_id), wait=services.no_show_after)


@router.post(
    "/tokens/{token_id}/park",
    summary="Park a visitor",
    **described(
        ProblemCode.TOKEN_NOT_MOVABLE,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def park(request: Request, token_id: UUID, body: ParkToken, command: OnToken) -> Answer:
    """Set aside with a reason; at `wake_at` the token goes back into its lane by itself."""
    return await calling.park(services_of(request).commands, command, TokenId(token_id), body)


@router.post(
    "/tokens/{token_id}/resume",
    summary="Take a parked visitor up again",
    **described(
        *_CALLING,
        ProblemCode.TOKEN_NOT_PARKED,
        ProblemCode.TYPE_NOT_SERVED,
        ProblemCode.NO_SKILL,
        permission=Permission.COUNTERS_OPERATE,
        command=True,
    ),
)
async def resume(request: Request, token_id: UUID, body: ResumeToken, command: AtCounter) -> Answer:
    """At any counter that may serve it; the displays announce it."""
    return await calling.resume(services_of(request).commands, command, TokenId(token_id), body)


@router.post(
    "/tokens/{token_id}/return",
    summary="Return a visitor to the line",
    **described(
        ProblemCode.TOKEN_NOT_MOVABLE,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def return_to_lane(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """A called or parked token waits again, at the place it had."""
    return await calling.return_to_lane(services_of(request).commands, command, TokenId(token_id))
