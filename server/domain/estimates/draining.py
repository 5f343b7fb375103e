"""The raw prediction: the work ahead of a newcomer, and the capacity that drains it.

Work and capacity as a fluid. With equal busy counters it is the queue-length predictor QL of Ibrahim
and Whitt (2009); busy counters count by the mean residual life of what they do (Whitt 1999).
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.estimates.capacity import Capacity, capacity_of, taking_part
from server.domain.estimates.facts import CounterHours, OpenCounter, QueueFacts, WaitingToken, serves
from server.domain.estimates.model import Model

_FEWEST = 0.3
# With nobody ahead and all counters busy at least this part of a service is still to be done.
_ROUNDS = 4
_MOST_CHOICES = 4
# A promise is made while somebody waits at the kiosk: a millisecond or two, not ten.


@dataclass(frozen=True, kw_only=True)
class Load:
    """What stands before a newcomer: counter-seconds of work. `at_once`: a counter is free for them."""

    work_s: float
    at_once: bool
    capacity: Capacity


def load_ahead(model: Model, facts: QueueFacts) -> Load | None:
    """The work ahead of the newcomer; None where no counter is or will be open.

    One more person behind the last never lowers it, one more counter never raises the time it takes.
    """
    plan = facts.plan if facts.plan is not None else model.weekly.on(facts.now)
    facts = replace(facts, counters=taking_part(facts, plan))
    own_place = facts.now - timedelta(seconds=facts.head_start_s)
    ahead = sorted(((p, t) for t in facts.waiting if (p := _place(t)) <= own_place), key=lambda pair: pair[0])
    tokens = [token for _, token in ahead]
    planned = [hours for hours in plan.counters if serves(hours.serves, facts.customer_type)]
    loads = [
        load
        for counters in _choices(facts, tokens)
        if (load := _load_at(model, facts, tokens, counters, planned)) is not None
    ]
    return min(
        loads, key=lambda load: (not load.at_once, load.capacity.drained_at(load.work_s)), default=None
    )


def _choices(facts: QueueFacts, ahead: list[WaitingToken]) -> list[list[OpenCounter]]:
    """The newcomer's counters, and those of them that are least taken up by other types.

    Where some counters serve this type alone and others a long queue of another type too, the visitors
    of this type will mostly be called by the former. Which ones do, the shortest wait tells.
    """
    serving = [c for c in facts.counters if serves(c.serves, facts.customer_type)]
    groups = {c.serves for c in serving}
    if len(groups) <= 1:
        return [serving]
    people: dict[str, int] = defaultdict(int)
    for token in ahead:
        if token.customer_type != facts.customer_type:
            people[token.customer_type] += 1
    burden = {
        group: sum(
            many / sum(serves(c.serves, key) for c in facts.counters)
            for key, many in people.items()
            if serves(group, key)
        )
        for group in groups
    }
    ranked = sorted(groups, key=lambda group: (burden[group], sorted(group)))
    counts = sorted({*range(1, _MOST_CHOICES), len(ranked)} & set(range(len(ranked) + 1)))
    return [[counter for counter in serving if counter.serves in ranked[:count]] for count in counts]


def _load_at(
    model: Model,
    facts: QueueFacts,
    ahead: list[WaitingToken],
    counters: list[OpenCounter],
    planned: list[CounterHours],
) -> Load | None:
    left_out = {c.serves for c in facts.counters} - {c.serves for c in counters}
    head_s, ready_s = _at_counters(model, facts, counters)
    capacity = capacity_of(
        facts.now,
        counters=counters,
        open_names={c.counter for c in facts.counters},
        planned=[hours for hours in planned if hours.serves not in left_out],
        ready_s=ready_s,
        first_s=model.occupation(facts.customer_type).equilibrium_s,
    )
    if capacity is None:
        return None
    shares = _Shares(facts, counters)
    free = sum(c.busy_since is None and c.on_break_until is None for c in counters)
    if sum(shares.of(token.customer_type) for token in ahead) < free:
        return Load(work_s=0.0, at_once=True, capacity=capacity)
    work_s = head_s
    for token in ahead:
        at_s = capacity.drained_at(work_s)
        work_s += shares.of(token.customer_type) * _work_of(model, facts.now, token, at_s)
    work_s = _with_overtakers(model, facts, capacity, work_s, shares)
    return Load(work_s=work_s, at_once=False, capacity=capacity)


def _at_counters(
    model: Model, facts: QueueFacts, serving: list[OpenCounter]
) -> tuple[float, dict[str, float]]:
    """The counters' own part of the work, and how long some are held up, in seconds.

    When the newcomer is called, every other counter is in the middle of a service of equilibrium age. A
    counter that is nearer its end now has less to do; one that has more takes part later.
    """
    own = model.occupation(facts.customer_type)
    work_s, ready_s = own.equilibrium_s, {}
    for counter in serving:
        left_s = 0.0
        if counter.busy_since is not None:
            with_type = model.occupation(counter.busy_with or facts.customer_type)
            left_s = with_type.left_s((facts.now - counter.busy_since).total_seconds())
        beyond_s = left_s - own.equilibrium_s
        if beyond_s > 0:
            ready_s[counter.counter] = beyond_s
        else:
            work_s += beyond_s
    return max(_FEWEST * own.mean_s, work_s), ready_s


def _work_of(model: Model, now: datetime, token: WaitingToken, at_s: float) -> float:
    called = now + timedelta(seconds=at_s)
    present = model.present_after((called - token.place_at).total_seconds())
    return (
        present * model.occupation(token.customer_type).at(called) + (1 - present) * model.vain_s
    ) + model.turnaround_s


def _with_overtakers(
    model: Model, facts: QueueFacts, capacity: Capacity, work_s: float, shares: "_Shares"
) -> float:
    """Add those who will come with a larger head start while the newcomer waits."""
    more_s = 0.0
    # Each round adds those who come during the wait that the round before found.
    for _ in range(_ROUNDS if model.overtaking else 0):
        wait_s = capacity.drained_at(work_s + more_s)
        more_s = 0.0
        for lane in model.overtaking:
            during_s = min(wait_s, max(0.0, lane.head_start_s - facts.head_start_s))
            people = during_s / 3600 * lane.per_hour[facts.now.hour] * shares.of(lane.customer_type)
            more_s += people * (model.occupation(lane.customer_type).mean_s + model.turnaround_s)
    return work_s + more_s


class _Shares:
    """Which part of a type's visitors takes the newcomer's counters."""

    def __init__(self, facts: QueueFacts, counters: list[OpenCounter]) -> None:
        self._all = facts.counters
        self._counters = counters
        self._known: dict[str, float] = {facts.customer_type: 1.0}

    def of(self, customer_type: str) -> float:
        """1 where all open counters of the type are the newcomer's too, 0 where none is."""
        if customer_type not in self._known:
            theirs = sum(serves(c.serves, customer_type) for c in self._all)
            both = sum(serves(c.serves, customer_type) for c in self._counters)
            self._known[customer_type] = both / theirs if theirs else 0.0
        return self._known[customer_type]


def _place(token: WaitingToken) -> datetime:
    return token.place_at - timedelta(seconds=token.head_start_s) if token.head_start_s else token.place_at
