"""The weekly counter plan: what an admin wrote, as the estimates read it, and what was learned, as shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from server.domain.errors import InvalidField
from server.domain.estimates.facts import CounterHours, CounterPlan, Interval
from server.domain.estimates.model import WeeklyPlan
from shared.counters import PlannedSpan
from shared.ids import CounterId, TypeKey

_DAY_MIN = 24 * 60


def require_sound(spans: Sequence[PlannedSpan], counters: Collection[CounterId]) -> None:
    """Refuse a plan for a counter that does not exist, or with spans of one that overlap.

    Raises:
        InvalidField
    """
    by_day: dict[tuple[CounterId, int], list[tuple[int, int]]] = defaultdict(list)
    for index, span in enumerate(spans):
        if span.counter_id not in counters:
            raise InvalidField(field=f"spans.{index}.counter_id", sentence="There is no such counter.")
        by_day[span.counter_id, span.weekday].append((_minutes(span.opens), _end_minutes(span.closes)))
    for planned in by_day.values():
        planned.sort()
        for (_, ends), (begins, _) in pairwise(planned):
            if begins < ends:
                raise InvalidField(
                    field="spans", sentence="A counter is planned twice for the same time of a weekday."
                )


def plan_of_day(
    spans: Iterable[PlannedSpan], moment: datetime, serves: dict[CounterId, frozenset[TypeKey]]
) -> CounterPlan:
    """The plan of a moment's day.

    Args:
        moment: aware, in the organization's time zone.
        serves: the types that each counter may serve; none means all.
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    hours: dict[CounterId, list[Interval]] = defaultdict(list)
    for span in spans:
        if span.weekday == moment.weekday() and span.counter_id in serves:
            hours[span.counter_id].append(
                Interval(
                    opens_at=midnight + timedelta(minutes=_minutes(span.opens)),
                    closes_at=midnight + timedelta(minutes=_end_minutes(span.closes)),
                )
            )
    return CounterPlan(
        counters=tuple(
            CounterHours(
                counter=str(counter_id),
                serves=serves[counter_id],
                open=tuple(sorted(intervals, key=lambda each: each.opens_at)),
            )
            for counter_id, intervals in hours.items()
        )
    )


def learned_spans(weekly: WeeklyPlan, counters: Collection[CounterId]) -> tuple[PlannedSpan, ...]:
    """What was learned, as an admin reads and edits it: counters that exist still, cut at midnight."""
    return tuple(
        PlannedSpan(
            counter_id=CounterId(UUID(usual.counter)),
            weekday=weekday,
            opens=_clock(opens),
            closes=_clock(min(closes, _DAY_MIN)),
        )
        for weekday, day in enumerate(weekly.weekdays)
        for usual in day
        if UUID(usual.counter) in counters
        for opens, closes in usual.spans_min
        if opens < _DAY_MIN
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _end_minutes(clock: time) -> int:
    return _minutes(clock) or _DAY_MIN


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
