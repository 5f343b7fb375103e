"""The console's sentences about hours and days."""

from datetime import date, time

from PySide6.QtCore import QDate, QLocale

from clients.admin_desktop.edit_views import DayView
from clients.admin_desktop.words import right_to_left, tr
from clients.qt_kit import formats

CLOCK_STRIKES_TWELVE = time(0)


def weekday(number: int) -> str:
    """A weekday's name, 0 for Monday, as it stands alone: "Monday"."""
    name = QLocale().standaloneDayName(number + 1, QLocale.FormatType.LongFormat)
    return name[:1].upper() + name[1:]


def short_weekday(number: int) -> str:
    """A weekday's short name, 0 for Monday: "Mon"."""
    name = QLocale().standaloneDayName(number + 1, QLocale.FormatType.ShortFormat)
    return name[:1].upper() + name[1:]


def day(value: date) -> str:
    """A date with its weekday and year: "Friday 25 December 2026"."""
    pattern = tr("dddd d MMMM yyyy")
    shown = QLocale().toString(QDate(value.year, value.month, value.day), pattern)
    return formats.western_digits(shown)


def span(bounds: tuple[time, time]) -> str:
    """ "09:00–14:00"; in words where text runs right to left."""
    opens, closes = (formats.clock(moment) for moment in bounds)
    if right_to_left():
        return tr("{opens} to {closes}").format(opens=opens, closes=closes)
    return f"{opens}–{closes}"


def end_note(opens: time, closes: time) -> str:
    """What an end that is not later than the begin means; "" for one that is."""
    if closes > opens:
        return ""
    if closes == CLOCK_STRIKES_TWELVE:
        return tr("all day") if opens == closes else tr("until midnight")
    return tr("next day")


def spans_overlap(earlier: tuple[time, time], later: tuple[time, time]) -> str:
    """Two spans of a day share some time."""
    return tr("{earlier} and {later} overlap.").format(earlier=span(earlier), later=span(later))


def runs_into(number: int) -> str:
    """The last hours of a day end after the first of the following day, `number`, begin."""
    return tr("These hours run into those of {day}.").format(day=weekday(number))


# The day


def day_state(day: DayView) -> str:
    """Whether tokens are taken today."""
    if day.is_closed:
        return tr("The day was closed early. No tokens are taken.")
    return tr("Tokens are taken as the hours say.")


def day_text(day: DayView) -> str:
    """Who is in the queue, or what opening again does."""
    if day.is_closed:
        return tr("Opening again brings nobody back: those that were cancelled stay so.")
    return tr("{waiting} waiting, {parked} set aside, {served} at counters").format(
        waiting=day.waiting, parked=day.parked, served=day.at_counters
    )


def closing(day: DayView) -> str:
    """What closing the day does, with numbers."""
    count = day.waiting + day.parked
    if not count:
        sentence = tr("No more tokens are taken today. Nobody waits, so no token is cancelled.")
    elif count == 1:
        sentence = tr("No more tokens are taken today, and 1 token that waits or is set aside is cancelled.")
    else:
        sentence = tr(
            "No more tokens are taken today, and {count} tokens that wait or are set aside are cancelled."
        ).format(count=count)
    if day.at_counters:
        sentence += " " + tr("Who is at a counter is served to the end.")
    return f"{sentence} " + tr("This cannot be undone.") if count else sentence
