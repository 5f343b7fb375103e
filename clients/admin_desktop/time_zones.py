"""The time zones that an organization can have."""

from zoneinfo import available_timezones

from PySide6.QtCore import QTimeZone

# Old names and offsets that tell nobody where they are; a zone of such a name stays, if it is set.
_LEFT_OUT = ("Etc/", "SystemV/", "posix/", "right/")


def zones() -> list[str]:
    """The time zones to choose from, by name."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(_LEFT_OUT)}
    return ["UTC", *sorted(places)]


def zone_of_this_machine() -> str:
    """The one that this machine's clock shows; UTC where it is none to choose."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return name if name in zones() else "UTC"
