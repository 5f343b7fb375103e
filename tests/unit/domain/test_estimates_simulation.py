"""The simulated lobbies that the estimates are measured on: what the reported figures rest on."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from server.domain.estimates.facts import CounterPlan, PastDay, PastToken
from tests.bench.estimates.simulation import BRANCHES, OPENS, SHARES, WEEKDAYS, Branch, simulate_day

NAMED = {branch.name: branch for branch in BRANCHES}
EVERY_BRANCH = pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.name)
DAYS = 40


def days_of(branch: Branch, count: int = DAYS) -> list[PastDay]:
    return [simulate_day(branch, number, "test") for number in range(count)]


def place_s(token: PastToken) -> float:
    return token.arrived_at.timestamp() - token.head_start_s


class TestSimulateDay:
    @EVERY_BRANCH
    def test_a_counter_has_one_visitor_at_a_time_and_is_open(self, branch: Branch) -> None:
        day = simulate_day(branch, 3, "test")
        for hours in day.opened:
            own = [call for call in day.calls if call.counter == hours.counter]
            assert all(before.ended_at <= after.called_at for before, after in pairwise(own))
            # Whoever is open last stays until the lobby is empty.
            last = max(i.closes_at for i in hours.open)
            assert all(
                any(i.opens_at <= c.called_at < i.closes_at for i in hours.open) or c.called_at >= last
                for c in own
            )

    @EVERY_BRANCH
    def test_everyone_is_called_once_in_the_order_of_places(self, branch: Branch) -> None:
        day = simulate_day(branch, 3, "test")
        assert len(day.tokens) == len(day.calls)
        called = Counter(token.called_at for token in day.tokens)
        assert called == Counter(call.called_at for call in day.calls)
        for token in day.tokens[::7]:
            ahead = [
                t for t in day.tokens if t.arrived_at <= token.arrived_at and place_s(t) <= place_s(token)
            ]
            assert token.called_at
            assert all(t.called_at and t.called_at <= token.called_at for t in ahead)

    def test_arrivals_follow_the_shares_the_weekdays_and_the_load(self) -> None:
        branch = NAMED["6-10 counters"]
        days = days_of(branch, 100)
        arrived = Counter(t.arrived_at.hour for day in days for t in day.tokens)
        for index, share in enumerate(SHARES):
            assert arrived[OPENS + index] / arrived.total() == pytest.approx(share / sum(SHARES), rel=0.05)
        by_weekday = [fmean(len(day.tokens) for day in days[weekday::5]) for weekday in range(5)]
        for found, factor in zip(by_weekday, WEEKDAYS, strict=True):
            assert found == pytest.approx(factor * branch.arrivals, rel=0.06)
        usual = [len(day.tokens) / WEEKDAYS[number % 5] for number, day in enumerate(days)]
        assert pstdev(usual) / fmean(usual) == pytest.approx(0.09, abs=0.03)

    def test_services_and_calls_in_vain_are_those_of_the_branch(self) -> None:
        branch = replace(NAMED["slower from noon"], mean_s=240, cv=0.8, vain=0.1)
        calls = [call for day in days_of(branch) for call in day.calls]
        lasted = {
            slow: [
                (c.ended_at - c.called_at).total_seconds()
                for c in calls
                if c.served and (c.called_at.hour >= 12) == slow
            ]
            for slow in (False, True)
        }
        assert fmean(lasted[False]) == pytest.approx(240, rel=0.03)
        assert fmean(lasted[True]) == pytest.approx(1.25 * 240, rel=0.03)
        assert pstdev(lasted[False]) / fmean(lasted[False]) == pytest.approx(0.8, abs=0.06)
        short = [call for call in calls if call.waited_s < 2700]
        assert sum(not call.served for call in short) / len(short) == pytest.approx(0.1, abs=0.01)

    def test_who_waits_an_hour_and_a_half_has_left(self) -> None:
        crowded = replace(NAMED["2 desks"], load=3.0)
        calls = simulate_day(crowded, 0, "test").calls
        long = [call for call in calls if call.waited_s >= 5400]
        assert long
        assert not any(call.served for call in long)

    def test_priority_passes_and_is_one_in_seven(self) -> None:
        days = days_of(NAMED["priority 15 %"])
        tokens = [token for day in days for token in day.tokens]
        waits: dict[str, list[float]] = {"priority": [], "retail": []}
        for token in tokens:
            assert token.called_at
            waits[token.customer_type].append((token.called_at - token.arrived_at).total_seconds())
        assert len(waits["priority"]) / len(tokens) == pytest.approx(0.15, abs=0.01)
        assert fmean(waits["priority"]) < 0.5 * fmean(waits["retail"])

    def test_the_unplanned_closing_is_in_no_plan(self) -> None:
        day = simulate_day(NAMED["unplanned closing"], 0, "test")
        assert day.plan is None
        assert [len(hours.open) for hours in day.opened] == [2, 1, 1, 1, 1]

    def test_lunch_has_two_counters_and_only_one_branch_has_entered_its_plan(self) -> None:
        known = simulate_day(NAMED["hard lunch"], 0, "test")
        learned = simulate_day(NAMED["hard lunch, plan learned"], 0, "test")
        assert known.plan == CounterPlan(counters=known.opened)
        assert replace(known, plan=None) == learned
        noon = known.tokens[0].arrived_at.replace(hour=12, minute=30)
        assert sum(i.opens_at <= noon < i.closes_at for h in known.opened for i in h.open) == 2

    def test_the_same_seed_gives_the_same_day_and_another_one_another(self) -> None:
        branch = NAMED["2 desks"]
        day = simulate_day(branch, 7, "test")
        assert simulate_day(branch, 7, "test") == day
        assert simulate_day(branch, 7, "other").tokens != day.tokens
        assert simulate_day(branch, 8, "test").tokens != day.tokens
