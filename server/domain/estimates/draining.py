"""The raw prediction: the work ahead, drained by the counters that are open and planned.

Work and capacity as a fluid: monotone in both by construction, where a schedule of single services
is not (Graham 1966). With equal busy counters it is the queue-length predictor (Ibrahim and Whitt 2009).
"""

from datetime import datetime, timedelta

from server.domain.estimates.facts import OpenCounter, QueueFacts, WaitingToken
from server.domain.estimates.model import BIN_S, Model

_LONGEST_S = 12 * 3600.0
# The last counters stay until the lobby is empty, so the last capacity goes on after the plan's end.


def raw_wait_s(model: Model, facts: QueueFacts) -> float | None:
    """The expected wait in seconds, without correction; None where no counter is or will be open."""
    serving = [c for c in facts.counters if _serves(c.serves, facts.customer_type)]
    steps = _capacity(facts, serving)
    if not steps:
        return None
    own_place = facts.now - timedelta(seconds=facts.head_start_s)
    ahead = sorted((t for t in facts.waiting if _place(t) <= own_place), key=_place)
    shares = _Shares(facts)
    free = sum(c.busy_since is None and c.on_break_until is None for c in serving)
    if sum(shares.of(t.customer_type) for t in ahead) < free:
        return 0.0
    start_s = _work_at_counters(model, facts, serving)
    work = start_s
    for token in ahead:
        at_s = _drained_at(steps, work)
        work += shares.of(token.customer_type) * _work_of(model, facts, token, at_s)
    return _with_overtakers(model, facts, steps, work, shares)


def _with_overtakers(
    model: Model, facts: QueueFacts, steps: list[tuple[float, int]], work: float, shares: "_Shares"
) -> float:
    wait = _drained_at(steps, work)
    # Four rounds: each adds those who come during the wait the round before found.
    for _ in range(4):
        more = 0.0
        for lane in model.overtaking:
            during = min(wait, max(0.0, lane.head_start_s - facts.head_start_s))
            rate = lane.per_hour[facts.now.hour] / 3600
            more += (
                during * rate * shares.of(lane.customer_type) * model.occupation(lane.customer_type).mean_s
            )
        wait = _drained_at(steps, work + more)
    return wait


def _work_at_counters(model: Model, facts: QueueFacts, serving: list[OpenCounter]) -> float:
    occupation = model.occupation(facts.customer_type)
    # When the newcomer is called, all other counters are in the middle of a service of equilibrium age.
    middle = occupation.residual_s[2]
    left = 0.0
    for counter in serving:
        if counter.busy_since is not None:
            halves = (facts.now - counter.busy_since).total_seconds() / max(1.0, occupation.mean_s / 2)
            left += occupation.residual_s[min(6, max(0, int(halves)))]
    return max(0.3 * occupation.mean_s, left - max(0, len(serving) - 1) * middle)


def _work_of(model: Model, facts: QueueFacts, token: WaitingToken, at_s: float) -> float:
    called = facts.now + timedelta(seconds=at_s)
    waited = (called - token.place_at).total_seconds()
    present = model.present[min(len(model.present) - 1, max(0, int(waited / BIN_S)))]
    occupied = model.occupation(token.customer_type).by_hour_s[called.hour]
    return present * occupied + (1 - present) * model.vain_s


def _capacity(facts: QueueFacts, serving: list[OpenCounter]) -> list[tuple[float, int]]:
    """The number of open counters from each moment on, as (seconds from now, counters)."""
    changes: dict[float, int] = {}
    planned = {hours.counter: hours for hours in facts.plan.counters}
    for counter in serving:
        back_s = _after(facts.now, counter.on_break_until) if counter.on_break_until else 0.0
        changes[back_s] = changes.get(back_s, 0) + 1
        hours = planned.get(counter.counter)
        ends = [i.closes_at for i in hours.open if i.opens_at <= facts.now < i.closes_at] if hours else []
        if ends and _after(facts.now, ends[0]) > back_s:
            closes_s = _after(facts.now, ends[0])
            changes[closes_s] = changes.get(closes_s, 0) - 1
    for hours in facts.plan.counters:
        if not _serves(hours.serves, facts.customer_type):
            continue
        for interval in hours.open:
            if interval.opens_at > facts.now:
                opens_s, closes_s = (
                    _after(facts.now, interval.opens_at),
                    _after(facts.now, interval.closes_at),
                )
                changes[opens_s] = changes.get(opens_s, 0) + 1
                changes[closes_s] = changes.get(closes_s, 0) - 1
    steps: list[tuple[float, int]] = []
    count = 0
    for at_s in sorted(changes):
        count += changes[at_s]
        steps.append((at_s, count))
    while steps and steps[-1][1] <= 0:
        steps.pop()
    return steps


def _drained_at(steps: list[tuple[float, int]], work: float) -> float:
    for index, (at_s, count) in enumerate(steps):
        until = steps[index + 1][0] if index + 1 < len(steps) else float("inf")
        if count > 0 and work <= count * (until - at_s):
            return min(_LONGEST_S, at_s + work / count)
        work -= max(0, count) * (until - at_s)
    return _LONGEST_S


class _Shares:
    """Which part of a type's visitors takes the newcomer's counters."""

    def __init__(self, facts: QueueFacts) -> None:
        self._facts = facts
        self._known: dict[str, float] = {}

    def of(self, customer_type: str) -> float:
        """1 where all counters of the type are the newcomer's too, 0 where none is."""
        if customer_type not in self._known:
            theirs = [c for c in self._facts.counters if _serves(c.serves, customer_type)]
            both = sum(_serves(c.serves, self._facts.customer_type) for c in theirs)
            self._known[customer_type] = (
                both / len(theirs) if theirs else float(customer_type == self._facts.customer_type)
            )
        return self._known[customer_type]


def _place(token: WaitingToken) -> datetime:
    return token.place_at - timedelta(seconds=token.head_start_s)


def _serves(types: frozenset[str], customer_type: str) -> bool:
    return not types or customer_type in types


def _after(now: datetime, then: datetime) -> float:
    return max(0.0, (then - now).total_seconds())
