"""Taking the last command back: offered for ten seconds, by button and key, and refused in words."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from shared.commands import Answer
from shared.counters import LiveCounter
from shared.events import CommandUndone, ServiceCompleted, TokenCancelled, TokenChanged
from shared.ids import CallOutcome, Revision, TokenCommand, TokenStatus
from shared.problems import ProblemCode
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import (
    NOW,
    call_of,
    called_token,
    counter_id,
    counters,
    morning,
    token_id,
    waiting_token,
)


def complete(desk: Desk, qtbot: QtBot) -> None:
    """A012 is completed, at revision 101."""
    desk.show(morning(active=called_token(served_s=204)))
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    token = called_token(served_s=204).model_copy(update={"status": TokenStatus.COMPLETED})
    call = call_of(token, outcome=CallOutcome.COMPLETED)
    desk.link.tell_event(ServiceCompleted(revision=Revision(101), at=NOW, token=token, call=call))
    desk.link.answer(Answer(revision=Revision(101), token=token))


def undo(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


class TestOffer:
    def test_by_key(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        assert desk.lane == "A012 completed"
        assert desk.window.desk.lane.last.can_undo
        undo(desk, qtbot)
        assert desk.asked[-1] == commands.Undo(counter_id=counter_id("3"))

    def test_by_button(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        qtbot.mouseClick(desk.window.desk.lane.last._undo, Qt.MouseButton.LeftButton)
        assert desk.asked[-1] == commands.Undo(counter_id=counter_id("3"))

    def test_brings_the_visit_back_and_says_so(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        undo(desk, qtbot)
        back = called_token(served_s=204)
        event = CommandUndone(
            revision=Revision(102), at=NOW, token=back, call=call_of(back), command=TokenCommand.COMPLETE
        )
        desk.link.tell_event(event)
        desk.link.answer(Answer(revision=Revision(102), token=back))
        assert desk.window.desk.active.isVisible()
        assert desk.lane == "Last: undone for A012 at 10:43"
        assert not desk.window.desk.lane.last.can_undo

    def test_pressed_twice_undoes_once(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        undo(desk, qtbot)
        undo(desk, qtbot)
        assert [type(command) for command in desk.asked] == [commands.Complete, commands.Undo]

    def test_lapses_after_ten_seconds_from_the_press(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(served_s=204)))
        qtbot.keyClick(desk.window, Qt.Key.Key_F5)
        desk.link.now += timedelta(seconds=4)  # the answer takes its time
        token = called_token(served_s=204).model_copy(update={"status": TokenStatus.COMPLETED})
        desk.link.answer(Answer(revision=Revision(101), token=token))
        assert desk.window.view.lane.undo_left_ms == 6000
        desk.link.now += timedelta(seconds=6)
        desk.presenter.draw()
        assert not desk.window.desk.lane.last.can_undo
        undo(desk, qtbot)
        desk.presenter.undo()
        assert [type(command) for command in desk.asked] == [commands.Complete]

    def test_ends_when_somebody_acts_on_the_token(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        desk.presenter.ask(commands.Change(token_id=token_id("A013"), changes={"priority": 10}))
        token = waiting_token("A013", 9, priority=10)
        desk.link.tell_event(TokenChanged(revision=Revision(101), at=NOW, token=token))
        desk.link.answer(Answer(revision=Revision(101), token=token))
        assert desk.window.desk.lane.last.can_undo
        other = waiting_token("A014", 7, priority=10)
        desk.link.tell_event(TokenChanged(revision=Revision(102), at=NOW, token=other))
        desk.presenter.draw()
        assert desk.window.desk.lane.last.can_undo  # another visitor
        desk.link.tell_event(TokenChanged(revision=Revision(103), at=NOW, token=token))
        desk.presenter.draw()
        assert not desk.window.desk.lane.last.can_undo

    def test_offline_there_is_no_button(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        desk.link.tell_offline()
        desk.presenter.draw()
        assert not desk.window.desk.lane.last.can_undo
        undo(desk, qtbot)
        assert [type(command) for command in desk.asked] == [commands.Complete]

    def test_what_was_done_to_the_counter_is_not_undone(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        desk.presenter.take_break("Lunch")
        counter: LiveCounter = counters(on_break="Lunch")[2]
        desk.link.answer(Answer(revision=Revision(102), counter=counter))
        assert not desk.window.desk.lane.last.can_undo
        assert desk.lane == "Last: break began at 10:43"

    def test_without_a_counter_the_token_is_named(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(mine=None))
        desk.presenter.ask(commands.Cancel(token_id=token_id("A013"), reason="Visitor left"))
        token = waiting_token("A013", 9).model_copy(update={"status": TokenStatus.CANCELLED})
        desk.link.tell_event(TokenCancelled(revision=Revision(101), at=NOW, token=token))
        desk.link.answer(Answer(revision=Revision(101), token=token))
        assert desk.lane == "A013 cancelled: Visitor left"
        undo(desk, qtbot)
        assert desk.asked[-1] == commands.UndoOnToken(token_id=token_id("A013"))

    def test_in_the_filter_the_key_undoes_the_typing(self, desk: Desk, qtbot: QtBot) -> None:
        complete(desk, qtbot)
        desk.window.desk.waiting.focus_filter()
        qtbot.keyClicks(desk.focused(), "A0")
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert [type(command) for command in desk.asked] == [commands.Complete]


class TestRefusal:
    @pytest.mark.parametrize(
        ("code", "facts", "sentence"),
        [
            (
                ProblemCode.UNDO_TOO_LATE,
                {"number": "A012", "person": "Jonas Beck"},
                "Jonas Beck has acted on A012 since. It can no longer be undone.",
            ),
            (
                ProblemCode.UNDO_TOO_LATE,
                {"number": "A012", "person": None},
                "A012 can no longer be undone: more than 10 seconds have passed.",
            ),
            (ProblemCode.NOTHING_TO_UNDO, {}, "There is nothing to undo."),
            (
                ProblemCode.COUNTER_BUSY,
                {"counter": "Counter 3", "number": "A013"},
                "Counter 3 still has A013. Complete or end that visit first.",
            ),
        ],
    )
    def test_is_put_into_words_and_not_offered_again(
        self, code: ProblemCode, facts: dict[str, str | None], sentence: str, desk: Desk, qtbot: QtBot
    ) -> None:
        complete(desk, qtbot)
        undo(desk, qtbot)
        desk.link.refuse(code, **facts)
        assert desk.lane == sentence
        undo(desk, qtbot)
        assert [type(command) for command in desk.asked] == [commands.Complete, commands.Undo]
