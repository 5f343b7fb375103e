"""`/auth`: signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import PERMISSION_MARK, PUBLIC, Bearer, allowed
from server.api.docs import described
from server.api.services import caller_of, services_of
from server.domain.access import Actor
from server.domain.errors import Unauthenticated
from shared.commands import Refresh, SignIn, SwitchOrganization
from shared.ids import Permission
from shared.problems import ProblemCode
from shared.users import (
    ChangePassword,
    ChangeSecondFactor,
    ConfirmSecondFactor,
    Me,
    OfferSecondFactor,
    RecoveryCodes,
    SecondFactorOffer,
    SecondFactorSet,
    SignedIn,
)

router = APIRouter(prefix="/auth", tags=["auth"])


async def own_account(request: Request, bearer: Bearer) -> Actor:
    """A dependency: the signed-in person, even one who must see to their password or second factor first."""
    if bearer is None:
        raise Unauthenticated()
    services = services_of(request)
    claimed, _ = services.signing_in.actor_of(bearer.credentials, even_if_due=True)
    actor = await services.access.actor(claimed)
    actor.require(Permission.USERS_READ_SELF)
    return actor


setattr(own_account, PERMISSION_MARK, Permission.USERS_READ_SELF)
OwnAccount = Annotated[Actor, Depends(own_account)]


@router.post(
    "/login",
    summary="Sign in with user name and password",
    dependencies=[PUBLIC],
    **described(
        ProblemCode.WRONG_CREDENTIALS,
        ProblemCode.SECOND_FACTOR_REQUIRED,
        ProblemCode.TRY_LATER,
        ProblemCode.MALFORMED,
    ),
)
async def login(request: Request, body: SignIn) -> SignedIn:
    """Gives an access JWT for requests and a refresh JWT to renew it with.

    After five wrong passwords in a row for a user name the next try waits a second, then two, four, up to
    15 minutes: `try_later`, with Retry-After.

    Where the account has a second factor, the right password alone is answered with
    `second_factor_required`: the same is sent again, with `code`. Each code is good once.

    Where `me.must_change_password` is set, these JWTs are good for changing it and for nothing else
    (`password_change_required`), and where `me.must_set_up_second_factor` is, for that
    (`second_factor_due`).
    """
    services, caller = services_of(request), caller_of(request)
    async with services.limits.signing_in(caller.address, body.username):
        return await services.signing_in.sign_in(body, caller)


@router.post(
    "/refresh",
    summary="Exchange a refresh JWT for new ones",
    dependencies=[PUBLIC],
    **described(ProblemCode.UNAUTHENTICATED, ProblemCode.CREDENTIAL_EXPIRED, ProblemCode.MALFORMED),
)
async def refresh(request: Request, body: Refresh) -> SignedIn:
    """The old refresh JWT works for another minute; using it after that ends the session."""
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
async def me(request: Request, actor: OwnAccount) -> Me:
    """Name, role and permissions in the present organization, and whether the password must be changed."""
    return await services_of(request).signing_in.me(actor)


@router.post(
    "/switch",
    summary="Go on in another organization",
    **described(ProblemCode.NOT_FOUND, ProblemCode.MALFORMED, permission=Permission.USERS_READ_SELF),
)
async def switch(
    request: Request,
    body: SwitchOrganization,
    response: Response,
    actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ_SELF))],
) -> SignedIn:
    """One of `me.memberships`, in the role that one has there. The session in this one ends."""
    return await services_of(request).signing_in.switch(actor, body.organization_id, caller_of(request))


@router.post(
    "/password",
    summary="Change one's own password",
    **described(
        ProblemCode.WRONG_CREDENTIALS,
        ProblemCode.PASSWORD_REFUSED,
        ProblemCode.TRY_LATER,
        ProblemCode.MALFORMED,
        permission=Permission.USERS_READ_SELF,
    ),
)
async def change_password(request: Request, body: ChangePassword, actor: OwnAccount) -> SignedIn:
    """With the present one. Every device is signed out; this one goes on with the JWTs of the answer.

    A new password has at least 15 characters (8 beside a second factor), and is none of the names and
    passwords that are tried first.
    """
    return await services_of(request).own_account.change_password(actor, body, caller_of(request))


@router.post(
    "/logout-everywhere",
    summary="Sign all one's devices out",
    status_code=204,
    **described(permission=Permission.USERS_READ_SELF),
)
async def logout_everywhere(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ_SELF))]
) -> None:
    """This one too."""
    await services_of(request).own_account.sign_out_everywhere(actor, caller_of(request))


@router.post(
    "/logout-elsewhere",
    summary="Sign all one's other devices out",
    **described(permission=Permission.USERS_READ_SELF),
)
async def logout_elsewhere(
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ_SELF))],
) -> SignedIn:
    """This one goes on with the JWTs of the answer; those it had end as well."""
    services = services_of(request)
    # It gives a new session: who was signed out a moment ago must not get one.
    actor = await services.access.actor(actor, at_once=True)
    return await services.own_account.sign_out_elsewhere(actor, caller_of(request))


_CONFIRMED = (ProblemCode.WRONG_CREDENTIALS, ProblemCode.TRY_LATER, ProblemCode.MALFORMED)


@router.post(
    "/second-factor",
    summary="Begin to set a second factor up",
    **described(*_CONFIRMED, ProblemCode.SECOND_FACTOR_REQUIRED, permission=Permission.USERS_READ_SELF),
)
async def offer_second_factor(
    request: Request, body: OfferSecondFactor, actor: OwnAccount
) -> SecondFactorOffer:
    """A secret for an authenticator app (TOTP), told in this answer alone. It is in use once a code of it
    came to `/auth/second-factor/confirm`; until then one that was in use before stays."""
    return await services_of(request).own_account.offer_second_factor(actor, body, caller_of(request))


@router.post(
    "/second-factor/confirm",
    summary="Use the second factor that was offered",
    **described(
        ProblemCode.WRONG_CREDENTIALS,
        ProblemCode.SECOND_FACTOR_UNKNOWN,
        ProblemCode.MALFORMED,
        permission=Permission.USERS_READ_SELF,
    ),
)
async def begin_second_factor(
    request: Request, body: ConfirmSecondFactor, actor: OwnAccount
) -> SecondFactorSet:
    """With the first code of the app. The recovery codes are told in this answer alone; each stands in for a
    code once. Every device is signed out; this one goes on with the JWTs of the answer."""
    return await services_of(request).own_account.begin_second_factor(actor, body, caller_of(request))


@router.post(
    "/second-factor/end",
    summary="Do without a second factor",
    **described(
        *_CONFIRMED,
        ProblemCode.PASSWORD_REFUSED,
        ProblemCode.SECOND_FACTOR_UNKNOWN,
        permission=Permission.USERS_READ_SELF,
    ),
)
async def end_second_factor(request: Request, body: ChangeSecondFactor, actor: OwnAccount) -> SignedIn:
    """With the password, which must be long enough to be the only factor, and a code."""
    return await services_of(request).own_account.end_second_factor(actor, body, caller_of(request))


@router.post(
    "/second-factor/recovery-codes",
    summary="Other recovery codes",
    **described(*_CONFIRMED, ProblemCode.SECOND_FACTOR_UNKNOWN, permission=Permission.USERS_READ_SELF),
)
async def renew_recovery_codes(
    request: Request, body: ChangeSecondFactor, actor: OwnAccount
) -> RecoveryCodes:
    """Those that are left hold no more."""
    codes = await services_of(request).own_account.renew_recovery_codes(actor, body, caller_of(request))
    return RecoveryCodes(recovery_codes=codes)
