"""What the pages show that edit what an admin decides, as values."""

from dataclasses import dataclass
from datetime import date

from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.holiday_picking import HolidayPickView


@dataclass(frozen=True, kw_only=True)
class SettingsView:
    """The settings page."""

    edited: Edited


@dataclass(frozen=True, kw_only=True)
class DayView:
    """How the service day stands.

    Args:
        is_closed: whether it was closed early.
        barred: why the person may not close or open it, "" where they may.
        busy: it is being closed or opened.
    """

    is_closed: bool
    waiting: int
    parked: int
    at_counters: int
    barred: str = ""
    busy: bool = False


@dataclass(frozen=True, kw_only=True)
class HoursView:
    """The hours page.

    Args:
        today: the organization's date.
        day: None until it is known.
        picking: national holidays to pick from, while they are looked up.
    """

    edited: Edited
    today: date
    day: DayView | None
    picking: HolidayPickView | None = None
