"""When tokens may be taken: ordinary weeks, holidays, days closed early, and clocks that jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.domain.errors import Closed, DayLimitReached
from server.domain.opening_hours import (
    SEARCH_DAYS,
    Opening,
    Schedule,
    closes_at,
    instant,
    is_open,
    next_opening,
    open_spans,
)
from shared.hours import WEEKDAYS, Holiday, TimeSpan, WeeklyHours

MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
MICROSECOND = timedelta(microseconds=1)


def spans(*texts: str) -> tuple[TimeSpan, ...]:
    """Spans like "09:00-14:00"."""
    return tuple(
        TimeSpan.model_validate(dict(zip(("opens", "closes"), text.split("-"), strict=True)))
        for text in texts
    )


def each_day(*texts: str) -> WeeklyHours:
    return WeeklyHours.model_validate(dict.fromkeys(WEEKDAYS, spans(*texts)))


def workdays(*texts: str) -> WeeklyHours:
    return WeeklyHours.model_validate(dict.fromkeys(WEEKDAYS[:5], spans(*texts)))


def at(local: str, zone: ZoneInfo = MADRID, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=zone, fold=fold)


def local(moment: datetime | None, zone: ZoneInfo = MADRID) -> str | None:
    """What the clock on the wall shows, with the offset that tells the two of a doubled hour apart."""
    return moment and f"{moment.astimezone(zone):%Y-%m-%d %H:%M%z}"


def read(openings: list[Opening], zone: ZoneInfo) -> list[tuple[str, str]]:
    return [
        (
            f"{opening.opens_at.astimezone(zone):%d %H:%M%z}",
            f"{opening.closes_at.astimezone(zone):%d %H:%M%z}",
        )
        for opening in openings
    ]


# 2026-03-10 is a Tuesday.
OFFICE = Schedule(time_zone=MADRID, weekly=workdays("09:00-14:00", "16:00-19:00"))


class TestOrdinaryWeek:
    @pytest.mark.parametrize(
        ("when", "open_"),
        [
            ("2026-03-10 08:59:59.999999", False),
            ("2026-03-10 09:00", True),
            ("2026-03-10 13:59:59.999999", True),
            ("2026-03-10 14:00", False),
            ("2026-03-10 16:00", True),
            ("2026-03-14 10:00", False),
        ],
    )
    def test_opens_at_its_hour_and_is_closed_at_its_end(self, when: str, open_: bool) -> None:
        assert is_open(OFFICE, at(when)) is open_

    @pytest.mark.parametrize(
        ("when", "opens"),
        [
            ("2026-03-10 08:00", "2026-03-10 09:00+0100"),
            ("2026-03-10 09:00", "2026-03-10 16:00+0100"),
            ("2026-03-10 15:00", "2026-03-10 16:00+0100"),
            ("2026-03-13 18:00", "2026-03-16 09:00+0100"),
            ("2026-03-27 20:00", "2026-03-30 09:00+0200"),
        ],
    )
    def test_opens_next(self, when: str, opens: str) -> None:
        assert local(next_opening(OFFICE, at(when))) == opens

    @pytest.mark.parametrize(
        ("when", "closes"),
        [
            ("2026-03-10 09:00", "2026-03-10 14:00+0100"),
            ("2026-03-10 18:59", "2026-03-10 19:00+0100"),
            ("2026-03-10 15:00", None),
        ],
    )
    def test_closes(self, when: str, closes: str | None) -> None:
        assert local(closes_at(OFFICE, at(when))) == closes

    def test_the_instant_may_come_in_any_zone(self) -> None:
        moment = at("2026-03-10 13:30").astimezone(NEW_YORK)
        assert is_open(OFFICE, moment)
        assert closes_at(OFFICE, moment) == at("2026-03-10 14:00")

    def test_answers_are_in_utc(self) -> None:
        found = [next_opening(OFFICE, at("2026-03-10 08:00")), closes_at(OFFICE, at("2026-03-10 09:00"))]
        assert [moment.tzinfo for moment in found if moment] == [UTC, UTC]

    def test_touching_spans_are_one_opening(self) -> None:
        shifts = Schedule(time_zone=MADRID, weekly=workdays("09:00-13:00", "13:00-17:00"))
        assert local(closes_at(shifts, at("2026-03-10 10:00"))) == "2026-03-10 17:00+0100"
        assert local(next_opening(shifts, at("2026-03-10 10:00"))) == "2026-03-11 09:00+0100"
        assert len(open_spans(shifts, date(2026, 3, 10))) == 1


class TestNights:
    NIGHT = Schedule(time_zone=MADRID, weekly=WeeklyHours(friday=spans("22:00-06:00")))

    def test_run_over_midnight_into_a_day_without_hours(self) -> None:
        assert is_open(self.NIGHT, at("2026-03-14 05:59"))
        assert not is_open(self.NIGHT, at("2026-03-14 06:00"))
        assert local(closes_at(self.NIGHT, at("2026-03-13 23:00"))) == "2026-03-14 06:00+0100"

    def test_belong_to_the_day_on_which_they_open(self) -> None:
        assert read(open_spans(self.NIGHT, date(2026, 3, 13)), MADRID) == [("13 22:00+0100", "14 06:00+0100")]
        assert open_spans(self.NIGHT, date(2026, 3, 14)) == []

    def test_that_meet_the_morning_go_on(self) -> None:
        weekly = WeeklyHours(friday=spans("22:00-06:00"), saturday=spans("06:00-12:00"))
        schedule = Schedule(time_zone=MADRID, weekly=weekly)
        assert local(closes_at(schedule, at("2026-03-13 23:00"))) == "2026-03-14 12:00+0100"
        assert local(next_opening(schedule, at("2026-03-13 23:00"))) == "2026-03-20 22:00+0100"


class TestAlwaysAndNever:
    @pytest.mark.parametrize(
        "weekly", [None, each_day("00:00-00:00"), each_day("07:00-19:00", "19:00-07:00")]
    )
    def test_always_open_never_closes_and_never_opens(self, weekly: WeeklyHours | None) -> None:
        always = Schedule(time_zone=MADRID, weekly=weekly)
        now = at("2026-03-28 23:30")
        assert is_open(always, now)
        assert (closes_at(always, now), next_opening(always, now)) == (None, None)

    def test_always_open_closes_for_a_holiday(self) -> None:
        schedule = Schedule(time_zone=MADRID, holidays=(Holiday(day=date(2026, 12, 25), name="Christmas"),))
        assert local(closes_at(schedule, at("2026-03-10 12:00"))) == "2026-12-25 00:00+0100"
        assert local(next_opening(schedule, at("2026-12-25 12:00"))) == "2026-12-26 00:00+0100"

    def test_a_holiday_that_ended_just_now_does_not_count_as_to_come(self) -> None:
        schedule = Schedule(time_zone=MADRID, holidays=(Holiday(day=date(2026, 3, 9), name="Founder's day"),))
        now = at("2026-03-10 12:00")
        assert (is_open(schedule, now), closes_at(schedule, now)) == (True, None)

    def test_never_open_has_no_next_opening(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=WeeklyHours())
        assert next_opening(schedule, at("2026-03-10 12:00")) is None

    def test_a_day_once_a_year_is_found(self) -> None:
        feast = Holiday(day=date(2027, 3, 9), name="Open day", spans=spans("10:00-12:00"))
        schedule = Schedule(time_zone=MADRID, weekly=WeeklyHours(), holidays=(feast,))
        assert local(next_opening(schedule, at("2026-03-10 12:00"))) == "2027-03-09 10:00+0100"

    @pytest.mark.parametrize(("clock", "opens"), [("12:00", True), ("11:59", False)])
    def test_beyond_the_search_there_is_none(self, clock: str, opens: bool) -> None:
        now = at(f"2026-03-10 {clock}")
        day = now.date() + timedelta(days=SEARCH_DAYS)
        feast = Holiday(day=day, name="Open day", spans=spans("12:00-13:00"))
        schedule = Schedule(time_zone=MADRID, weekly=WeeklyHours(), holidays=(feast,))
        assert (next_opening(schedule, now) is not None) is opens


class TestCustomerTypesOwnHours:
    OWN = Schedule(time_zone=MADRID, weekly=workdays("09:00-17:00"), own_weekly=each_day("08:00-10:00"))

    def test_stand_in_place_of_the_organizations(self) -> None:
        assert is_open(self.OWN, at("2026-03-10 08:30"))
        assert not is_open(self.OWN, at("2026-03-10 10:30"))
        assert is_open(self.OWN, at("2026-03-14 08:30"))

    def test_hold_where_the_organization_is_always_open(self) -> None:
        schedule = Schedule(time_zone=MADRID, own_weekly=workdays("08:00-10:00"))
        assert not is_open(schedule, at("2026-03-10 11:00"))

    def test_of_no_day_at_all_are_never_open(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=each_day("09:00-17:00"), own_weekly=WeeklyHours())
        assert next_opening(schedule, at("2026-03-10 08:00")) is None


class TestHolidays:
    CLOSED = Holiday(day=date(2026, 3, 10), name="Founder's day")
    SHORT = Holiday(day=date(2026, 3, 10), name="Feast", spans=spans("09:00-12:00", "18:00-20:00"))

    def on(self, holiday: Holiday, own: WeeklyHours | None = None) -> list[tuple[str, str]]:
        schedule = Schedule(
            time_zone=MADRID, weekly=workdays("10:00-17:00"), own_weekly=own, holidays=(holiday,)
        )
        return read(open_spans(schedule, date(2026, 3, 10)), MADRID)

    def test_without_hours_close_every_type(self) -> None:
        assert self.on(self.CLOSED) == []
        assert self.on(self.CLOSED, each_day("00:00-00:00")) == []

    def test_with_hours_have_them_in_place_of_the_organizations(self) -> None:
        assert self.on(self.SHORT) == [("10 09:00+0100", "10 12:00+0100"), ("10 18:00+0100", "10 20:00+0100")]

    def test_with_hours_bound_those_of_a_type(self) -> None:
        own = each_day("08:00-09:30", "11:00-19:00")
        assert self.on(self.SHORT, own) == [
            ("10 09:00+0100", "10 09:30+0100"),
            ("10 11:00+0100", "10 12:00+0100"),
            ("10 18:00+0100", "10 19:00+0100"),
        ]

    def test_do_not_open_a_type_that_is_closed_on_that_weekday(self) -> None:
        assert self.on(self.SHORT, WeeklyHours(monday=spans("08:00-19:00"))) == []

    def test_do_not_count_on_the_days_around(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=workdays("10:00-17:00"), holidays=(self.CLOSED,))
        assert local(next_opening(schedule, at("2026-03-09 18:00"))) == "2026-03-11 10:00+0100"
        assert is_open(schedule, at("2026-03-09 12:00"))

    def test_a_night_that_began_before_ends_as_planned(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=each_day("22:00-06:00"), holidays=(self.CLOSED,))
        assert is_open(schedule, at("2026-03-10 05:59"))
        assert not is_open(schedule, at("2026-03-10 23:00"))
        assert not is_open(schedule, at("2026-03-11 05:00"))

    def test_special_hours_may_overlap_the_night_before(self) -> None:
        early = Holiday(day=date(2026, 3, 10), name="Market", spans=spans("05:00-08:00"))
        schedule = Schedule(time_zone=MADRID, weekly=each_day("22:00-06:00"), holidays=(early,))
        assert local(closes_at(schedule, at("2026-03-10 03:00"))) == "2026-03-10 08:00+0100"

    def test_special_hours_within_the_night_before_do_not_shorten_it(self) -> None:
        early = Holiday(day=date(2026, 3, 10), name="Market", spans=spans("04:00-05:00"))
        schedule = Schedule(time_zone=MADRID, weekly=each_day("22:00-06:00"), holidays=(early,))
        assert local(closes_at(schedule, at("2026-03-10 03:00"))) == "2026-03-10 06:00+0100"


class TestClosedEarly:
    CLOSED = Schedule(
        time_zone=MADRID, weekly=OFFICE.weekly, closed_until=at("2026-03-11 00:00").astimezone(UTC)
    )

    def test_is_closed_although_the_hours_say_open(self) -> None:
        assert not is_open(self.CLOSED, at("2026-03-10 17:00"))
        assert closes_at(self.CLOSED, at("2026-03-10 17:00")) is None
        assert open_spans(self.CLOSED, date(2026, 3, 10)) == []

    def test_opens_with_the_next_hours(self) -> None:
        assert local(next_opening(self.CLOSED, at("2026-03-10 12:00"))) == "2026-03-11 09:00+0100"

    def test_opens_at_that_instant_where_the_hours_are_on(self) -> None:
        schedule = Schedule(time_zone=MADRID, closed_until=at("2026-03-11 04:00"))
        assert local(next_opening(schedule, at("2026-03-10 12:00"))) == "2026-03-11 04:00+0100"
        assert is_open(schedule, at("2026-03-11 04:00"))
        assert not is_open(schedule, at("2026-03-11 03:59"))

    def test_over_once_it_has_passed(self) -> None:
        assert local(closes_at(self.CLOSED, at("2026-03-11 09:30"))) == "2026-03-11 14:00+0100"


# Madrid: 2026-03-29 skips 02:00-02:59, 2026-10-25 has it twice.
# New York: 2026-03-08 skips 02:00-02:59, 2026-11-01 has 01:00-01:59 twice.
# Lord Howe: 2026-10-04 skips 02:00-02:29, 2026-04-05 has 01:30-01:59 twice.
class TestSkippedHour:
    @pytest.mark.parametrize(
        ("zone", "day", "posted", "opening"),
        [
            (MADRID, date(2026, 3, 29), "02:30-05:00", ("29 03:00+0200", "29 05:00+0200")),
            (MADRID, date(2026, 3, 29), "00:00-02:30", ("29 00:00+0100", "29 03:00+0200")),
            (MADRID, date(2026, 3, 29), "01:00-04:00", ("29 01:00+0100", "29 04:00+0200")),
            (MADRID, date(2026, 3, 28), "22:00-02:15", ("28 22:00+0100", "29 03:00+0200")),
            (NEW_YORK, date(2026, 3, 8), "02:30-05:00", ("08 03:00-0400", "08 05:00-0400")),
            (NEW_YORK, date(2026, 3, 8), "00:00-02:30", ("08 00:00-0500", "08 03:00-0400")),
            (LORD_HOWE, date(2026, 10, 4), "02:15-05:00", ("04 02:30+1100", "04 05:00+1100")),
            (LORD_HOWE, date(2026, 10, 4), "00:00-02:15", ("04 00:00+1030", "04 02:30+1100")),
        ],
    )
    def test_a_time_in_it_is_the_jump(
        self, zone: ZoneInfo, day: date, posted: str, opening: tuple[str, str]
    ) -> None:
        schedule = Schedule(time_zone=zone, weekly=each_day(posted))
        assert read(open_spans(schedule, day), zone) == [opening]

    @pytest.mark.parametrize(
        ("zone", "day", "posted"),
        [
            (MADRID, date(2026, 3, 29), "02:00-03:00"),
            (MADRID, date(2026, 3, 29), "02:10-02:50"),
            (NEW_YORK, date(2026, 3, 8), "02:10-02:50"),
            (LORD_HOWE, date(2026, 10, 4), "02:05-02:25"),
        ],
    )
    def test_a_span_within_it_is_none(self, zone: ZoneInfo, day: date, posted: str) -> None:
        schedule = Schedule(time_zone=zone, weekly=each_day(posted))
        assert open_spans(schedule, day) == []
        found = next_opening(schedule, datetime.combine(day, time(), tzinfo=zone))
        assert found is not None
        assert found.astimezone(zone).date() == day + timedelta(days=1)

    def test_spans_on_both_sides_of_it_are_one(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=each_day("00:30-02:20", "02:40-05:00"))
        assert local(closes_at(schedule, at("2026-03-29 01:00"))) == "2026-03-29 05:00+0200"


class TestDoubledHour:
    @pytest.mark.parametrize(
        ("zone", "day", "posted", "opening"),
        [
            (MADRID, date(2026, 10, 25), "02:30-05:00", ("25 02:30+0200", "25 05:00+0100")),
            (MADRID, date(2026, 10, 25), "00:00-02:30", ("25 00:00+0200", "25 02:30+0100")),
            (MADRID, date(2026, 10, 25), "02:10-02:50", ("25 02:10+0200", "25 02:50+0100")),
            (MADRID, date(2026, 10, 24), "22:00-02:00", ("24 22:00+0200", "25 02:00+0100")),
            (NEW_YORK, date(2026, 11, 1), "01:30-05:00", ("01 01:30-0400", "01 05:00-0500")),
            (NEW_YORK, date(2026, 11, 1), "00:00-01:30", ("01 00:00-0400", "01 01:30-0500")),
            (LORD_HOWE, date(2026, 4, 5), "01:45-05:00", ("05 01:45+1100", "05 05:00+1030")),
            (LORD_HOWE, date(2026, 4, 5), "00:00-01:45", ("05 00:00+1100", "05 01:45+1030")),
        ],
    )
    def test_opens_at_the_first_and_closes_at_the_second(
        self, zone: ZoneInfo, day: date, posted: str, opening: tuple[str, str]
    ) -> None:
        schedule = Schedule(time_zone=zone, weekly=each_day(posted))
        assert read(open_spans(schedule, day), zone) == [opening]

    def test_a_break_within_it_is_not_taken(self) -> None:
        schedule = Schedule(time_zone=MADRID, weekly=each_day("01:00-02:20", "02:40-05:00"))
        assert local(closes_at(schedule, at("2026-10-25 01:30"))) == "2026-10-25 05:00+0100"

    def test_a_clock_that_goes_back_over_midnight(self) -> None:
        # St. John's, 2006-10-29: one minute after midnight it was 23:01 of the 28th again.
        zone = ZoneInfo("America/St_Johns")
        schedule = Schedule(time_zone=zone, weekly=WeeklyHours(sunday=spans("00:00-08:00")))
        assert is_open(schedule, at("2006-10-29 00:00:30", zone))
        assert is_open(schedule, at("2006-10-28 23:30", zone, fold=1))
        assert not is_open(schedule, at("2006-10-28 23:30", zone, fold=0))

    def test_a_whole_day_that_ends_on_such_an_evening(self) -> None:
        # It opened two dates before the one that the clock shows for a minute after midnight.
        zone = ZoneInfo("America/St_Johns")
        schedule = Schedule(time_zone=zone, weekly=WeeklyHours(friday=spans("23:30-23:30")))
        assert is_open(schedule, at("2006-10-29 00:00:30", zone))
        assert local(closes_at(schedule, at("2006-10-29 00:00:30", zone)), zone) == "2006-10-28 23:30-0330"


class TestSkippedDay:
    # Apia had no 2011-12-30: at the end of the 29th it was the 31st.
    def test_has_no_hours(self) -> None:
        schedule = Schedule(time_zone=APIA, weekly=each_day("09:00-17:00"))
        assert open_spans(schedule, date(2011, 12, 30)) == []
        after_work = next_opening(schedule, at("2011-12-29 18:00", APIA))
        assert local(after_work, APIA) == "2011-12-31 09:00+1400"

    def test_a_night_that_would_end_on_it_ends_with_the_day_before(self) -> None:
        schedule = Schedule(time_zone=APIA, weekly=WeeklyHours(thursday=spans("22:00-06:00")))
        [opening] = open_spans(schedule, date(2011, 12, 29))
        assert opening.closes_at == datetime(2011, 12, 30, 10, tzinfo=UTC)
        assert local(opening.closes_at, APIA) == "2011-12-31 00:00+1400"

    def test_does_not_close_what_is_always_open(self) -> None:
        schedule = Schedule(time_zone=APIA, weekly=each_day("00:00-12:00", "12:00-00:00"))
        assert closes_at(schedule, at("2011-12-29 18:00", APIA)) is None
        holiday = Holiday(day=date(2012, 1, 1), name="New Year")
        with_end = Schedule(time_zone=APIA, weekly=schedule.weekly, holidays=(holiday,))
        closing = closes_at(with_end, at("2011-12-29 18:00", APIA))
        assert local(closing, APIA) == "2012-01-01 00:00+1400"


class TestInstant:
    def test_a_skipped_time_is_the_jump_to_the_second(self) -> None:
        skipped = datetime(2026, 3, 29, 2, 30)
        for second in (False, True):
            assert instant(skipped, MADRID, second=second) == datetime(2026, 3, 29, 1, tzinfo=UTC)

    def test_a_plain_time_is_one_instant(self) -> None:
        plain = datetime(2026, 3, 10, 9)
        assert instant(plain, MADRID, second=False) == instant(plain, MADRID, second=True)


# --- Whatever the hours ------------------------------------------------------------------------

ZONES = ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "UTC"]
# In each of these stretches some of these zones jump, Apia over a whole day among them.
DAYS = [
    (2011, 12, 24),
    (2026, 3, 3),
    (2026, 3, 24),
    (2026, 4, 1),
    (2026, 4, 20),
    (2026, 9, 30),
    (2026, 10, 21),
]
FROM = [datetime(*day) for day in DAYS]


@st.composite
def day_spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Minutes from midnight, sorted and apart or touching; the night hours, where clocks jump, often."""
    minute = st.one_of(st.integers(0, 1439), st.integers(0, 12).map(lambda step: step * 15))
    ends = sorted(draw(st.sets(minute, max_size=6)))
    return list(zip(ends[::2], ends[1::2], strict=False))


@st.composite
def weeks(draw: st.DrawFn) -> WeeklyHours:
    days = [draw(day_spans()) for _ in range(7)]
    following = [day[0][0] if day else 1440 for day in [*days[1:], days[0]]]
    for day, first in zip(days, following, strict=True):
        if day and draw(st.booleans()):
            # The last goes on into the night, at most until the next day's first and for a day.
            latest = min(first, day[-1][0])
            day[-1] = (day[-1][0], 1440 + draw(st.integers(0, latest)))
    return WeeklyHours(
        **{name: tuple(_span(*minutes) for minutes in day) for name, day in zip(WEEKDAYS, days, strict=True)}
    )


def _span(opens_min: int, closes_min: int) -> TimeSpan:
    return TimeSpan(opens=time(*divmod(opens_min, 60)), closes=time(*divmod(closes_min % 1440, 60)))


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """A schedule and an instant, within two weeks in which its clock may jump."""
    start = draw(st.sampled_from(FROM))
    offsets = draw(st.sets(st.integers(0, 14), max_size=4))
    holidays = tuple(
        Holiday(
            day=start.date() + timedelta(days=offset),
            name="Holiday",
            spans=tuple(_span(*minutes) for minutes in draw(day_spans())),
        )
        for offset in sorted(offsets)
    )
    moment = st.datetimes(start, start + timedelta(days=14), timezones=st.just(UTC))
    return (
        Schedule(
            time_zone=ZoneInfo(draw(st.sampled_from(ZONES))),
            weekly=draw(st.none() | weeks()),
            own_weekly=draw(st.none() | weeks()),
            holidays=holidays,
            closed_until=draw(st.none() | moment),
        ),
        draw(moment),
    )


def posted(schedule: Schedule, at: datetime) -> bool:
    """Whether the hours on the door say open, read with the clock on the wall; knows nothing of jumps."""
    wall = at.astimezone(schedule.time_zone).replace(tzinfo=None)

    def covers(spans: tuple[TimeSpan, ...] | None, day: date) -> bool:
        since = (wall - datetime.combine(day, time())) / timedelta(minutes=1)
        if spans is None:
            return 0 <= since < 1440
        return any(span.opens_min <= since < span.closes_min for span in spans)

    def on(day: date) -> bool:
        [*special] = [holiday.spans for holiday in schedule.holidays if holiday.day == day]
        weekly = schedule.own_weekly or schedule.weekly
        usual = None if weekly is None else getattr(weekly, WEEKDAYS[day.weekday()])
        if not special:
            return covers(usual, day)
        return covers(special[0], day) and (schedule.own_weekly is None or covers(usual, day))

    return on(wall.date()) or on(wall.date() - timedelta(days=1))


def jumps_near(zone: ZoneInfo, at: datetime) -> bool:
    offsets = {(at + timedelta(days=days)).astimezone(zone).utcoffset() for days in (-4, -2, -1, 0, 1, 2)}
    return len(offsets) > 1


def between(start: datetime, end: datetime, share: float) -> datetime:
    """An instant from `start` to just before `end`."""
    return min(start + (end - start) * share, end - MICROSECOND)


SHARE = st.floats(0, 1)
# Looking a year ahead takes some milliseconds, and on a busy machine a multiple.
patient = settings(deadline=None)


class TestWhateverTheHours:
    @patient
    @given(schedules())
    def test_is_open_means_within_one_of_the_open_spans(self, drawn: tuple[Schedule, datetime]) -> None:
        schedule, moment = drawn
        today = moment.astimezone(schedule.time_zone).date()
        openings = [
            opening
            for offset in range(-4, 5)
            for opening in open_spans(schedule, today + timedelta(days=offset))
        ]
        within = any(opening.opens_at <= moment < opening.closes_at for opening in openings)
        assert is_open(schedule, moment) is within

    @patient
    @given(schedules())
    def test_is_open_means_what_the_door_says_where_no_clock_jumps(
        self, drawn: tuple[Schedule, datetime]
    ) -> None:
        schedule, moment = drawn
        assume(not jumps_near(schedule.time_zone, moment))
        early = schedule.closed_until is not None and moment < schedule.closed_until
        assert is_open(schedule, moment) is (posted(schedule, moment) and not early)

    @patient
    @given(schedules())
    def test_nobody_who_reads_the_door_is_turned_away(self, drawn: tuple[Schedule, datetime]) -> None:
        schedule, moment = drawn
        assume(schedule.closed_until is None or schedule.closed_until <= moment)
        if posted(schedule, moment):
            assert is_open(schedule, moment)

    @patient
    @given(schedules(), SHARE)
    def test_next_opening_is_open_and_all_before_it_closed(
        self, drawn: tuple[Schedule, datetime], share: float
    ) -> None:
        schedule, moment = drawn
        opens = next_opening(schedule, moment)
        start = closes_at(schedule, moment) or moment
        if opens is not None:
            assert opens > moment
            assert is_open(schedule, opens)
            assert not is_open(schedule, opens - MICROSECOND)
            assert not is_open(schedule, between(start, opens, share))
        elif not is_open(schedule, moment):
            assert not is_open(schedule, moment + share * timedelta(days=SEARCH_DAYS))

    @patient
    @given(schedules(), SHARE)
    def test_closes_at_is_the_first_closed_instant(
        self, drawn: tuple[Schedule, datetime], share: float
    ) -> None:
        schedule, moment = drawn
        closes = closes_at(schedule, moment)
        if closes is not None:
            assert closes > moment
            assert not is_open(schedule, closes)
            assert is_open(schedule, closes - MICROSECOND)
            assert is_open(schedule, between(moment, closes, share))
        elif is_open(schedule, moment):
            assert is_open(schedule, moment + share * timedelta(days=SEARCH_DAYS))

    @patient
    @given(schedules())
    def test_spans_of_a_day_are_in_order_and_apart(self, drawn: tuple[Schedule, datetime]) -> None:
        schedule, moment = drawn
        openings = open_spans(schedule, moment.astimezone(schedule.time_zone).date())
        ends = [end for opening in openings for end in opening]
        assert ends == sorted(set(ends))


class TestRefusals:
    def test_closed_says_when_it_opens_on_the_organizations_clock(self) -> None:
        refused = Closed(customer_type="Quick service", next_opening=at("2026-03-16 09:00"))
        assert refused.sentence == "Quick service is closed. It opens on Monday 16 March at 09:00."
        assert refused.facts["next_opening"] == "2026-03-16T09:00:00+01:00"

    def test_closed_for_good_says_no_more(self) -> None:
        refused = Closed(customer_type="Quick service", next_opening=None)
        assert (refused.sentence, refused.facts["next_opening"]) == ("Quick service is closed.", None)

    def test_the_limit_of_a_day_is_named(self) -> None:
        refused = DayLimitReached(customer_type="Quick service", limit=50)
        assert refused.sentence.startswith("Quick service has given all 50 tokens of the day.")
        assert refused.facts == {"customer_type": "Quick service", "limit": 50}
