"""The editor of weekly hours: what is seen, what it is worth, and what is wrong with it."""

from datetime import time

import pytest
from pydantic import ValidationError
from PySide6.QtCore import QTime
from pytestqt.qtbot import QtBot

from clients.admin_desktop.forms.day_hours import next_span
from clients.admin_desktop.forms.weekly_hours import WeeklyHoursEdit, week_errors
from shared.hours import TimeSpan, WeeklyHours

NINE_TO_FIVE = TimeSpan(opens=time(9), closes=time(17))
SIESTA = (TimeSpan(opens=time(9), closes=time(14)), TimeSpan(opens=time(16), closes=time(19)))
WEEK = WeeklyHours(monday=SIESTA, tuesday=(NINE_TO_FIVE,), saturday=(NINE_TO_FIVE,))


@pytest.fixture
def hours(qtbot: QtBot) -> WeeklyHoursEdit:
    edit = WeeklyHoursEdit("Opening hours")
    qtbot.addWidget(edit)
    edit.show()
    return edit


class TestValue:
    def test_a_week_is_shown_and_read_back(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        assert hours.value() == WEEK
        assert [day.box.isChecked() for day in hours.days] == [True, True, False, False, False, True, False]
        assert [len(day.hours.rows) for day in hours.days] == [2, 1, 0, 0, 0, 1, 0]

    def test_no_hours_of_ones_own_hide_the_week(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        hours.set_value(None)
        assert hours.value() is None
        assert not hours.week.isVisible()

    def test_what_is_filled_in_is_not_told_as_an_edit(self, hours: WeeklyHoursEdit, qtbot: QtBot):
        with qtbot.assertNotEmitted(hours.edited):
            hours.set_value(WEEK)
            hours.set_value(None)

    def test_a_night_and_a_whole_day_say_what_their_end_means(self, hours: WeeklyHoursEdit):
        week = WeeklyHours(
            friday=(TimeSpan(opens=time(22), closes=time(6)),),
            sunday=(TimeSpan(opens=time(0), closes=time(0)),),
        )
        hours.set_value(week)
        notes = [hours.days[day].hours.rows[0]._note.text() for day in (4, 6)]
        assert notes == ["next day", "all day"]
        assert hours.value() == week


class TestEditing:
    def test_ending_always_open_proposes_usual_hours_on_workdays(self, hours: WeeklyHoursEdit):
        hours.none.click()
        assert hours.week.isVisible()
        week = hours.value()
        assert isinstance(week, WeeklyHours)
        assert week.monday == week.friday == (NINE_TO_FIVE,)
        assert week.saturday == ()

    def test_a_day_is_closed_and_gets_its_hours_back(self, hours: WeeklyHoursEdit, qtbot: QtBot):
        hours.set_value(WEEK)
        with qtbot.waitSignal(hours.edited):
            hours.days[0].box.click()
        assert hours.value() == WEEK.model_copy(update={"monday": ()})
        hours.days[0].box.click()
        assert hours.value() == WEEK

    def test_mondays_hours_are_copied_to_friday(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        hours.copy.click()
        week = hours.value()
        assert isinstance(week, WeeklyHours)
        assert [week.on(day) for day in range(5)] == [SIESTA] * 5
        assert week.saturday == (NINE_TO_FIVE,)

    def test_a_span_is_added_after_the_last_and_has_the_focus(self, hours: WeeklyHoursEdit, qtbot: QtBot):
        hours.set_value(WEEK)
        with qtbot.waitActive(hours):
            hours.activateWindow()
        hours.days[1].hours.add.click()
        row = hours.days[1].hours.rows[1]
        assert row.span() == (time(18), time(20))
        assert row.opens.hasFocus()

    def test_taking_the_last_span_away_closes_the_day(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        hours.days[1].hours.rows[0].remove.click()
        assert not hours.days[1].box.isChecked()
        assert hours.value() == WEEK.model_copy(update={"tuesday": ()})

    def test_a_time_is_typed(self, hours: WeeklyHoursEdit, qtbot: QtBot):
        hours.set_value(WEEK)
        with qtbot.waitSignal(hours.edited):
            hours.days[1].hours.rows[0].closes.setTime(QTime(18, 30))
        assert hours.value().tuesday == (TimeSpan(opens=time(9), closes=time(18, 30)),)

    def test_read_only_offers_nothing_to_change(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        hours.set_read_only(True)
        row = hours.days[0].hours.rows[0]
        assert not any(edit.isEnabled() for edit in (row.opens, row.closes, hours.none, hours.days[0].box))
        assert not any(button.isVisible() for button in (row.remove, hours.copy, hours.days[0].hours.add))


class TestErrors:
    def test_an_overlap_is_said_beside_its_day_and_mended(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        closes = hours.days[0].hours.rows[0].closes
        closes.setTime(QTime(16, 30))
        assert hours.days[0].error.sentence == "09:00–16:30 and 16:00–19:00 overlap."
        assert hours.days[0].error.isVisible()
        assert closes.property("invalid")
        with pytest.raises(ValidationError, match="overlap"):
            WeeklyHours.model_validate(hours.value())
        closes.setTime(QTime(16, 0))
        assert not hours.days[0].error.isVisible()
        assert isinstance(hours.value(), WeeklyHours)

    def test_a_night_that_runs_into_the_morning_is_refused_as_the_server_does(self):
        night, morning = [(time(22), time(9))], [(time(8), time(12))]
        week = [[], [], [], [], [], morning, night]
        assert not any(week_errors(week))
        week[0] = morning
        assert week_errors(week)[6] == "These hours run into those of Monday."
        with pytest.raises(ValidationError):
            WeeklyHours(
                sunday=(TimeSpan(opens=time(22), closes=time(9)),),
                monday=(TimeSpan(opens=time(8), closes=time(12)),),
            )

    def test_a_refusal_of_the_whole_points_to_the_days_that_are_marked(self, hours: WeeklyHoursEdit):
        hours.set_value(WEEK)
        hours.set_error("The server refused it.")
        assert hours.error == "The server refused it."
        hours.days[0].hours.rows[0].closes.setTime(QTime(16, 30))
        assert hours.error == ""
        hours.set_error("Value error, the spans overlap")
        assert hours.error == "Mend the days that are marked."


@pytest.mark.parametrize(
    ("spans", "proposed"),
    [
        ((), (time(9), time(17))),
        (((time(9), time(22)),), (time(23), time(0))),
        (((time(20), time(0)),), (time(23, 59), time(0))),
    ],
)
def test_a_proposed_span_ends_by_midnight(spans, proposed):
    assert next_span(spans) == proposed
