"""What the pages show that edit what an admin decides, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.holiday_picking import HolidayPickView
from shared.announcements import AnnouncementKind, Reader, Urgency
from shared.counters import CounterPlanInForce
from shared.ids import CounterId


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


class AnnouncementStanding(StrEnum):
    """Whether an announcement is shown."""

    CURRENT = "current"  # now
    PLANNED = "planned"  # from a moment to come
    OVER = "over"  # its end has passed
    OFF = "off"  # switched off by a person


@dataclass(frozen=True, kw_only=True)
class AnnouncementRow:
    """An announcement in the list; moments on the organization's clock."""

    key: str
    text: str
    all_texts: str
    kind: AnnouncementKind
    priority: Urgency
    readers: tuple[Reader, ...]
    standing: AnnouncementStanding
    from_at: datetime | None
    until_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementsView:
    """The announcements page.

    Args:
        languages: those of the organization, by which texts are asked for.
        now: the organization's clock.
    """

    edited: Edited
    rows: tuple[AnnouncementRow, ...] | None
    languages: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """The counter plan page.

    Args:
        counters: each with its plate and name, by position.
        plan: the one in force; None until it has come.
    """

    edited: Edited
    counters: tuple[tuple[CounterId, str, str], ...]
    plan: CounterPlanInForce | None
