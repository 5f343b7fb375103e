"""What is learned of a site: service times, leavers, the weekly plan, the band. Nothing after `now`."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.estimates import calibrating, estimate, learn
from server.domain.estimates.facts import CounterPlan, History
from server.domain.estimates.model import Model, Occupation
from server.domain.estimates.replay import replay
from server.domain.estimates.scoring import score
from tests.unit.domain.lobby_days import NOON, counter_hours, past_day, past_days, uneven_day

NEW = Model()
LEARNED = learn(past_days(12), now=NOON)


class TestLearn:
    def test_service_time_is_found(self) -> None:
        assert LEARNED.occupation("retail").mean_s == pytest.approx(150, rel=0.02)

    def test_a_service_left_running_does_not_spoil_it(self) -> None:
        day = past_day(NOON - timedelta(days=1, hours=4), service_s=150)
        forgotten = replace(day.calls[-1], ended_at=day.calls[-1].called_at + timedelta(hours=3))
        spoilt = replace(day, calls=(*day.calls[:-1], forgotten))
        found = learn(History(days=(spoilt,)), now=NOON).occupation("retail").mean_s
        assert found == pytest.approx(150, rel=0.25)

    def test_recent_days_weigh_more(self) -> None:
        days = [past_day(NOON - timedelta(days=d, hours=4), service_s=150) for d in range(30, 15, -1)]
        days += [past_day(NOON - timedelta(days=d, hours=4), service_s=300) for d in range(15, 0, -1)]
        found = learn(History(days=tuple(days)), now=NOON).occupation("retail").mean_s
        assert 235 < found < 290

    def test_slower_hours_are_found(self) -> None:
        days = [past_day(NOON - timedelta(days=d), service_s=200, slower_after=30) for d in range(20, 0, -1)]
        occupation = learn(History(days=tuple(days)), now=NOON).occupation("retail")
        first, last = occupation.by_hour_s[12], occupation.by_hour_s[15]
        assert last > 1.15 * first

    def test_hours_meet_without_a_step(self) -> None:
        occupation = replace(Occupation(), by_hour_s=(*(100.0,) * 12, *(400.0,) * 12))
        minutes = [occupation.at(NOON + timedelta(minutes=m)) for m in range(-40, 40)]
        assert minutes[0] == 100.0
        assert minutes[-1] == 400.0
        assert all(0 <= later - sooner <= 16 for sooner, later in pairwise(minutes))

    def test_silent_leavers_are_found(self) -> None:
        model = learn(past_days(12, vain_after_s=3000), now=NOON)
        assert model.present_after(60) > 0.9
        assert model.present_after(6000) < 0.2

    def test_the_pause_between_two_visits_is_found(self) -> None:
        model = learn(past_days(12, pause_s=30), now=NOON)
        assert model.turnaround_s == pytest.approx(30, rel=0.05)

    def test_the_weekly_plan_is_found(self) -> None:
        days = []
        for back in range(35, 0, -1):
            at = NOON - timedelta(days=back, hours=4)
            # Whoever is free takes a desk: names change, two are open on most days, one on Mondays.
            names = ("a", "b") if back % 2 else ("b", "c")
            names = names[:1] if at.weekday() == 0 else names
            day = past_day(at, service_s=150)
            days.append(replace(day, opened=tuple(counter_hours(name, at) for name in names)))
        weekly = learn(History(days=tuple(days)), now=NOON).weekly
        monday, tuesday = weekly.on(NOON), weekly.on(NOON + timedelta(days=1))
        assert NOON.weekday() == 0
        assert open_at(monday, NOON) == 1
        assert open_at(tuesday, NOON + timedelta(days=1)) == 2
        assert open_at(tuesday, NOON + timedelta(days=1, hours=8)) == 0

    def test_a_weekday_on_which_the_site_is_closed_has_no_plan(self) -> None:
        days = [
            past_day(at, service_s=150)
            for back in range(28, 0, -1)
            if (at := NOON - timedelta(days=back, hours=4)).weekday() != 6
        ]
        assert not learn(History(days=tuple(days)), now=NOON).weekly.on(NOON - timedelta(days=1)).counters

    def test_plan_stands_on_the_wall_clock_when_the_clock_changes(self) -> None:
        vienna = ZoneInfo("Europe/Vienna")
        days = [
            past_day(datetime(2026, 3, day, 8, tzinfo=vienna), service_s=150)
            for day in range(9, 29)
            if datetime(2026, 3, day).weekday() < 5
        ]
        after = datetime(2026, 3, 30, 7, tzinfo=vienna)
        monday = learn(History(days=tuple(days)), now=after).weekly.on(after)
        assert monday.counters[0].open[0].opens_at == datetime(2026, 3, 30, 8, tzinfo=vienna)

    def test_days_after_now_change_nothing(self) -> None:
        past = past_days(3)
        future = past_day(NOON + timedelta(days=1), service_s=900)
        assert learn(History(days=(*past.days, future)), now=NOON) == learn(past, now=NOON)

    def test_of_a_day_that_goes_on_only_ended_visits_are_read(self) -> None:
        today = past_day(NOON - timedelta(hours=1), service_s=150)
        ended = [call for call in today.calls if call.ended_at <= NOON]
        assert 0 < len(ended) < len(today.calls)
        model = learn(History(days=(today,)), now=NOON)
        assert model.days == 0
        assert not model.knots
        assert model.occupation("retail").mean_s == pytest.approx(
            (150 * len(ended) + 5 * 300) / (len(ended) + 5)
        )
        other_end = [replace(c, ended_at=NOON + timedelta(hours=9)) for c in today.calls if c.ended_at > NOON]
        assert learn(History(days=(replace(today, calls=(*ended, *other_end)),)), now=NOON) == model

    def test_nothing_known_is_the_cold_start(self) -> None:
        assert learn(History(), now=NOON) == NEW

    @settings(max_examples=10, deadline=None)
    @given(service_s=st.integers(90, 600))
    def test_the_band_holds_what_happened(self, service_s: int) -> None:
        model = learn(past_days(10, service_s=service_s), now=NOON)
        knots = model.knots_of("retail")
        assert knots
        for knot in knots:
            assert knot.low_s <= knot.median_s <= knot.high_s
            assert knot.median_s == pytest.approx(knot.work_s, rel=0.25, abs=service_s)
        for left, right in pairwise(knots):
            assert left.work_s < right.work_s
            assert left.median_s <= right.median_s

    def test_nine_of_ten_waits_fall_inside(self) -> None:
        days = [uneven_day(NOON - timedelta(days=back), seed=back) for back in range(80, 0, -1)]
        model = learn(History(days=tuple(days[:40])), now=days[40].tokens[0].arrived_at)
        inside = [
            score(promise, (token.called_at - token.arrived_at).total_seconds())
            for day in days[40:]
            for token, now in replay(day)
            if token.called_at and (promise := estimate(model, now))
        ]
        assert 0.85 <= sum(inside) / len(inside) <= 0.97

    @given(st.lists(st.floats(0, 1e5), min_size=1))
    def test_curves_are_made_to_rise_and_keep_their_sum(self, values: list[float]) -> None:
        risen = calibrating._rising(values)
        assert risen == sorted(risen)
        assert sum(risen) == pytest.approx(sum(values))
        assert calibrating._rising(sorted(values)) == pytest.approx(sorted(values))

    def test_json_gives_the_same_model_back(self) -> None:
        model = learn(past_days(10, head_start_s=900.0), now=NOON)
        assert model.knots
        assert model.weekly.weekdays
        assert model.overtaking
        assert Model.from_json(model.to_json()) == model

    @pytest.mark.parametrize("text", ["{}", '{"version": 1}'])
    def test_another_version_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="version"):
            Model.from_json(text)


def open_at(day: CounterPlan, moment: datetime) -> int:
    return sum(i.opens_at <= moment < i.closes_at for hours in day.counters for i in hours.open)
