"""How an organization chooses who is next, and what its rules do to a day of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.base import Asked, Key, Shown
from shared.ids import TypeKey

HEAD_START_MAX_MIN = 600
MOST_LEVELS = 8

Level = Annotated[int, Field(ge=0, le=HEAD_START_MAX_MIN)]
"""A priority level: its head start in minutes."""

Weight = Annotated[int, Field(ge=1, le=20)]
"""How many calls of a round go to a level."""

Multiplier = Annotated[float, Field(ge=0, le=9.99)]
"""How fast a type's priority grows, a minute waited; two decimals count."""


class CallingMode(StrEnum):
    """How the next token is chosen, after emergencies and those meant for the counter."""

    HEAD_START = "head_start"  # who has waited longest, the head start counted as waited
    BOUND = "bound"  # the same, but nobody is overtaken more often than the bound says
    RATIO = "ratio"  # the levels take turns by their weights; the longest wait within a level


class CallingPolicy(Asked):
    """An organization's rules for who is next. Everything but the head start is an expert's choice.

    Args:
        mode: which rule decides.
        bound: how many later arrivals may be called before a token, in the mode `bound`. A small one
            eats the head start when it is busy.
        ratio: of how many calls in a round each level gets how many, in the mode `ratio`: with
            `{30: 3, 0: 1}`, 3 of 4. A level that is not named has the weight 1.
    """

    mode: CallingMode = CallingMode.HEAD_START
    bound: Annotated[int, Field(ge=1, le=100)] = 5
    ratio: Annotated[dict[Level, Weight], Field(max_length=MOST_LEVELS)] = {}

    @model_validator(mode="after")
    def _ratio_has_weights(self) -> Self:
        if self.mode is CallingMode.RATIO and not self.ratio:
            raise ValueError("name the levels and their weights that the calls are shared by")
        return self


class Simulate(Asked):
    """Replay a past day under other rules.

    Args:
        day: a service day that has ended.
        policy: the rules to try.
        multipliers: by customer type; a type that is not named keeps its own.
        head_starts: other minutes for a level of that day; a level that is not named keeps its own.
    """

    day: date
    policy: CallingPolicy = CallingPolicy()
    multipliers: Annotated[dict[Key, Multiplier], Field(max_length=100)] = {}
    head_starts: Annotated[dict[Level, Level], Field(max_length=MOST_LEVELS)] = {}


class WaitFigures(Shown):
    """How long a group of tokens waited for their first call. Times in seconds, None where nobody was called.

    Args:
        called: how many were called.
        left: how many went away before.
        unserved: how many still waited when the last counter that serves them had closed.
        p50_s, p90_s, p95_s: half, nine in ten and nineteen in twenty waited no longer.
        beyond_limit: how many of the called waited longer than their customer type's limit.
    """

    called: int
    left: int
    unserved: int
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    max_s: float | None
    beyond_limit: int


class DayOfWaits(Shown):
    """The waits of a day: of all, by customer type, and by the level that the tokens had that day."""

    all: WaitFigures
    by_type: dict[TypeKey, WaitFigures]
    by_level: dict[int, WaitFigures]


class SimulationReport(Shown):
    """A past day as it was, and replayed: under the rules as they are, and under those that were tried.

    Compare `then` with `now`: both are replays of the same arrivals, services and counters. `actual`
    beside `now` tells how well the replay knows that day: people also pick from the list and pause.

    Args:
        tokens: how many there were that day.
    """

    day: date
    tokens: int
    actual: DayOfWaits
    now: DayOfWaits
    then: DayOfWaits
