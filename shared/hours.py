"""Opening hours: weekly hours and holidays, in wall-clock time.

Every time in here is read off a clock on the organization's wall: which instant that is, also on the
nights when the clock jumps, is said in one place, the server's rules.

In JSON and YAML:

    monday:
      - {opens: "09:00", closes: "14:00"}
      - {opens: "16:00", closes: "19:00"}
    friday:
      - {opens: "22:00", closes: "06:00"}   # until Saturday morning
"""

import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from shared.base import Asked, Label, Shown

MOST_SPANS = 6
"""At most so many spans open on one day."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The fields of `WeeklyHours`, by the number that `date.weekday()` gives."""

_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_CLOCK_OR_END = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _written_out(value: Any) -> Any:
    # YAML reads a bare 10:00 as the number 600, which pydantic would take for ten past midnight.
    if type(value) is time or (isinstance(value, str) and re.fullmatch(_CLOCK, value)):
        return value
    raise ValueError('write a time as text, in hours and minutes: "09:00"')


def _whole_minutes(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("opening hours are wall-clock times, without a zone")
    if value.second or value.microsecond:
        raise ValueError("opening hours are whole minutes; midnight is 00:00")
    return value


def _as_midnight(value: Any) -> Any:
    return "00:00" if value == "24:00" else value


def _dated(value: Any) -> Any:
    # pydantic would take 20261225 for so many seconds since 1970.
    if type(value) is date or (isinstance(value, str) and re.fullmatch(_DATE, value)):
        return value
    raise ValueError('write a day as text, in year, month and day: "2026-12-25"')


_ClockTime = Annotated[
    time,
    BeforeValidator(_written_out),
    AfterValidator(_whole_minutes),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str, when_used="json"),
]
_Opens = Annotated[_ClockTime, WithJsonSchema({"type": "string", "pattern": _CLOCK, "examples": ["09:00"]})]
_Closes = Annotated[
    _ClockTime,
    BeforeValidator(_as_midnight),
    WithJsonSchema({"type": "string", "pattern": _CLOCK_OR_END, "examples": ["17:30"]}),
]


class TimeSpan(Asked):
    """From when to when something is open. At `opens` it is, at `closes` it no longer is.

    A span belongs to the day on which it opens. Where `closes` is not after `opens` it is meant on the
    next day: 22:00 to 06:00 is a night, 00:00 to 00:00 a whole day. So no span lasts longer than a day.

    Args:
        opens, closes: whole minutes of wall-clock time ("09:00"). "24:00" is taken for 00:00.
    """

    opens: _Opens
    closes: _Closes

    @property
    def opens_min(self) -> int:
        """Minutes from its day's midnight to its opening, 0 to 1,439."""
        return self.opens.hour * 60 + self.opens.minute

    @property
    def closes_min(self) -> int:
        """Minutes from its day's midnight to its closing, 1 to 2,879; beyond 1,440 on the next day."""
        minutes = self.closes.hour * 60 + self.closes.minute
        return minutes if minutes > self.opens_min else minutes + _DAY_MIN


def _in_order(spans: tuple[TimeSpan, ...]) -> tuple[TimeSpan, ...]:
    ordered = tuple(sorted(spans, key=lambda span: span.opens_min))
    for earlier, later in pairwise(ordered):
        if later.opens_min < earlier.closes_min:
            raise ValueError(f"the spans from {earlier.opens:%H:%M} and from {later.opens:%H:%M} overlap")
    return ordered


DaySpans = Annotated[tuple[TimeSpan, ...], Field(max_length=MOST_SPANS), AfterValidator(_in_order)]
"""The spans that open on one day: sorted, none overlaps another; none at all is a closed day."""


class WeeklyHours(Asked):
    """When something is open in an ordinary week; a weekday without spans is closed."""

    monday: DaySpans = ()
    tuesday: DaySpans = ()
    wednesday: DaySpans = ()
    thursday: DaySpans = ()
    friday: DaySpans = ()
    saturday: DaySpans = ()
    sunday: DaySpans = ()

    @model_validator(mode="after")
    def _nights_end_before_the_day_opens(self) -> Self:
        for number, name in enumerate(WEEKDAYS):
            following = (number + 1) % len(WEEKDAYS)
            tonight, tomorrow = self.on(number), self.on(following)
            if tonight and tomorrow and tonight[-1].closes_min > tomorrow[0].opens_min + _DAY_MIN:
                raise ValueError(f"the last span of {name} runs into the first of {WEEKDAYS[following]}")
        return self

    def on(self, weekday: int) -> tuple[TimeSpan, ...]:
        """The spans that open on a weekday, 0 for Monday to 6 for Sunday (`date.weekday()`)."""
        spans: tuple[TimeSpan, ...] = getattr(self, WEEKDAYS[weekday])
        return spans

    @property
    def never_closes(self) -> bool:
        """Whether each span goes over into the next, the whole week round."""
        days = [self.on(weekday) for weekday in range(len(WEEKDAYS))]
        # None overlaps another, so that they leave no gap if they add up to the week.
        return sum(span.closes_min - span.opens_min for day in days for span in day) == _WEEK_MIN


class Holiday(Asked):
    """A day with hours of its own: closed, or open for `spans`, whatever the weekday has.

    Args:
        day: the organization's date. A span that opened the evening before still ends as planned.
        name: what the lobby reads ("Christmas Day").
        spans: the special hours; none means closed all day.
    """

    day: Annotated[date, BeforeValidator(_dated)]
    name: Label
    spans: DaySpans = ()


class HolidayCountry(Shown):
    """A country whose national holidays are known; `code` is ISO 3166-1's ("ES")."""

    code: str
    name: str
