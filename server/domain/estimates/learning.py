"""Learn one organization's figures from its past days; nothing after `now` is read."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from statistics import fmean, median

from server.domain.estimates.calibrating import calibrate
from server.domain.estimates.facts import History, PastCall, PastDay
from server.domain.estimates.model import (
    BIN_S,
    DEFAULT_OCCUPATION_S,
    DEFAULT_VAIN_S,
    Model,
    Occupation,
    Overtaking,
)
from server.domain.estimates.weekly import learn_weekly

_DAYS = 80
# Sixteen working weeks: rare long waits need many days. On simulated sites 80 days err 0.6 % less than 40,
# and 200 only 0.2 % less than 80; on real ones what is older tells less.
_HALF_LIFE_DAYS = 14
# Service times follow what changes at a site: a day counts half of one a fortnight younger.
_DEFAULT_WEIGHT = 5.0
# A new site's first visitors lean on the default.
_FORGOTTEN = 12.0
# A service of more than twelve medians was left running: it counts as that long.
_LONGEST_TURNAROUND_S = 300.0
# Later than that, the counter was on a break.
_PRESENT_BINS = 12
_PRESENT_WEIGHT = 20.0

_Sample = tuple[int, float, float]


def learn(history: History, *, now: datetime) -> Model:
    """Learn from the last 80 days that had ended at `now`, and from what a day had seen by then.

    Of a day that goes on, only visits that have ended count, and only for service times: a new site knows
    its own after an hour. The plan and the band are learned from whole days.
    """
    days = [day for day in history.days if _ended(day, now)][-_DAYS:]
    today = [seen for day in history.days if not _ended(day, now) and (seen := _until(day, now)).calls]
    known = [*days, *today]
    calls = [call for day in known for call in day.calls]
    model = Model(
        occupations=_occupations(known),
        present=_present(known),
        vain_s=_mean([_lasted_s(call) for call in calls if not call.served], DEFAULT_VAIN_S),
        turnaround_s=_mean([gap for day in known for gap in _turnarounds(day)], 0.0),
        overtaking=_overtaking(days),
        weekly=learn_weekly(days),
        days=len(days),
    )
    at_once, knots = calibrate(model, days)
    return replace(model, at_once=at_once or model.at_once, knots=knots)


def _ended(day: PastDay, now: datetime) -> bool:
    return all(call.ended_at <= now for call in day.calls) and all(t.arrived_at <= now for t in day.tokens)


def _until(day: PastDay, now: datetime) -> PastDay:
    """The day as far as it had come: calls that have ended, and tokens that have left."""
    return replace(
        day,
        tokens=tuple(t for t in day.tokens if t.left_at is not None and t.left_at <= now),
        calls=tuple(call for call in day.calls if call.ended_at <= now),
    )


def _lasted_s(call: PastCall) -> float:
    return (call.ended_at - call.called_at).total_seconds()


def _mean(values: list[float], default: float) -> float:
    return (sum(values) + _DEFAULT_WEIGHT * default) / (len(values) + _DEFAULT_WEIGHT)


def _occupations(days: list[PastDay]) -> dict[str, Occupation]:
    samples: dict[str, list[_Sample]] = defaultdict(list)
    for age, day in enumerate(reversed(days)):
        weight = 0.5 ** (age / _HALF_LIFE_DAYS)
        for call in day.calls:
            if call.served:
                samples[call.customer_type].append((call.called_at.hour, _lasted_s(call), weight))
    return {key: _occupation(own) for key, own in sorted(samples.items())}


def _occupation(samples: list[_Sample]) -> Occupation:
    longest = _FORGOTTEN * median(seconds for _, seconds, _ in samples)
    samples = [(hour, min(seconds, longest), weight) for hour, seconds, weight in samples]
    weights = sum(weight for _, _, weight in samples)
    mean = _leaning(samples, DEFAULT_OCCUPATION_S)
    squares = sum(weight * seconds**2 for _, seconds, weight in samples)
    residual: list[float] = []
    for halves in range(7):
        elapsed = halves * mean / 2
        residual.append(_leaning([(h, s - elapsed, w) for h, s, w in samples if s > elapsed], mean))
    return Occupation(
        mean_s=mean,
        by_hour_s=_by_hour(samples, mean),
        residual_s=tuple(residual),
        # E[S²] / 2 E[S]: the mean residual life of a renewal process (Cox 1962).
        equilibrium_s=(squares + _DEFAULT_WEIGHT * 2 * mean**2) / (2 * mean * (weights + _DEFAULT_WEIGHT)),
    )


def _leaning(samples: list[_Sample], towards: float) -> float:
    weights = sum(weight for _, _, weight in samples)
    total = sum(seconds * weight for _, seconds, weight in samples)
    return (total + _DEFAULT_WEIGHT * towards) / (weights + _DEFAULT_WEIGHT)


def _by_hour(samples: list[_Sample], mean: float) -> tuple[float, ...]:
    """Each hour's mean, leaning on the day's as far as chance explains the hours' differences.

    The variance between hours is DerSimonian and Laird's (1986). Where hours do not differ it is nought,
    and their noise stays out of the long waits, which add it up.
    """
    by_hour: dict[int, list[_Sample]] = defaultdict(list)
    for sample in samples:
        by_hour[sample[0]].append(sample)
    spread = fmean((seconds - mean) ** 2 for _, seconds, _ in samples) + 1.0
    found = {hour: (_weighted_mean(own), spread / _effective(own)) for hour, own in by_hour.items()}
    precision = sum(1 / error for _, error in found.values())
    excess = sum((at - mean) ** 2 / error for at, error in found.values()) - (len(found) - 1)
    scale = precision - sum(1 / error**2 for _, error in found.values()) / precision
    between = max(0.0, excess / scale) if scale > 0 else 0.0
    return tuple(
        mean + (found[hour][0] - mean) * between / (between + found[hour][1]) if hour in found else mean
        for hour in range(24)
    )


def _weighted_mean(samples: list[_Sample]) -> float:
    return sum(seconds * weight for _, seconds, weight in samples) / sum(weight for _, _, weight in samples)


def _effective(samples: list[_Sample]) -> float:
    """How many samples of equal weight these are worth (Kish 1965)."""
    return sum(weight for _, _, weight in samples) ** 2 / sum(weight**2 for _, _, weight in samples)


def _turnarounds(day: PastDay) -> list[float]:
    """From the end of a visit to the counter's next call, where that visitor was waiting already."""
    gaps: list[float] = []
    last: dict[str, PastCall] = {}
    for call in day.calls:
        before = last.get(call.counter)
        if before is not None:
            gap = (call.called_at - before.ended_at).total_seconds()
            if call.waited_s >= gap and 0 <= gap <= _LONGEST_TURNAROUND_S:
                gaps.append(gap)
        last[call.counter] = call
    return gaps


def _present(days: list[PastDay]) -> tuple[float, ...]:
    outcomes: list[list[bool]] = [[] for _ in range(_PRESENT_BINS)]
    for day in days:
        for call in day.calls:
            outcomes[_bin(call.waited_s)].append(call.served)
        for token in day.tokens:
            if token.called_at is None and token.left_at is not None:
                outcomes[_bin((token.left_at - token.arrived_at).total_seconds())].append(False)
    shares: list[float] = []
    before = 0.95
    for own in outcomes:
        # Who waits longer is never more likely to be there: a thin bin leans on the one before.
        share = (sum(own) + _PRESENT_WEIGHT * before) / (len(own) + _PRESENT_WEIGHT)
        before = min(before, share) if shares else share
        shares.append(before)
    return tuple(shares)


def _bin(waited_s: float) -> int:
    return min(_PRESENT_BINS - 1, max(0, int(waited_s / BIN_S)))


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
