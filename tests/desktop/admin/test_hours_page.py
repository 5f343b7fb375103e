"""Hours and holidays: the week and the days, national holidays, and the end of the day."""

from datetime import date, time

import pytest
from PySide6.QtCore import QDate, QLocale, QTime
from pytestqt.qtbot import QtBot

from clients.admin_desktop.widgets.hours_page import HoursPage
from clients.core.commands import CloseDay, ReopenDay, SaveOrganization
from clients.core.questions import AskHolidayCountries, AskHolidays, AskOrganization
from shared.commands import BulkAnswer
from shared.events import OrganizationConfigured
from shared.hours import Holiday, HolidayCountry, TimeSpan, WeeklyHours
from shared.ids import OrganizationId, Revision, UserRole
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk
from tests.desktop.admin.fakes import me

MORNING = TimeSpan(opens=time(9), closes=time(13))
ASSUMPTION = Holiday(day=date(2025, 8, 15), name="Assumption")
EVE = Holiday(day=date(2025, 12, 24), name="Christmas Eve", spans=(MORNING,))
CHRISTMAS = Holiday(day=date(2025, 12, 25), name="Christmas Day")
HALL = OrganizationSettings(
    name="City Hall",
    time_zone="Europe/Madrid",
    opening_hours=WeeklyHours(monday=(MORNING,)),
    holidays=(CHRISTMAS, ASSUMPTION, EVE),
)
COUNTRIES = (HolidayCountry(code="FR", name="France"), HolidayCountry(code="ES", name="Spain"))
CONSTITUTION = Holiday(day=date(2025, 12, 6), name="Constitution Day")


def opened(desk: Desk, role: UserRole = UserRole.SUPER_ADMIN) -> HoursPage:
    desk.show()
    desk.link.tell_signed_in(me(role=role))
    desk.presenter.open_page("hours")
    found = OrganizationConfiguration(id=OrganizationId(sample.an_id("org")), version=4, settings=HALL)
    desk.link.tell_answered(AskOrganization(), found)
    desk.presenter.show()
    return desk.window.console.page("hours")


def saved(desk: Desk) -> OrganizationSettings:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveOrganization)
    assert command.version == 4
    return command.settings


def names(page: HoursPage) -> list[str]:
    return [row.name.text() for row in page.form.holidays._ordered()]


class TestHolidays:
    def test_days_come_by_date_and_past_ones_are_folded_away(self, desk: Desk):
        page = opened(desk)
        holidays = page.form.holidays
        assert names(page) == ["Assumption", "Christmas Eve", "Christmas Day"]
        assert holidays.fold.text() == "1 past day"
        shown = [row.name.text() for row in holidays.rows if row.isVisible()]
        assert sorted(shown) == ["Christmas Day", "Christmas Eve"]
        holidays.fold.click()
        assert all(row.isVisible() for row in holidays.rows)

    def test_what_was_only_looked_at_is_not_changed(self, desk: Desk):
        page = opened(desk)
        assert not page.panel.save.isEnabled()
        assert not page.panel.cancel.isVisible()

    def test_a_day_is_added_named_and_saved(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        page.form.holidays.add_button.click()
        row = page.form.holidays.rows[-1]
        assert row.day == date(2025, 12, 26)
        row.date.setDate(QDate(2025, 11, 1))
        qtbot.keyClicks(row.name, "All Saints")
        page.panel.save.click()
        saints = Holiday(day=date(2025, 11, 1), name="All Saints")
        assert saved(desk).holidays == (ASSUMPTION, saints, EVE, CHRISTMAS)
        assert saved(desk).opening_hours == HALL.opening_hours

    def test_a_row_moves_to_its_place_when_its_date_is_left(self, desk: Desk):
        page = opened(desk)
        row = next(row for row in page.form.holidays.rows if row.day == CHRISTMAS.day)
        row.date.setDate(QDate(2025, 11, 1))
        row.date.editingFinished.emit()
        coming = page.form.holidays._coming
        assert [coming.itemAt(n).widget().day.month for n in range(coming.count())] == [11, 12]

    def test_special_hours_are_given_to_a_closed_day(self, desk: Desk):
        page = opened(desk)
        row = next(row for row in page.form.holidays.rows if row.day == CHRISTMAS.day)
        row.hours.add.click()
        row.hours.rows[0].closes.setTime(QTime(12, 0))
        page.panel.save.click()
        assert saved(desk).holidays[-1].spans == (TimeSpan(opens=time(9), closes=time(12)),)

    def test_a_day_without_a_name_is_marked_and_found(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        page.form.holidays.add_button.click()
        page.panel.save.click()
        row = page.form.holidays.rows[-1]
        assert row.error.sentence == "Give the day a name: the lobby reads it."
        assert desk.link.sent == []
        qtbot.waitUntil(row.name.hasFocus)
        qtbot.keyClicks(row.name, "x")
        assert row.error.sentence == ""

    def test_a_day_that_is_listed_twice_is_marked_at_once(self, desk: Desk):
        page = opened(desk)
        row = next(row for row in page.form.holidays.rows if row.day == CHRISTMAS.day)
        row.date.setDate(QDate(2025, 12, 24))
        marked = [
            row.day for row in page.form.holidays.rows if row.error.sentence == "This day is listed twice."
        ]
        assert marked == [EVE.day, EVE.day]
        page.panel.save.click()
        assert desk.link.sent == []

    def test_a_day_is_taken_away(self, desk: Desk):
        page = opened(desk)
        row = next(row for row in page.form.holidays.rows if row.day == EVE.day)
        row.remove.click()
        page.panel.save.click()
        assert saved(desk).holidays == (ASSUMPTION, CHRISTMAS)

    def test_an_admin_only_reads(self, desk: Desk):
        page = opened(desk, UserRole.ADMIN)
        assert not page.form.holidays.add_button.isVisible()
        assert not page.form.holidays.rows[0].date.isEnabled()


class TestNationalHolidays:
    def looked_up(self, desk: Desk) -> HoursPage:
        page = opened(desk)
        page.form.holidays.import_button.click()
        return page

    def test_the_country_of_the_time_zone_is_asked_for_first(self, desk: Desk):
        self.looked_up(desk)
        assert desk.link.asked[-2:] == [
            AskHolidayCountries(language="en"),
            AskHolidays(country="ES", year=2025, language="en"),
        ]

    def test_picked_days_join_the_form_and_are_saved_with_it(self, desk: Desk):
        page = self.looked_up(desk)
        desk.link.tell_answered(AskHolidayCountries(language="en"), COUNTRIES)
        found = (CONSTITUTION, CHRISTMAS)
        desk.link.tell_answered(AskHolidays(country="ES", year=2025, language="en"), found)
        desk.presenter.show()
        dialog = page.dialog
        assert [(box.isChecked(), box.isEnabled()) for box, _ in dialog.boxes] == [
            (True, True),
            (False, False),
        ]
        assert dialog.action.state.text == "Add 1 day"
        dialog.action.click()
        desk.presenter.show()
        assert page.dialog is None
        assert names(page) == ["Assumption", "Constitution Day", "Christmas Eve", "Christmas Day"]
        page.panel.save.click()
        assert CONSTITUTION in saved(desk).holidays

    def test_another_year_is_asked_for_and_a_late_answer_for_the_first_is_not_shown(self, desk: Desk):
        page = self.looked_up(desk)
        desk.link.tell_answered(AskHolidayCountries(language="en"), COUNTRIES)
        desk.presenter.show()
        year = page.dialog.year.select
        year.setCurrentIndex(1)
        year.activated.emit(1)
        assert desk.link.asked[-1] == AskHolidays(country="ES", year=2026, language="en")
        desk.link.tell_answered(AskHolidays(country="ES", year=2025, language="en"), (CONSTITUTION,))
        desk.presenter.show()
        assert page.dialog.boxes == []
        assert page.dialog.note.text() == "Looking them up…"

    def test_why_nothing_came_is_said(self, desk: Desk):
        page = self.looked_up(desk)
        desk.link.tell_not_answered(
            AskHolidays(country="ES", year=2025, language="en"), "The server does not answer."
        )
        desk.presenter.show()
        assert page.dialog.error.sentence == "The server does not answer."
        page.dialog.reject()
        desk.presenter.show()
        assert page.dialog is None


class TestDay:
    def test_closing_says_how_many_are_cancelled_and_waits_for_a_yes(self, desk: Desk):
        page = opened(desk, UserRole.ADMIN)
        page.day.button.click()
        assert desk.link.sent == []
        page.day.dialog.action.click()
        assert desk.link.sent[-1][1] == CloseDay()
        desk.link.answer(BulkAnswer(revision=Revision(401), cancelled=14))
        desk.presenter.show()
        assert desk.presenter.notices.view.text == "The day is closed; 14 tokens cancelled"
        assert not desk.presenter.notices.view.can_undo

    def test_the_dialog_counts_who_waits_and_cancel_sends_nothing(self, desk: Desk):
        page = opened(desk)
        page.day.button.click()
        about = page.day.dialog.findChildren(type(page.day.text))[1].text()
        assert "14 tokens that wait or are set aside are cancelled" in about
        page.day.dialog.reject()
        assert desk.link.sent == []

    def test_a_closed_day_is_opened_again(self, desk: Desk):
        page = opened(desk)
        organization = sample.snapshot().organization.model_copy(update={"closed_day": date(2025, 10, 14)})
        desk.link.tell_event(
            OrganizationConfigured(revision=Revision(401), at=sample.NOW, by=None, organization=organization)
        )
        desk.presenter.show()
        assert page.day.button.state.text == "Open the day again"
        page.day.button.click()
        assert desk.link.sent[-1][1] == ReopenDay()

    def test_offline_the_button_says_why(self, desk: Desk):
        page = opened(desk)
        desk.link.tell_offline()
        desk.presenter.show()
        assert page.day.button.toolTip() == "There is no connection to the server"


@pytest.mark.parametrize(("locale", "asked"), [("C", "en"), ("fil_PH", "en"), ("de_AT", "de"), ("ar", "ar")])
def test_holidays_are_named_in_a_language_that_the_server_understands(desk: Desk, locale: str, asked: str):
    before = QLocale()
    try:
        QLocale.setDefault(QLocale(locale))
        page = opened(desk)
        page.form.holidays.import_button.click()
    finally:
        QLocale.setDefault(before)
    assert AskHolidayCountries(language=asked) in desk.link.asked
