"""How much work the counters can do until when: those that are open, and those that are planned.

Work is counted in counter-seconds of visits begun: two busy counters begin 120 in a minute. A counter
that opens begins a whole visit at once: four that open together call four people, not one after another.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from server.domain.estimates.facts import CounterHours, CounterPlan, Interval, OpenCounter, QueueFacts

LONGEST_S = 12 * 3600.0
"""No wait is promised longer than this."""

_LATE_S = 900.0
# A counter that should have opened up to a quarter of an hour ago is late, not closed.
_LATE_OPENS_S = 300.0
_AT_LEAST_S = 1.0
_RUSH_S = 30.0
# Counters that open together have called their first visitors after half a minute.
_NEXT_TO_NONE = 1e-9
_ABSENT_OPENS_S = 900.0


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Work done as steps: (seconds from now, counters from then on), ascending, the last for ever.

    Counters are no whole number while some have just opened.
    """

    steps: tuple[tuple[float, float], ...]

    def drained_at(self, work_s: float) -> float:
        """When this much work is done, in seconds from now, `LONGEST_S` at most."""
        for index, (at_s, count) in enumerate(self.steps):
            until = self.steps[index + 1][0] if index + 1 < len(self.steps) else LONGEST_S
            if count > 0 and work_s <= count * (until - at_s):
                return min(LONGEST_S, at_s + max(0.0, work_s) / count)
            work_s -= count * (until - at_s)
        return LONGEST_S

    def done_by(self, seconds: float) -> float:
        """The work that is done this many seconds from now: `drained_at` the other way round."""
        work_s = 0.0
        for index, (at_s, count) in enumerate(self.steps):
            until = self.steps[index + 1][0] if index + 1 < len(self.steps) else LONGEST_S
            work_s += count * max(0.0, min(until, seconds) - at_s)
        return work_s


def capacity_of(
    now: datetime,
    *,
    counters: list[OpenCounter],
    open_names: set[str],
    planned: list[CounterHours],
    ready_s: dict[str, float],
    first_s: float,
) -> Capacity | None:
    """The capacity of these counters; None where none is or will be open.

    Args:
        counters: those that are open now and take part.
        open_names: all that are open now.
        planned: this day's plan of those that take part.
        ready_s: open counters that are held up: seconds from now until they take part.
        first_s: how far a counter that opens is ahead of one that is in the middle of a visit.
    """
    changes: dict[float, float] = defaultdict(float)
    for opens_s, closes_s in _spans(now, counters, open_names, planned, ready_s):
        changes[opens_s] += 1
        if closes_s is not None:
            # A counter that is held up beyond its end still takes part in a day's last capacity.
            changes[max(closes_s, opens_s + _AT_LEAST_S)] -= 1
    for opens_s, closes_s in _later(now, planned):
        changes[opens_s] += 1
        changes[closes_s] -= 1
        if closes_s - opens_s > 2 * _RUSH_S:
            changes[opens_s] += first_s / _RUSH_S
            changes[opens_s + _RUSH_S] -= first_s / _RUSH_S
    steps: list[tuple[float, float]] = []
    count = 0.0
    for at_s in sorted(changes):
        count += changes[at_s]
        steps.append((at_s, count if count > _NEXT_TO_NONE else 0.0))
    # The last counters stay until the lobby is empty: the last capacity goes on after the plan's end.
    while steps and steps[-1][1] == 0:
        steps.pop()
    return Capacity(steps=tuple(steps)) if steps else None


def _spans(
    now: datetime,
    counters: list[OpenCounter],
    open_names: set[str],
    planned: list[CounterHours],
    ready_s: dict[str, float],
) -> Iterator[tuple[float, float | None]]:
    """When those that are or should be open take part, in seconds from now; None: nobody knows the end."""
    current = {hours.counter: interval for hours in planned for interval in _now_in(hours, now)}
    absent = [current[name] for name in sorted(set(current) - open_names)]
    for counter in sorted(counters, key=lambda c: c.counter):
        begins_s = max(ready_s.get(counter.counter, 0.0), _break_left_s(counter, now))
        interval = current.get(counter.counter)
        if interval is None and absent:
            # Open without being planned: it stands in for one that is planned and not open.
            interval = absent.pop(0)
        yield begins_s, _after(now, interval.closes_at) if interval else None
    late = [i for i in absent if _after(i.opens_at, now) < _LATE_S]
    for interval in late:
        yield _LATE_OPENS_S, _after(now, interval.closes_at)
    if absent and not (counters or late or _later(now, planned)):
        yield _ABSENT_OPENS_S, None


def _later(now: datetime, planned: list[CounterHours]) -> list[tuple[float, float]]:
    """The openings to come, with their closings."""
    return [
        (_after(now, i.opens_at), _after(now, i.closes_at))
        for hours in planned
        for i in hours.open
        if i.opens_at > now
    ]


def taking_part(facts: QueueFacts, plan: CounterPlan) -> tuple[OpenCounter, ...]:
    """The open counters without those that only finish with a visitor called before their planned end.

    After the day's last planned end nobody leaves while people wait.
    """
    if not any(i.closes_at > facts.now for hours in plan.counters for i in hours.open):
        return facts.counters
    planned = {hours.counter: hours for hours in plan.counters}
    return tuple(
        counter
        for counter in facts.counters
        if counter.counter not in planned or not _finishes(counter, planned[counter.counter], facts.now)
    )


def _finishes(counter: OpenCounter, hours: CounterHours, now: datetime) -> bool:
    since = counter.busy_since
    return (
        since is not None
        and not _now_in(hours, now)
        and any(i.opens_at <= since < i.closes_at <= now for i in hours.open)
    )


def _now_in(hours: CounterHours, now: datetime) -> list[Interval]:
    return [i for i in hours.open if i.opens_at <= now < i.closes_at]


def _break_left_s(counter: OpenCounter, now: datetime) -> float:
    return _after(now, counter.on_break_until) if counter.on_break_until else 0.0


def _after(now: datetime, then: datetime) -> float:
    return max(0.0, (then - now).total_seconds())
