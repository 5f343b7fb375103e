"""`/auth`: signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import PUBLIC, allowed
from server.api.docs import described
from server.api.services import caller_of, services_of
from server.domain.access import Actor
from shared.commands import Refresh, SignIn
from shared.ids import Permission
from shared.problems import ProblemCode
from shared.users import Me, SignedIn

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post(
    "/login",
    summary="Sign in with user name and password",
    dependencies=[PUBLIC],
    **described(ProblemCode.WRONG_CREDENTIALS, ProblemCode.MALFORMED),
)
async def login(request: Request, body: SignIn, response: Response) -> SignedIn:
    """Gives an access JWT for requests and a refresh JWT to renew it with."""
    response.headers["Cache-Control"] = "no-store"
    return await services_of(request).signing_in.sign_in(body, caller_of(request))


@router.post(
    "/refresh",
    summary="Exchange a refresh JWT for new ones",
    dependencies=[PUBLIC],
    **described(ProblemCode.UNAUTHENTICATED, ProblemCode.CREDENTIAL_EXPIRED, ProblemCode.MALFORMED),
)
async def refresh(request: Request, body: Refresh, response: Response) -> SignedIn:
    """The old refresh JWT works for another minute; using it after that ends the session."""
    response.headers["Cache-Control"] = "no-store"
    return await services_of(request).signing_in.refresh(body.refresh_jwt, caller_of(request))


@router.post(
    "/logout",
    summary="Sign this device out",
    status_code=204,
    dependencies=[PUBLIC],
    **described(ProblemCode.UNAUTHENTICATED, ProblemCode.MALFORMED),
)
async def logout(request: Request, body: Refresh) -> None:
    """Ends the session that the refresh JWT belongs to."""
    await services_of(request).signing_in.sign_out(body.refresh_jwt, caller_of(request))


@router.get(
    "/me",
    summary="The signed-in person",
    **described(permission=Permission.USERS_READ_SELF),
)
async def me(request: Request, actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ_SELF))]) -> Me:
    """Name, role and permissions in the present organization."""
    return await services_of(request).signing_in.me(actor)
