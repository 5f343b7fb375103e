"""What could be known at best: the median of many futures, played with the simulation's true figures.

It knows every distribution and the true plan, and sees the same facts as the estimator; only the
unplanned closing is hidden from it too. Nobody who sees no more can have a smaller mean absolute error.
"""

import heapq
import math
import random
from bisect import insort
from datetime import datetime
from statistics import NormalDist, median

from server.domain.estimates.facts import OpenCounter, QueueFacts
from tests.bench.estimates.simulation import (
    CLOSES,
    HEAD_START_S,
    OPENS,
    PATIENCE_S,
    REACTION_S,
    SHARES,
    TURNAROUND_S,
    VAIN_S,
    WEEKDAYS,
    Branch,
    Spans,
    next_open,
    occupation,
    planned_spans,
    shape,
)

FUTURES = 101


def median_wait_s(branch: Branch, facts: QueueFacts, rng: random.Random) -> float:
    """The median wait of a newcomer over simulated futures."""
    return median(_wait_s(branch, facts, rng) for _ in range(FUTURES))


def _wait_s(branch: Branch, facts: QueueFacts, rng: random.Random) -> float:
    now = _seconds(facts.now)
    spans = _spans(branch, facts, now)
    ready = _ready(branch, facts, spans, now, rng)
    own_place = now - facts.head_start_s
    ahead = sorted(
        (place, _seconds(t.place_at))
        for t in facts.waiting
        if (place := _seconds(t.place_at) - t.head_start_s) <= own_place
    )
    overtakers = _overtakers(branch, facts, now, rng)
    while True:
        at, counter = heapq.heappop(ready)
        open_at = next_open(spans[counter], at)
        if open_at is None or open_at > at:
            if open_at is not None:
                heapq.heappush(ready, (open_at, counter))
            continue
        while overtakers and overtakers[0] <= at:
            arrived = overtakers.pop(0)
            insort(ahead, (arrived - HEAD_START_S, arrived))
        if not ahead:
            return at - now
        _, arrived = ahead.pop(0)
        served = rng.random() >= branch.vain and at - arrived < rng.uniform(*PATIENCE_S)
        lasts = occupation(branch, at, rng) if served else rng.uniform(*VAIN_S)
        heapq.heappush(ready, (at + lasts + rng.uniform(*TURNAROUND_S), counter))


def _spans(branch: Branch, facts: QueueFacts, now: float) -> list[Spans]:
    """The plan, less what is closed against it now."""
    open_now = {counter.counter for counter in facts.counters}
    return [
        own if str(n) in open_now else [(a, b) for a, b in own if not a <= now < b]
        for n, own in enumerate(planned_spans(branch))
    ]


def _ready(
    branch: Branch, facts: QueueFacts, spans: list[Spans], now: float, rng: random.Random
) -> list[tuple[float, int]]:
    open_now = {counter.counter: counter for counter in facts.counters}
    ready: list[tuple[float, int]] = []
    for n, own in enumerate(spans):
        counter = open_now.get(str(n))
        if counter is None:
            begins = [a for a, _ in own if a > now]
            if begins:
                ready.append((begins[0], n))
        elif counter.busy_since is None:
            ready.append((now + rng.uniform(*REACTION_S), n))
        else:
            ready.append((now + _left_s(branch, counter, now, rng) + rng.uniform(*TURNAROUND_S), n))
    heapq.heapify(ready)
    return ready


def _left_s(branch: Branch, counter: OpenCounter, now: float, rng: random.Random) -> float:
    assert counter.busy_since is not None
    called = _seconds(counter.busy_since)
    age = now - called
    low, high = VAIN_S
    mu, sigma = shape(branch, called)
    gone = NormalDist(mu, sigma).cdf(math.log(max(1e-3, age)))
    in_vain = branch.vain * min(1.0, max(0.0, (high - age) / (high - low)))
    if rng.random() * (in_vain + (1 - branch.vain) * (1 - gone)) < in_vain:
        return rng.uniform(max(low, age), high) - age
    share = min(1 - 1e-12, gone + rng.random() * (1 - gone))
    return max(0.0, math.exp(NormalDist(mu, sigma).inv_cdf(share)) - age)


def _overtakers(branch: Branch, facts: QueueFacts, now: float, rng: random.Random) -> list[float]:
    if not branch.priority or facts.head_start_s:
        return []
    hour = min(CLOSES - 1, max(OPENS, facts.now.hour))
    per_s = branch.arrivals * WEEKDAYS[facts.now.weekday()] * SHARES[hour - OPENS] / sum(SHARES) / 3600
    comes, moments = now, []
    while (comes := comes + rng.expovariate(per_s * branch.priority)) < now + HEAD_START_S:
        moments.append(comes)
    return moments


def _seconds(moment: datetime) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
