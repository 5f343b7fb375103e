"""Opening hours as they are written: JSON, YAML and what is refused."""

from datetime import date, datetime, time
from typing import Any

import pytest
from pydantic import ValidationError

from shared.hours import MOST_SPANS, WEEKDAYS, Holiday, TimeSpan, WeeklyHours


def span(opens: str, closes: str) -> TimeSpan:
    return TimeSpan.model_validate({"opens": opens, "closes": closes})


class TestTimeSpan:
    @pytest.mark.parametrize(
        ("opens", "closes", "minutes"),
        [
            ("09:00", "14:00", (540, 840)),
            ("00:00", "00:01", (0, 1)),
            ("22:00", "06:00", (1320, 1800)),
            ("18:00", "00:00", (1080, 1440)),
            ("00:00", "00:00", (0, 1440)),
            ("09:00", "09:00", (540, 1980)),
            ("23:59", "23:58", (1439, 2878)),
        ],
    )
    def test_goes_over_midnight_where_it_closes_no_later_than_it_opens(
        self, opens: str, closes: str, minutes: tuple[int, int]
    ) -> None:
        assert (span(opens, closes).opens_min, span(opens, closes).closes_min) == minutes

    def test_midnight_as_an_end_may_be_written_24_00(self) -> None:
        assert span("18:00", "24:00") == span("18:00", "00:00")

    def test_is_written_in_hours_and_minutes(self) -> None:
        assert span("09:00", "24:00").model_dump(mode="json") == {"opens": "09:00", "closes": "00:00"}

    @pytest.mark.parametrize(
        "opens",
        [
            600,  # what YAML makes of a bare 10:00, and pydantic of 600: ten minutes past midnight
            36_000.0,
            "600",
            "9:00",
            "09:00:00",
            "09:00Z",
            "09:00\n",
            "24:00",
            "25:00",
            "09:60",
            None,
            time(9, 0, 30),
            datetime(2026, 3, 10, 9),
        ],
    )
    def test_refuses_what_is_no_wall_clock_time_of_whole_minutes(self, opens: object) -> None:
        with pytest.raises(ValidationError):
            TimeSpan.model_validate({"opens": opens, "closes": "17:00"})

    def test_refuses_a_field_it_does_not_know(self) -> None:
        with pytest.raises(ValidationError):
            TimeSpan.model_validate({"opens": "09:00", "closes": "17:00", "until": "18:00"})

    def test_its_schema_takes_just_what_it_takes(self) -> None:
        properties = TimeSpan.model_json_schema()["properties"]
        assert (properties["opens"]["type"], properties["closes"]["type"]) == ("string", "string")
        assert "24:00" in properties["closes"]["pattern"]
        assert "24:00" not in properties["opens"]["pattern"]


NIGHT = {"opens": "22:00", "closes": "06:00"}


class TestWeeklyHours:
    def test_sorts_the_spans_of_a_day(self) -> None:
        hours = WeeklyHours(monday=(span("16:00", "19:00"), span("09:00", "14:00")))
        assert hours.on(0) == (span("09:00", "14:00"), span("16:00", "19:00"))

    def test_a_day_without_spans_is_closed(self) -> None:
        hours = WeeklyHours(sunday=(span("10:00", "12:00"),))
        assert [weekday for weekday in range(7) if hours.on(weekday)] == [6]

    def test_comes_back_from_json_and_from_its_own_fields(self) -> None:
        hours = WeeklyHours.model_validate({"tuesday": [NIGHT], "sunday": [NIGHT]})
        assert WeeklyHours.model_validate_json(hours.model_dump_json()) == hours
        assert WeeklyHours.model_validate(hours.model_dump()) == hours

    @pytest.mark.parametrize(
        "fields",
        [
            {"monday": [{"opens": "09:00", "closes": "14:00"}, {"opens": "13:59", "closes": "15:00"}]},
            {"monday": [NIGHT, {"opens": "23:00", "closes": "23:30"}]},
            {"monday": [NIGHT, NIGHT]},
            {"monday": [NIGHT], "tuesday": [{"opens": "05:59", "closes": "14:00"}]},
            {"sunday": [NIGHT], "monday": [{"opens": "05:59", "closes": "14:00"}]},
        ],
    )
    def test_refuses_spans_that_overlap(self, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match=r"overlap|runs into"):
            WeeklyHours.model_validate(fields)

    def test_takes_spans_that_touch(self) -> None:
        morning = {"opens": "06:00", "closes": "14:00"}
        WeeklyHours.model_validate(
            {"sunday": [NIGHT], "monday": [morning, {"opens": "14:00", "closes": "15:00"}]}
        )

    def test_refuses_more_spans_a_day_than_anyone_posts(self) -> None:
        spans = [{"opens": f"{hour:02}:00", "closes": f"{hour:02}:30"} for hour in range(MOST_SPANS + 1)]
        WeeklyHours.model_validate({"monday": spans[:-1]})
        with pytest.raises(ValidationError):
            WeeklyHours.model_validate({"monday": spans})

    def test_refuses_a_weekday_it_does_not_know(self) -> None:
        with pytest.raises(ValidationError):
            WeeklyHours.model_validate({"mon": [NIGHT]})

    def test_never_closes_only_where_no_minute_of_the_week_is_left(self) -> None:
        shifts = [{"opens": "07:00", "closes": "19:00"}, {"opens": "19:00", "closes": "07:00"}]
        assert WeeklyHours.model_validate(dict.fromkeys(WEEKDAYS, shifts)).never_closes
        short = [shifts[0], {"opens": "19:00", "closes": "06:59"}]
        assert not WeeklyHours.model_validate(
            dict.fromkeys(WEEKDAYS, shifts) | {"sunday": short}
        ).never_closes


class TestHoliday:
    def test_is_closed_unless_it_has_hours(self) -> None:
        assert Holiday(day=date(2026, 12, 25), name="Christmas Day").spans == ()

    @pytest.mark.parametrize("day", ["2026-12-25", date(2026, 12, 25)])
    def test_takes_a_day_as_json_and_as_yaml_give_it(self, day: object) -> None:
        assert Holiday.model_validate({"day": day, "name": "Christmas Day"}).day == date(2026, 12, 25)

    @pytest.mark.parametrize(
        "day", [20261225, "20261225", "1798156800", "2026-12-25T00:00", "2026-02-30", datetime(2026, 12, 25)]
    )
    def test_refuses_a_day_that_is_not_written_out(self, day: object) -> None:
        with pytest.raises(ValidationError):
            Holiday.model_validate({"day": day, "name": "Christmas Day"})

    def test_refuses_spans_that_overlap(self) -> None:
        with pytest.raises(ValidationError, match="overlap"):
            Holiday(
                day=date(2026, 12, 24),
                name="Christmas Eve",
                spans=(span("09:00", "12:00"), span("11:00", "13:00")),
            )
