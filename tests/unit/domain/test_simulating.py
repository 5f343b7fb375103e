"""A past day, replayed under other rules."""

import random
from bisect import insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.simulating import (
    DayRecord,
    DayToken,
    Rules,
    Shift,
    Turn,
    as_it_was,
    report,
    simulate,
    waits,
)
from shared.ids import CounterId, TokenId, TypeKey
from shared.policy import CallingMode, CallingPolicy, SimulationReport
from tests.unit.domain.factories import NOW as OPENING
from tests.unit.domain.factories import minutes
from tests.unit.domain.lobby import LEVELS, TYPES, policies

INSTANT, BROWSER, RETAIL = TYPES
ONE, TWO = CounterId(UUID(int=1)), CounterId(UUID(int=2))
USUAL = Rules()


def at(minute: float) -> datetime:
    """So many minutes after opening."""
    return OPENING + minutes(minute)


def turn(
    came_min: float, called_min: float | None = None, lasts_min: float | None = None, **more: object
) -> Turn:
    values: dict[str, object] = {
        "customer_type": INSTANT,
        "place_at": at(came_min),
        "joined_at": at(came_min),
        "counter_id": None if called_min is None else ONE,
        "called_at": None if called_min is None else at(called_min),
        "ended_at": None if called_min is None or lasts_min is None else at(called_min + lasts_min),
    }
    return Turn(**(values | more))


def token(name: str, *turns: Turn, left_min: float | None = None) -> DayToken:
    return DayToken(
        id=TokenId(UUID(int=int(name[1:]))),
        number=name,
        turns=turns,
        left_at=None if left_min is None else at(left_min),
    )


def shift(counter: CounterId, opens_min: float, closes_min: float, *types: TypeKey) -> Shift:
    return Shift(
        counter_id=counter,
        customer_types=frozenset(types),
        opens_at=at(opens_min),
        closes_at=at(closes_min),
    )


def day(*tokens: DayToken, shifts: Sequence[Shift] = (), **more: object) -> DayRecord:
    return DayRecord(
        day=date(2026, 3, 10), tokens=tokens, shifts=tuple(shifts) or (shift(ONE, 0, 180),), **more
    )


def waited(record: DayRecord, rules: Rules = USUAL) -> dict[str, float | str]:
    """Minutes waited by number, or what else became of the token."""
    return {
        each.token.number: ("left" if each.left else "unserved")
        if each.waited_s is None
        else each.waited_s / 60
        for each in simulate(record, rules).outcomes
    }


# A, then B, then C with a head start of ten minutes; called in the order they came.
THREE = day(
    token("A001", turn(0, 0, 10)),
    token("B002", turn(1, 10, 5)),
    token("C003", turn(2, 15, 5, priority=10)),
)


class TestByHand:
    def test_three_visitors_at_one_counter(self) -> None:
        # At 10, B has waited 9 minutes and C counts as 18.
        assert waited(THREE) == {"A001": 0, "B002": 14, "C003": 8}

    def test_without_the_head_start(self) -> None:
        assert waited(THREE, Rules(head_starts={10: 0})) == {"A001": 0, "B002": 9, "C003": 13}

    def test_with_a_type_whose_priority_does_not_grow(self) -> None:
        fourth = token("D004", turn(1, 20, 5, customer_type=BROWSER, place_at=at(-60)))
        slow = Rules(multipliers={BROWSER: 0.0}, head_starts={10: 0})
        record = replace(THREE, tokens=(*THREE.tokens, fourth))
        assert waited(record, slow) == {"A001": 0, "B002": 9, "C003": 13, "D004": 19}
        assert waited(record, Rules(head_starts={10: 0}))["D004"] == 9

    def test_as_it_was(self) -> None:
        assert [each.waited_s for each in as_it_was(THREE).outcomes] == [0, 9 * 60, 13 * 60]

    def test_the_counters_pause_is_learned_and_kept(self) -> None:
        record = day(
            token("A001", turn(0, 0, 10)),
            token("B002", turn(1, 11, 5)),
            token("C003", turn(2, 17, 5)),
            # Nobody waited, so that this gap is no pause.
            token("D004", turn(24, 24, 5)),
        )
        assert waited(record) == {"A001": 0, "B002": 10, "C003": 15, "D004": 0}

    def test_a_gap_of_more_than_five_minutes_is_no_pause(self) -> None:
        record = day(token("A001", turn(0, 0, 10)), token("B002", turn(1, 16, 5)))
        assert waited(record) == {"A001": 0, "B002": 9}


class TestCounters:
    def test_two_counters_share_the_line(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 0, 180), shift(TWO, 5, 180)))
        assert waited(record) == {"A001": 0, "B002": 9, "C003": 3}

    def test_a_counter_calls_only_its_types(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 0, 180), shift(TWO, 5, 180, BROWSER)))
        assert waited(record) == waited(THREE)

    def test_the_one_that_has_been_free_longest_calls(self) -> None:
        came = [token("A001", turn(5, 5, 10)), token("B002", turn(6, 6, 5, customer_type=BROWSER))]
        both = [shift(ONE, 0, 180), shift(TWO, 1, 180, INSTANT)]
        # The first is busy with A, whom the second could have called as well.
        assert waited(day(*came, shifts=both)) == {"A001": 0, "B002": 9}
        after_a_break = [shift(ONE, 0, 2), shift(ONE, 4, 180), shift(TWO, 1, 180, INSTANT)]
        assert waited(day(*came, shifts=after_a_break)) == {"A001": 0, "B002": 0}

    def test_a_counter_may_serve_other_types_later(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 0, 30, BROWSER), shift(ONE, 40, 180, INSTANT)))
        assert waited(record) == {"A001": 45, "B002": 54, "C003": 38}

    def test_nobody_is_called_before_it_opens_or_in_its_break(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 4, 12), shift(ONE, 60, 180)))
        # C goes first at 4, and A at 9.
        assert waited(record) == {"A001": 9, "B002": 59, "C003": 2}

    def test_a_visit_that_goes_on_at_closing_is_ended_and_the_others_are_unserved(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 0, 5),))
        assert waited(record) == {"A001": 0, "B002": "unserved", "C003": "unserved"}

    def test_a_visit_that_goes_on_keeps_a_counter_that_opens_again(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 0, 5), shift(ONE, 7, 180)))
        assert waited(record) == waited(THREE)

    def test_a_session_that_ended_as_it_began_is_none(self) -> None:
        record = replace(THREE, shifts=(shift(ONE, 3, 3),))
        assert set(waited(record).values()) == {"unserved"}

    def test_without_counters_nobody_is_served(self) -> None:
        record = DayRecord(day=date(2026, 3, 10), tokens=THREE.tokens, shifts=())
        assert set(waited(record).values()) == {"unserved"}


class TestTokens:
    def test_who_left_leaves_again_at_the_same_moment(self) -> None:
        record = day(*THREE.tokens, token("D004", turn(3), left_min=12))
        assert waited(record)["D004"] == "left"
        assert waited(record)["B002"] == 14

    def test_who_left_as_it_came_has_left(self) -> None:
        record = day(*THREE.tokens, token("D004", turn(3), left_min=3))
        assert waited(record)["D004"] == "left"

    def test_who_left_when_it_was_sent_back_into_the_line_is_called_no_more(self) -> None:
        back = turn(0, joined_at=at(10))
        record = day(token("A001", turn(0, 0, 10), back, left_min=10), *THREE.tokens[1:])
        assert waited(record) == {"A001": 0, "B002": 14, "C003": 8}

    def test_those_who_left_the_middle_of_a_lane_are_not_called(self) -> None:
        middle = [token(f"M{n}", turn(1.5), left_min=5 + n) for n in range(10, 13)]
        record = day(*THREE.tokens, *middle, token("Z999", turn(20, 20, 5)))
        assert waited(replace(record, shifts=(shift(ONE, 0, 180),)))["Z999"] == 0
        assert [waited(record)[each.number] for each in middle] == ["left", "left", "left"]

    def test_who_is_called_before_is_served_as_long_as_is_usual_for_the_type(self) -> None:
        others = [
            token(f"F{n}", turn(60, 60, 45, customer_type=BROWSER, counter_id=TWO)) for n in range(5, 9)
        ]
        record = day(*THREE.tokens, token("D004", turn(3, priority=30), left_min=12), *others)
        # Called at 10 and kept for 5, the median of 10, 5 and 5.
        found = waited(record)
        assert (found["D004"], found["C003"], found["B002"]) == (7, 13, 19)

    def test_who_was_sent_home_after_closing_is_unserved(self) -> None:
        tokens = (*THREE.tokens, token("D004", turn(3), left_min=5))
        record = day(*tokens, shifts=[shift(ONE, 0, 5)])
        assert waited(record)["D004"] == "unserved"
        assert as_it_was(record).outcomes[3].left is False

    def test_an_emergency_goes_first(self) -> None:
        record = day(*THREE.tokens, token("E004", turn(9, 20, 2, is_emergency=True)))
        assert waited(record) == {"A001": 0, "B002": 16, "C003": 10, "E004": 1}

    def test_a_transferred_token_comes_back_with_its_place_when_its_visit_ends(self) -> None:
        first = turn(0, 0, 10)
        second = turn(0, 15, 4, customer_type=BROWSER, joined_at=at(10))
        record = day(token("A001", first, second), *THREE.tokens[1:])
        # Back at 10 it is the oldest but C's head start is as old as -8.
        assert waited(record) == {"A001": 0, "B002": 18, "C003": 8}

    def test_a_parked_one_is_away_as_long_as_it_was(self) -> None:
        first = turn(0, 0, 10)
        second = turn(0, 20, 4, joined_at=at(18))
        record = day(token("A001", first, second), *THREE.tokens[1:])
        # Away from 10 to 18: B is called at 15 and A after it.
        assert waited(record) == {"A001": 0, "B002": 14, "C003": 8}
        late = replace(record, tokens=(*record.tokens, token("D004", turn(17, 30, 5))))
        assert waited(late)["D004"] == 20 - 17 + 4

    def test_one_meant_for_a_counter_waits_for_it_and_goes_first_there(self) -> None:
        meant = token("M004", turn(9, 20, 2, customer_type=RETAIL, meant_for=TWO))
        record = day(*THREE.tokens, meant, shifts=[shift(ONE, 0, 180), shift(TWO, 12, 180, BROWSER)])
        assert waited(record)["M004"] == 3
        assert waited(record)["B002"] == 14

    def test_and_falls_back_to_its_type_when_that_counter_is_done_for_the_day(self) -> None:
        meant = token("M004", turn(9, 40, 2, meant_for=TWO))
        shifts = [shift(ONE, 0, 180), shift(TWO, 1, 1.5, BROWSER), shift(TWO, 3, 4, BROWSER)]
        record = day(*THREE.tokens, meant, shifts=shifts, falls_back_after_s=30 * 60)
        assert waited(record)["M004"] == 30
        on_a_break = day(*THREE.tokens, meant, shifts=[*shifts, shift(TWO, 60, 70, BROWSER)])
        assert waited(on_a_break)["M004"] == 51

    def test_a_token_without_a_turn_is_refused(self) -> None:
        with pytest.raises(ValueError, match="A001 has no turn"):
            token("A001")


def crowd(count: int, *, seed: int, counters: int = 4, load: float = 0.95) -> DayRecord:
    """A day that comes as a Poisson stream, a fifth of it with a head start, with exponential services."""
    rng = random.Random(seed)
    came, tokens = 0.0, []
    for n in range(count):
        came += rng.expovariate(load * counters / 4)
        level = rng.choice([0, 0, 0, 0, 30])
        kind = rng.choice(TYPES)
        lasts = rng.expovariate(1 / 4)
        more = {"priority": level, "customer_type": kind, "counter_id": None}
        tokens.append(token(f"A{n:05d}", turn(came, came, lasts, **more)))
    shifts = [shift(CounterId(UUID(int=n)), 0, came + 600) for n in range(counters)]
    return day(*tokens, shifts=shifts)


def lines(*, first_level: int | None = None) -> st.SearchStrategy[DayRecord]:
    """Any day: types, levels, emergencies, people who leave, counters that come and go."""
    level = st.sampled_from(LEVELS) if first_level is None else st.just(first_level)
    visitor = st.tuples(
        st.integers(0, 90),
        level,
        st.sampled_from(TYPES),
        st.integers(0, 15),
        st.integers(0, 60),
        st.integers(0, 9),
    )
    span = st.tuples(
        st.sampled_from([ONE, TWO]), st.integers(0, 60), st.integers(0, 90), st.sets(st.sampled_from(TYPES))
    )
    return st.builds(_record, st.lists(visitor, min_size=1, max_size=30), st.lists(span, max_size=4))


def _record(
    visitors: list[tuple[int, int, TypeKey, int, int, int]], spans: list[tuple[object, ...]]
) -> DayRecord:
    tokens = []
    for n, (came, level, kind, lasts, patience, sort) in enumerate(visitors):
        more = {
            "priority": level,
            "customer_type": kind,
            "counter_id": None,
            "is_emergency": sort == 0,
            "meant_for": TWO if sort == 1 else None,
        }
        turns = [turn(came, None if sort == 2 else came, lasts, **more)]
        if sort == 3:
            turns.append(turn(came, came + lasts + 5, lasts, joined_at=at(came + lasts + 2), **more))
        left = came + patience if sort in {2, 4} else None
        tokens.append(token(f"A{n:03d}", *turns, left_min=left))
    shifts = [shift(counter, opens, opens + length, *types) for counter, opens, length, types in spans]
    return DayRecord(day=date(2026, 3, 10), tokens=tuple(tokens), shifts=tuple(shifts))


class TestWholeDays:
    @settings(max_examples=60, deadline=None)
    @given(lines(), policies())
    def test_each_token_is_called_once_or_left_or_unserved(
        self, record: DayRecord, calling: CallingPolicy
    ) -> None:
        outcomes = simulate(record, Rules(policy=calling)).outcomes
        assert [each.token for each in outcomes] == list(record.tokens)
        last = max((shift.closes_at for shift in record.shifts), default=OPENING)
        for each in outcomes:
            came = each.token.turns[0].joined_at
            if each.waited_s is not None:
                called_at = came + minutes(each.waited_s / 60)
                assert came <= called_at < last
                assert any(shift.opens_at <= called_at < shift.closes_at for shift in record.shifts)
                assert not each.left
            else:
                assert each.left == (each.token.left_at is not None and each.token.left_at < last)
        figures = waits(record, simulate(record, Rules(policy=calling))).all
        assert figures.called + figures.left + figures.unserved == len(record.tokens)

    @settings(max_examples=40, deadline=None)
    @given(lines(), policies(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_the_record_or_of_any_mapping(
        self, record: DayRecord, calling: CallingPolicy, rng: random.Random
    ) -> None:
        tokens, multipliers = list(record.tokens), [(BROWSER, 0.5), (RETAIL, 2.0)]
        rng.shuffle(tokens)
        rng.shuffle(multipliers)
        weights = list(calling.ratio.items())
        rng.shuffle(weights)
        shuffled = simulate(
            replace(record, tokens=tuple(tokens)),
            Rules(policy=calling.model_copy(update={"ratio": dict(weights)}), multipliers=dict(multipliers)),
        )
        straight = simulate(record, Rules(policy=calling, multipliers={RETAIL: 2.0, BROWSER: 0.5}))
        by_token = {each.token.id: each for each in shuffled.outcomes}
        assert [by_token[each.token.id] for each in straight.outcomes] == list(straight.outcomes)

    @pytest.mark.parametrize("counters", [1, 3])
    def test_first_come_first_served_is_as_the_recursion_says(self, counters: int) -> None:
        record = crowd(400, seed=counters, counters=counters)
        free = [OPENING] * counters
        expected = []
        # Kiefer and Wolfowitz 1955: who comes next goes to the counter that is free first.
        for each in record.tokens:
            only = each.turns[0]
            called_at = max(only.joined_at, free.pop(0))
            insort(free, called_at + (only.ended_at - only.called_at))
            expected.append((called_at - only.joined_at).total_seconds())
        outcomes = simulate(record, Rules(head_starts={30: 0})).outcomes
        assert [each.waited_s for each in outcomes] == expected

    def test_a_head_start_shortens_the_waits_of_its_level_and_lengthens_the_others(self) -> None:
        record = crowd(2_000, seed=7)
        plain = waits(record, simulate(record, Rules(head_starts={30: 0}))).by_level
        ahead = waits(record, simulate(record, USUAL)).by_level
        assert ahead[30].mean_s < 0.75 * plain[30].mean_s
        assert ahead[0].mean_s > plain[0].mean_s
        # The counters do the same work: whom one gains, others lose.
        assert waits(record, simulate(record, USUAL)).all.called == 2_000

    def test_a_bound_holds_and_eats_the_head_start(self) -> None:
        record = crowd(600, seed=3)
        bound = Rules(policy=CallingPolicy(mode=CallingMode.BOUND, bound=2))
        assert _most_overtaken(record, bound) == 2
        assert _most_overtaken(record, USUAL) > 2
        with_bound = waits(record, simulate(record, bound)).by_level[30]
        without = waits(record, simulate(record, USUAL)).by_level[30]
        assert with_bound.mean_s > without.mean_s

    def test_a_ratio_shares_the_calls(self) -> None:
        tokens = [token(f"A{n:03d}", turn(0, n, 1, priority=30 * (n % 2))) for n in range(80)]
        ratio = Rules(policy=CallingPolicy(mode=CallingMode.RATIO, ratio={30: 3, 0: 1}))
        outcomes = simulate(day(*tokens), ratio).outcomes
        first = sorted(outcomes, key=lambda each: each.waited_s or 0)[:40]
        assert sum(each.token.turns[0].priority == 30 for each in first) == 30


def _most_overtaken(record: DayRecord, rules: Rules) -> int:
    calls = [
        (each.token.turns[0].joined_at, each.token.turns[0].joined_at + minutes((each.waited_s or 0) / 60))
        for each in simulate(record, rules).outcomes
    ]
    return max(
        sum(came < other_came and other_called < called for other_came, other_called in calls)
        for came, called in calls
    )


class TestReport:
    def test_compares_the_day_with_both_rules(self) -> None:
        found = report(THREE, now=USUAL, then=Rules(head_starts={10: 0}))
        assert (found.day, found.tokens) == (date(2026, 3, 10), 3)
        assert [each.by_level[10].mean_s for each in (found.actual, found.now, found.then)] == [780, 480, 780]
        assert SimulationReport.model_validate_json(found.model_dump_json()) == found

    def test_figures_of_a_group(self) -> None:
        tokens = [token(f"A{n:03d}", turn(0, n, 1)) for n in range(11)]
        others = [
            token("B100", turn(0, customer_type=BROWSER), left_min=1),
            token("B101", turn(170, customer_type=BROWSER)),
        ]
        record = day(*tokens, *others, wait_limits_s={INSTANT: 8 * 60})
        figures = waits(record, as_it_was(record))
        instant, browser = figures.by_type[INSTANT], figures.by_type[BROWSER]
        assert (instant.called, instant.mean_s, instant.max_s) == (11, 300, 600)
        assert (instant.p50_s, instant.p90_s, instant.p95_s) == (300, 540, 570)
        assert instant.beyond_limit == 2
        assert (browser.called, browser.left, browser.unserved) == (0, 1, 1)
        assert (browser.mean_s, browser.p50_s, browser.max_s, browser.beyond_limit) == (None, None, None, 0)
        assert figures.all.called == 11

    def test_a_token_counts_for_its_first_type_and_its_recorded_level(self) -> None:
        first = turn(0, 0, 5, priority=10)
        second = turn(0, 5, 5, customer_type=BROWSER, joined_at=at(5))
        record = day(token("A001", first, second))
        figures = waits(record, simulate(record, Rules(head_starts={10: 40})))
        assert set(figures.by_type) == {INSTANT}
        assert set(figures.by_level) == {10}

    def test_a_day_without_tokens_has_no_waits(self) -> None:
        assert report(day(), now=USUAL, then=USUAL).now.all.mean_s is None
