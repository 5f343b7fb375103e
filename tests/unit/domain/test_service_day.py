"""The service day, on ordinary days and on the nights when the clock jumps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.service_day import service_day, starts_at

MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
CAIRO, ST_JOHNS = ZoneInfo("Africa/Cairo"), ZoneInfo("America/St_Johns")


def day_at(local: str, reset: time = time(0), *, zone: ZoneInfo = MADRID, fold: int = 0) -> date:
    moment = datetime.fromisoformat(local).replace(tzinfo=zone, fold=fold)
    return service_day(moment, time_zone=zone, reset_time=reset)


class TestServiceDay:
    def test_ends_at_midnight(self) -> None:
        assert day_at("2026-03-10T23:59:59") == date(2026, 3, 10)
        assert day_at("2026-03-11T00:00:00") == date(2026, 3, 11)

    def test_with_a_reset_at_four_the_night_belongs_to_the_day_before(self) -> None:
        assert day_at("2026-03-11T03:59:59", time(4)) == date(2026, 3, 10)
        assert day_at("2026-03-11T04:00:00", time(4)) == date(2026, 3, 11)

    def test_across_the_end_of_a_year(self) -> None:
        assert day_at("2027-01-01T03:00:00", time(4)) == date(2026, 12, 31)

    def test_the_skipped_hour_holds_the_reset(self) -> None:
        # On 2026-03-29 Madrid's clock goes from 01:59:59 to 03:00:00.
        assert day_at("2026-03-29T01:59:59", time(2, 30)) == date(2026, 3, 28)
        assert day_at("2026-03-29T03:00:00", time(2, 30)) == date(2026, 3, 28)
        assert day_at("2026-03-29T03:30:00", time(2, 30)) == date(2026, 3, 29)

    def test_the_doubled_hour_holds_the_reset_once(self) -> None:
        # On 2026-10-25 Madrid's clock shows 02:00 to 02:59 twice.
        assert day_at("2026-10-25T02:29:59", time(2, 30)) == date(2026, 10, 24)
        assert day_at("2026-10-25T02:30:00", time(2, 30)) == date(2026, 10, 25)
        assert day_at("2026-10-25T02:10:00", time(2, 30), fold=1) == date(2026, 10, 25)

    @pytest.mark.parametrize(
        ("zone", "before", "after", "day"),
        [
            # Two o'clock comes twice: a reset at two is at the first.
            (MADRID, "2026-10-25T01:59:59+02:00", "2026-10-25T02:00:00+02:00", date(2026, 10, 25)),
            # It does not come: the day begins with the jump.
            (MADRID, "2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00", date(2026, 3, 29)),
            (NEW_YORK, "2026-03-08T01:59:59-05:00", "2026-03-08T03:00:00-04:00", date(2026, 3, 8)),
            (LORD_HOWE, "2026-10-04T01:59:59+10:30", "2026-10-04T02:30:00+11:00", date(2026, 10, 4)),
            (LORD_HOWE, "2026-04-05T01:59:59+10:30", "2026-04-05T02:00:00+10:30", date(2026, 4, 5)),
        ],
    )
    def test_begins_at_two_on_the_nights_of_a_jump(
        self, zone: ZoneInfo, before: str, after: str, day: date
    ) -> None:
        def of(moment: str) -> date:
            return service_day(datetime.fromisoformat(moment), time_zone=zone, reset_time=time(2))

        assert (of(before), of(after)) == (day - timedelta(days=1), day)

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            (MADRID, date(2026, 3, 29), 23),
            (MADRID, date(2026, 10, 25), 25),
            (NEW_YORK, date(2026, 3, 8), 23),
            (NEW_YORK, date(2026, 11, 1), 25),
            (LORD_HOWE, date(2026, 10, 4), 23.5),
            (LORD_HOWE, date(2026, 4, 5), 24.5),
            (CAIRO, date(2026, 4, 24), 23),
            (CAIRO, date(2026, 10, 29), 25),
            (APIA, date(2011, 12, 30), 0),
            (MADRID, date(2026, 6, 1), 24),
        ],
    )
    def test_lasts_as_long_as_its_date(self, zone: ZoneInfo, day: date, hours: float) -> None:
        begins, ends = (
            starts_at(each, time_zone=zone, reset_time=time(0)) for each in (day, day + timedelta(days=1))
        )
        assert ends - begins == timedelta(hours=hours)

    def test_begins_with_the_jump_where_the_clock_skips_midnight(self) -> None:
        # On 2026-04-24 Cairo's clock goes from 23:59:59 of the day before to 01:00:00.
        assert day_at("2026-04-23T23:59:59", zone=CAIRO) == date(2026, 4, 23)
        assert day_at("2026-04-24T01:00:00", zone=CAIRO) == date(2026, 4, 24)

    def test_has_begun_although_the_clock_goes_back_over_midnight(self) -> None:
        # On 2006-10-29 the clock of St. John's went from 00:00:59 back to 23:01:00 of the 28th.
        assert day_at("2006-10-28T23:59:59", zone=ST_JOHNS) == date(2006, 10, 28)
        assert day_at("2006-10-29T00:00:30", zone=ST_JOHNS) == date(2006, 10, 29)
        assert day_at("2006-10-28T23:30:00", zone=ST_JOHNS, fold=1) == date(2006, 10, 29)

    @pytest.mark.parametrize("reset", [time(0), time(4)])
    def test_a_date_that_a_zone_skipped_is_nobodys(self, reset: time) -> None:
        # Apia had no 2011-12-30. The night before it lasts until the reset on the 31st.
        last = datetime(2011, 12, 30, 10, tzinfo=UTC) + timedelta(hours=reset.hour)
        assert service_day(last, time_zone=APIA, reset_time=reset) == date(2011, 12, 31)
        just_before = last - timedelta(microseconds=1)
        assert service_day(just_before, time_zone=APIA, reset_time=reset) == date(2011, 12, 29)

    def test_is_each_organizations_own(self) -> None:
        moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        days = [service_day(moment, time_zone=zone, reset_time=time(0)) for zone in (MADRID, NEW_YORK)]
        assert days == [date(2027, 1, 1), date(2026, 12, 31)]

    @given(
        start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
        step=st.timedeltas(timedelta(0), timedelta(hours=30)),
        reset=st.times(),
        zone=st.sampled_from([MADRID, NEW_YORK, LORD_HOWE, CAIRO, ZoneInfo("Asia/Kathmandu")]),
    )
    def test_never_goes_back(self, start: datetime, step: timedelta, reset: time, zone: ZoneInfo) -> None:
        moment = start.replace(tzinfo=UTC)
        first = service_day(moment, time_zone=zone, reset_time=reset)
        second = service_day(moment + step, time_zone=zone, reset_time=reset)
        assert first <= second

    @given(
        start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
        reset=st.times(),
        zone=st.sampled_from([MADRID, NEW_YORK, LORD_HOWE, CAIRO, ZoneInfo("Asia/Kathmandu")]),
    )
    def test_is_between_its_own_beginning_and_the_next(
        self, start: datetime, reset: time, zone: ZoneInfo
    ) -> None:
        moment = start.replace(tzinfo=UTC)
        day = service_day(moment, time_zone=zone, reset_time=reset)
        assert starts_at(day, time_zone=zone, reset_time=reset) <= moment
        assert moment < starts_at(day + timedelta(days=1), time_zone=zone, reset_time=reset)
