"""Times, durations and ranges as people read them. Pure; digits are always 0-9, in Arabic too.

Sentences are not built here: the words around a number belong to the translator.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time

from PySide6.QtCore import QCoreApplication, QDate, QLocale

SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class MinuteRange:
    """A range in whole minutes, rounded outwards: a promise may be wide but not broken by rounding."""

    low: int
    high: int

    @staticmethod
    def from_seconds(low_s: float, high_s: float) -> "MinuteRange":
        """The whole minutes around two times in seconds, in either order."""
        first, last = sorted((max(0.0, low_s), max(0.0, high_s)))
        low = math.floor(first / SECONDS_PER_MINUTE)
        return MinuteRange(low=low, high=max(low, math.ceil(last / SECONDS_PER_MINUTE)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("formats", text)


def minutes(seconds: float) -> str:
    """Whole minutes begun and ended: 1,659 s -> "27 min"; under a minute "0 min"."""
    return _tr("{minutes} min").format(minutes=max(0, int(seconds)) // SECONDS_PER_MINUTE)


def minute_range(bounds: MinuteRange, *, right_to_left: bool = False) -> str:
    """ "7–12 min"; in words where text runs right to left, since a dash between digits is read backwards.

    Args:
        bounds: the range in minutes.
        right_to_left: the interface's direction.
    """
    if bounds.low == bounds.high:
        return _tr("{minutes} min").format(minutes=bounds.low)
    if right_to_left:
        return _tr("{low} to {high} min").format(low=bounds.low, high=bounds.high)
    return _tr("{low}–{high} min").format(low=bounds.low, high=bounds.high)


def timer(seconds: float) -> str:
    """A running time: 204 s -> "3:24", 3,725 s -> "1:02:05". Negative counts as zero."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minute, second = divmod(rest, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def duration(seconds: float) -> str:
    """A finished time in words: 520 s -> "8 min 40 s", 45 s -> "45 s", 480 s -> "8 min"."""
    minute, second = divmod(max(0, round(seconds)), SECONDS_PER_MINUTE)
    if not minute:
        return _tr("{seconds} s").format(seconds=second)
    if not second:
        return _tr("{minutes} min").format(minutes=minute)
    return _tr("{minutes} min {seconds} s").format(minutes=minute, seconds=second)


def clock(moment: datetime | time) -> str:
    """ "10:43", 24 hours, in the moment's own time zone: convert before you call."""
    return f"{moment.hour:02}:{moment.minute:02}"


def long_date(day: date, locale: QLocale | None = None) -> str:
    """ "Tuesday 14 October" in the locale's words and order, with digits 0-9.

    Args:
        day: the organization's own date (a datetime counts by its date).
        locale: language and country; None takes the application's default.
    """
    used = locale if locale is not None else QLocale()
    pattern = _tr("dddd d MMMM")  # a translator may reorder: "dddd, d. MMMM"
    return western_digits(used.toString(QDate(day.year, day.month, day.day), pattern))


def western_digits(text: str) -> str:
    """`text` with every decimal digit of any script as 0-9."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)
