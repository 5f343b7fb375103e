"""My account, as the console's person menu opens it: the dialog, what is asked, and what is said."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from clients.core.errors import Refusal, ServerUnreachable
from clients.core.messages import OwnDeed, OwnDeedDone, OwnDeedFailed, SignOutReason
from clients.qt_kit.link import Link
from clients.qt_kit.own_account import OwnAccount
from clients.qt_kit.widgets.account_dialog import AccountDialog
from shared.problems import Problem, ProblemCode
from tests.desktop.admin.conftest import Desk, words_in

PRESENT, CHOSEN = "the one I have now", "four words of my own"


class Opened:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock_s = desk, [0.0]
        self.account = OwnAccount(
            cast(Link, desk.link), desk.store, monotonic_s=lambda: self.clock_s[0], parent=desk.presenter
        )
        self.dialog = AccountDialog(self.account.view(), desk.window)
        self.account.changed.connect(lambda: self.dialog.render(self.account.view()))
        self.dialog.password_change_requested.connect(self.account.change_password)
        self.dialog.sign_out_elsewhere_requested.connect(self.account.sign_out_elsewhere)
        self.dialog.open()

    def choose(self, qtbot: QtBot, again: str = CHOSEN) -> None:
        fields = self.dialog.fields
        for field, text in ((fields.current, PRESENT), (fields.new, CHOSEN), (fields.again, again)):
            field.input.clear()
            qtbot.keyClicks(field.input, text)
            qtbot.keyClick(field.input, Qt.Key.Key_Return)

    def fail(self, error, deed: OwnDeed = OwnDeed.CHANGE_PASSWORD) -> None:
        self.desk.link.own_deed_failed.emit(OwnDeedFailed(deed=deed, error=error))

    def done(self, deed: OwnDeed) -> None:
        self.desk.link.own_deed_done.emit(OwnDeedDone(deed=deed))

    def typed(self) -> set[str]:
        return {line.text() for line in self.dialog.findChildren(QLineEdit)}


@pytest.fixture
def opened(desk: Desk) -> Iterator[Opened]:
    desk.show()
    opened = Opened(desk)
    yield opened
    opened.account.changed.disconnect()
    opened.dialog.deleteLater()


def refusal(code: ProblemCode, **facts: object) -> Refusal:
    return Refusal(Problem(title="x", status=409, code=code, facts=facts))


class TestWhoIAm:
    def test_name_role_and_organization_are_told(self, opened: Opened):
        said = words_in(opened.dialog)
        for text in ("Ines Kovač", "ines", "Admin", "City Hall"):
            assert text in said

    def test_it_closes_with_the_sign_in(self, opened: Opened):
        opened.dialog.fields.current.set_text(PRESENT)
        opened.desk.link.signed_out.emit(SignOutReason.ENDED)
        assert not opened.dialog.isVisible()
        assert opened.typed() == {""}


class TestChangePassword:
    def test_by_keyboard_alone_and_nothing_stays(self, opened: Opened, qtbot: QtBot):
        opened.choose(qtbot)
        assert opened.desk.link.password_changes == [(PRESENT, CHOSEN)]
        opened.done(OwnDeed.CHANGE_PASSWORD)
        assert "Your password is changed." in words_in(opened.dialog)
        assert opened.typed() == {""}
        assert opened.dialog.isVisible()

    def test_enter_in_a_field_before_the_last_sends_nothing(self, opened: Opened, qtbot: QtBot):
        fields = opened.dialog.fields
        qtbot.keyClicks(fields.current.input, PRESENT)
        qtbot.keyClick(fields.current.input, Qt.Key.Key_Return)
        assert fields.new.input.hasFocus()
        assert not fields.new.error

    def test_a_wrong_present_one_is_said_beside_it(self, opened: Opened, qtbot: QtBot):
        opened.choose(qtbot)
        opened.fail(refusal(ProblemCode.WRONG_CREDENTIALS, field="current"))
        assert opened.dialog.fields.current.error == "This is not your present password."
        assert opened.dialog.fields.current.input.hasFocus()
        assert opened.dialog.fields.new.text == CHOSEN

    def test_two_different_ones_are_not_sent(self, opened: Opened, qtbot: QtBot):
        opened.choose(qtbot, again="something else")
        assert not opened.desk.link.password_changes
        assert opened.dialog.fields.again.error == "This is not the same as above."

    def test_too_many_tries_are_waited_for(self, opened: Opened, qtbot: QtBot):
        opened.choose(qtbot)
        opened.fail(refusal(ProblemCode.TRY_LATER, retry_after_s=8))
        assert "You can try again in 8 s." in opened.dialog.error.sentence
        assert not opened.dialog.action.isEnabled()
        opened.dialog.accept()
        assert len(opened.desk.link.password_changes) == 1
        opened.clock_s[0] += 8
        opened.account.tick()
        assert opened.dialog.action.isEnabled()
        assert opened.dialog.error.sentence == ""

    def test_without_an_answer_it_is_said_what_may_be(self, opened: Opened, qtbot: QtBot):
        opened.choose(qtbot)
        opened.fail(ServerUnreachable(server="http://here:1", reason="refused"))
        assert "the new one is in force already" in opened.dialog.error.sentence

    def test_offline_it_cannot_be_sent_and_says_why(self, opened: Opened):
        opened.desk.link.tell_offline()
        assert not opened.dialog.action.isEnabled()
        assert "no connection" in opened.dialog.action.toolTip()


class TestSignOutElsewhere:
    def test_it_is_asked_once_and_told(self, opened: Opened):
        opened.dialog.sign_out_elsewhere.click()
        opened.dialog.sign_out_elsewhere.click()
        assert opened.desk.link.signed_out_elsewhere == 1
        opened.done(OwnDeed.SIGN_OUT_ELSEWHERE)
        assert "Your other devices are signed out." in words_in(opened.dialog)
