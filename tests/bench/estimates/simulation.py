"""Days of a simulated lobby, the same at every run.

Arrivals by hour and weekday: the shares of a large bank's calls (Weinberg, Brown and Stroud 2007).
"""

import heapq
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.domain.estimates.facts import CounterHours, CounterPlan, Interval, PastCall, PastDay, PastToken

SHARES = (3.1, 5.9, 9.9, 10.5, 10.1, 9.6, 9.2, 8.9, 8.6, 7.6, 5.7, 4.4)
WEEKDAYS = (1.12, 1.01, 0.95, 0.95, 0.99)
OPENS, CLOSES = 7, 19
DAY_CV = 0.09
PATIENCE_S = (45 * 60.0, 90 * 60.0)
VAIN_S = (45.0, 90.0)
TURNAROUND_S = (3.0, 15.0)
"""From the end of a visit until the counter can call again."""
REACTION_S = (2.0, 10.0)
"""From an arrival at a free counter until it calls."""
HEAD_START_S = 900.0

Spans = list[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A kind of site.

    Args:
        staffing: planned counters by hour, 7 to 18.
        load: expected work over planned capacity, of the whole day.
        mean_s: mean service; `cv` its coefficient of variation; `afternoon` the factor from noon.
        vain: share of calls that nobody answers, silent leavers aside.
        priority: share of arrivals with a head start of 15 minutes.
        closing: one counter closes unplanned for one to two hours.
        plan_known: an admin has entered the plan; else it is the one that was learned.
    """

    name: str
    staffing: tuple[int, ...]
    load: float
    mean_s: float = 300
    cv: float = 0.9
    vain: float = 0.075
    afternoon: float = 1.0
    priority: float = 0.0
    closing: bool = False
    plan_known: bool = False

    @property
    def arrivals(self) -> float:
        """Expected arrivals of a usual day."""
        afternoon = sum(SHARES[12 - OPENS :]) / sum(SHARES)
        occupied_s = self._occupied_s(1 + (self.afternoon - 1) * afternoon)
        return self.load * sum(self.staffing) * 3600 / occupied_s

    @property
    def busiest_hour(self) -> float:
        """The largest expected work over planned capacity of an hour of a usual day."""
        return max(
            self.arrivals
            * share
            / sum(SHARES)
            * self._occupied_s(self.afternoon if OPENS + index >= 12 else 1.0)
            / (3600 * count)
            for index, (share, count) in enumerate(zip(SHARES, self.staffing, strict=True))
        )

    def _occupied_s(self, factor: float) -> float:
        """How long a visitor keeps a counter on average, where services take `factor` times as long."""
        return (1 - self.vain) * self.mean_s * factor + self.vain * sum(VAIN_S) / 2 + sum(TURNAROUND_S) / 2


LUNCH = (5, 5, 5, 5, 5, 2, 2, 6, 6, 6, 6, 6)
# One rule sets every load: visitors wait eight minutes on average. That is a busy site: 23 retail banks
# report 130 to 738 s, 364 s on average (OpsDog, lobby wait time). The loads were found by trying, on 400
# days of seeds that are not reported. Services are in the middle of 4-6 min, cv 0.8-1.0, 5-10 % in vain.
BRANCHES = (
    Branch(name="2 desks", staffing=(2,) * 12, load=0.671),
    Branch(name="4-6 counters", staffing=(4, 4, 5, 6, 6, 6, 6, 6, 5, 5, 4, 4), load=0.822),
    Branch(name="6-10 counters", staffing=(6, 6, 8, 10, 10, 10, 9, 9, 8, 8, 6, 6), load=0.853),
    Branch(name="hard lunch", staffing=LUNCH, load=0.555, plan_known=True),
    Branch(name="priority 15 %", staffing=(5,) * 12, load=0.739, priority=0.15),
    Branch(name="slower from noon", staffing=(5,) * 12, load=0.747, afternoon=1.25),
    Branch(name="unplanned closing", staffing=(5,) * 12, load=0.698, closing=True),
    Branch(name="hard lunch, plan learned", staffing=LUNCH, load=0.555),
)


def simulate_day(branch: Branch, number: int, seed: str) -> PastDay:
    """Working day `number` of a branch."""
    # The same lunch with and without a plan entered has the same visitors.
    rng = random.Random(f"{seed}/{branch.name.split(',')[0]}/{number}")
    week, weekday = divmod(number, 5)
    midnight = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=7 * week + weekday)
    arrivals = _arrivals(branch, weekday, rng)
    plan = planned_spans(branch)
    opened = _unplanned(plan, rng) if branch.closing else plan
    tokens, calls = _serve(branch, arrivals, opened, rng, midnight)
    return PastDay(
        tokens=tokens,
        calls=calls,
        opened=_hours(opened, midnight),
        plan=CounterPlan(counters=_hours(plan, midnight)) if branch.plan_known else None,
    )


def _arrivals(branch: Branch, weekday: int, rng: random.Random) -> list[float]:
    expected = branch.arrivals * WEEKDAYS[weekday] * max(0.6, rng.gauss(1, DAY_CV))
    moments: list[float] = []
    for index, share in enumerate(SHARES):
        at, rate = 0.0, expected * share / sum(SHARES) / 3600
        while (at := at + rng.expovariate(rate)) < 3600:
            moments.append((OPENS + index) * 3600 + at)
    return moments


def planned_spans(branch: Branch) -> list[Spans]:
    """When each counter is planned open, in seconds from midnight."""
    plan: list[Spans] = []
    for counter in range(max(branch.staffing)):
        spans: Spans = []
        for index, count in enumerate(branch.staffing):
            if counter < count:
                start, end = (OPENS + index) * 3600.0, (OPENS + index + 1) * 3600.0
                if spans and spans[-1][1] == start:
                    start = spans.pop()[0]
                spans.append((start, end))
        plan.append(spans)
    return plan


def _unplanned(plan: list[Spans], rng: random.Random) -> list[Spans]:
    start = rng.uniform(9, 14) * 3600
    end = start + rng.uniform(1, 2) * 3600
    return [[(plan[0][0][0], start), (end, plan[0][0][1])], *plan[1:]]


def _hours(spans: list[Spans], midnight: datetime) -> tuple[CounterHours, ...]:
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
    opened: list[Spans],
    rng: random.Random,
    midnight: datetime,
) -> tuple[tuple[PastToken, ...], tuple[PastCall, ...]]:
    heads = [HEAD_START_S if rng.random() < branch.priority else 0.0 for _ in arrivals]
    ready = [(own[0][0], n) for n, own in enumerate(opened) if own]
    heapq.heapify(ready)
    queue: list[tuple[float, int]] = []
    called: dict[int, float] = {}
    calls: list[PastCall] = []
    coming = 0
    while ready and (queue or coming < len(arrivals)):
        at, counter = heapq.heappop(ready)
        open_at = next_open(opened[counter], at)
        if open_at is None or open_at > at:
            if open_at is not None:
                heapq.heappush(ready, (open_at, counter))
            continue
        while coming < len(arrivals) and arrivals[coming] <= at:
            heapq.heappush(queue, (arrivals[coming] - heads[coming], coming))
            coming += 1
        if not queue:
            if coming < len(arrivals):
                heapq.heappush(ready, (arrivals[coming] + rng.uniform(*REACTION_S), counter))
            continue
        token = heapq.heappop(queue)[1]
        called[token] = at
        waited = at - arrivals[token]
        served = rng.random() >= branch.vain and waited < rng.uniform(*PATIENCE_S)
        occupied = occupation(branch, at, rng) if served else rng.uniform(*VAIN_S)
        calls.append(
            PastCall(
                counter=str(counter),
                customer_type=_type_of(heads[token]),
                called_at=midnight + timedelta(seconds=at),
                ended_at=midnight + timedelta(seconds=at + occupied),
                served=served,
                waited_s=waited,
            )
        )
        heapq.heappush(ready, (at + occupied + rng.uniform(*TURNAROUND_S), counter))
    tokens = tuple(
        PastToken(
            customer_type=_type_of(heads[n]),
            head_start_s=heads[n],
            arrived_at=midnight + timedelta(seconds=at),
            called_at=midnight + timedelta(seconds=called[n]) if n in called else None,
        )
        for n, at in enumerate(arrivals)
    )
    return tokens, tuple(calls)


def shape(branch: Branch, called_s: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a service that begins at this time of day."""
    sigma = math.sqrt(math.log(1 + branch.cv**2))
    mean = branch.mean_s * (branch.afternoon if called_s >= 12 * 3600 else 1.0)
    return math.log(mean) - sigma**2 / 2, sigma


def occupation(branch: Branch, called_s: float, rng: random.Random) -> float:
    """How long one service takes."""
    return rng.lognormvariate(*shape(branch, called_s))


def next_open(spans: Spans, at: float) -> float | None:
    """When a counter can call next; who is open at the day's end stays until the lobby is empty."""
    for start, end in spans:
        if at < end or end >= CLOSES * 3600:
            return max(at, start)
    return None


def _type_of(head_start_s: float) -> str:
    return "priority" if head_start_s else "retail"
