"""The console's words about announcements."""

from datetime import datetime

from clients.admin_desktop.edit_views import AnnouncementRow, AnnouncementStanding
from clients.admin_desktop.words import past, tr
from shared.announcements import AnnouncementKind, Reader, Urgency


def standing(value: AnnouncementStanding) -> str:
    """Whether it is shown, in a word."""
    return {
        AnnouncementStanding.CURRENT: tr("Shown now"),
        AnnouncementStanding.PLANNED: tr("Planned"),
        AnnouncementStanding.OVER: tr("Over"),
        AnnouncementStanding.OFF: tr("Switched off"),
    }[value]


def kind(value: AnnouncementKind) -> str:
    """What it does to a screen."""
    return {
        AnnouncementKind.NEWS: tr("News"),
        AnnouncementKind.MAINTENANCE: tr("Maintenance"),
    }[value]


def kind_help(value: AnnouncementKind) -> str:
    """What that means."""
    return {
        AnnouncementKind.NEWS: tr("It runs at the foot of the lobby displays, and stands in the staff app."),
        AnnouncementKind.MAINTENANCE: tr(
            "Displays show it instead of the calls while it lasts. Use it when the queue is out of order."
        ),
    }[value]


def urgency(value: Urgency) -> str:
    """How urgent it is."""
    return {
        Urgency.NORMAL: tr("Normal"),
        Urgency.IMPORTANT: tr("Important"),
        Urgency.URGENT: tr("Urgent"),
    }[value]


def reader(value: Reader) -> str:
    """Whom it is for."""
    return {Reader.VISITORS: tr("Visitors"), Reader.STAFF: tr("Staff")}[value]


def readers(values: tuple[Reader, ...]) -> str:
    """Whom it is for, all of them."""
    return ", ".join(reader(value) for value in Reader if value in values)


def span(row: AnnouncementRow, now: datetime) -> str:
    """From when until when: "until 14 October 12:00"."""
    begin = moment(row.from_at, now) if row.from_at else ""
    end = moment(row.until_at, now) if row.until_at else ""
    if begin and end:
        return tr("{begin} to {end}").format(begin=begin, end=end)
    if begin:
        return tr("from {begin}").format(begin=begin)
    return tr("until {end}").format(end=end) if end else tr("until switched off")


def moment(value: datetime, now: datetime) -> str:
    """A moment as short as its day allows, always with its time."""
    day = past(value, now)
    clock = f"{value.hour:02}:{value.minute:02}"
    return day if clock in day else f"{day} {clock}"


def preview(value: AnnouncementKind, *, for_visitors: bool) -> str:
    """Where what the preview shows will stand."""
    if not for_visitors:
        return tr("In the staff app")
    if value is AnnouncementKind.MAINTENANCE:
        return tr("In the middle of the lobby displays")
    return tr("At the foot of the lobby displays")
