"""`/tokens`: taking and cancelling a token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import tokens
from server.usecases.commanding import Request as CommandRequest
from shared.commands import Answer, CancelToken, CreateToken
from shared.ids import Permission, TokenId
from shared.problems import ProblemCode
from shared.tokens import LiveToken

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.post(
    "",
    summary="Take a token",
    status_code=201,
    **described(
        ProblemCode.TYPE_INACTIVE,
        ProblemCode.QUEUE_FULL,
        permission=Permission.TOKENS_CREATE,
        command=True,
    ),
)
async def create_token(
    request: Request,
    body: CreateToken,
    command: Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_CREATE))],
) -> Answer:
    """The token gets the next number of its customer type and waits."""
    return await tokens.create_token(services_of(request).commands, command, body)


@router.get(
    "/{token_id}",
    summary="A token",
    **described(ProblemCode.NOT_FOUND, permission=Permission.TOKENS_READ),
)
async def get_token(
    request: Request,
    token_id: UUID,
    actor: Annotated[Actor, Depends(allowed(Permission.TOKENS_READ))],
) -> LiveToken:
    """A token of today or of the past."""
    return await tokens.get_token(services_of(request).database, actor.organization_id, TokenId(token_id))


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
async def cancel_token(
    request: Request,
    token_id: UUID,
    body: CancelToken,
    command: Annotated[CommandRequest, Depends(commanding(Permission.TOKENS_UPDATE))],
) -> Answer:
    """A waiting, called or parked token will not be served; a call under way leaves the screens."""
    return await tokens.cancel_token(services_of(request).commands, command, TokenId(token_id), body)
