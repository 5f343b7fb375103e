"""`/tokens`: taking a token, and what may be done to it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import ending, looking_up, tokens, undoing
from server.usecases.commanding import Request as CommandRequest
from shared.commands import (
    Answer,
    BulkAnswer,
    CancelToken,
    CancelWaiting,
    ChangeToken,
    CreateToken,
    TransferToken,
)
from shared.ids import Permission, TokenId, TokenStatus, TypeKey
from shared.problems import ProblemCode
from shared.tokens import TokenDetails, TokenPage

router = APIRouter(prefix="/tokens", tags=["tokens"])

OnToken = Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_UPDATE))]
MayRead = Annotated[Actor, Depends(allowed(Permission.TOKENS_READ))]

_GOING_ELSEWHERE = (
    ProblemCode.TYPE_INACTIVE,
    ProblemCode.TYPE_NOT_SERVED,
    ProblemCode.NO_SKILL,
)


@router.post(
    "",
    summary="Take a token",
    status_code=201,
    **described(
        *_GOING_ELSEWHERE,
        ProblemCode.QUEUE_FULL,
        ProblemCode.CLOSED,
        ProblemCode.DAY_LIMIT_REACHED,
        permission=Permission.TOKENS_CREATE,
        command=True,
    ),
)
async def create_token(
    request: Request,
    body: CreateToken,
    command: Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_CREATE))],
) -> Answer:
    """The token gets the next number of its customer type and waits. `override` takes it out of hours."""
    services = services_of(request)
    promise = await services.reports.promise(command.actor.organization_id, TypeKey(body.customer_type))
    return await tokens.create_token(services.commands, command, body, promise=promise)


@router.get(
    "",
    summary="The tokens of a service day",
    **described(permission=Permission.TOKENS_READ),
)
async def list_tokens(
    request: Request,
    actor: MayRead,
    day: Annotated[date | None, Query(description="A service day; today where not named")] = None,
    status: Annotated[list[TokenStatus] | None, Query(description="Only in these states")] = None,
    customer_type: Annotated[str | None, Query(max_length=32)] = None,
    number: Annotated[str | None, Query(max_length=10, description="How its number begins")] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TokenPage:
    """Newest first, page by page."""
    services = services_of(request)
    return await looking_up.list_tokens(
        services.database,
        services.visitors,
        actor.organization_id,
        looking_up.Wanted(
            day=day,
            statuses=tuple(status or ()),
            customer_type=TypeKey(customer_type) if customer_type else None,
            number=number,
        ),
        cursor=cursor,
        limit=limit,
    )


@router.get(
    "/{token_id}",
    summary="A token and its story",
    **described(ProblemCode.NOT_FOUND, permission=Permission.TOKENS_READ),
)
async def get_token(request: Request, token_id: UUID, actor: MayRead) -> TokenDetails:
    """A token of today or of the past, with its visits and what was done to it."""
    services = services_of(request)
    return await looking_up.token_details(
        services.database, services.visitors, actor.organization_id, TokenId(token_id)
    )


@router.patch(
    "/{token_id}",
    summary="Change a token",
    **described(
        ProblemCode.TOKEN_ENDED,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def change_token(request: Request, token_id: UUID, body: ChangeToken, command: OnToken) -> Answer:
    """Priority, emergency, visitor and notes of a live token; what is not named stays."""
    return await tokens.change_token(services_of(request).commands, command, TokenId(token_id), body)


@router.delete(
    "/{token_id}",
    summary="Cancel a token without a reason of its own",
    **described(
        ProblemCode.TOKEN_ENDED,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_DELETE,
        command=True,
    ),
)
async def delete_token(
    request: Request,
    token_id: UUID,
    command: Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_DELETE))],
) -> Answer:
    """The same as cancel: nothing that happened is removed from the record."""
    body = CancelToken(reason="deleted")
    return await tokens.cancel_token(services_of(request).commands, command, TokenId(token_id), body)


@router.post(
    "/{token_id}/cancel",
    summary="Cancel a token",
    **described(
        ProblemCode.TOKEN_ENDED,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def cancel_token(request: Request, token_id: UUID, body: CancelToken, command: OnToken) -> Answer:
    """A waiting, called or parked token will not be served; a call under way leaves the screens."""
    return await tokens.cancel_token(services_of(request).commands, command, TokenId(token_id), body)


@router.post(
    "/{token_id}/transfer",
    summary="Transfer a token",
    **described(
        *_GOING_ELSEWHERE,
        ProblemCode.TOKEN_NOT_MOVABLE,
        ProblemCode.NOT_YOUR_COUNTER,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def transfer_token(request: Request, token_id: UUID, body: TransferToken, command: OnToken) -> Answer:
    """To a customer type, a counter or a person; it keeps its place, or comes first in line."""
    return await tokens.transfer_token(services_of(request).commands, command, TokenId(token_id), body)


@router.post(
    "/{token_id}/reinstate",
    summary="Bring a late visitor back",
    **described(
        ProblemCode.TOKEN_NOT_NO_SHOW,
        ProblemCode.TOKEN_OF_ANOTHER_DAY,
        ProblemCode.NUMBER_TAKEN,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def reinstate_token(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """A no-show waits again, just behind as many of its lane as the organization says."""
    return await tokens.reinstate_token(services_of(request).commands, command, TokenId(token_id))


@router.post(
    "/{token_id}/undo",
    summary="Take back one's own last command on a token",
    **described(
        ProblemCode.NOTHING_TO_UNDO,
        ProblemCode.UNDO_TOO_LATE,
        ProblemCode.COUNTER_CLOSED,
        ProblemCode.COUNTER_ON_BREAK,
        ProblemCode.COUNTER_BUSY,
        ProblemCode.NOT_YOUR_COUNTER,
        ProblemCode.NUMBER_TAKEN,
        permission=Permission.TOKENS_UPDATE,
        command=True,
    ),
)
async def undo_on_token(request: Request, token_id: UUID, command: OnToken) -> Answer:
    """Within ten seconds, while it is still the newest event of that token."""
    return await undoing.undo_on_token(services_of(request).commands, command, TokenId(token_id))


@router.post(
    "/cancel-waiting",
    summary="Cancel every waiting token of a customer type",
    **described(permission=Permission.QUEUES_UPDATE, command=True),
)
async def cancel_waiting(
    request: Request,
    body: CancelWaiting,
    command: Annotated[CommandRequest, Depends(commanding(Permission.QUEUES_UPDATE))],
) -> BulkAnswer:
    """All or none of them; `confirm` says that it is meant."""
    return await ending.cancel_waiting(services_of(request).commands, command, body)
