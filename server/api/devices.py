"""`/devices`: the lobby displays, and how a screen becomes one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from server.api.access import PUBLIC, allowed, commanding
from server.api.docs import described
from server.api.services import caller_of, services_of
from server.api.versions import MadeFrom, tell_version
from server.domain.access import Actor
from server.usecases import pairing
from server.usecases.commanding import Request as CommandRequest
from server.usecases.configuring import devices
from shared.commands import Answer, Configured
from shared.devices import Device, DeviceSettings
from shared.ids import DeviceId, Permission
from shared.pairing import (
    ApprovePairing,
    ClaimPairing,
    OpenPairing,
    PairingClaimed,
    PairingCode,
    PairingOpened,
    PairingRequest,
    RefusePairing,
)
from shared.problems import ProblemCode

router = APIRouter(prefix="/devices", tags=["devices"])

OnDevices = Annotated[CommandRequest, Depends(commanding(Permission.DEVICES_UPDATE))]

_CODES = (ProblemCode.PAIRING_UNKNOWN, ProblemCode.TOO_MANY_REQUESTS)


@router.get("", summary="The lobby displays", **described(permission=Permission.DEVICES_READ))
async def list_devices(
    request: Request, actor: Annotated[Actor, Depends(allowed(Permission.DEVICES_READ))]
) -> list[Device]:
    """By name, with whether each is connected now, and where it was connected from last."""
    return await devices.list_devices(services_of(request).database, actor.organization_id)


@router.post(
    "/pairings",
    summary="Ask for a code to be paired by",
    status_code=201,
    dependencies=[PUBLIC],
    **described(ProblemCode.TOO_MANY_REQUESTS, ProblemCode.MALFORMED),
)
async def open_pairing(request: Request, body: OpenPairing) -> PairingOpened:
    """For a screen without a key: it shows the code, which holds ten minutes, and keeps the secret."""
    return await pairing.open_pairing(services_of(request).database, body, caller_of(request))


@router.post(
    "/pairings/claim",
    summary="Ask what became of a code",
    dependencies=[PUBLIC],
    **described(ProblemCode.PAIRING_UNKNOWN, ProblemCode.MALFORMED),
)
async def claim_pairing(request: Request, body: ClaimPairing) -> PairingClaimed:
    """As often as `poll_every_s` says. Once an admin has approved it, the answer holds the device key.

    The key is told this once. Asked again before the display has connected, there is another key and the
    first one holds no longer; after that the pairing is over.
    """
    return await pairing.claim(services_of(request).database, body)


@router.post(
    "/pairings/approve",
    summary="Make the screen that shows a code a display",
    status_code=201,
    **described(*_CODES, permission=Permission.DEVICES_UPDATE, command=True),
)
async def approve_pairing(
    request: Request, response: Response, body: ApprovePairing, command: OnDevices
) -> Configured:
    """Whoever approves says that the code is on the screen in front of them. It is told within seconds."""
    services = services_of(request)
    return _told(response, await pairing.approve(services.database, services.commands, command, body))


@router.post(
    "/pairings/refuse",
    summary="Say that the screen that shows a code is none of ours",
    **described(*_CODES, permission=Permission.DEVICES_UPDATE, command=True),
)
async def refuse_pairing(request: Request, body: RefusePairing, command: OnDevices) -> Answer:
    """The screen is told, and the code is good for nothing any more."""
    services = services_of(request)
    return await pairing.refuse(services.database, services.commands, command, body)


@router.get(
    "/pairings/{code}",
    summary="The screen that shows a code",
    **described(*_CODES, permission=Permission.DEVICES_UPDATE),
)
async def look_up_pairing(
    request: Request,
    code: PairingCode,
    actor: Annotated[Actor, Depends(allowed(Permission.DEVICES_UPDATE))],
) -> PairingRequest:
    """What its machine is called and where it asks from, for who is about to approve it.

    In any case, with or without the dash. Five wrong codes in ten minutes, and no more are looked up.
    """
    return await pairing.look_up(services_of(request).database, actor, code, caller_of(request))


@router.put(
    "/{device_id}",
    summary="Rename a display",
    **described(permission=Permission.DEVICES_UPDATE, command=True, edit=True),
)
async def configure_device(
    request: Request,
    response: Response,
    device_id: UUID,
    body: DeviceSettings,
    command: OnDevices,
    made_from: MadeFrom,
) -> Configured:
    """How it is called in the console."""
    answer = await devices.configure_device(
        services_of(request).commands, command, DeviceId(device_id), body, made_from=made_from
    )
    return _told(response, answer)


@router.delete(
    "/{device_id}",
    summary="Revoke a display",
    **described(permission=Permission.DEVICES_UPDATE, command=True),
)
async def revoke_device(request: Request, device_id: UUID, command: OnDevices) -> Configured:
    """Its key holds no longer: requests are refused at once, and within five seconds it asks to be paired."""
    return await devices.revoke_device(services_of(request).commands, command, DeviceId(device_id))


def _told(response: Response, answer: Configured) -> Configured:
    if answer.device is not None:
        tell_version(response, answer.device.version)
    return answer
