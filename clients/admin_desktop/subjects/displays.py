"""Displays: their names. How one is paired and revoked is in `display_pairing.py`."""

from typing import Any
from uuid import UUID

from clients.admin_desktop.forms.subject import Deed, Item, Subject
from clients.admin_desktop.words import tr
from clients.core.commands import SaveDevice
from clients.core.questions import AskDevices
from shared.commands import Configured
from shared.devices import Device, DeviceSettings
from shared.events import DeviceConfigured
from shared.ids import DeviceId, Permission

DISPLAYS = "displays"


class Displays(Subject):
    """All displays, by id."""

    name = DISPLAYS
    question = AskDevices()
    permission = Permission.DEVICES_UPDATE
    event_types = (DeviceConfigured,)
    settings_type = DeviceSettings

    def items(self, answer: Any) -> tuple[Item, ...]:
        """Each display."""
        return tuple(_item(each) for each in answer)

    def made(self, answer: Configured) -> Item | None:
        """The display that was renamed."""
        return _item(answer.device) if answer.device else None

    def command(self, settings: DeviceSettings, item: Item | None) -> SaveDevice:
        """Rename it."""
        assert item is not None, "a new one is paired"
        return SaveDevice(settings=settings, device_id=DeviceId(UUID(item.key)), version=item.version)

    def title(self, settings: DeviceSettings) -> str:
        """Its name."""
        return settings.name

    def said(self, deed: Deed, settings: DeviceSettings) -> str:
        """ "The display is called Lobby, left"."""
        if deed is Deed.UNDONE:
            return tr("The display is called {name} again").format(name=settings.name)
        return tr("The display is called {name} now").format(name=settings.name)


def _item(device: Device) -> Item:
    return Item(key=str(device.id), version=device.version, settings=DeviceSettings(name=device.name))
