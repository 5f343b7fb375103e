"""`/queue-configurations/simulate`: other calling rules, tried on a past day."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from server.api.access import allowed
from server.api.docs import described
from server.api.services import services_of
from server.domain.access import Actor
from server.usecases import simulating
from shared.ids import Permission
from shared.policy import Simulate, SimulationReport

router = APIRouter(prefix="/queue-configurations", tags=["queue configurations"])


@router.post(
    "/simulate",
    summary="Try calling rules on a past day",
    **described(permission=Permission.QUEUES_UPDATE),
)
async def simulate(
    request: Request,
    body: Simulate,
    actor: Annotated[Actor, Depends(allowed(Permission.QUEUES_UPDATE))],
) -> SimulationReport:
    """That day's arrivals and service times, replayed: how long each type would have waited, now and then."""
    return await simulating.simulate_day(services_of(request).database, actor.organization_id, body)
