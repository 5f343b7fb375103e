"""`/counter-plan`: which counter is planned open when."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases import planning
from server.usecases.commanding import Request as CommandRequest
from shared.commands import Configured
from shared.counters import CounterPlan, CounterPlanInForce
from shared.ids import Permission

router = APIRouter(prefix="/counter-plan", tags=["counter plan"])

Planning = Annotated[CommandRequest, Depends(commanding(Permission.COUNTERS_UPDATE))]


@router.get("", summary="The weekly counter plan", **described(permission=Permission.COUNTERS_READ))
async def get_plan(
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(allowed(Permission.COUNTERS_READ))],
) -> CounterPlanInForce:
    """The one that the estimates use: learned from the last weeks, or written by an admin."""
    plan = await planning.read_plan(services_of(request).database, actor.organization_id)
    tell_version(response, plan.version)
    return plan


@router.put(
    "",
    summary="Write the weekly counter plan",
    **described(permission=Permission.COUNTERS_UPDATE, command=True, edit=True),
)
async def write_plan(
    request: Request, response: Response, body: CounterPlan, command: Planning, made_from: MadeFrom
) -> Configured:
    """It counts from now on, and nothing is learned over it."""
    answer = await planning.write_plan(services_of(request).commands, command, body, made_from=made_from)
    if answer.plan is not None:
        tell_version(response, answer.plan.version)
    return answer


@router.post(
    "/learn",
    summary="Let the counter plan be learned again",
    **described(permission=Permission.COUNTERS_UPDATE, command=True),
)
async def learn_plan(request: Request, command: Planning) -> Configured:
    """What was written is forgotten; the learned plan counts again."""
    return await planning.learn_plan(services_of(request).commands, command)
