"""`/.well-known/callboard-ca`: the local authority, and which one follows it."""

from fastapi import APIRouter, Request

from server.api.access import PUBLIC
from server.api.docs import described
from server.domain.errors import NotFound
from server.infra.tls_keeping import ServerTls
from shared.authorities import AUTHORITIES_PATH, Authorities
from shared.problems import ProblemCode

router = APIRouter(tags=["health"], dependencies=[PUBLIC])


@router.get(
    AUTHORITIES_PATH,
    summary="Which authority vouches for this server?",
    **described(ProblemCode.NOT_FOUND),
)
async def authorities(request: Request) -> Authorities:
    """Public, as certificates are. Apps believe an announcement for its signature, not for this answer."""
    tls: ServerTls | None = request.app.state.tls
    shown = tls.authorities if tls is not None else None
    if shown is None:
        raise NotFound(what="authority", id="of this server")
    return shown
