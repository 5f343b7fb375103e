"""The settings page: what is seen of the organization, what is sent, and who may."""

from datetime import time

from pytestqt.qtbot import QtBot

from clients.admin_desktop.widgets.settings_page import SettingsPage
from clients.core.commands import SaveOrganization
from clients.core.questions import AskOrganization
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.search_field import SearchField
from shared.commands import Configured
from shared.ids import OrganizationId, Revision, UserRole
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from shared.problems import ProblemCode
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

HALL = OrganizationSettings(name="City Hall", time_zone="Europe/Madrid", languages=("es", "en"))


def configured(settings: OrganizationSettings = HALL, *, version: int = 4) -> OrganizationConfiguration:
    return OrganizationConfiguration(
        id=OrganizationId(sample.an_id("org")), version=version, settings=settings
    )


def opened(desk: Desk, role: UserRole = UserRole.SUPER_ADMIN) -> SettingsPage:
    desk.show()
    desk.link.tell_signed_in(me(role=role))
    desk.presenter.open_page("settings")
    desk.link.tell_answered(AskOrganization(), configured())
    desk.presenter.show()
    return desk.window.console.page("settings")


def sent(desk: Desk) -> SaveOrganization:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveOrganization)
    return command


def write(field: SearchField, text: str) -> None:
    """Type without keys: those open a list, which Qt's offscreen plugin warns of."""
    field.input.setText(text)
    field.input.textEdited.emit(text)


class TestShowing:
    def test_the_settings_stand_in_the_form(self, desk: Desk):
        page = opened(desk)
        values = page.panel.values()
        assert values["name"] == "City Hall"
        assert values["time_zone"] == "Europe/Madrid"
        assert values["reset_time"] == time(0)
        assert [chip.text for chip in page.panel.form.fields["languages"].chips] == ["Español", "English"]
        assert [chip.text for chip in page.panel.form.fields["priority_levels"].chips] == [
            "None",
            "10 min",
            "30 min",
        ]
        assert not page.panel.save.isEnabled()

    def test_before_the_answer_there_is_no_form_and_an_error_can_be_tried_again(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("settings")
        page = desk.window.console.page("settings")
        assert not page.panel.isVisible()
        desk.link.tell_not_answered(AskOrganization(), "The server does not answer.")
        desk.presenter.show()
        assert "The server does not answer." in words_in(page.empty)
        asked = len(desk.link.asked)
        page.empty.action_requested.emit()
        assert len(desk.link.asked) == asked + 1

    def test_an_admin_reads_it_and_is_told_who_may_change_it(self, desk: Desk):
        page = opened(desk, UserRole.ADMIN)
        assert page.panel.note.text() == "You can read this. Only a super admin can change it."
        assert not page.panel.save.isVisible()
        assert page.panel.form.fields["name"].input.isReadOnly()
        assert not page.panel.form.fields["priority_levels"].adder.isVisible()


class TestSaving:
    def test_a_change_is_saved_over_everything_else_as_it_was(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        levels = page.panel.form.fields["priority_levels"]
        qtbot.keyClicks(levels.input, "20")
        levels.add_button.click()
        page.panel.save.click()
        changed = HALL.model_copy(update={"priority_levels": (0, 10, 20, 30)})
        assert sent(desk) == SaveOrganization(settings=changed, version=4)

    def test_what_was_saved_can_be_undone(self, desk: Desk):
        page = opened(desk)
        page.panel.form.fields["confirms_arrival"].switch.click()
        page.panel.save.click()
        settings = sent(desk).settings
        desk.link.answer(Configured(revision=Revision(401), organization=configured(settings, version=5)))
        desk.presenter.show()
        assert desk.window.toast.isVisible()
        desk.window.toast.undo_requested.emit()
        assert sent(desk) == SaveOrganization(settings=HALL, version=5)

    def test_a_language_is_added_behind_the_others_and_the_first_taken_away(self, desk: Desk):
        page = opened(desk)
        languages = page.panel.form.fields["languages"]
        languages.select.activated.emit(languages.select.findData("ar"))
        languages.chips[0].remove.click()
        page.panel.save.click()
        assert sent(desk).settings.languages == ("en", "ar")

    def test_reasons_are_written_one_a_line(self, desk: Desk):
        page = opened(desk)
        page.panel.form.fields["park_reasons"].input.setPlainText("Form\n\n  Photo  ")
        page.panel.save.click()
        assert sent(desk).settings.park_reasons == ("Form", "Photo")


class TestMistakes:
    def test_an_unknown_time_zone_is_said_beside_it_and_nothing_is_sent(self, desk: Desk):
        page = opened(desk)
        zone = page.panel.form.fields["time_zone"]
        write(zone, "Madird")
        page.panel.save.click()
        assert zone.error == "There is no such time zone. Type a city, and choose."
        assert desk.link.sent == []

    def test_a_time_zone_is_taken_whatever_its_capitals(self, desk: Desk):
        page = opened(desk)
        zone = page.panel.form.fields["time_zone"]
        write(zone, "europe/lisbon")
        page.panel.save.click()
        assert sent(desk).settings.time_zone == "Europe/Lisbon"

    def test_a_reason_that_is_too_long_is_named(self, desk: Desk):
        page = opened(desk)
        field = page.panel.form.fields["cancel_reasons"]
        field.input.setPlainText("Left\n" + "x" * 101)
        page.panel.save.click()
        assert field.error == f"{'x' * 24}: At most 100 characters."

    def test_a_level_that_somebody_waits_with_stays(self, desk: Desk):
        page = opened(desk)
        levels = page.panel.form.fields["priority_levels"]
        levels.chips[1].remove.click()
        page.panel.save.click()
        desk.link.refuse(ProblemCode.IN_USE)
        desk.presenter.show()
        assert levels.error == "Tokens that wait have one of the levels you took away."
        assert any(label.text() == levels.error for label in levels.findChildren(Label))

    def test_no_head_start_cannot_be_taken_away(self, desk: Desk):
        page = opened(desk)
        assert not page.panel.form.fields["priority_levels"].chips[0].remove.isVisible()


class TestTimeZones:
    def test_a_part_of_a_name_finds_it(self, desk: Desk):
        completer = opened(desk).panel.form.fields["time_zone"].completer
        completer.setCompletionPrefix("madr")
        assert completer.completionCount() == 1
        assert completer.currentCompletion() == "Europe/Madrid"
