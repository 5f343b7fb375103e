"""Who asks, and may they: a dependency for each kind of route.

MUST: every route names its permission, through `allowed`, `commanding` or `PUBLIC`; a test walks all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from server.api.services import caller_of, services_of
from server.domain.access import DEVICE, Actor
from server.domain.errors import Forbidden, Unauthenticated
from server.usecases.commanding import Request as CommandRequest
from server.usecases.signing_in import DEVICE_KEY_PREFIX
from shared.ids import OrganizationId, Permission, RequestId

_bearer = HTTPBearer(auto_error=False, description="An access JWT of a person, or the key of a display.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]

PERMISSION_MARK = "callboard_permission"
"""The attribute by which the route walk finds what a dependency asks for."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whoever may read: a person or a display, in one organization."""

    organization_id: OrganizationId
    actor: Actor | None


def allowed(permission: Permission) -> Callable[..., Awaitable[Actor]]:
    """A dependency: the signed-in person, who must have this permission."""

    async def dependency(request: Request, bearer: Bearer) -> Actor:
        actor = await _person(request, bearer)
        actor.require(permission)
        return actor

    setattr(dependency, PERMISSION_MARK, permission)
    return dependency


def reading(permission: Permission) -> Callable[..., Awaitable[Reader]]:
    """A dependency: a person or a display with this permission."""

    async def dependency(request: Request, bearer: Bearer) -> Reader:
        services = services_of(request)
        if bearer is not None and bearer.credentials.startswith(DEVICE_KEY_PREFIX):
            device = await services.signing_in.device_of(bearer.credentials)
            if permission not in DEVICE & device.scopes:
                raise Forbidden(permission=permission)
            return Reader(organization_id=device.organization_id, actor=None)
        actor = await _person(request, bearer)
        actor.require(permission)
        return Reader(organization_id=actor.organization_id, actor=actor)

    setattr(dependency, PERMISSION_MARK, permission)
    return dependency


def commanding(permission: Permission) -> Callable[..., Awaitable[CommandRequest]]:
    """A dependency: a command's request id and who sends it.

    The permission is checked here by what was known a moment ago, and again in the command's transaction.
    """
    person = allowed(permission)

    async def dependency(
        request: Request,
        actor: Annotated[Actor, Depends(person)],
        idempotency_key: Annotated[
            UUID,
            Header(description="A new UUID for each command; the same one for a retry of it."),
        ],
    ) -> CommandRequest:
        caller = caller_of(request)
        return CommandRequest(
            actor=actor,
            request_id=RequestId(idempotency_key),
            address=caller.address,
            user_agent=caller.user_agent,
        )

    setattr(dependency, PERMISSION_MARK, permission)
    return dependency


async def public() -> None:
    """A dependency of routes that need no credential."""


setattr(public, PERMISSION_MARK, None)
PUBLIC = Depends(public)


async def _person(request: Request, bearer: HTTPAuthorizationCredentials | None) -> Actor:
    if bearer is None:
        raise Unauthenticated()
    services = services_of(request)
    claimed, _ = services.signing_in.actor_of(bearer.credentials)
    actor = await services.access.actor(claimed)
    # Should something be refused to them, the audit says to whom.
    request.state.actor = actor
    return actor
