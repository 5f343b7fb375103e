"""Signing in where it does not go straight: waits, and a password that has to be changed first."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clients.core.errors import Refusal, ServerUnreachable
from clients.core.messages import OwnDeed, OwnDeedFailed, SignOutReason
from clients.qt_kit.widgets.sign_in import SignIn
from shared.problems import Problem, ProblemCode
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

GIVEN = "once-only-words-given"
CHOSEN = "four words of my own"


def refusal(code: ProblemCode, **facts: object) -> Refusal:
    return Refusal(Problem(title="The server's own words.", status=429, code=code, facts=facts))


def typed(desk: Desk, qtbot: QtBot, password: str = GIVEN) -> SignIn:
    form = desk.window.sign_in
    desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
    qtbot.keyClicks(form.username.input, "ines")
    qtbot.keyClicks(form.password.input, password)
    qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
    return form


def due(desk: Desk, qtbot: QtBot) -> SignIn:
    form = typed(desk, qtbot)
    desk.link.password_due.emit(me())
    return form


def choose(form: SignIn, qtbot: QtBot, new: str = CHOSEN, again: str | None = None) -> None:
    """By keyboard alone, from where the caret is."""
    for text in (new, again if again is not None else new):
        qtbot.keyClicks(QApplication.focusWidget(), text)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def fail(desk: Desk, error) -> None:
    desk.link.own_deed_failed.emit(OwnDeedFailed(deed=OwnDeed.CHANGE_PASSWORD, error=error))


def all_typed(form: SignIn) -> set[str]:
    return {line.text() for line in form.findChildren(QLineEdit)}


class TestWait:
    def test_a_growing_delay_is_counted_down_and_the_button_comes_back(self, desk: Desk, qtbot: QtBot):
        form = typed(desk, qtbot)
        desk.link.tell_refused(refusal(ProblemCode.TRY_LATER, retry_after_s=64))
        assert "You can try again in 1 min 4 s." in words_in(form)
        assert not form.send.isEnabled()
        desk.clock_s[0] += 60
        desk.presenter.signing_in.tick()
        assert "You can try again in 4 s." in words_in(form)
        qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
        assert len(desk.link.sign_ins) == 1
        desk.clock_s[0] += 4
        desk.presenter.signing_in.tick()
        assert "You can try again" not in words_in(form)
        qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
        assert len(desk.link.sign_ins) == 2

    def test_somebody_else_does_not_wait(self, desk: Desk, qtbot: QtBot):
        form = typed(desk, qtbot)
        desk.link.tell_refused(refusal(ProblemCode.TRY_LATER, retry_after_s=64))
        form.username.input.selectAll()
        qtbot.keyClicks(form.username.input, "marta")
        assert form.send.isEnabled()
        qtbot.keyClick(form.username.input, Qt.Key.Key_Return)
        assert desk.link.sign_ins[-1][0] == "marta"
        assert "You can try again" not in words_in(form)

    def test_a_wait_of_the_whole_computer_holds_for_everybody(self, desk: Desk, qtbot: QtBot):
        form = typed(desk, qtbot)
        desk.link.tell_refused(refusal(ProblemCode.FORBIDDEN, retry_after_s=9))
        form.username.input.selectAll()
        qtbot.keyClicks(form.username.input, "marta")
        assert "Too many tries from this computer. You can try again in 9 s." in words_in(form)
        assert not form.send.isEnabled()

    def test_the_clock_runs_by_itself(self, desk: Desk, qtbot: QtBot):
        form = typed(desk, qtbot)
        desk.link.tell_refused(refusal(ProblemCode.TRY_LATER, retry_after_s=1))
        desk.clock_s[0] += 1
        qtbot.waitUntil(form.send.isEnabled, timeout=5_000)


class TestOneTimePassword:
    def test_the_form_asks_for_another_and_goes_on(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        assert "Choose your own password" in words_in(form)
        assert "Welcome, Ines Kovač." in words_in(form)
        assert not form.new_password.current.isVisible()
        choose(form, qtbot)
        assert desk.link.password_changes == [(GIVEN, CHOSEN)]
        desk.link.tell_signed_in()
        assert desk.window.console.isVisible()
        assert not {GIVEN, CHOSEN} & all_typed(form)

    def test_it_is_sent_once(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        choose(form, qtbot)
        qtbot.keyClick(form.new_password.again.input, Qt.Key.Key_Return)
        assert len(desk.link.password_changes) == 1

    def test_another_text_the_second_time_is_said_beside_it(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        choose(form, qtbot, again="four words of yours")
        assert form.new_password.again.error == "This is not the same as above."
        assert form.new_password.again.input.hasFocus()
        assert not desk.link.password_changes

    @pytest.mark.parametrize(
        ("flaws", "said"),
        [
            (["too_short"], "It has 9 of at least 15 characters. Add a word or two."),
            (["common"], "It is one of the passwords that attackers try first."),
            (["names"], "It is little more than a name: yours, your organization's or Callboard's."),
            (["unchanged"], "It is the password you have now."),
            (["too_long"], "It is too long. Leave a few words out."),
            (["repetitive"], "It repeats itself, or follows the keyboard."),
            (["seen_in_a_dream"], "The server's own words."),
        ],
    )
    def test_what_the_server_finds_wrong_stands_beside_the_field(
        self, desk: Desk, qtbot: QtBot, flaws: list[str], said: str
    ):
        form = due(desk, qtbot)
        choose(form, qtbot)
        fail(desk, refusal(ProblemCode.PASSWORD_REFUSED, flaws=flaws, characters=9, at_least=15))
        assert form.new_password.new.error == said
        assert form.new_password.new.input.accessibleDescription() == said
        assert form.new_password.new.input.hasFocus()
        assert form.new_password.new.input.selectedText()

    def test_a_one_time_password_that_is_none_any_more_is_asked_for_again(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        choose(form, qtbot)
        fail(desk, refusal(ProblemCode.WRONG_CREDENTIALS, field="current"))
        current = form.new_password.current
        assert current.isVisible()
        assert current.error == "This is not your present password."
        assert current.input.hasFocus()
        qtbot.keyClicks(current.input, "the newer one given")
        form.send.click()
        assert desk.link.password_changes[-1] == ("the newer one given", CHOSEN)

    def test_a_password_that_the_settings_gave_is_asked_for(self, desk: Desk, qtbot: QtBot):
        desk.presenter.sign_in("ines", GIVEN, typed=False)
        desk.link.password_due.emit(me())
        form = desk.window.sign_in
        assert form.new_password.current.isVisible()
        qtbot.keyClicks(form.new_password.current.input, GIVEN)
        qtbot.keyClick(form.new_password.current.input, Qt.Key.Key_Return)
        choose(form, qtbot)
        assert desk.link.password_changes == [(GIVEN, CHOSEN)]

    def test_without_an_answer_it_is_said_what_may_be(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        choose(form, qtbot)
        fail(desk, ServerUnreachable(server="http://here:1", reason="refused"))
        assert "the new one is in force already" in words_in(form)
        assert form.send.isEnabled()

    def test_wrong_passwords_here_are_waited_for_too(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        choose(form, qtbot)
        fail(desk, refusal(ProblemCode.TRY_LATER, retry_after_s=8))
        assert "You can try again in 8 s." in words_in(form)
        assert not form.send.isEnabled()

    def test_leaving_goes_back_to_the_form_and_forgets(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        qtbot.keyClicks(form.new_password.new.input, CHOSEN)
        form.leave.click()
        assert desk.link.sign_outs == 1
        assert form.username.isVisible()
        assert not form.new_password.isVisible()
        assert all_typed(form) == {"", "ines"}
        assert form.password.input.hasFocus()

    def test_what_is_typed_can_be_shown_and_pasted(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        line = form.new_password.new.input
        QApplication.clipboard().setText(CHOSEN)
        line.paste()
        assert line.text() == CHOSEN
        assert line.displayText() != CHOSEN
        line._show.click()
        assert line.displayText() == CHOSEN

    def test_each_field_has_a_name(self, desk: Desk, qtbot: QtBot):
        form = due(desk, qtbot)
        names = [line.accessibleName() for line in form.new_password.findChildren(QLineEdit)]
        assert names == ["Present password", "New password", "New password again"]
