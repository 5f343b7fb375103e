"""Customer types and the state of their queues, as they are shown."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.base import Asked, Instant, Key, Label, Shown
from shared.hours import WeeklyHours
from shared.ids import TypeKey


class CustomerType(Shown):
    """A service queue of an organization.

    Args:
        prefix: the letters before a token's number ("A").
        wait_limit_min: the wait promised, in minutes; a wait is *near* from 75 % of it, *late* beyond.
    """

    key: TypeKey
    name: str
    prefix: str
    position: int
    wait_limit_min: int
    is_active: bool = True


Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,5}$")]
"""The capital letters before a token's number."""


class QueueSettings(Asked):
    """What an admin decides about a customer type.

    Args:
        key: what it is called in the API; it never changes.
        max_number: the highest number of a service day.
        reset_daily: whether each service day starts at 1; where not, the series goes on and wraps.
        priority_multiplier: how fast the priority of its tokens grows, a minute waited; 1 makes the
            priority a head start in minutes. Another value is an expert's choice.
        wait_limit_min: the wait promised, in minutes.
        opening_hours: when its tokens may be taken; None is whenever the organization is open.
        day_limit: at most so many tokens a service day; None is no limit.
    """

    key: Key
    name: Label
    prefix: Prefix
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    max_number: Annotated[int, Field(ge=1, le=99_999)] = 999
    reset_daily: bool = True
    is_active: bool = True
    priority_multiplier: Annotated[float, Field(ge=0, le=9.99)] = 1.0
    wait_limit_min: Annotated[int, Field(ge=1, le=1_440)] = 15
    opening_hours: WeeklyHours | None = None
    day_limit: Annotated[int, Field(ge=0, le=99_999)] | None = None


class QueueConfiguration(Shown):
    """A customer type's settings as they are now; `version` grows with each edit (If-Match)."""

    version: int
    settings: QueueSettings


class WaitRange(Shown):
    """An estimated wait, never a point without its range; in seconds, 5 %, median, 95 %."""

    low_s: int
    median_s: int
    high_s: int


class UsualTimes(Shown):
    """How long a service usually takes: the middle half of the recent days', in seconds."""

    low_s: int
    median_s: int
    high_s: int


class QueueStatus(Shown):
    """The live figures of one customer type; a side fact, outside the revision.

    Args:
        estimate: the wait of someone who arrives now; None while too little is known.
        usual_service: None while too few services are on record.
        is_open: whether a token of it may be taken now.
        opens_at: when that is so again; None while it is open, or if it never is.
        closes_at: when the present opening ends; None if it does not, or while it is closed.
        taken_today: how many tokens were taken this service day.
    """

    customer_type: TypeKey
    waiting: int
    longest_wait_s: int
    counters_open: int
    served_today: int
    estimate: WaitRange | None = None
    usual_service: UsualTimes | None = None
    is_open: bool = True
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    taken_today: int = 0


class PromisesKept(Shown):
    """How the estimates did of late: the share of completed waits that fell inside their range.

    Args:
        days: over how many service days.
        waits: how many waits had a promise and came to a call.
        inside: how many of them fell inside it.
    """

    days: int
    waits: int
    inside: int


class QueueReport(Shown):
    """All queues of an organization at one moment."""

    at: Instant
    queues: tuple[QueueStatus, ...]
    promises_kept: PromisesKept | None = None
