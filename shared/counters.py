"""A counter, as it is shown."""

from datetime import time
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.base import Asked, Instant, Key, Label, Shown, printable
from shared.ids import CounterId, TypeKey, UserId


class LiveCounter(Shown):
    """A counter: the desk a visitor is sent to.

    Args:
        label: what stands on its plate ("3").
        name: how it is spoken of ("Counter 3").
        customer_types: the types it may serve; empty means all.
        serves: the types chosen when it was opened; empty means all it may serve.
        opened_at: since when it is open; None while it is closed.
        opened_by: who sits there; staff and admin only.
        closed_at: since when it is closed; None while it is open, or if it never was.
        break_since: since when who sits there takes a break; None while they work.
        break_reason: why; staff and admin only.
        is_active: whether it exists still; a counter that was switched off leaves the screens.
    """

    id: CounterId
    label: str
    name: str
    position: int
    customer_types: tuple[TypeKey, ...] = ()
    serves: tuple[TypeKey, ...] = ()
    opened_at: Instant | None = None
    opened_by: UserId | None = None
    closed_at: Instant | None = None
    break_since: Instant | None = None
    break_reason: str | None = None
    is_active: bool = True

    def for_display(self) -> "LiveCounter":
        """This counter without who sits there, and why they are away."""
        return self.model_copy(update={"opened_by": None, "break_reason": None})


PlateLabel = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4),
    AfterValidator(printable),
]
"""What stands on a counter's plate."""


class CounterSettings(Asked):
    """What an admin decides about a counter. `customer_types`: those it may serve; none means all."""

    label: PlateLabel
    name: Label
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    customer_types: Annotated[tuple[Key, ...], Field(max_length=100)] = ()
    is_active: bool = True


class CounterConfiguration(Shown):
    """A counter's settings as they are now; `version` grows with each edit (If-Match)."""

    id: CounterId
    version: int
    settings: CounterSettings


class PlannedSpan(Asked):
    """A counter is planned to be open on a weekday (0 is Monday), in the organization's wall-clock time.

    `closes` is after `opens`; midnight as an end is 00:00.
    """

    counter_id: CounterId
    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("planned hours are wall-clock times, without a zone")
        if self.closes != time(0) and self.closes <= self.opens:
            raise ValueError("a span must end after it begins")
        return self


class CounterPlan(Asked):
    """The weekly counter plan as an admin writes it."""

    spans: Annotated[tuple[PlannedSpan, ...], Field(max_length=2_000)]


class CounterPlanInForce(Shown):
    """The weekly counter plan that the estimates use.

    Args:
        is_learned: whether it was learned from the last weeks, or written by an admin.
        learned_from_days: on how many days it rests; 0 where none was learned yet.
    """

    version: int
    is_learned: bool
    learned_from_days: int
    spans: tuple[PlannedSpan, ...]
