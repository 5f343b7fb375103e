"""The day once more, event by event, with `policy.choose` in the place of what was chosen.

What travels with a token is what it needs: each visit keeps a counter as long as it did that day, and who
left while waiting leaves at the same moment unless called before. What a visit would have taken that never
was is the median of its type. Counters call whenever they are free, after the pause that they made on
average between two visitors of that day: else the replay would be faster than the people.

Nothing here draws lots: two rules are compared on the same arrivals and services, so that their difference
is the rules' alone (common random numbers; Law, Simulation Modeling and Analysis, chapter 11).
"""

from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count, pairwise
from statistics import fmean, median

from server.domain import policy
from server.domain.policy import LaneHead
from server.domain.simulating.facts import DayRecord, DayToken, Rules, Shift, Turn
from shared.ids import CounterId, TokenId, TypeKey
from shared.policy import CallingMode

# Of a day without one visit that ended; the estimates begin there, too.
_UNKNOWN_SERVICE_S = 300.0
# Later than that, the counter was on a break.
_LONGEST_PAUSE_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a token's first wait: called, or `left`, or neither (unserved).

    Args:
        waited_s: from its arrival to its first call, in seconds; None if it was never called.
    """

    token: DayToken
    waited_s: float | None
    left: bool = False


@dataclass(frozen=True, kw_only=True)
class SimulatedDay:
    """The outcome of each token of the record, in the record's order."""

    outcomes: tuple[Outcome, ...]


def simulate(day: DayRecord, rules: Rules) -> SimulatedDay:
    """Replay a day under these rules. Time O(n log n · lanes)."""
    return _Replay(day, rules).run()


def as_it_was(day: DayRecord) -> SimulatedDay:
    """The waits that are on record."""
    return SimulatedDay(outcomes=tuple(_recorded(day, token) for token in day.tokens))


def _recorded(day: DayRecord, token: DayToken) -> Outcome:
    first = token.turns[0]
    if first.called_at is not None:
        return Outcome(token=token, waited_s=_seconds(first.joined_at, first.called_at))
    return Outcome(token=token, waited_s=None, left=_leaves(day, token))


def _leaves(day: DayRecord, token: DayToken) -> bool:
    """Whether it went away, and was not sent home when all counters had closed."""
    left_at = token.left_at
    return left_at is not None and any(left_at < shift.closes_at for shift in day.shifts)


@dataclass(frozen=True, kw_only=True)
class _Lane:
    """What shares an order: the lanes of the queue, and one more for each counter that some are meant for."""

    customer_type: TypeKey
    priority: int
    is_emergency: bool
    meant_for: CounterId | None


@dataclass(kw_only=True, eq=False)
class _Waiting:
    """A token in its lane; `is_gone` once it was called, left, or went to another lane."""

    token: DayToken
    turn: int
    lane: _Lane
    is_gone: bool = False


_Entry = tuple[datetime, str, TokenId, _Waiting]
"""A waiting token by what orders its lane; the id is between equals alone, as in the policy."""


@dataclass(kw_only=True)
class _Counter:
    """A counter now. It is free from `idle_since` on, None while it is with a visitor."""

    id: CounterId
    customer_types: frozenset[TypeKey]
    closes_at: datetime
    idle_since: datetime | None
    recent_levels: deque[int]

    def serves(self, lane: _Lane) -> bool:
        """Whether it calls from a lane: what is meant for it, of whatever type, and its own types."""
        if lane.meant_for is not None:
            return lane.meant_for == self.id
        return not self.customer_types or lane.customer_type in self.customer_types


class _Replay:
    """One run. Events wait in a heap; all of one instant happen before anybody is called."""

    def __init__(self, day: DayRecord, rules: Rules) -> None:
        self._day = day
        self._rules = rules
        self._pause = timedelta(seconds=_usual_pause_s(day))
        self._usual_s = _usual_services_s(day)
        self._outcomes: dict[TokenId, Outcome] = {}
        self._order = count()
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._lanes: dict[_Lane, list[_Entry]] = {}
        self._waiting: dict[TokenId, _Waiting] = {}
        self._counters: dict[CounterId, _Counter] = {}
        self._done_at: dict[CounterId, datetime] = {}
        # Places of the calls, by the types that the calling counter serves: who was overtaken, and how often.
        self._called_places: dict[TypeKey, list[datetime]] = defaultdict(list)
        turns = [turn for token in day.tokens for turn in token.turns]
        self._types = {turn.customer_type for turn in turns}
        self._round = policy.round_length(rules.policy, {self._level(turn) for turn in turns})

    def run(self) -> SimulatedDay:
        """Let all events happen, in order."""
        for shift in self._day.shifts:
            if shift.closes_at > shift.opens_at:
                self._plan(shift)
        for token in self._day.tokens:
            self._at(token.turns[0].joined_at, partial(self._join, token, 0))
            if token.left_at is not None and _leaves(self._day, token):
                self._at(token.left_at, partial(self._leave, token))
        while self._events:
            now = self._events[0][0]
            while self._events and self._events[0][0] == now:
                heappop(self._events)[2](now)
            self._call_all(now)
        unserved = {token.id: Outcome(token=token, waited_s=None) for token in self._day.tokens}
        return SimulatedDay(outcomes=tuple((unserved | self._outcomes).values()))

    def _plan(self, shift: Shift) -> None:
        self._at(shift.opens_at, partial(self._open, shift))
        done = self._done_at.get(shift.counter_id, shift.closes_at)
        self._done_at[shift.counter_id] = max(done, shift.closes_at)

    def _at(self, at: datetime, event: Callable[[datetime], None]) -> None:
        heappush(self._events, (at, next(self._order), event))

    # Counters -----------------------------------------------------------------------------------

    def _open(self, shift: Shift, now: datetime) -> None:
        known = self._counters.get(shift.counter_id)
        if known is None:
            self._counters[shift.counter_id] = _Counter(
                id=shift.counter_id,
                customer_types=shift.customer_types,
                closes_at=shift.closes_at,
                idle_since=now,
                recent_levels=deque(maxlen=self._round),
            )
            return
        known.customer_types = shift.customer_types
        known.closes_at = max(known.closes_at, shift.closes_at)
        if known.idle_since is not None:
            known.idle_since = now

    def _free(self, counter: _Counter, now: datetime) -> None:
        counter.idle_since = now

    def _call_all(self, now: datetime) -> None:
        """Every free counter calls, who has been free longest first."""
        free = [
            (counter.idle_since, counter.id)
            for counter in self._counters.values()
            if counter.idle_since is not None and now < counter.closes_at
        ]
        for _, counter_id in sorted(free):
            counter = self._counters[counter_id]
            if heads := self._heads(counter):
                choice = policy.choose(
                    heads,
                    multipliers=self._rules.multipliers,
                    now=now,
                    policy=self._rules.policy,
                    recent_levels=counter.recent_levels,
                )
                self._call(counter, self._waiting[choice.head.token_id], now)

    def _call(self, counter: _Counter, waiting: _Waiting, now: datetime) -> None:
        token, turn = waiting.token, waiting.token.turns[waiting.turn]
        self._take(waiting)
        if token.id not in self._outcomes:
            waited_s = _seconds(token.turns[0].joined_at, now)
            self._outcomes[token.id] = Outcome(token=token, waited_s=waited_s)
        counter.recent_levels.appendleft(waiting.lane.priority)
        if self._rules.policy.mode is CallingMode.BOUND:
            for customer_type in counter.customer_types or self._types:
                insort(self._called_places[customer_type], turn.place_at)
        counter.idle_since = None
        ends_at = now + timedelta(seconds=_kept_s(turn, self._usual_s))
        self._at(ends_at + self._pause, partial(self._free, counter))
        if waiting.turn + 1 < len(token.turns):
            back_at = token.turns[waiting.turn + 1].joined_at
            away = timedelta(0) if turn.ended_at is None else max(timedelta(0), back_at - turn.ended_at)
            self._at(ends_at + away, partial(self._join, token, waiting.turn + 1))

    # Lanes --------------------------------------------------------------------------------------

    def _join(self, token: DayToken, index: int, now: datetime) -> None:
        if token.left_at is not None and token.left_at <= now and _leaves(self._day, token):
            self._outcomes.setdefault(token.id, Outcome(token=token, waited_s=None, left=True))
            return
        turn = token.turns[index]
        lane = _Lane(
            customer_type=turn.customer_type,
            priority=self._level(turn),
            is_emergency=turn.is_emergency,
            meant_for=turn.meant_for,
        )
        waiting = _Waiting(token=token, turn=index, lane=lane)
        self._put(waiting)
        if turn.meant_for is not None:
            # Between two of its shifts its counter is on a break, and the token waits for it.
            off_duty = max(now, self._done_at.get(turn.meant_for, now))
            falls_back_after = timedelta(seconds=self._day.falls_back_after_s)
            self._at(off_duty + falls_back_after, partial(self._fall_back, waiting))

    def _leave(self, token: DayToken, now: datetime) -> None:
        waiting = self._waiting.get(token.id)
        if waiting is not None:
            self._take(waiting)
            self._outcomes.setdefault(token.id, Outcome(token=token, waited_s=None, left=True))

    def _fall_back(self, waiting: _Waiting, now: datetime) -> None:
        if not waiting.is_gone:
            self._take(waiting)
            lane = replace(waiting.lane, meant_for=None)
            self._put(_Waiting(token=waiting.token, turn=waiting.turn, lane=lane))

    def _put(self, waiting: _Waiting) -> None:
        self._waiting[waiting.token.id] = waiting
        place_at = waiting.token.turns[waiting.turn].place_at
        entry = (place_at, waiting.token.number, waiting.token.id, waiting)
        heappush(self._lanes.setdefault(waiting.lane, []), entry)

    def _take(self, waiting: _Waiting) -> None:
        """Out of its lane: whatever is gone at the head goes, what is gone behind it waits for that."""
        del self._waiting[waiting.token.id]
        waiting.is_gone = True
        lane = self._lanes[waiting.lane]
        while lane and lane[0][3].is_gone:
            heappop(lane)
        if not lane:
            del self._lanes[waiting.lane]

    def _heads(self, counter: _Counter) -> list[LaneHead]:
        return [self._head(lane, entries[0]) for lane, entries in self._lanes.items() if counter.serves(lane)]

    def _head(self, lane: _Lane, entry: _Entry) -> LaneHead:
        place_at, number, _, first = entry
        called = self._called_places.get(lane.customer_type, [])
        return LaneHead(
            token_id=first.token.id,
            number=number,
            customer_type=lane.customer_type,
            priority=lane.priority,
            place_at=place_at,
            is_strict=lane.is_emergency,
            is_meant=lane.meant_for is not None,
            overtaken=len(called) - bisect_right(called, place_at),
        )

    def _level(self, turn: Turn) -> int:
        return self._rules.head_starts.get(turn.priority, turn.priority)


def _usual_pause_s(day: DayRecord) -> float:
    """Seconds from the end of a visit to the counter's next call, on average, of who waited already."""
    visits: dict[CounterId, list[tuple[datetime, datetime, datetime]]] = defaultdict(list)
    for token in day.tokens:
        for turn in token.turns:
            if turn.counter_id is not None and turn.called_at is not None and turn.ended_at is not None:
                visits[turn.counter_id].append((turn.called_at, turn.ended_at, turn.joined_at))
    pauses = [
        _seconds(ended_at, called_at)
        for of_counter in visits.values()
        for (_, ended_at, _), (called_at, _, joined_at) in pairwise(sorted(of_counter))
        if joined_at <= ended_at <= called_at
    ]
    return fmean([pause for pause in pauses if pause <= _LONGEST_PAUSE_S] or [0.0])


def _usual_services_s(day: DayRecord) -> dict[TypeKey, float]:
    """The median of each type's visits, in seconds; where a type had none, that of all."""
    lasted: dict[TypeKey, list[float]] = defaultdict(list)
    for token in day.tokens:
        for turn in token.turns:
            if turn.called_at is not None and turn.ended_at is not None:
                lasted[turn.customer_type].append(_seconds(turn.called_at, turn.ended_at))
    of_all = median([each for own in lasted.values() for each in own] or [_UNKNOWN_SERVICE_S])
    types = {turn.customer_type for token in day.tokens for turn in token.turns}
    return {key: median(lasted.get(key) or [of_all]) for key in types}


def _kept_s(turn: Turn, usual_s: dict[TypeKey, float]) -> float:
    """How long a visit keeps a counter."""
    if turn.called_at is None or turn.ended_at is None:
        return usual_s[turn.customer_type]
    return max(0.0, _seconds(turn.called_at, turn.ended_at))


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
