"""Taking a token for a visitor, with the keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.staff_desktop.widgets.new_token_dialog import NewTokenDialog
from shared.commands import Answer
from shared.ids import Revision
from shared.problems import ProblemCode
from shared.tokens import Visitor
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

    def test_an_emergency_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        assert not dialog.emergency.isVisible()
        dialog.is_emergency.click()
        dialog.create_button.click()
        assert desk.asked == []
        assert dialog.emergency.error == "Say why in a few words."
        qtbot.keyClicks(dialog.emergency.input, "Feels faint")
        qtbot.keyClick(dialog.emergency.input, Qt.Key.Key_Return)
        assert desk.asked == [commands.Create(customer_type=INSTANT, emergency="Feels faint")]

    def test_who_it_is_for(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        dialog.has_visitor.click()
        qtbot.keyClicks(desk.focused(), "Omar Haddad")
        dialog.visitor.phone.set_text("12")
        dialog.create_button.click()
        assert dialog.visitor.phone.error
        assert desk.asked == []
        dialog.visitor.phone.set_text("+34 600 000 000")
        dialog.create_button.click()
        visitor = Visitor(name="Omar Haddad", phone="+34 600 000 000")
        assert desk.asked == [commands.Create(customer_type=INSTANT, visitor=visitor)]

    @pytest.mark.parametrize(
        ("code", "facts", "sentence"),
        [
            (
                ProblemCode.CLOSED,
                {"next_opening": "2025-10-14T14:00:00+02:00"},
                "Quick service is closed. It opens at 14:00.",
            ),
            (
                ProblemCode.CLOSED,
                {"next_opening": "2025-10-16T08:30:00+02:00"},
                "Quick service is closed. It opens on Thursday 16 October at 08:30.",
            ),
            (ProblemCode.CLOSED, {"next_opening": None}, "Quick service is closed."),
            (
                ProblemCode.DAY_LIMIT_REACHED,
                {"limit": 80},
                "Quick service has given all 80 tokens of the day.",
            ),
        ],
    )
    def test_closed_or_all_given_it_can_be_taken_anyway(
        self, code: ProblemCode, facts: dict[str, object], sentence: str, desk: Desk, qtbot: QtBot
    ) -> None:
        dialog = opened(desk, qtbot)
        assert not dialog.anyway_button.isVisible()
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.refuse(code, customer_type="Quick service", **facts)
        assert desk.says(sentence)
        dialog.anyway_button.click()
        assert desk.asked[-1] == commands.Create(customer_type=INSTANT, override=True)
        assert not dialog.anyway_button.isVisible()

    def test_another_refusal_cannot_be_overridden(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.refuse(ProblemCode.QUEUE_FULL, customer_type="instant", max_number=999)
        assert not dialog.anyway_button.isVisible()

    def test_the_next_visitor_has_another_name(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = opened(desk, qtbot)
        dialog.has_visitor.click()
        dialog.visitor.name.set_text("Omar Haddad")
        dialog.create_button.click()
        desk.link.answer(Answer(revision=Revision(101), token=waiting_token("A018", 0)))
        desk.link.tell_state(morning(revision=101))
        desk.presenter.draw()
        dialog.another_button.click()
        dialog.create_button.click()
        assert desk.asked[-1] == commands.Create(customer_type=INSTANT)

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
