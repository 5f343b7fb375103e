"""A lobby of full lanes, called empty through the policy: what the properties of the policy are checked on.

It counts overtakes and keeps each counter's calls by itself, in the plainest way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from server.domain import policy
from server.domain.policy import Choice, LaneHead
from shared.ids import TokenId, TypeKey
from shared.policy import CallingMode, CallingPolicy
from shared.tokens import ChoiceRule
from tests.unit.domain.factories import NOW

TYPES = [TypeKey("instant"), TypeKey("browser"), TypeKey("retail")]
LEVELS = [0, 10, 30]

# They share types in every way: one has what another lacks, and one what another has.
COUNTERS = {"all": frozenset(TYPES), "two": frozenset(TYPES[:2]), "one": frozenset(TYPES[1:2])}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Someone takes a token so long after the one before."""

    after: timedelta
    customer_type: TypeKey
    level: int
    is_emergency: bool = False
    meant_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A counter calls, if anybody waits for it."""

    counter: str


Step = Arrival | Turn


@dataclass(kw_only=True)
class Person:
    """Someone who waits. `overtaken_by` are the rules of the later arrivals called before."""

    number: str
    arrival: Arrival
    place_at: datetime
    came_after_calls: dict[str, int]
    overtaken_by: list[ChoiceRule] = field(default_factory=list)

    @property
    def lane(self) -> tuple[object, ...]:
        """What its order is kept in."""
        a = self.arrival
        return (a.customer_type, a.level, a.is_emergency, a.meant_for)


@dataclass(kw_only=True)
class Called:
    """A call, with everybody who waited for that counter just before, the called one included."""

    counter: str
    person: Person
    choice: Choice
    waited_for_it: list[Person]


@dataclass(kw_only=True)
class Lobby:
    """Who waits, and what was called, in order."""

    calling: CallingPolicy
    multipliers: Mapping[TypeKey, float] = field(default_factory=dict)
    now: datetime = NOW
    waiting: list[Person] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    came: int = 0

    def run(self, steps: Iterable[Step]) -> "Lobby":
        """Take all steps, then let every counter call until nobody waits."""
        for step in steps:
            if isinstance(step, Arrival):
                self.arrive(step)
            else:
                self.call(step.counter)
        while self.waiting:
            for counter in COUNTERS:
                self.now += timedelta(seconds=20)
                self.call(counter)
        return self

    def arrive(self, arrival: Arrival) -> Person:
        """Someone joins their lane."""
        self.now += arrival.after
        self.came += 1
        person = Person(
            number=f"A{self.came:04d}",
            arrival=arrival,
            place_at=self.now,
            came_after_calls={counter: self.calls_of(counter) for counter in COUNTERS},
        )
        self.waiting.append(person)
        return person

    def call(self, counter: str) -> Called | None:
        """The next for this counter is called, if there is one."""
        waited = [person for person in self.waiting if self.may_call(counter, person)]
        if not waited:
            return None
        choice = self.choose(counter)
        person = next(person for person in self.waiting if person.number == choice.head.number)
        self.waiting.remove(person)
        for other in waited:
            if other.place_at < person.place_at:
                other.overtaken_by.append(choice.rule)
        called = Called(counter=counter, person=person, choice=choice, waited_for_it=waited)
        self.calls.append(called)
        return called

    def choose(self, counter: str) -> Choice:
        """Ask the policy, from the heads of the lanes alone."""
        own = [call.person.arrival.level for call in self.calls if call.counter == counter]
        return policy.choose(
            self.heads(counter),
            multipliers=self.multipliers,
            now=self.now,
            policy=self.calling,
            recent_levels=own[::-1],
        )

    def heads(self, counter: str) -> list[LaneHead]:
        """The first of each lane this counter calls from."""
        firsts: dict[tuple[object, ...], Person] = {}
        for person in sorted(self.waiting, key=lambda person: (person.place_at, person.number)):
            if self.may_call(counter, person):
                firsts.setdefault(person.lane, person)
        return [
            LaneHead(
                token_id=TokenId(UUID(int=int(person.number[1:]))),
                number=person.number,
                customer_type=person.arrival.customer_type,
                priority=person.arrival.level,
                place_at=person.place_at,
                is_strict=person.arrival.is_emergency,
                is_meant=person.arrival.meant_for is not None,
                overtaken=len(person.overtaken_by),
            )
            for person in firsts.values()
        ]

    def may_call(self, counter: str, person: Person) -> bool:
        """Whether this counter calls from the lane of that person."""
        return person.arrival.customer_type in COUNTERS[counter] and person.arrival.meant_for in (
            None,
            counter,
        )

    def calls_of(self, counter: str) -> int:
        """How many calls a counter has made."""
        return sum(call.counter == counter for call in self.calls)


def arrivals(*, special: bool = False) -> st.SearchStrategy[Arrival]:
    """Someone of any type and level; with `special` also emergencies and those meant for a counter."""
    # A counter that serves everything: a token that its counter never serves would wait for ever.
    meant = st.sampled_from([None, None, None, "all"]) if special else st.none()
    return st.builds(
        Arrival,
        # Close together, so that a head start overtakes many.
        after=st.integers(0, 120).map(lambda seconds: timedelta(seconds=seconds)),
        customer_type=st.sampled_from(TYPES),
        level=st.sampled_from(LEVELS),
        is_emergency=st.sampled_from([False] * 7 + [True]) if special else st.just(False),
        meant_for=meant,
    )


def days(*, special: bool = False) -> st.SearchStrategy[Sequence[Step]]:
    """Arrivals and calls in any order, more arrivals than calls."""
    coming = arrivals(special=special)
    turns = st.builds(Turn, counter=st.sampled_from(sorted(COUNTERS)))
    return st.lists(st.one_of(coming, coming, turns), min_size=10, max_size=60)


def weights() -> st.SearchStrategy[dict[int, int]]:
    """Weights of some of the levels."""
    return st.dictionaries(st.sampled_from(LEVELS), st.integers(1, 5), min_size=1)


def policies() -> st.SearchStrategy[CallingPolicy]:
    """Any of the three modes."""
    return st.one_of(
        st.just(CallingPolicy()),
        st.integers(1, 6).map(lambda bound: CallingPolicy(mode=CallingMode.BOUND, bound=bound)),
        weights().map(lambda ratio: CallingPolicy(mode=CallingMode.RATIO, ratio=ratio)),
    )
