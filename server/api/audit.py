"""`/audit`: who did what, when, from where."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator

from server.api.access import allowed
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.store.audit import Wanted
from server.usecases import auditing
from shared.audit import AuditActions, AuditPage
from shared.base import Instant, printable
from shared.ids import Permission, UserId
from shared.problems import ProblemCode

router = APIRouter(prefix="/audit", tags=["audit"])

Name = Annotated[str | None, Query(max_length=50), AfterValidator(lambda text: text and printable(text))]


@router.get(
    "",
    summary="The audit, newest first",
    **described(ProblemCode.NOT_FOUND, permission=Permission.SYSTEM_MONITOR),
)
async def list_audit(
    request: Request,
    actor: Annotated[Actor, Depends(allowed(Permission.SYSTEM_MONITOR))],
    since: Annotated[Instant | None, Query(description="From this time on")] = None,
    until: Annotated[Instant | None, Query(description="Before this time")] = None,
    user_id: Annotated[UUID | None, Query(description="What this person did")] = None,
    by_server: Annotated[bool, Query(description="Only what no person did")] = False,
    action: Name = None,
    entity_type: Name = None,
    entity_id: UUID | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> AuditPage:
    """A page at a time; `next_cursor` leads to older rows under the same filters. No visitor's data."""
    wanted = Wanted(
        since=since,
        until=until,
        user_id=UserId(user_id) if user_id else None,
        by_server=by_server,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
    )
    return await auditing.read_page(
        services_of(request).database, actor.organization_id, wanted, cursor=cursor, limit=limit
    )


@router.get("/actions", summary="What the audit knows of", **described(permission=Permission.SYSTEM_MONITOR))
async def list_actions(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.SYSTEM_MONITOR))]
) -> AuditActions:
    """Every action that was ever done in the organization, by name."""
    return await auditing.read_actions(services_of(request).database, actor.organization_id)
