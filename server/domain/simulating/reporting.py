"""What a day's waits come to: of all, by customer type, and by priority level."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, inf
from statistics import fmean
from typing import TypeVar

from server.domain.simulating.facts import DayRecord, Rules
from server.domain.simulating.replaying import Outcome, SimulatedDay, as_it_was, simulate
from shared.ids import TypeKey
from shared.policy import DayOfWaits, SimulationReport, WaitFigures

Group = TypeVar("Group", TypeKey, int)


def report(day: DayRecord, *, now: Rules, then: Rules) -> SimulationReport:
    """A day as it was, and replayed under the rules as they are and under those to try.

    Args:
        now: the organization's rules today; the day itself may have had others.
    """
    return SimulationReport(
        day=day.day,
        tokens=len(day.tokens),
        actual=waits(day, as_it_was(day)),
        now=waits(day, simulate(day, now)),
        then=waits(day, simulate(day, then)),
    )


def waits(day: DayRecord, outcome: SimulatedDay) -> DayOfWaits:
    """The figures of a day. Types and levels are those a token had on its first turn, as recorded."""
    outcomes, limits = outcome.outcomes, day.wait_limits_s
    firsts = [each.token.turns[0] for each in outcomes]
    by_type = _grouped((first.customer_type for first in firsts), outcomes)
    by_level = _grouped((first.priority for first in firsts), outcomes)
    return DayOfWaits(
        all=_figures(outcomes, limits),
        by_type={key: _figures(own, limits) for key, own in by_type.items()},
        by_level={level: _figures(own, limits) for level, own in by_level.items()},
    )


def _grouped(groups: Iterable[Group], outcomes: Sequence[Outcome]) -> dict[Group, list[Outcome]]:
    found: dict[Group, list[Outcome]] = defaultdict(list)
    for group, outcome in zip(groups, outcomes, strict=True):
        found[group].append(outcome)
    return dict(sorted(found.items()))


def _figures(outcomes: Sequence[Outcome], limits_s: Mapping[TypeKey, float]) -> WaitFigures:
    called = [
        (each.waited_s, each.token.turns[0].customer_type) for each in outcomes if each.waited_s is not None
    ]
    waited = sorted(seconds for seconds, _ in called)
    left = sum(each.left for each in outcomes)
    return WaitFigures(
        called=len(waited),
        left=left,
        unserved=len(outcomes) - len(waited) - left,
        mean_s=fmean(waited) if waited else None,
        p50_s=_percentile(waited, 0.5),
        p90_s=_percentile(waited, 0.9),
        p95_s=_percentile(waited, 0.95),
        max_s=waited[-1] if waited else None,
        beyond_limit=sum(seconds > limits_s.get(key, inf) for seconds, key in called),
    )


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """As PostgreSQL's percentile_cont, which the reports of past days use: between two values, linear."""
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low, high = ordered[floor(at)], ordered[ceil(at)]
    return low + (high - low) * (at - floor(at))
