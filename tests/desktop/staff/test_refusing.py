"""What is pressed twice, refused or pressed without a connection: said in words, and done once."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.qt_kit.widgets.command_button import CommandButton
from shared.commands import Answer
from shared.problems import ProblemCode
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import called_event, called_token, morning, token_id


def during_a_call(desk: Desk) -> None:
    desk.show(morning(active=called_token(called_s=61)))


def during_service(desk: Desk) -> None:
    desk.show(morning(active=called_token(served_s=10)))


VISIT_KEYS = [
    pytest.param(during_a_call, Qt.Key.Key_F3, commands.Recall, id="recall"),
    pytest.param(during_a_call, Qt.Key.Key_F4, commands.Start, id="start"),
    pytest.param(during_service, Qt.Key.Key_F5, commands.Complete, id="complete"),
    pytest.param(during_a_call, Qt.Key.Key_F6, commands.NoShow, id="no-show"),
]


@pytest.mark.parametrize(("begin", "code", "kind"), VISIT_KEYS)
class TestOnceOnly:
    """For each command of a visit; Call next has its own tests above."""

    def test_while_one_is_on_its_way_no_key_sends_another(
        self, begin: Callable[[Desk], None], code: Qt.Key, kind: type, desk: Desk, qtbot: QtBot
    ) -> None:
        begin(desk)
        for pressed in (code, code, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F6, code):
            qtbot.keyClick(desk.window, pressed)
        qtbot.keyClick(desk.window, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        assert [type(command) for command in desk.asked] == [kind]

    def test_after_a_refusal_it_can_be_pressed_again(
        self, begin: Callable[[Desk], None], code: Qt.Key, kind: type, desk: Desk, qtbot: QtBot
    ) -> None:
        begin(desk)
        qtbot.keyClick(desk.window, code)
        desk.link.refuse(ProblemCode.UNAVAILABLE)
        assert desk.lane == "The server is busy or its database is away. Try again."
        qtbot.keyClick(desk.window, code)
        assert [type(command) for command in desk.asked] == [kind, kind]

    def test_offline_it_is_grey_and_says_why_until_the_connection_is_back(
        self, begin: Callable[[Desk], None], code: Qt.Key, kind: type, desk: Desk, qtbot: QtBot
    ) -> None:
        begin(desk)
        row = desk.window.desk.active.commands
        open_before = [
            button
            for button in row.findChildren(CommandButton)
            if button.isEnabled() and button is not row.more
        ]
        assert open_before
        desk.link.tell_offline()
        desk.presenter.draw()
        qtbot.keyClick(desk.window, code)
        assert desk.asked == []
        for button in open_before:
            assert not button.isEnabled()
            assert button.toolTip() == "No connection since 10:43. You can read, not call."
        for action in (row.notes, row.priority):
            assert not action.isEnabled()
            assert action.toolTip() == "No connection since 10:43. You can read, not call."
        desk.link.tell_live()
        desk.presenter.draw()
        qtbot.keyClick(desk.window, code)
        assert [type(command) for command in desk.asked] == [kind]


class TestRefusal:
    @pytest.mark.parametrize(
        ("code", "facts", "sentence"),
        [
            (
                ProblemCode.COUNTER_BUSY,
                {"counter": "Counter 3", "number": "A012"},
                "Counter 3 still has A012. Complete or end that visit first.",
            ),
            (ProblemCode.COUNTER_BUSY, {"counter": "Counter 3", "number": None}, "Refused."),
            (
                ProblemCode.COUNTER_CLOSED,
                {"counter": "Counter 3"},
                "Counter 3 was closed. Open it again to go on.",
            ),
            (
                ProblemCode.NOT_YOUR_COUNTER,
                {"counter": "Counter 3"},
                "Somebody else works at Counter 3 now. Choose a counter to go on.",
            ),
            (
                ProblemCode.TYPE_NOT_SERVED,
                {"counter": "Counter 3", "customer_type": "retail"},
                "Counter 3 does not serve Sales & payments. Call another visitor.",
            ),
            (ProblemCode.FORBIDDEN, {}, "Your role does not allow this. An admin can change that."),
        ],
    )
    def test_is_put_into_words(
        self, code: ProblemCode, facts: dict[str, str | None], sentence: str, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        desk.link.refuse(code, **facts)
        assert desk.lane == sentence
        assert desk.window.desk.ready.call_next.isEnabled()

    def test_another_counter_was_faster(self, desk: Desk, qtbot: QtBot) -> None:
        taken = called_token(number="A013", label="5")
        desk.show(morning())
        desk.window.call_requested.emit(token_id("A013"))
        state = morning(active=taken, revision=101)
        desk.link.tell_state(state)
        desk.link.refuse(ProblemCode.TOKEN_NOT_WAITING, number="A013", status="called", command="call")
        assert desk.lane == "A013 was just called at Counter 5. Call the next one."
        assert desk.window.desk.ready.call_next.isEnabled()

    def test_a_refusal_we_do_not_know_is_shown_as_the_server_says_it(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        desk.link.refuse(ProblemCode.INTERNAL, title="Something broke. Its number is 17.")
        assert desk.lane == "Something broke. Its number is 17."

    def test_no_answer_is_told_and_nothing_stays_busy(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        desk.link.fail("The server at http://x does not answer.")
        assert desk.lane == "The server at http://x does not answer."
        assert not desk.window.desk.ready.call_next.state.busy

    def test_the_next_success_takes_the_notice_away(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        desk.link.refuse(ProblemCode.NOBODY_WAITING)
        assert desk.lane == "Nobody is waiting for your types."
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        event = called_event()
        desk.link.tell_event(event)
        desk.link.answer(Answer(revision=event.revision, token=event.token))
        assert desk.lane == "R007 called to Counter 3"
