"""Days of a simulated lobby. Hour shares: Weinberg, Brown and Stroud (2007)."""

import heapq
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.domain.estimates.facts import CounterHours, CounterPlan, Interval, PastCall, PastDay, PastToken

SHARES = (3.1, 5.9, 9.9, 10.5, 10.1, 9.6, 9.2, 8.9, 8.6, 7.6, 5.7, 4.4)
WEEKDAYS = (1.12, 1.01, 0.95, 0.95, 0.99)
OPENS, CLOSES = 7, 19


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A kind of site; `staffing` is the number of planned counters by hour, 7 to 18."""

    name: str
    staffing: tuple[int, ...]
    mean_s: float
    load: float
    cv: float = 0.9
    vain: float = 0.07
    afternoon: float = 1.0
    priority: float = 0.0
    closing: bool = False


BRANCHES = (
    Branch(name="2 desks", staffing=(2,) * 12, mean_s=300, load=0.85),
    Branch(name="4-6 counters", staffing=(4, 4, 5, 6, 6, 6, 6, 6, 5, 5, 4, 4), mean_s=300, load=0.93),
    Branch(name="6-10 counters", staffing=(6, 6, 8, 10, 10, 10, 9, 9, 8, 8, 6, 6), mean_s=300, load=0.95),
    Branch(name="hard lunch", staffing=(5, 5, 5, 5, 5, 2, 2, 6, 6, 6, 6, 6), mean_s=270, load=0.85),
    Branch(name="priority 15 %", staffing=(5,) * 12, mean_s=300, load=0.85, priority=0.15),
    Branch(name="slower from noon", staffing=(5,) * 12, mean_s=270, load=0.82, afternoon=1.25),
    Branch(name="unplanned closing", staffing=(5,) * 12, mean_s=300, load=0.82, closing=True),
)


def simulate_day(branch: Branch, number: int) -> PastDay:
    """Working day `number`, the same at every run."""
    rng = random.Random(f"{branch.name}/{number}")
    week, weekday = divmod(number, 5)
    midnight = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=7 * week + weekday)
    arrivals = _arrivals(branch, weekday, rng)
    plan = _plan(branch)
    opened = _unplanned(plan, rng) if branch.closing else plan
    tokens, calls = _serve(branch, arrivals, opened, rng, midnight)
    return PastDay(
        tokens=tokens,
        calls=calls,
        opened=_hours(opened, midnight),
        plan=CounterPlan(counters=_hours(plan, midnight)),
    )


def _arrivals(branch: Branch, weekday: int, rng: random.Random) -> list[float]:
    expected = branch.load * sum(branch.staffing) * 3600 / branch.mean_s * 0.95
    expected *= WEEKDAYS[weekday] * max(0.6, rng.gauss(1, 0.09))
    moments: list[float] = []
    for index, share in enumerate(SHARES):
        at, rate = 0.0, expected * share / sum(SHARES) / 3600
        while (at := at + rng.expovariate(rate)) < 3600:
            moments.append((OPENS + index) * 3600 + at)
    return moments


def _plan(branch: Branch) -> list[list[tuple[float, float]]]:
    plan: list[list[tuple[float, float]]] = []
    for counter in range(max(branch.staffing)):
        spans: list[tuple[float, float]] = []
        for index, count in enumerate(branch.staffing):
            if counter < count:
                start, end = (OPENS + index) * 3600.0, (OPENS + index + 1) * 3600.0
                if spans and spans[-1][1] == start:
                    start = spans.pop()[0]
                spans.append((start, end))
        plan.append(spans)
    return plan


def _unplanned(plan: list[list[tuple[float, float]]], rng: random.Random) -> list[list[tuple[float, float]]]:
    start = rng.uniform(9, 14) * 3600
    end = start + rng.uniform(1, 2) * 3600
    return [[(plan[0][0][0], start), (end, plan[0][0][1])], *plan[1:]]


def _hours(spans: list[list[tuple[float, float]]], midnight: datetime) -> tuple[CounterHours, ...]:
    return tuple(
        CounterHours(
            counter=str(n),
            open=tuple(
                Interval(opens_at=midnight + timedelta(seconds=a), closes_at=midnight + timedelta(seconds=b))
                for a, b in own
            ),
        )
        for n, own in enumerate(spans)
    )


def _serve(
    branch: Branch,
    arrivals: list[float],
    opened: list[list[tuple[float, float]]],
    rng: random.Random,
    midnight: datetime,
) -> tuple[tuple[PastToken, ...], tuple[PastCall, ...]]:
    heads = [900.0 if rng.random() < branch.priority else 0.0 for _ in arrivals]
    sigma = math.sqrt(math.log(1 + branch.cv**2))
    ready = [(own[0][0], n) for n, own in enumerate(opened) if own]
    heapq.heapify(ready)
    queue: list[tuple[float, int]] = []
    called: dict[int, float] = {}
    calls: list[PastCall] = []
    coming = 0
    while ready and (queue or coming < len(arrivals)):
        at, counter = heapq.heappop(ready)
        open_at = _next_open(opened[counter], at)
        if open_at is None or open_at > at:
            if open_at is not None:
                heapq.heappush(ready, (open_at, counter))
            continue
        while coming < len(arrivals) and arrivals[coming] <= at:
            heapq.heappush(queue, (arrivals[coming] - heads[coming], coming))
            coming += 1
        if not queue:
            if coming < len(arrivals):
                heapq.heappush(ready, (arrivals[coming], counter))
            continue
        token = heapq.heappop(queue)[1]
        called[token] = at
        waited = at - arrivals[token]
        served = rng.random() >= branch.vain and waited < rng.uniform(45, 90) * 60
        mean = branch.mean_s * (branch.afternoon if at >= 12 * 3600 else 1.0)
        occupied = rng.lognormvariate(math.log(mean) - sigma**2 / 2, sigma) if served else rng.uniform(45, 90)
        calls.append(
            PastCall(
                counter=str(counter),
                customer_type="priority" if heads[token] else "retail",
                called_at=midnight + timedelta(seconds=at),
                ended_at=midnight + timedelta(seconds=at + occupied),
                served=served,
                waited_s=waited,
            )
        )
        heapq.heappush(ready, (at + occupied, counter))
    tokens = tuple(
        PastToken(
            customer_type="priority" if heads[n] else "retail",
            head_start_s=heads[n],
            arrived_at=midnight + timedelta(seconds=at),
            called_at=midnight + timedelta(seconds=called[n]) if n in called else None,
        )
        for n, at in enumerate(arrivals)
    )
    return tokens, tuple(calls)


def _next_open(spans: list[tuple[float, float]], at: float) -> float | None:
    for start, end in spans:
        # Who is open at the day's end stays until the lobby is empty.
        if at < end or end >= CLOSES * 3600:
            return max(at, start)
    return None
