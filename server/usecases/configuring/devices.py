"""Displays, listed, renamed and revoked. How one comes to be is in `pairing.py`."""

from server.domain import configuring as rules
from server.domain.errors import NotFound
from server.store import devices as device_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import audit_edit, edit_of
from shared.commands import Configured
from shared.devices import Device, DeviceSettings
from shared.events import DeviceConfigured
from shared.ids import DeviceId, OrganizationId, Permission


async def list_devices(database: Database, organization_id: OrganizationId) -> list[Device]:
    """The displays of an organization, by name; not those that were revoked."""
    async with database.unit_of_work() as tx:
        return await device_store.all_of(tx, organization_id)


async def configure_device(
    commands: Commands, request: Request, device_id: DeviceId, body: DeviceSettings, *, made_from: int
) -> Configured:
    """Call a display something else.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        NotFound, EditedMeanwhile
    """

    async def decide(desk: Desk) -> Configured:
        before = await _load(desk, device_id)
        version = rules.next_version(before.version, made_from=made_from, what="display")
        await device_store.rename(desk.tx, device_id, name=body.name, version=version)
        audit_edit(desk, "device", device_id, DeviceSettings(name=before.name), body)
        return await say_configured(desk, device_id)

    return await commands.run(
        request,
        name="configure_device",
        permission=Permission.DEVICES_UPDATE,
        body=body,
        target=edit_of(device_id, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def revoke_device(commands: Commands, request: Request, device_id: DeviceId) -> Configured:
    """A display's key holds no longer: its requests are refused at once, its sockets closed within seconds.

    Raises:
        NotFound
    """

    async def decide(desk: Desk) -> Configured:
        device = await _load(desk, device_id)
        await device_store.revoke(desk.tx, device_id)
        desk.audit("device", device_id, name=device.name)
        return await say_configured(desk, device_id)

    return await commands.run(
        request,
        name="revoke_device",
        permission=Permission.DEVICES_UPDATE,
        target=device_id,
        answer_type=Configured,
        decide=decide,
    )


async def take_back(commands: Commands, organization_id: OrganizationId, device_id: DeviceId) -> None:
    """Revoke a display whose screen never came for its key: nobody has that key, and nobody will."""

    async def decide(desk: Desk) -> None:
        device = await device_store.find(desk.tx, organization_id, device_id)
        if device is None or device.last_seen_at is not None:
            return
        await device_store.revoke(desk.tx, device_id)
        desk.audit("device", device_id, name=device.name)
        await say_configured(desk, device_id)

    await commands.run_by_itself(organization_id, name="take_back_device", decide=decide)


async def say_configured(desk: Desk, device_id: DeviceId) -> Configured:
    """Tell the consoles of a display that was made, edited or revoked; answers how it is now."""
    revision = desk.next_revision
    desk.record(DeviceConfigured(revision=revision, at=desk.now, device_id=device_id))
    device = await device_store.find(desk.tx, desk.organization_id, device_id)
    return Configured(revision=revision, device=device)


async def _load(desk: Desk, device_id: DeviceId) -> Device:
    device = await device_store.find(desk.tx, desk.organization_id, device_id)
    if device is None:
        raise NotFound(what="display", id=str(device_id))
    return device
