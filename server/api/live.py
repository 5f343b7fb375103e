"""The live state: `/snapshot`, `/queues` and the websockets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, WebSocket

from server.api.access import PUBLIC, Reader, allowed, reading
from server.api.docs import described
from server.api.services import caller_of, services_of
from server.domain.access import Actor
from server.domain.errors import Forbidden
from shared.ids import Audience, Permission
from shared.live import Snapshot
from shared.queues import QueueReport

router = APIRouter(tags=["live"])
sockets = APIRouter(prefix="/ws")

_SNAPSHOT = described(permission=Permission.BOARD_READ)
_SNAPSHOT["responses"][304] = {"description": "It is still the one that If-None-Match names."}


@router.get(
    "/snapshot",
    summary="The whole live state",
    response_model=Snapshot,
    **_SNAPSHOT,
)
async def snapshot(
    request: Request,
    audience: Annotated[Audience, Query(description="Whose projection")],
    reader: Annotated[Reader, Depends(reading(Permission.BOARD_READ))],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """At one epoch and revision; the socket's events continue from there. Always gzip."""
    if reader.actor is None and audience is not Audience.DISPLAY:
        raise Forbidden(permission=Permission.TOKENS_READ)
    if reader.actor is not None and audience is Audience.ADMIN:
        reader.actor.require(Permission.USERS_READ)
    encoded = await services_of(request).snapshots.get(reader.organization_id, audience)
    headers = {"ETag": encoded.etag, "Cache-Control": "private, no-cache"}
    if if_none_match == encoded.etag:
        return Response(status_code=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(encoded.gzipped, media_type="application/json", headers=headers)


@router.get(
    "/queues",
    summary="The state of every queue",
    **described(permission=Permission.QUEUES_READ),
)
async def queue_status(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.QUEUES_READ))]
) -> QueueReport:
    """Waiting, longest wait, counters open and the estimate for a newcomer, by customer type."""
    return await services_of(request).reports.get(actor.organization_id, at_most_old_s=0.0)


@sockets.websocket("/display", dependencies=[PUBLIC])
async def display_socket(socket: WebSocket) -> None:
    """The channel of lobby displays; the hello carries the credential."""
    await services_of(socket).gateway.serve(socket, Audience.DISPLAY, caller_of(socket))


@sockets.websocket("/staff", dependencies=[PUBLIC])
async def staff_socket(socket: WebSocket) -> None:
    """The channel of counter apps; the hello carries the credential."""
    await services_of(socket).gateway.serve(socket, Audience.STAFF, caller_of(socket))


@sockets.websocket("/admin", dependencies=[PUBLIC])
async def admin_socket(socket: WebSocket) -> None:
    """The channel of admin consoles; the hello carries the credential."""
    await services_of(socket).gateway.serve(socket, Audience.ADMIN, caller_of(socket))
