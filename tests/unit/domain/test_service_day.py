"""The service day, on ordinary days and on the nights when the clock jumps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.domain.service_day import service_day, starts_at

MADRID = ZoneInfo("Europe/Madrid")


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

    @given(
        start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
        step=st.timedeltas(timedelta(0), timedelta(hours=30)),
        reset=st.times(),
        zone=st.sampled_from(["Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
    )
    def test_never_goes_back(self, start: datetime, step: timedelta, reset: time, zone: str) -> None:
        time_zone, moment = ZoneInfo(zone), start.replace(tzinfo=UTC)
        first = service_day(moment, time_zone=time_zone, reset_time=reset)
        second = service_day(moment + step, time_zone=time_zone, reset_time=reset)
        assert first <= second
        assert starts_at(first, time_zone=time_zone, reset_time=reset) <= moment
