"""Devices, as they are shown."""

from shared.base import Instant, Shown
from shared.ids import DeviceId


class Device(Shown):
    """A lobby display. `last_seen_at` is None until it first connected."""

    id: DeviceId
    name: str
    is_online: bool
    last_seen_at: Instant | None
    created_at: Instant
