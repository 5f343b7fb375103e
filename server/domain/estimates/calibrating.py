"""The correction shift and band: own raw predictions on past days, compared with what happened.

Split conformal prediction (Vovk, Gammerman and Shafer 2005), local in the size of the prediction (Lei
and Wasserman 2014), made monotone by isotonic regression. Residuals are taken in work, not in time: a
wait across a lunch break says how much work stood ahead, once the plan is taken out of it.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass

from server.domain.estimates.draining import load_ahead
from server.domain.estimates.facts import PastDay
from server.domain.estimates.model import POOLED, Knot, Model, Quantiles
from server.domain.estimates.replay import replay

_FEWEST = 40
# Fewer waits than this have no 5 % quantile worth the name.
_OWN_KNOTS = 400
# A type has knots of its own from this many waits on; before, all types share theirs.
_MOST = 8000
# So many waits are enough to learn from: on busy sites every second, third ... token is looked at.
_KNOTS = 20
_AROUND = 1.6
# A knot looks at predictions from its own divided by this to its own times this.
_LEAN_DAYS = 4.0
# Waits of one day lean on each other. A shift seen on a few days only is mostly those days' chance.


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """What was predicted, what it took, in counter-seconds, and on which day."""

    predicted_s: float
    took_s: float
    day: int


def calibrate(model: Model, days: list[PastDay]) -> tuple[Quantiles | None, dict[str, tuple[Knot, ...]]]:
    """The waits of those who found a free counter, and the knots of those who did not."""
    at_once: list[float] = []
    pairs: dict[str, list[_Pair]] = defaultdict(list)
    every = 1 + sum(len(day.tokens) for day in days) // _MOST
    for number, day in enumerate(days):
        for token, facts in replay(day, first=number, every=every):
            if token.called_at is None:
                continue
            load = load_ahead(model, facts)
            if load is None:
                continue
            waited_s = (token.called_at - token.arrived_at).total_seconds()
            if load.at_once:
                at_once.append(waited_s)
            else:
                took_s = load.capacity.done_by(waited_s)
                pairs[token.customer_type].append(_Pair(predicted_s=load.work_s, took_s=took_s, day=number))
    knots = {key: _knots(own) for key, own in sorted(pairs.items()) if len(own) >= _OWN_KNOTS}
    everyone = [pair for own in pairs.values() for pair in own]
    if len(everyone) >= _FEWEST:
        knots[POOLED] = _knots(everyone)
    return _at_once(at_once), knots


def _at_once(waits: list[float]) -> Quantiles | None:
    if len(waits) < _FEWEST:
        return None
    waits.sort()
    return Quantiles(
        low_s=_quantile(waits, 0.05), median_s=_quantile(waits, 0.5), high_s=_quantile(waits, 0.95)
    )


def _knots(pairs: list[_Pair]) -> tuple[Knot, ...]:
    pairs = sorted(pairs, key=_predicted_s)
    places: list[float] = []
    quantiles: list[Quantiles] = []
    for k in range(_KNOTS):
        centre = pairs[round((len(pairs) - 1) * (k + 0.5) / _KNOTS)].predicted_s
        if not places or centre > places[-1]:
            places.append(centre)
            quantiles.append(_quantiles_at(centre, pairs))
    low = _rising([q.low_s for q in quantiles])
    mid = _rising([q.median_s for q in quantiles])
    high = _rising([q.high_s for q in quantiles])
    return tuple(
        Knot(work_s=p, low_s=a, median_s=b, high_s=c)
        for p, a, b, c in zip(places, low, mid, high, strict=True)
    )


def _quantiles_at(centre: float, pairs: list[_Pair]) -> Quantiles:
    first = bisect_left(pairs, centre / _AROUND, key=_predicted_s)
    last = bisect_right(pairs, centre * _AROUND, key=_predicted_s)
    missing = max(0, _FEWEST - (last - first)) // 2
    around = pairs[max(0, first - missing) : last + missing]
    # Sums of services spread with the root of their number: errors are brought to the size of the centre.
    errors = sorted((p.took_s - p.predicted_s) * math.sqrt(centre / p.predicted_s) for p in around)
    days = len({pair.day for pair in around})
    middle = _quantile(errors, 0.5)
    shifted = centre + middle * days / (days + _LEAN_DAYS)
    wider = 1 + 1 / days
    return Quantiles(
        low_s=max(0.0, shifted + wider * (_quantile(errors, 0.05) - middle)),
        median_s=max(0.0, shifted),
        high_s=max(0.0, shifted + wider * (_quantile(errors, 0.95) - middle)),
    )


def _predicted_s(pair: _Pair) -> float:
    return pair.predicted_s


def _rising(values: list[float]) -> list[float]:
    """The closest curve that never falls: pool adjacent violators (Barlow et al. 1972)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]


def _quantile(ordered: list[float], share: float) -> float:
    # The conformal rank of n + 1.
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) + 1)) - 1))]
