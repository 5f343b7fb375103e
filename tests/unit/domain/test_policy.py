"""Who is next, and why: single choices, and what holds over whole days."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from server.domain import policy
from server.domain.errors import NobodyWaiting
from server.domain.policy import LaneHead
from shared.ids import TokenId, TypeKey
from shared.policy import CallingMode, CallingPolicy
from shared.tokens import ChoiceRule
from tests.unit.domain.factories import NOW, minutes
from tests.unit.domain.lobby import LEVELS, TYPES, Arrival, Lobby, Step, days, policies, weights

BROWSER = TypeKey("browser")
UNDER_RULES = {ChoiceRule.STRICT, ChoiceRule.MEANT}


def head(
    number: str, waited_min: float, priority: int = 0, kind: str = "instant", **more: object
) -> LaneHead:
    return LaneHead(
        token_id=TokenId(uuid4()),
        number=number,
        customer_type=TypeKey(kind),
        priority=priority,
        place_at=NOW - minutes(waited_min),
        **more,
    )


def chosen(
    heads: Sequence[LaneHead],
    *,
    calling: CallingPolicy = policy.BY_HEAD_START,
    multipliers: dict[TypeKey, float] | None = None,
    recent: Sequence[int] = (),
) -> tuple[str, ChoiceRule]:
    choice = policy.choose(
        heads, multipliers=multipliers or {}, now=NOW, policy=calling, recent_levels=recent
    )
    return choice.head.number, choice.rule


def bound(times: int) -> CallingPolicy:
    return CallingPolicy(mode=CallingMode.BOUND, bound=times)


def ratio(weights: dict[int, int]) -> CallingPolicy:
    return CallingPolicy(mode=CallingMode.RATIO, ratio=weights)


class TestHeadStart:
    def test_the_oldest_first(self) -> None:
        assert chosen([head("A001", 5), head("B001", 9)]) == ("B001", ChoiceRule.OLDEST)

    def test_a_head_start_counts_as_minutes_waited(self) -> None:
        assert chosen([head("A001", 9), head("B001", 2, 10)]) == ("B001", ChoiceRule.HEAD_START)

    def test_but_not_as_more(self) -> None:
        assert chosen([head("A001", 13), head("B001", 2, 10)]) == ("A001", ChoiceRule.OLDEST)

    def test_ties_go_to_the_older(self) -> None:
        assert chosen([head("B001", 2, 10), head("A001", 12)]) == ("A001", ChoiceRule.OLDEST)

    @pytest.mark.parametrize(("later_us", "first"), [(-1, "B001"), (0, "A001"), (1, "A001")])
    def test_a_microsecond_decides(self, later_us: int, first: str) -> None:
        older = head("A001", 12)
        younger = LaneHead(
            token_id=TokenId(uuid4()),
            number="B001",
            customer_type=BROWSER,
            priority=10,
            place_at=older.place_at + minutes(10) + timedelta(microseconds=later_us),
        )
        assert chosen([younger, older])[0] == first

    def test_a_multiplier_makes_a_type_grow_faster(self) -> None:
        heads = [head("A001", 9), head("B001", 5, kind="browser")]
        assert chosen(heads, multipliers={BROWSER: 2.0}) == ("B001", ChoiceRule.HEAD_START)

    @pytest.mark.parametrize(("multiplier", "first"), [(1.14, "A001"), (1.15, "B001")])
    def test_a_multiplier_counts_in_hundredths(self, multiplier: float, first: str) -> None:
        heads = [head("A001", 11.45), head("B001", 10, kind="browser")]
        assert chosen(heads, multipliers={BROWSER: multiplier})[0] == first

    def test_nobody(self) -> None:
        with pytest.raises(NobodyWaiting):
            policy.choose([], multipliers={}, now=NOW)

    @given(
        st.lists(st.tuples(st.integers(0, 600), st.sampled_from([0, 10, 30])), min_size=1, max_size=12),
        st.integers(0, 10_000),
    )
    def test_the_order_of_two_never_depends_on_when_they_are_compared(
        self, lanes: list[tuple[int, int]], later_min: int
    ) -> None:
        heads = [head(f"A{index:03d}", waited, level) for index, (waited, level) in enumerate(lanes)]
        now = policy.choose(heads, multipliers={}, now=NOW)
        later = policy.choose(heads, multipliers={}, now=NOW + minutes(later_min))
        assert now.head == later.head

    @settings(max_examples=60, deadline=None)
    @given(days())
    def test_nobody_is_passed_by_who_came_later_than_the_head_start(self, steps: list[Step]) -> None:
        lobby = Lobby(calling=policy.BY_HEAD_START).run(steps)
        for call in lobby.calls:
            for other in call.waited_for_it:
                passed = call.person.place_at - other.place_at
                assert passed <= minutes(max(0, call.person.arrival.level - other.arrival.level))

    @settings(max_examples=60, deadline=None)
    @given(days())
    def test_nobody_waits_longer_than_those_before_and_the_head_starts_take(self, steps: list[Step]) -> None:
        lobby = Lobby(calling=policy.BY_HEAD_START).run(steps)
        people = [call.person for call in lobby.calls]
        assert len(people) == lobby.came, "everybody is called"
        made = Counter[str]()
        for call in lobby.calls:
            own, made[call.counter] = call.person, made[call.counter] + 1
            before = [
                other
                for other in people
                if other is not own
                and other.place_at - own.place_at <= minutes(max(0, other.arrival.level - own.arrival.level))
            ]
            meanwhile = made[call.counter] - own.came_after_calls[call.counter] - 1
            assert meanwhile <= len(before)


class TestStrict:
    def test_goes_before_everything_else_the_oldest_first(self) -> None:
        heads = [
            head("A001", 90, 600, is_meant=True, overtaken=100),
            head("E002", 1, 30, is_strict=True),
            head("E001", 2, is_strict=True, is_meant=True),
        ]
        assert chosen(heads, calling=bound(1)) == ("E001", ChoiceRule.STRICT)

    @settings(max_examples=60, deadline=None)
    @given(days(special=True), policies())
    def test_beats_meant_beats_everything(self, steps: list[Step], calling: CallingPolicy) -> None:
        for call in Lobby(calling=calling).run(steps).calls:
            waited = [person.arrival for person in call.waited_for_it]
            assert call.person.arrival.is_emergency == any(a.is_emergency for a in waited)
            if call.choice.rule is not ChoiceRule.STRICT:
                assert bool(call.person.arrival.meant_for) == any(a.meant_for for a in waited)
                assert (call.choice.rule is ChoiceRule.MEANT) == bool(call.person.arrival.meant_for)


class TestMeant:
    def test_goes_before_a_longer_wait(self) -> None:
        heads = [head("A001", 50, 30), head("B001", 1, is_meant=True)]
        assert chosen(heads) == ("B001", ChoiceRule.MEANT)

    def test_by_the_head_start_among_themselves(self) -> None:
        heads = [head("A001", 9, is_meant=True), head("B001", 2, 10, is_meant=True)]
        assert chosen(heads) == ("B001", ChoiceRule.MEANT)


class TestBound:
    def test_who_was_overtaken_that_often_goes_first(self) -> None:
        heads = [head("A001", 9, overtaken=3), head("B001", 8, 30), head("C001", 20, overtaken=2)]
        assert chosen(heads, calling=bound(3)) == ("A001", ChoiceRule.BOUND)

    def test_of_several_the_oldest(self) -> None:
        heads = [head("A001", 9, 30, overtaken=7), head("B001", 10, overtaken=3)]
        assert chosen(heads, calling=bound(3)) == ("B001", ChoiceRule.BOUND)

    def test_before_that_the_head_start_decides(self) -> None:
        heads = [head("A001", 9, overtaken=2), head("B001", 8, 30)]
        assert chosen(heads, calling=bound(3)) == ("B001", ChoiceRule.HEAD_START)

    def test_is_off_in_other_modes(self) -> None:
        heads = [head("A001", 9, overtaken=50), head("B001", 8, 30)]
        assert chosen(heads) == ("B001", ChoiceRule.HEAD_START)

    @settings(max_examples=80, deadline=None)
    @given(days(special=True), st.integers(1, 4))
    def test_nobody_is_overtaken_more_often(self, steps: list[Step], times: int) -> None:
        lobby = Lobby(calling=bound(times)).run(steps)
        for call in lobby.calls:
            if call.person.arrival.meant_for is None and not call.person.arrival.is_emergency:
                ordinary = [rule for rule in call.person.overtaken_by if rule not in UNDER_RULES]
                assert len(ordinary) <= times


class TestRatio:
    def test_three_of_four(self) -> None:
        rich, plain = head("A001", 1, 30), head("B001", 50)
        had: list[int] = []
        for _ in range(8):
            number, rule = chosen([rich, plain], calling=ratio({30: 3, 0: 1}), recent=had[::-1])
            assert rule is ChoiceRule.RATIO
            had.append(30 if number == "A001" else 0)
        assert had == [30, 0, 30, 30, 30, 0, 30, 30]

    def test_the_turns_of_a_level_are_spread_over_the_round(self) -> None:
        heads = [head("A001", 1, 30), head("B001", 3, 10), head("C001", 2, 0)]
        had: list[int] = []
        for _ in range(7):
            number, _ = chosen(heads, calling=ratio({30: 5}), recent=had[::-1])
            had.append({"A001": 30, "B001": 10, "C001": 0}[number])
        assert had == [30, 30, 30, 10, 0, 30, 30]

    def test_within_a_level_the_longest_wait(self) -> None:
        heads = [head("A001", 1, 30), head("B001", 3, 30, "browser"), head("C001", 50)]
        assert chosen(heads, calling=ratio({30: 3})) == ("B001", ChoiceRule.RATIO)

    def test_one_level_alone_has_no_turns_to_wait_for(self) -> None:
        heads = [head("A001", 4), head("B001", 3, kind="browser")]
        assert chosen(heads, calling=ratio({30: 3, 0: 1}), recent=[0] * 9) == ("A001", ChoiceRule.OLDEST)

    def test_a_level_that_had_nobody_has_no_claim_to_catch_up(self) -> None:
        heads = [head("A001", 1, 30), head("B001", 9)]
        had = [0] * 50
        for _ in range(4):
            number, _ = chosen(heads, calling=ratio({30: 1, 0: 1}), recent=had[::-1])
            had.append(30 if number == "A001" else 0)
        assert had[50:] == [30, 0, 30, 0]

    def test_calls_of_a_level_that_has_nobody_now_are_no_part_of_the_round(self) -> None:
        heads = [head("A001", 90, 30), head("B001", 1)]
        calling = ratio({30: 1, 10: 3, 0: 1})
        assert chosen(heads, calling=calling, recent=[10, 10, 30]) == ("B001", ChoiceRule.RATIO)

    def test_a_round_is_as_long_as_the_weights_of_the_levels(self) -> None:
        assert policy.round_length(ratio({30: 3, 0: 1}), [0, 10, 30]) == 4
        assert policy.round_length(CallingPolicy(ratio={30: 3}), [0, 10, 30]) == 0

    @settings(max_examples=60, deadline=None)
    @given(
        weights(),
        st.lists(st.sampled_from(LEVELS), max_size=20),
        st.sets(st.sampled_from(LEVELS), min_size=2),
    )
    def test_each_round_holds_exactly_the_weights_of_those_who_wait(
        self, shares: dict[int, int], before: list[int], levels: set[int]
    ) -> None:
        calling = ratio(shares)
        # The caller reads no more calls than it is told to, whoever waits.
        known = policy.round_length(calling, LEVELS)
        heads = [head(f"A{level:03d}", level, level) for level in levels]
        had: list[int] = []
        weight = {level: shares.get(level, 1) for level in levels}
        size = sum(weight.values())
        for _ in range(3 * size):
            recent = [*before, *had][::-1][:known]
            had.append(int(chosen(heads, calling=calling, recent=recent)[0][1:]))
        for first in range(len(had) - size + 1):
            assert Counter(had[first : first + size]) == weight


class TestEveryPolicy:
    @settings(max_examples=60, deadline=None)
    @given(days(special=True), policies(), st.floats(0, 9.99))
    def test_keeps_the_order_within_each_lane_and_calls_everybody_once(
        self, steps: list[Step], calling: CallingPolicy, multiplier: float
    ) -> None:
        lobby = Lobby(calling=calling, multipliers={BROWSER: multiplier}).run(steps)
        lanes = defaultdict(list)
        for call in lobby.calls:
            lanes[call.person.lane].append((call.person.place_at, call.person.number))
        assert all(lane == sorted(lane) for lane in lanes.values())
        assert len({call.person.number for call in lobby.calls}) == len(lobby.calls) == lobby.came

    @settings(max_examples=60, deadline=None)
    @given(days(special=True), policies(), st.lists(st.integers(0, 5), min_size=1, max_size=8))
    def test_does_not_look_behind_the_heads(
        self, steps: list[Step], calling: CallingPolicy, more: list[int]
    ) -> None:
        lobby = Lobby(calling=calling)
        lobby.arrive(Arrival(after=minutes(0), customer_type=TYPES[0], level=0))
        for step in steps:
            if isinstance(step, Arrival):
                lobby.arrive(step)
        before = lobby.choose("all")
        for index in more:
            like = lobby.waiting[index % len(lobby.waiting)].arrival
            lobby.arrive(
                Arrival(
                    after=minutes(0),
                    customer_type=like.customer_type,
                    level=like.level,
                    is_emergency=like.is_emergency,
                    meant_for=like.meant_for,
                )
            )
        assert lobby.choose("all") == before

    @settings(max_examples=100, deadline=None)
    @given(st.data(), policies())
    def test_does_not_depend_on_the_order_of_the_heads(
        self, data: st.DataObject, calling: CallingPolicy
    ) -> None:
        heads = data.draw(
            st.lists(
                st.builds(
                    LaneHead,
                    token_id=st.uuids(),
                    # Numbers of two days may be the same while tokens stay overnight.
                    number=st.sampled_from(["A001", "A002"]),
                    customer_type=st.sampled_from(TYPES),
                    priority=st.sampled_from(LEVELS),
                    place_at=st.sampled_from([NOW, NOW - minutes(10)]),
                    is_strict=st.booleans(),
                    is_meant=st.booleans(),
                    overtaken=st.integers(0, 3),
                ),
                min_size=1,
                max_size=6,
                unique_by=lambda head: head.token_id,
            )
        )
        recent = data.draw(st.lists(st.sampled_from(LEVELS), max_size=6))
        other = data.draw(st.permutations(heads))
        first, second = (
            policy.choose(each, multipliers={}, now=NOW, policy=calling, recent_levels=recent)
            for each in (heads, other)
        )
        assert first == second


class TestWords:
    @pytest.mark.parametrize(
        "values",
        [
            {"mode": "ratio"},
            {"bound": 0},
            {"bound": 101},
            {"ratio": {"30": 0}},
            {"ratio": {"30": 21}},
            {"ratio": {"601": 1}},
            {"ratio": {str(level): 1 for level in range(9)}},
            {"quota": 3},
            {"mode": "lottery"},
        ],
    )
    def test_nonsense_is_refused(self, values: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            CallingPolicy.model_validate(values)

    def test_the_levels_of_a_ratio_survive_json(self) -> None:
        calling = ratio({30: 3, 0: 1})
        assert CallingPolicy.model_validate_json(calling.model_dump_json()) == calling
        assert CallingPolicy.model_validate(calling.model_dump(mode="json")) == calling

    def test_is_frozen(self) -> None:
        with pytest.raises(ValidationError):
            CallingPolicy().bound = 9  # type: ignore[misc]
