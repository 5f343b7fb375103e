"""The weekly counter plan, learned from when counters were open in the last weeks."""

from collections import defaultdict
from datetime import datetime, timedelta

from server.domain.estimates.facts import CounterHours, PastDay
from server.domain.estimates.model import UsualHours, WeeklyPlan

_SLOT_MIN = 15
_SLOTS = 36 * 60 // _SLOT_MIN
# A service day may end after midnight: slots run for a day and a half.
_FEWEST_DAYS = 2
# A weekday seen less often than this borrows the other days.

_Shares = dict[str, list[float]]


def learn_weekly(days: list[PastDay]) -> WeeklyPlan:
    """For each weekday and quarter of an hour: as many counters as usual, the most usual ones.

    The number comes first, the names second: where staff change desks from day to day, no single one is
    open on most days, and yet three of them always are.
    """
    seen = [day for day in days if any(hours.open for hours in day.opened)]
    if not seen:
        return WeeklyPlan()
    by_weekday: dict[int, list[PastDay]] = defaultdict(list)
    for day in seen:
        by_weekday[_midnight(day).weekday()].append(day)
    everywhere = _usual_day(seen)
    return WeeklyPlan(
        weekdays=tuple(
            _usual_day(by_weekday[weekday])
            if len(by_weekday[weekday]) >= _FEWEST_DAYS
            else _borrowed(weekday, by_weekday, everywhere)
            for weekday in range(7)
        )
    )


def _borrowed(
    weekday: int, by_weekday: dict[int, list[PastDay]], everywhere: tuple[UsualHours, ...]
) -> tuple[UsualHours, ...]:
    # After two weeks a weekday never seen is one on which the site is closed.
    known = max(map(len, by_weekday.values())) >= _FEWEST_DAYS
    return () if known and not by_weekday[weekday] else everywhere


def _usual_day(days: list[PastDay]) -> tuple[UsualHours, ...]:
    shares: _Shares = defaultdict(lambda: [0.0] * _SLOTS)
    serves: dict[str, frozenset[str]] = {}
    for day in days:
        for hours in day.opened:
            serves[hours.counter] = hours.serves
            for slot, part in _open_parts(hours, _midnight(day)):
                shares[hours.counter][slot] += part / len(days)
    chosen: dict[str, set[int]] = defaultdict(set)
    for slot in range(_SLOTS):
        ranked = sorted(shares, key=lambda name: (-shares[name][slot], name))
        for name in ranked[: round(sum(own[slot] for own in shares.values()))]:
            chosen[name].add(slot)
    return tuple(
        UsualHours(counter=name, serves=tuple(sorted(serves[name])), spans_min=_spans(chosen[name]))
        for name in sorted(chosen)
    )


def _open_parts(hours: CounterHours, midnight: datetime) -> list[tuple[int, float]]:
    """Which part of each quarter of an hour the counter was open."""
    parts: list[tuple[int, float]] = []
    for interval in hours.open:
        start = (interval.opens_at - midnight) / timedelta(minutes=_SLOT_MIN)
        end = min(float(_SLOTS), (interval.closes_at - midnight) / timedelta(minutes=_SLOT_MIN))
        for slot in range(int(start), _SLOTS):
            if slot >= end:
                break
            parts.append((slot, min(end, slot + 1) - max(start, slot)))
    return parts


def _spans(slots: set[int]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for slot in sorted(slots):
        start = slot * _SLOT_MIN
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]
        spans.append((start, (slot + 1) * _SLOT_MIN))
    return tuple(spans)


def _midnight(day: PastDay) -> datetime:
    first = min(interval.opens_at for hours in day.opened for interval in hours.open)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)
