"""An organization's settings: what an admin decides about a site."""

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from shared.base import Asked, Label, Shown
from shared.hours import Holiday, WeeklyHours
from shared.ids import OrganizationId
from shared.policy import MOST_LEVELS, CallingPolicy, Level


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name}; use a name like Europe/Madrid") from None
    return name


def _distinct_levels(levels: tuple[int, ...]) -> tuple[int, ...]:
    if 0 not in levels:
        raise ValueError("the level 0, no head start, must be among them")
    return tuple(sorted(set(levels)))


def _wall_clock(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("the reset time is a wall-clock time, without a zone")
    return value


def _one_holiday_a_day(holidays: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
    days = [holiday.day for holiday in holidays]
    if len(set(days)) != len(days):
        raise ValueError("a day is listed twice among the holidays")
    return holidays


def _distinct_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(languages)) != len(languages):
        raise ValueError("a language is listed twice")
    return languages


TimeZoneName = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_zone)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
"""A language as ISO 639-1 names it."""

Reasons = Annotated[tuple[Label, ...], Field(max_length=20)]


class OrganizationSettings(Asked):
    """Everything that an admin may decide about an organization.

    Args:
        reset_time: the wall-clock time at which its service day begins.
        confirms_arrival: whether staff press start when the visitor stands before them; where not, a
            called token can be completed at once.
        priority_levels: the head starts, in minutes, that a token may have; 0 is always among them.
        policy: how the next token is chosen.
        reinstate_behind: a late visitor comes back just behind so many of its lane.
        falls_back_after_min: a token meant for a counter or person that is off duty goes back to its
            type after so many minutes.
        keeps_overnight: whether tokens that still wait stay for the next service day; where not, they
            are cancelled when the day has ended.
        opening_hours: when tokens may be taken; None is always.
        languages: in which announcements are written, spoken and shown, the first one first.
        admins_need_second_factor: whether admins must set a second factor up before anything else.
        park_reasons, break_reasons, cancel_reasons: what staff are offered; any other text may be typed.
    """

    name: Label
    time_zone: TimeZoneName = "UTC"
    reset_time: Annotated[time, AfterValidator(_wall_clock)] = time(0)
    confirms_arrival: bool = True
    priority_levels: Annotated[
        tuple[Level, ...],
        Field(min_length=1, max_length=MOST_LEVELS),
        AfterValidator(_distinct_levels),
    ] = (0, 10, 30)
    policy: CallingPolicy = CallingPolicy()
    reinstate_behind: Annotated[int, Field(ge=0, le=50)] = 3
    falls_back_after_min: Annotated[int, Field(ge=0, le=240)] = 10
    keeps_overnight: bool = False
    opening_hours: WeeklyHours | None = None
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=366), AfterValidator(_one_holiday_a_day)] = ()
    languages: Annotated[
        tuple[Language, ...], Field(min_length=1, max_length=6), AfterValidator(_distinct_languages)
    ] = ("en",)
    admins_need_second_factor: bool = False
    park_reasons: Reasons = ("Filling in a form", "Missing document", "Stepped out")
    break_reasons: Reasons = ("Break", "Lunch", "Meeting", "Paperwork")
    cancel_reasons: Reasons = ("Visitor left", "Taken by mistake", "Cannot be served here")


class OrganizationConfiguration(Shown):
    """An organization's settings as they are now.

    Args:
        version: grows with each edit; an edit names the version it was made from (If-Match).
        closed_day: the service day that an admin has closed early, if it is today's.
    """

    id: OrganizationId
    version: int
    settings: OrganizationSettings
    closed_day: date | None = None
