"""The demo's days: who comes and when, when City Hall is open, and where the windows stand."""

import random
import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clients.demo import hours
from clients.demo.day import (
    MAX_SERVICE_S,
    MIN_SERVICE_S,
    NO_SHOW_SHARE,
    TRADES,
    Visitor,
    dice_of,
    service_s,
    visitors_of_day,
    with_rush,
)
from clients.demo.measure import first_paint_of, percentile
from clients.demo.remote_control import Note
from clients.demo.stage import no_screen_because, side_by_side
from shared.ids import Revision

OPEN_S = 9 * 3600.0


def a_day(seed: str = "a", *, number: int = 0, mean: float = 120, weekday: int = 2) -> list[Visitor]:
    return visitors_of_day(dice_of(seed, number), mean=mean, weekday=weekday, opens_hour=8, open_s=OPEN_S)


class TestVisitorsOfDay:
    def test_the_same_seed_deals_the_same_visitors(self) -> None:
        assert a_day() == a_day()

    def test_another_day_or_seed_deals_others(self) -> None:
        assert a_day(number=0) != a_day(number=-1)
        assert a_day("a") != a_day("b")

    def test_they_come_in_order_and_while_it_is_open(self) -> None:
        arrivals = [visitor.arrives_s for visitor in a_day()]
        assert arrivals == sorted(arrivals)
        assert all(0 <= at < OPEN_S for at in arrivals)

    def test_they_rise_to_the_late_morning_and_fall_to_the_evening(self) -> None:
        by_hour = Counter(8 + int(visitor.arrives_s // 3600) for visitor in a_day(mean=20_000))
        assert by_hour[8] < by_hour[9] < by_hour[10]
        assert by_hour[10] > by_hour[13] > by_hour[16]

    def test_mondays_are_fuller_than_wednesdays(self) -> None:
        def mean(weekday: int) -> float:
            return statistics.mean(len(a_day(number=n, weekday=weekday)) for n in range(40))

        assert mean(0) > mean(2) * 1.1

    def test_a_few_are_called_in_vain_and_every_type_is_asked_for(self) -> None:
        visitors = a_day(mean=20_000)
        in_vain = sum(not visitor.comes for visitor in visitors) / len(visitors)
        assert in_vain == pytest.approx(NO_SHOW_SHARE, abs=0.01)
        assert {visitor.customer_type for visitor in visitors} == {trade.key for trade in TRADES}


class TestServiceTimes:
    def test_have_their_mean_and_a_long_tail(self) -> None:
        dice = random.Random(1)
        times = [service_s(dice, mean_s=240, cv=0.8) for _ in range(20_000)]
        assert statistics.mean(times) == pytest.approx(240, rel=0.05)
        assert statistics.median(times) < 0.85 * statistics.mean(times)

    def test_stay_believable(self) -> None:
        dice = random.Random(1)
        times = [service_s(dice, mean_s=900, cv=2) for _ in range(2_000)]
        assert min(times) >= MIN_SERVICE_S
        assert max(times) <= MAX_SERVICE_S


class TestRush:
    def test_adds_visitors_between_two_moments_and_keeps_the_order(self) -> None:
        before = a_day()
        after = with_rush(random.Random(1), before, count=15, from_s=7000, to_s=8000)
        added = [visitor for visitor in after if visitor not in before]
        assert len(added) == 15
        assert all(7000 <= visitor.arrives_s <= 8000 for visitor in added)
        assert [v.arrives_s for v in after] == sorted(v.arrives_s for v in after)


class TestZoneOfCityHall:
    def test_is_our_own_while_a_day_is_under_way(self) -> None:
        own = ZoneInfo("Europe/Madrid")
        assert hours.zone_of_city_hall(datetime(2026, 3, 4, 11, 30, tzinfo=UTC), own) is own

    @pytest.mark.parametrize("hour", range(24))
    def test_is_one_where_a_day_is_under_way_at_any_hour(self, hour: int) -> None:
        for month in (1, 7):
            now = datetime(2026, month, 14, hour, 17, tzinfo=UTC)
            local = now.astimezone(hours.zone_of_city_hall(now, ZoneInfo("UTC")))
            assert hours.EARLIEST <= local.time() <= hours.LATEST
            assert hours.opening(local.date(), ZoneInfo(str(local.tzinfo))) < now


class TestPastWorkDays:
    def test_leave_out_week_ends_and_today(self) -> None:
        days = hours.past_work_days(date(2026, 3, 4), count=10)
        assert days == sorted(days)
        assert len(days) == 10
        assert days[-1] == date(2026, 3, 3)
        assert all(day.weekday() < 5 for day in days)
        assert days[0] == date(2026, 3, 4) - timedelta(days=14)


class TestSideBySide:
    @pytest.mark.parametrize("size", [(2560, 1440), (1920, 1040), (1366, 728), (3840, 2120)])
    def test_all_windows_stand_inside_the_screen(self, size: tuple[int, int]) -> None:
        for x, y, width, height in side_by_side([(0, 0, *size)]).values():
            assert x >= 0
            assert y >= 0
            assert x + width <= size[0]
            assert y + height <= size[1]

    def test_nothing_overlaps_where_there_is_room(self) -> None:
        areas = side_by_side([(0, 0, 2560, 1440)])
        (_, top, _, high), staff, admin = areas["display"], areas["staff"], areas["admin"]
        assert top + high < staff[1]
        assert staff[0] + staff[2] <= admin[0]

    @pytest.mark.parametrize("size", [(1366, 728), (1600, 860), (1920, 1040)])
    def test_staff_and_display_share_a_usual_screen(self, size: tuple[int, int]) -> None:
        areas = side_by_side([(0, 0, *size)])
        assert areas["staff"][0] + areas["staff"][2] <= areas["display"][0]
        assert list(areas)[-1] == "staff"

    def test_the_display_fills_a_second_screen(self) -> None:
        areas = side_by_side([(0, 0, 1920, 1040), (1920, 0, 1280, 1024)])
        assert areas["display"][0] == 1920
        assert areas["display"][2] == 1280
        assert areas["staff"][0] == 0


class TestNoScreen:
    def test_without_a_display_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "linux")
        assert "DISPLAY" in str(no_screen_because({}))

    def test_with_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "linux")
        assert no_screen_because({"DISPLAY": ":0"}) is None
        assert no_screen_because({"WAYLAND_DISPLAY": "wayland-0"}) is None

    def test_where_qt_is_told_to_use_none(self) -> None:
        assert "offscreen" in str(no_screen_because({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}))


class TestFirstPaint:
    NOTES = (
        Note(kind="painted", at_ns=10, facts={"revision": 5}),
        Note(kind="pressed", at_ns=15, facts={"name": "call_next"}),
        Note(kind="painted", at_ns=20, facts={"revision": 6}),
        Note(kind="painted", at_ns=30, facts={"revision": 8}),
        Note(kind="painted", at_ns=40, facts={"revision": 9}),
    )

    def test_is_the_first_that_shows_the_revision(self) -> None:
        paint = first_paint_of(self.NOTES, Revision(7), after_ns=15)
        assert paint is not None
        assert paint.at_ns == 30

    def test_is_none_before_it_is_painted(self) -> None:
        assert first_paint_of(self.NOTES, Revision(10), after_ns=15) is None

    def test_is_never_older_than_the_press(self) -> None:
        paint = first_paint_of(self.NOTES, Revision(5), after_ns=15)
        assert paint is not None
        assert paint.at_ns == 20


class TestPercentile:
    def test_is_a_measured_value(self) -> None:
        values = [5.0, 1.0, 4.0, 2.0, 3.0]
        assert percentile(values, 0.5) == 3.0
        assert percentile(values, 0.99) == 5.0
        assert percentile([7.0], 0.5) == 7.0

    def test_of_nothing_is_none(self) -> None:
        assert percentile([], 0.5) is None
