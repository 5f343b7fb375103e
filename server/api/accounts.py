"""`/users` and `/memberships`: people's accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases.commanding import Request as CommandRequest
from shared.ids import Permission, UserId
from shared.problems import ProblemCode
from shared.users import (
    AccountConfigured,
    AccountSettings,
    NewAccount,
    NewMembership,
    UserAccount,
    UserPage,
)

router = APIRouter(tags=["users"])

Making = Annotated[CommandRequest, Depends(commanding(Permission.USERS_CREATE))]
Editing = Annotated[CommandRequest, Depends(commanding(Permission.USERS_UPDATE))]
Deleting = Annotated[CommandRequest, Depends(commanding(Permission.USERS_DELETE))]

_OF_ANOTHER = (ProblemCode.OUTRANKED, ProblemCode.OWN_ACCOUNT)


@router.get(
    "/users",
    summary="The people of the organization",
    **described(ProblemCode.NOT_FOUND, permission=Permission.USERS_READ),
)
async def list_users(
    request: Request,
    actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ))],
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> UserPage:
    """By user name, a page at a time; `next_cursor` leads to the next."""
    return await services_of(request).accounts.page(actor.organization_id, cursor=cursor, limit=limit)


@router.get(
    "/users/{user_id}",
    summary="One person",
    **described(ProblemCode.NOT_FOUND, permission=Permission.USERS_READ),
)
async def read_user(
    request: Request,
    response: Response,
    user_id: UUID,
    actor: Annotated[Actor, Depends(allowed(Permission.USERS_READ))],
) -> UserAccount:
    """Their account in this organization. An edit names its version."""
    account = await services_of(request).accounts.read(actor.organization_id, UserId(user_id))
    tell_version(response, account.version)
    return account


@router.post(
    "/users",
    summary="Make an account",
    status_code=201,
    **described(
        ProblemCode.ALREADY_EXISTS, ProblemCode.OUTRANKED, permission=Permission.USERS_CREATE, command=True
    ),
)
async def add_user(
    request: Request, response: Response, body: NewAccount, command: Making
) -> AccountConfigured:
    """The server makes the first password and tells it in this answer alone; it must be changed at the first
    sign-in. Nobody gives a role or a permission that they lack themselves."""
    return _told(response, await services_of(request).accounts.add(command, body))


@router.put(
    "/users/{user_id}",
    summary="Edit an account",
    **described(
        ProblemCode.ALREADY_EXISTS,
        ProblemCode.LAST_SUPER_ADMIN,
        *_OF_ANOTHER,
        permission=Permission.USERS_UPDATE,
        command=True,
        edit=True,
    ),
)
async def configure_user(
    request: Request,
    response: Response,
    user_id: UUID,
    body: AccountSettings,
    command: Editing,
    made_from: MadeFrom,
) -> AccountConfigured:
    """All of it: what is left out gets its default. The role is the one in this organization.

    Nobody edits their own role or permissions, nor an account that may do more than they."""
    answer = await services_of(request).accounts.configure(
        command, UserId(user_id), body, made_from=made_from
    )
    return _told(response, answer)


@router.post(
    "/users/{user_id}/disable",
    summary="Switch an account off",
    **described(ProblemCode.LAST_SUPER_ADMIN, *_OF_ANOTHER, permission=Permission.USERS_UPDATE, command=True),
)
async def disable_user(
    request: Request, response: Response, user_id: UUID, command: Editing
) -> AccountConfigured:
    """They are signed out everywhere. A counter that they have open is closed: a called visitor goes back
    into the line, one being served is parked."""
    return _told(response, await services_of(request).accounts.disable(command, UserId(user_id)))


@router.post(
    "/users/{user_id}/enable",
    summary="Switch an account on",
    **described(*_OF_ANOTHER, permission=Permission.USERS_UPDATE, command=True),
)
async def enable_user(
    request: Request, response: Response, user_id: UUID, command: Editing
) -> AccountConfigured:
    """They may sign in again, with the password they had."""
    return _told(response, await services_of(request).accounts.enable(command, UserId(user_id)))


@router.delete(
    "/users/{user_id}",
    summary="Delete an account",
    **described(ProblemCode.LAST_SUPER_ADMIN, *_OF_ANOTHER, permission=Permission.USERS_DELETE, command=True),
)
async def delete_user(request: Request, user_id: UUID, command: Deleting) -> AccountConfigured:
    """Names, address and password are erased and the user name is free again; what they did stays."""
    return await services_of(request).accounts.delete(command, UserId(user_id))


@router.post(
    "/users/{user_id}/reset-password",
    summary="Give a one-time password",
    **described(*_OF_ANOTHER, permission=Permission.USERS_UPDATE, command=True),
)
async def reset_password(
    request: Request, response: Response, user_id: UUID, command: Editing
) -> AccountConfigured:
    """It is told in this answer alone, and must be changed at the next sign-in. They are signed out
    everywhere."""
    return _told(response, await services_of(request).accounts.reset_password(command, UserId(user_id)))


@router.delete(
    "/users/{user_id}/second-factor",
    summary="Take a second factor off an account",
    **described(
        ProblemCode.SECOND_FACTOR_UNKNOWN, *_OF_ANOTHER, permission=Permission.USERS_UPDATE, command=True
    ),
)
async def end_second_factor(
    request: Request, response: Response, user_id: UUID, command: Editing
) -> AccountConfigured:
    """For who has lost their phone and their recovery codes. They are signed out everywhere, and choose
    another password at the next sign-in."""
    return _told(response, await services_of(request).accounts.end_second_factor(command, UserId(user_id)))


@router.post(
    "/users/{user_id}/sign-out",
    summary="Sign a person out everywhere",
    **described(*_OF_ANOTHER, permission=Permission.USERS_UPDATE, command=True),
)
async def sign_user_out(
    request: Request, response: Response, user_id: UUID, command: Editing
) -> AccountConfigured:
    """All their devices. For oneself it is `/auth/logout-everywhere`."""
    return _told(response, await services_of(request).accounts.sign_out(command, UserId(user_id)))


@router.post(
    "/memberships",
    summary="Let somebody of another organization work here too",
    status_code=201,
    **described(ProblemCode.OUTRANKED, permission=Permission.USERS_CREATE, command=True),
)
async def join(
    request: Request, response: Response, body: NewMembership, command: Making
) -> AccountConfigured:
    """By user name; a person of an organization in which who asks may edit people as well."""
    return _told(response, await services_of(request).accounts.join(command, body))


@router.delete(
    "/users/{user_id}/membership",
    summary="End a membership",
    **described(
        ProblemCode.IN_USE,
        ProblemCode.LAST_SUPER_ADMIN,
        *_OF_ANOTHER,
        permission=Permission.USERS_UPDATE,
        command=True,
    ),
)
async def leave(request: Request, user_id: UUID, command: Editing) -> AccountConfigured:
    """They work in this organization no more. An only membership does not end: the account is switched off or
    deleted."""
    return await services_of(request).accounts.leave(command, UserId(user_id))


def _told(response: Response, answer: AccountConfigured) -> AccountConfigured:
    if answer.user is not None:
        tell_version(response, answer.user.version)
    return answer
