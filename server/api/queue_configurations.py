"""`/queue-configurations`: the customer types."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from server.api.access import allowed, commanding
from server.api.docs import described
from server.api.services import services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases.commanding import Request as CommandRequest
from server.usecases.configuring import queues
from shared.base import Key
from shared.commands import Configured
from shared.ids import Permission, TypeKey
from shared.problems import ProblemCode
from shared.queues import QueueConfiguration, QueueSettings

router = APIRouter(prefix="/queue-configurations", tags=["queues"])

OnQueues = Annotated[CommandRequest, Depends(commanding(Permission.QUEUES_UPDATE))]
QueueKey = Annotated[Key, Path(description="The customer type's key")]


@router.get("", summary="The settings of every customer type", **described(permission=Permission.QUEUES_READ))
async def list_queues(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.QUEUES_READ))]
) -> list[QueueConfiguration]:
    """By position, those that are switched off too. An edit names the version."""
    return await queues.list_queues(services_of(request).database, actor.organization_id)


@router.post(
    "",
    summary="Make a customer type",
    status_code=201,
    **described(ProblemCode.ALREADY_EXISTS, permission=Permission.QUEUES_UPDATE, command=True),
)
async def make_queue(
    request: Request, response: Response, body: QueueSettings, command: OnQueues
) -> Configured:
    """Key and prefix are its own in the organization; the key never changes."""
    return _told(response, await queues.make_queue(services_of(request).commands, command, body))


@router.put(
    "/{key}",
    summary="Edit a customer type",
    **described(ProblemCode.ALREADY_EXISTS, permission=Permission.QUEUES_UPDATE, command=True, edit=True),
)
async def configure_queue(
    request: Request,
    response: Response,
    key: QueueKey,
    body: QueueSettings,
    command: OnQueues,
    made_from: MadeFrom,
) -> Configured:
    """All settings: what is left out gets its default. Numbers that were given stay as they are."""
    answer = await queues.configure_queue(
        services_of(request).commands, command, TypeKey(key), body, made_from=made_from
    )
    return _told(response, answer)


@router.delete(
    "/{key}",
    summary="Switch a customer type off",
    **described(permission=Permission.QUEUES_UPDATE, command=True),
)
async def disable_queue(request: Request, response: Response, key: QueueKey, command: OnQueues) -> Configured:
    """It takes no more tokens; who waits for it is still called. An edit switches it on again."""
    return _told(response, await queues.disable_queue(services_of(request).commands, command, TypeKey(key)))


def _told(response: Response, answer: Configured) -> Configured:
    if answer.queue is not None:
        tell_version(response, answer.queue.version)
    return answer
