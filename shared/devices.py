"""Devices, as they are shown and edited."""

from shared.base import Asked, Instant, Label, Shown
from shared.ids import DeviceId


class DeviceSettings(Asked):
    """What an admin decides about a display."""

    name: Label


class Device(Shown):
    """A lobby display. `last_seen_at` and `address` are None until it first connected.

    Args:
        version: grows with each edit; an edit names the one it was made from.
        address: where it was connected from last.
    """

    id: DeviceId
    name: str
    version: int = 0
    is_online: bool
    last_seen_at: Instant | None = None
    address: str | None = None
    created_at: Instant
