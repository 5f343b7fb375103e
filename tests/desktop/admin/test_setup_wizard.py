"""The first run of an empty server, in the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from clients.admin_desktop.time_zones import zone_of_this_machine
from clients.admin_desktop.widgets.setup_wizard import SetupWizard
from clients.core.errors import Refusal, ServerUnreachable
from clients.core.messages import SignOutReason
from clients.core.questions import AskSetup
from clients.qt_kit import setup_watch
from shared.ids import UserRole
from shared.problems import FieldError, Problem, ProblemCode
from shared.setup import SetUp, SetupState
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

PASSWORD = "seven herons over the weir"
DONE = Problem(code=ProblemCode.ALREADY_SET_UP, status=409, title="This server has been set up. Sign in.")


def begin(desk: Desk, *, needs_code: bool = False) -> SetupWizard:
    """Nothing is remembered, and the server says that it is empty."""
    desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
    assert desk.link.asked == [AskSetup()]
    desk.link.tell_answered(AskSetup(), SetupState(needs_code=needs_code))
    wizard = desk.window.wizard
    assert wizard is not None
    assert wizard.isVisible()
    return wizard


def type_into(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def enter(qtbot: QtBot, wizard: SetupWizard) -> None:
    qtbot.keyClick(wizard.window().focusWidget(), Qt.Key.Key_Return)


def fill_site(qtbot: QtBot, wizard: SetupWizard) -> None:
    type_into(qtbot, wizard.organization.input, "City Hall")
    wizard.time_zone.set_value("Europe/Madrid")
    enter(qtbot, wizard)


def fill_admin(qtbot: QtBot, wizard: SetupWizard) -> None:
    type_into(qtbot, wizard.display_name.input, "Marta Ruiz")
    type_into(qtbot, wizard.username.input, "marta")
    type_into(qtbot, wizard.password.input, PASSWORD)
    type_into(qtbot, wizard.repeated.input, PASSWORD)
    enter(qtbot, wizard)


def refuse(desk: Desk, code: ProblemCode, field: str, sentence: str) -> None:
    problem = Problem(
        code=code, status=422, title=sentence, errors=(FieldError(field=field, message=sentence),)
    )
    desk.link.tell_refused(Refusal(problem))


class TestWhetherItIsEmpty:
    def test_an_empty_server_shows_the_wizard_instead_of_the_form(self, desk: Desk) -> None:
        wizard = begin(desk)
        assert not desk.window.sign_in.isVisible()
        assert "Set this server up" in words_in(wizard)
        assert "Step 1 of 2" in words_in(wizard)

    def test_one_that_was_set_up_shows_the_form(self, desk: Desk) -> None:
        desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
        desk.link.tell_not_answered(AskSetup(), DONE.title, DONE)
        assert desk.window.wizard is None
        assert desk.window.sign_in.isVisible()

    def test_one_that_is_away_is_asked_again(
        self, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup_watch, "AWAY_AGAIN_MS", 10)
        desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
        desk.link.tell_not_answered(AskSetup(), "The server does not answer.")
        qtbot.waitUntil(lambda: len(desk.link.asked) == 2)
        assert desk.window.sign_in.isVisible()

    def test_set_up_by_somebody_else_the_form_comes(
        self, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup_watch, "AGAIN_MS", 10)
        begin(desk)
        qtbot.waitUntil(lambda: len(desk.link.asked) == 2)
        desk.link.tell_not_answered(AskSetup(), DONE.title, DONE)
        assert desk.window.wizard is None
        assert desk.window.sign_in.isVisible()

    def test_a_remembered_sign_in_of_another_database_leads_to_the_wizard(self, desk: Desk) -> None:
        problem = Problem(code=ProblemCode.UNAUTHENTICATED, status=401, title="Sign in first.")
        desk.link.tell_refused(Refusal(problem))
        desk.link.tell_answered(AskSetup(), SetupState(needs_code=False))
        assert desk.window.wizard is not None

    def test_a_wrong_password_asks_nothing(self, desk: Desk) -> None:
        desk.presenter.sign_in("marta", "nonsense")
        problem = Problem(code=ProblemCode.WRONG_CREDENTIALS, status=401, title="Wrong.")
        desk.link.tell_refused(Refusal(problem))
        assert desk.link.asked == []


class TestGoingThrough:
    def test_by_keyboard_from_the_first_field_to_the_floor(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        assert wizard.organization.input.hasFocus()
        fill_site(qtbot, wizard)
        assert wizard.display_name.input.hasFocus()
        assert "Step 2 of 2" in words_in(wizard)
        fill_admin(qtbot, wizard)
        assert desk.link.set_ups == [
            SetUp(
                organization="City Hall",
                time_zone="Europe/Madrid",
                username="marta",
                display_name="Marta Ruiz",
                password=PASSWORD,
            )
        ]
        desk.link.tell_signed_in(me("Marta Ruiz", UserRole.SUPER_ADMIN))
        assert desk.window.wizard is None
        assert desk.window.console.isVisible()
        assert desk.presenter.page.key == "floor"

    def test_this_machines_time_zone_is_there(self, desk: Desk) -> None:
        assert begin(desk).time_zone.value() == zone_of_this_machine()

    def test_escape_goes_back_and_keeps_what_was_typed(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        type_into(qtbot, wizard.username.input, "marta")
        qtbot.keyClick(wizard.username.input, Qt.Key.Key_Escape)
        assert wizard.step == 0
        assert wizard.organization.text == "City Hall"
        enter(qtbot, wizard)
        assert wizard.step == 1
        assert wizard.username.text == "marta"

    def test_the_code_is_asked_for_where_it_is_needed(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk, needs_code=True)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        assert "Step 3 of 3" in words_in(wizard)
        assert desk.link.set_ups == []
        enter(qtbot, wizard)
        assert wizard.code.error == "Enter the code from the server's log."
        type_into(qtbot, wizard.code.input, "bcdf ghjk lmnp")
        enter(qtbot, wizard)
        [sent] = desk.link.set_ups
        assert sent.code == "bcdf ghjk lmnp"

    def test_a_password_can_be_shown(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        password = wizard.password.input
        assert password.echoMode() is QLineEdit.EchoMode.Password
        password._show.click()
        assert password.echoMode() is QLineEdit.EchoMode.Normal

    def test_nothing_is_sent_twice(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        enter(qtbot, wizard)
        assert len(desk.link.set_ups) == 1

    def test_another_server_can_be_chosen(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        with qtbot.waitSignal(desk.window.server_change_requested):
            wizard._change.click()


class TestWhatIsWrong:
    def test_is_told_beside_its_field_before_going_on(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        wizard.time_zone.input.setText("Nowhere")
        wizard.next.click()
        assert wizard.step == 0
        assert wizard.organization.error == "Fill this in."
        assert wizard.time_zone.error == "There is no such time zone. Type a city, and choose."
        assert wizard.organization.input.hasFocus()

    @pytest.mark.parametrize(
        ("password", "repeated", "wrong"),
        [
            ("short", "short", ("It has 5 characters and needs at least 15.", "")),
            (PASSWORD, PASSWORD + "s", ("", "This is not the same as above.")),
        ],
    )
    def test_a_password_too_short_or_not_the_same(
        self, desk: Desk, qtbot: QtBot, password: str, repeated: str, wrong: tuple[str, str]
    ) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        type_into(qtbot, wizard.display_name.input, "Marta Ruiz")
        type_into(qtbot, wizard.username.input, "marta")
        type_into(qtbot, wizard.password.input, password)
        type_into(qtbot, wizard.repeated.input, repeated)
        enter(qtbot, wizard)
        assert (wizard.password.error, wizard.repeated.error) == wrong
        assert desk.link.set_ups == []

    def test_what_the_server_refuses_is_told_beside_its_field(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk, needs_code=True)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        type_into(qtbot, wizard.code.input, "BCDF-GHJK-LMNP")
        enter(qtbot, wizard)
        refuse(desk, ProblemCode.PASSWORD_REFUSED, "password", "It is too well known.")
        assert wizard.step == 1
        assert wizard.password.error == "It is too well known."
        assert wizard.password.input.hasFocus()
        enter(qtbot, wizard)
        enter(qtbot, wizard)
        refuse(desk, ProblemCode.SETUP_CODE_WRONG, "code", "You can try 9 more times.")
        assert (wizard.step, wizard.code.error) == (2, "You can try 9 more times.")
        assert wizard.password.error == ""

    def test_a_code_that_turns_out_to_be_needed_is_asked_for(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        refuse(desk, ProblemCode.SETUP_CODE_WRONG, "code", "Enter the code.")
        assert (wizard.step, wizard.code.error) == (2, "Enter the code.")

    def test_a_server_that_is_away_is_told_and_may_be_tried_again(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        desk.link.tell_refused(ServerUnreachable(server="http://here:1", reason="refused"))
        assert "does not answer" in words_in(wizard)
        enter(qtbot, wizard)
        assert len(desk.link.set_ups) == 2

    def test_a_set_up_whose_answer_was_lost_ends_at_the_form(self, desk: Desk, qtbot: QtBot) -> None:
        wizard = begin(desk)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        desk.link.tell_refused(Refusal(DONE))
        assert desk.window.wizard is None
        assert "This server has been set up. Sign in." in words_in(desk.window.sign_in)
