"""When a customer type may give tokens: weekly hours, holidays, and the nights when the clock jumps.

Which hours count on a day:

- The type's own weekly hours; where it has none, the organization's; where that has none, all day.
- On a holiday, the holiday's hours in place of the organization's. A type with weekly hours of its own
  is open where both say so: special hours never open a type that is closed on that weekday.
- A span belongs to the day on which it opens. A night that began before a holiday ends as planned.
- Nothing opens before `closed_until`, whatever the hours say.

Which instants they are, on the nights when the clock jumps: nobody who reads the posted hours off a
clock on the wall is turned away. A time that the clock shows twice opens at the first and closes at the
second; one that it skips opens and closes at the jump. A day that a zone skipped has no hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.hours import Holiday, WeeklyHours

SEARCH_DAYS = 370
"""How far ahead openings are looked for: a year and a few days, so that a yearly day is found."""

_ALL_DAY = (0, 24 * 60)
_SECOND = timedelta(seconds=1)

# A span lasts up to a day, and the clock may go back over midnight: what is open at an instant may have
# opened two dates before the one on the wall, or, in the last minutes of a doubled day, on the next.
_DAYS_BACK, _DAYS_AHEAD = 2, 1

Minutes = tuple[int, int]
"""From when to when, in wall-clock minutes since a day's midnight; the end may lie beyond 1,440."""

Span = tuple[datetime, datetime]
"""From when to when; both on the wall (naive), or both instants."""


class Opening(NamedTuple):
    """Open from `opens_at` on, and no longer at `closes_at`; in UTC."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """All that decides when one customer type is open.

    Args:
        time_zone: the organization's, whose clock the hours mean.
        weekly: the organization's hours; None is always.
        own_weekly: the customer type's own; None is the organization's.
        holidays: the organization's, at most one a day.
        closed_until: nothing opens before this instant; None where no day was closed early.
    """

    time_zone: ZoneInfo
    weekly: WeeklyHours | None = None
    own_weekly: WeeklyHours | None = None
    holidays: tuple[Holiday, ...] = ()
    closed_until: datetime | None = None

    @cached_property
    def _holiday_on(self) -> dict[date, Holiday]:
        return {holiday.day: holiday for holiday in self.holidays}

    def never_closes_from(self, day: date) -> bool:
        """Whether no hours leave a gap on this day or later: then there is nothing to look for."""
        usual = self.own_weekly or self.weekly
        return (usual is None or usual.never_closes) and not any(
            holiday.day >= day for holiday in self.holidays
        )

    def minutes_on(self, day: date) -> list[Minutes]:
        """The hours of a day in wall-clock time, sorted, not yet joined."""
        usual = self.own_weekly or self.weekly
        ordinary = [_ALL_DAY] if usual is None else _minutes(usual, day.weekday())
        holiday = self._holiday_on.get(day)
        if holiday is None:
            return ordinary
        special = [(span.opens_min, span.closes_min) for span in holiday.spans]
        return special if self.own_weekly is None else _both(special, ordinary)


def open_spans(schedule: Schedule, day: date) -> list[Opening]:
    """The openings that begin on a day of the organization's calendar, in order, none touching another.

    The last may run into the next day. What goes on over midnight is cut between the days' spans;
    `closes_at` looks across.
    """
    return list(_openings(schedule, day, days=1))


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Whether tokens may be taken at an aware instant."""
    nearby = _openings(schedule, _first_day(schedule, at), days=_DAYS_BACK + 1 + _DAYS_AHEAD)
    return any(opens_at <= at < closes_at for opens_at, closes_at in nearby)


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The first instant after `at` at which it opens, in UTC.

    While it is open, that is the opening after this one.

    Returns:
        None if it does not open within `SEARCH_DAYS`.
    """
    first = _first_day(schedule, at)
    if schedule.closed_until is None and schedule.never_closes_from(first):
        return None
    for opens_at, _ in _openings(schedule, first):
        if opens_at > at:
            return opens_at if opens_at - at <= timedelta(days=SEARCH_DAYS) else None
    return None


def closes_at(schedule: Schedule, at: datetime) -> datetime | None:
    """The first closed instant of the opening that is on at `at`, in UTC.

    Returns:
        None while it is closed, or if it does not close within `SEARCH_DAYS`.
    """
    first = _first_day(schedule, at)
    if schedule.never_closes_from(first):
        return None
    for opens_at, closes in _openings(schedule, first):
        if opens_at <= at < closes:
            return closes if closes - at <= timedelta(days=SEARCH_DAYS) else None
        if opens_at > at:
            return None
    return None


def instant(wall: datetime, time_zone: ZoneInfo, *, second: bool) -> datetime:
    """The instant, in UTC, at which a clock on the wall shows a naive time.

    Args:
        second: of two instants take the second; else the first. A time that the clock skips is the
            instant at which it jumps.
    """
    earlier, later = (wall.replace(tzinfo=time_zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier <= later:
        return later if second else earlier
    # Skipped: fold 0 reckons with the offset before the jump and so lies behind it, fold 1 before it.
    return _jump(later, earlier, time_zone)


def _jump(before: datetime, after: datetime, time_zone: ZoneInfo) -> datetime:
    """The first instant with the offset of `after`, between the two, to the second."""
    offset = after.astimezone(time_zone).utcoffset()
    while after - before > _SECOND:
        # Whole seconds: an offset changes at none in between.
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(time_zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _minutes(weekly: WeeklyHours, weekday: int) -> list[Minutes]:
    return [(span.opens_min, span.closes_min) for span in weekly.on(weekday)]


def _both(some: list[Minutes], others: list[Minutes]) -> list[Minutes]:
    """Where both are open; each sorted and without overlaps, and so is what is given back."""
    shared = [(max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others]
    return sorted(span for span in shared if span[0] < span[1])


def _first_day(schedule: Schedule, at: datetime) -> date:
    return at.astimezone(schedule.time_zone).date() - timedelta(days=_DAYS_BACK)


def _openings(
    schedule: Schedule, first: date, *, days: int = _DAYS_BACK + SEARCH_DAYS + 2
) -> Iterator[Opening]:
    """What opens on so many days, in order and joined where it touches.

    Joined on the wall first: that leaves few times whose instant is to be found, which is the slow part.
    """
    walls = _joined(_on_the_wall(schedule, first, days))
    return (Opening(*span) for span in _joined(_instants(schedule, walls)))


def _on_the_wall(schedule: Schedule, first: date, days: int) -> Iterator[Span]:
    for day in (first + timedelta(days=offset) for offset in range(days)):
        midnight = datetime.combine(day, time())
        for opens_min, closes_min in schedule.minutes_on(day):
            yield midnight + timedelta(minutes=opens_min), midnight + timedelta(minutes=closes_min)


def _instants(schedule: Schedule, walls: Iterable[Span]) -> Iterator[Span]:
    for opens, closes in walls:
        opens_at = instant(opens, schedule.time_zone, second=False)
        closes_at = instant(closes, schedule.time_zone, second=True)
        if schedule.closed_until is not None:
            opens_at = max(opens_at, schedule.closed_until.astimezone(UTC))
        # What the clock skipped, or was closed early, is no opening.
        if opens_at < closes_at:
            yield opens_at, closes_at


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that touch or overlap as one. They come by their beginning, and so do their instants."""
    current: Span | None = None
    for span in spans:
        if current is None:
            current = span
        elif span[0] <= current[1]:
            current = current[0], max(current[1], span[1])
        else:
            yield current
            current = span
    if current is not None:
        yield current
