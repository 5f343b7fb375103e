"""Taking a token for a visitor, with the keyboard alone."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.staff_desktop.widgets.new_token_dialog import NewTokenDialog
from shared.commands import Answer
from shared.ids import Revision
from shared.problems import ProblemCode
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import BROWSER, INSTANT, called_token, morning, waiting_token


def opened(desk: Desk, qtbot: QtBot) -> NewTokenDialog:
    desk.show()
    qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    return desk.dialog(NewTokenDialog)


class TestNewToken:
    def test_a_digit_chooses_and_enter_takes(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.Create(customer_type=BROWSER)]

    def test_by_buttons_alone(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.mouseClick(desk.window.desk.top.new_token, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(desk.dialog(NewTokenDialog).create_button, Qt.MouseButton.LeftButton)
        assert desk.asked == [commands.Create(customer_type=INSTANT)]

    def test_offline_nothing_is_taken_and_the_dialog_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        desk.link.tell_offline()
        desk.presenter.draw()
        assert not dialog.create_button.isEnabled()
        assert dialog.create_button.toolTip() == "No connection since 10:43. You can read, not call."
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == []

    def test_a_head_start(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        dialog.levels._buttons[2].click()
        dialog.create_button.click()
        assert desk.asked[-1].priority == 30

    def test_shows_the_number_and_the_wait(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.answer(Answer(revision=Revision(101), token=waiting_token("A018", 0)))
        assert dialog.number.number == "A018"
        assert dialog.estimate.text() == "Give the visitor this number. The wait is 7–12 min."
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert not dialog.isVisible()
        assert len(desk.asked) == 1

    def test_a_refusal_is_told_where_it_was_asked(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.refuse(ProblemCode.QUEUE_FULL, customer_type="instant", max_number=999)
        assert desk.says("Quick service has given all 999 numbers of the day. An admin can raise the limit.")

    def test_an_organization_with_other_levels_offers_those(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(levels=(0, 20)))
        desk.window.open_new_token()
        dialog = desk.dialog(NewTokenDialog)
        assert [button.segment.text for button in dialog.levels._buttons] == ["None", "20 min"]

    def test_does_not_hold_up_the_counter(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        dialog.reject()
        desk.presenter.call_next()
        assert [type(command) for command in desk.asked] == [commands.Create, commands.CallNext]

    def test_a_second_dialog_begins_anew(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.tell_state(morning(active=called_token(), revision=101))
        desk.link.answer(Answer(revision=Revision(101), token=waiting_token("A018", 0)))
        dialog.accept()
        desk.window.open_new_token()
        assert desk.dialog(NewTokenDialog).create_button.isVisible()
