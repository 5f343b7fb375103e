"""Learn one organization's figures from its past days; nothing after `now` is read."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from statistics import fmean

from server.domain.estimates.draining import raw_wait_s
from server.domain.estimates.facts import History, OpenCounter, PastDay, PastToken, QueueFacts, WaitingToken
from server.domain.estimates.model import (
    BIN_S,
    DEFAULT_OCCUPATION_S,
    DEFAULT_VAIN_S,
    Knot,
    Model,
    Occupation,
    Overtaking,
)

_DAYS = 28
_CALIBRATION_DAYS = 14
_SHRINK = 30.0
# An hour counts for itself from about 30 services on; below that it leans on the whole day.
_KNOTS = 10
_FEWEST = 40
# Fewer waits than this have no 5 % quantile worth the name.


def learn(history: History, *, now: datetime) -> Model:
    """Learn from the last 28 days that had ended at `now`."""
    days = [day for day in history.days if _ended(day, now)][-_DAYS:]
    model = Model(
        occupations=_occupations(days),
        present=_present(days),
        vain_s=_vain(days),
        overtaking=_overtaking(days),
    )
    return replace(model, knots=_calibrate(model, days[-_CALIBRATION_DAYS:]))


def _ended(day: PastDay, now: datetime) -> bool:
    return all(call.ended_at <= now for call in day.calls) and all(t.arrived_at <= now for t in day.tokens)


def _occupations(days: list[PastDay]) -> dict[str, Occupation]:
    samples: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for day in days:
        for call in day.calls:
            if call.served:
                seconds = (call.ended_at - call.called_at).total_seconds()
                samples[call.customer_type].append((call.called_at.hour, seconds))
    return {key: _occupation(pairs) for key, pairs in samples.items()}


def _occupation(pairs: list[tuple[int, float]]) -> Occupation:
    # A new site's first visitors lean on the default, as hours lean on the day.
    mean = (sum(s for _, s in pairs) + 5 * DEFAULT_OCCUPATION_S) / (len(pairs) + 5)
    by_hour: dict[int, list[float]] = defaultdict(list)
    for hour, seconds in pairs:
        by_hour[hour].append(seconds)
    residual: list[float] = []
    for halves in range(7):
        elapsed = halves * mean / 2
        longer = [s - elapsed for _, s in pairs if s > elapsed]
        residual.append((sum(longer) + 5 * mean) / (len(longer) + 5))
    return Occupation(
        by_hour_s=tuple((sum(by_hour[h]) + _SHRINK * mean) / (len(by_hour[h]) + _SHRINK) for h in range(24)),
        residual_s=tuple(residual),
        mean_s=mean,
    )


def _present(days: list[PastDay]) -> tuple[float, ...]:
    shares: list[float] = []
    calls = [call for day in days for call in day.calls]
    before = 0.95
    for index in range(12):
        of_bin = [c.served for c in calls if min(11, int(c.waited_s / BIN_S)) == index]
        # Who waits longer is never more likely to be there: a thin bin leans on the one before.
        before = min(before if index else 1.0, (sum(of_bin) + 20 * before) / (len(of_bin) + 20))
        shares.append(before)
    return tuple(shares)


def _vain(days: list[PastDay]) -> float:
    vain = [(c.ended_at - c.called_at).total_seconds() for day in days for c in day.calls if not c.served]
    return fmean(vain) if vain else DEFAULT_VAIN_S


def _overtaking(days: list[PastDay]) -> tuple[Overtaking, ...]:
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0] * 24)
    for day in days:
        for token in day.tokens:
            if token.head_start_s > 0:
                counts[token.customer_type, token.head_start_s][token.arrived_at.hour] += 1
    return tuple(
        Overtaking(customer_type=key, head_start_s=head, per_hour=tuple(n / len(days) for n in hours))
        for (key, head), hours in sorted(counts.items())
    )


def _calibrate(model: Model, days: list[PastDay]) -> tuple[Knot, ...]:
    pairs: list[tuple[float, float]] = []
    for day in days:
        for token in day.tokens:
            if token.called_at is None:
                continue
            raw = raw_wait_s(model, facts_at(day, token))
            if raw is not None:
                pairs.append((raw, (token.called_at - token.arrived_at).total_seconds()))
    pairs.sort()
    if len(pairs) < _FEWEST:
        return ()
    size = max(_FEWEST, len(pairs) // _KNOTS)
    groups = [pairs[at : at + size] for at in range(0, len(pairs) - size + 1, size)]
    knots: list[Knot] = []
    floor = Knot(raw_s=-1.0, low_s=0.0, median_s=0.0, high_s=0.0)
    for group in groups:
        waits = sorted(wait for _, wait in group)
        raw_s = fmean(raw for raw, _ in group)
        if raw_s <= floor.raw_s:
            continue
        # Never lower than the smaller queue's: the promise stays monotone.
        floor = Knot(
            raw_s=raw_s,
            low_s=max(floor.low_s, _quantile(waits, 0.05)),
            median_s=max(floor.median_s, _quantile(waits, 0.5)),
            high_s=max(floor.high_s, _quantile(waits, 0.95)),
        )
        knots.append(floor)
    return tuple(knots)


def _quantile(ordered: list[float], share: float) -> float:
    # The conformal rank of n + 1 (Vovk et al. 2005).
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) + 1)) - 1))]


def facts_at(day: PastDay, newcomer: PastToken) -> QueueFacts:
    """What was known when this token of a past day was taken: nothing that came after."""
    now = newcomer.arrived_at
    last = bisect_right(day.tokens, now, key=lambda token: token.arrived_at)
    waiting = tuple(
        WaitingToken(customer_type=t.customer_type, head_start_s=t.head_start_s, place_at=t.arrived_at)
        for t in day.tokens[:last]
        if t is not newcomer
        and (t.called_at is None or t.called_at > now)
        and (t.left_at is None or t.left_at > now)
    )
    busy = {c.counter: c.called_at for c in day.calls if c.called_at <= now < c.ended_at}
    counters = tuple(
        OpenCounter(counter=h.counter, serves=h.serves, busy_since=busy.get(h.counter))
        for h in day.opened
        if h.counter in busy or any(i.opens_at <= now < i.closes_at for i in h.open)
    )
    return QueueFacts(
        now=now,
        customer_type=newcomer.customer_type,
        head_start_s=newcomer.head_start_s,
        waiting=waiting,
        counters=counters,
        plan=day.plan,
    )
