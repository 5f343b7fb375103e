"""What was learned of one organization: small, frozen, and JSON for the store."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.domain.estimates.facts import CounterHours, CounterPlan, Interval

VERSION = 2
DEFAULT_OCCUPATION_S = 300.0
DEFAULT_VAIN_S = 60.0
BIN_S = 600.0
"""Shares still present are kept by ten minutes waited: silent leavers give up after 45 to 90."""
POOLED = ""
"""The key of the knots that all types share."""

_RAMP_MIN = 10
# Figures of two hours meet over this many minutes on either side of the full hour. A sharp step would
# let one more person ahead lower a promise by moving the others into a faster hour.


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """How long a visitor of a type occupies a counter, in seconds from call to end.

    Args:
        by_hour_s: the mean by the hour of the call.
        residual_s: `residual_s[k]` is the mean time left after k half means.
        equilibrium_s: the mean time left of a service met at a random moment.
    """

    mean_s: float = DEFAULT_OCCUPATION_S
    by_hour_s: tuple[float, ...] = (DEFAULT_OCCUPATION_S,) * 24
    residual_s: tuple[float, ...] = (DEFAULT_OCCUPATION_S,) * 7
    equilibrium_s: float = DEFAULT_OCCUPATION_S

    def at(self, called: datetime) -> float:
        """The mean of a visitor who is called at this time."""
        here = self.by_hour_s[called.hour]
        to_edge = called.minute if called.minute < 30 else 60 - called.minute
        if to_edge >= _RAMP_MIN:
            return here
        other = self.by_hour_s[(called.hour + (1 if called.minute >= 30 else -1)) % 24]
        return here + (other - here) * (1 - to_edge / _RAMP_MIN) / 2

    def left_s(self, elapsed_s: float) -> float:
        """The mean time left of a service that has lasted this long."""
        return interpolated(self.residual_s, elapsed_s / max(1.0, self.mean_s / 2))


@dataclass(frozen=True, kw_only=True)
class Overtaking:
    """Arrivals that carry a head start: they pass a newcomer who has less."""

    customer_type: str
    head_start_s: float
    per_hour: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Quantiles:
    """5, 50 and 95 %."""

    low_s: float
    median_s: float
    high_s: float


@dataclass(frozen=True, kw_only=True)
class Knot(Quantiles):
    """Where the predicted work is `work_s`, what it really took had these quantiles."""

    work_s: float


@dataclass(frozen=True, kw_only=True)
class UsualHours:
    """A counter's usual hours of one weekday, as minutes from midnight to minutes from midnight."""

    counter: str
    serves: tuple[str, ...] = ()
    spans_min: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class WeeklyPlan:
    """The learned counter plan: seven weekdays from Monday, or nothing yet."""

    weekdays: tuple[tuple[UsualHours, ...], ...] = ()

    def on(self, moment: datetime) -> CounterPlan:
        """The plan of this moment's day."""
        if not self.weekdays:
            return CounterPlan()
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return CounterPlan(
            counters=tuple(
                CounterHours(
                    counter=usual.counter,
                    serves=frozenset(usual.serves),
                    open=tuple(
                        Interval(
                            opens_at=midnight + timedelta(minutes=opens),
                            closes_at=midnight + timedelta(minutes=closes),
                        )
                        for opens, closes in usual.spans_min
                    ),
                )
                for usual in self.weekdays[moment.weekday()]
            )
        )


@dataclass(frozen=True, kw_only=True)
class Model:
    """One organization's learned figures; the defaults are the cold start.

    Args:
        occupations: by customer type.
        present: the share that answers the call, by waited time in steps of `BIN_S`.
        vain_s: how long a call in vain occupies a counter.
        turnaround_s: from the end of one visit to the next call while people wait.
        at_once: the wait of those who find a free counter.
        knots: by customer type, and `POOLED`.
        days: how many days were learned from.
    """

    occupations: dict[str, Occupation] = field(default_factory=dict)
    present: tuple[float, ...] = (0.95,) * 12
    vain_s: float = DEFAULT_VAIN_S
    turnaround_s: float = 0.0
    overtaking: tuple[Overtaking, ...] = ()
    weekly: WeeklyPlan = WeeklyPlan()
    at_once: Quantiles = Quantiles(low_s=0.0, median_s=0.0, high_s=60.0)
    knots: dict[str, tuple[Knot, ...]] = field(default_factory=dict)
    days: int = 0

    def occupation(self, customer_type: str) -> Occupation:
        """The type's own figures, or the defaults."""
        return self.occupations.get(customer_type, _DEFAULT)

    def present_after(self, waited_s: float) -> float:
        """The share of those called after this wait who are still there."""
        # A bin's figure stands at its middle.
        return interpolated(self.present, waited_s / BIN_S - 0.5)

    def knots_of(self, customer_type: str) -> tuple[Knot, ...]:
        """The type's own knots, or those of all types."""
        return self.knots.get(customer_type) or self.knots.get(POOLED, ())

    def to_json(self) -> str:
        """The model as versioned JSON."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Model":
        """Read what `to_json` wrote.

        Raises:
            ValueError: the version is another one; learn again.
        """
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            raise ValueError(f"not an estimate model of version {VERSION}")
        return _model(data)


_DEFAULT = Occupation()


def interpolated(values: tuple[float, ...], index: float) -> float:
    """The value at a fractional index; beyond either end, the end's."""
    if index <= 0:
        return values[0]
    whole = int(index)
    if whole >= len(values) - 1:
        return values[-1]
    return values[whole] + (values[whole + 1] - values[whole]) * (index - whole)


def _model(data: dict[str, Any]) -> Model:
    return Model(
        occupations={key: Occupation(**_tuples(each)) for key, each in data["occupations"].items()},
        present=tuple(data["present"]),
        vain_s=data["vain_s"],
        turnaround_s=data["turnaround_s"],
        overtaking=tuple(Overtaking(**_tuples(each)) for each in data["overtaking"]),
        weekly=WeeklyPlan(
            weekdays=tuple(tuple(_usual(each) for each in day) for day in data["weekly"]["weekdays"])
        ),
        at_once=Quantiles(**data["at_once"]),
        knots={key: tuple(Knot(**each) for each in knots) for key, knots in data["knots"].items()},
        days=data["days"],
    )


def _usual(data: dict[str, Any]) -> UsualHours:
    return UsualHours(
        counter=data["counter"],
        serves=tuple(data["serves"]),
        spans_min=tuple((opens, closes) for opens, closes in data["spans_min"]),
    )


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
