"""`/healthz` and `/readyz`, for whoever watches the server."""

import asyncio

from fastapi import APIRouter, Request, Response

from server.api.access import PUBLIC
from server.api.services import services_of
from server.store.errors import DatabaseUnavailable

router = APIRouter(tags=["health"], dependencies=[PUBLIC])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, str]:
    """Always ok: who does not get this answer should restart the process."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Can it serve?",
    responses={503: {"description": "Not now; the answer says what is away.", "model": dict[str, str]}},
)
async def readyz(request: Request, response: Response) -> dict[str, str]:
    """503 while the database or the relay is away; a load balancer then sends nobody here."""
    services = services_of(request)
    database = "ok"
    try:
        async with asyncio.timeout(2.0), services.database.unit_of_work() as tx:
            await tx.one("SELECT 1 AS one")
    except (DatabaseUnavailable, TimeoutError):
        database = "unavailable"
    relay = "ok" if services.relay.listening else "unavailable"
    ready = database == relay == "ok"
    response.status_code = 200 if ready else 503
    return {"status": "ok" if ready else "unavailable", "database": database, "relay": relay}
