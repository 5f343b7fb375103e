"""Every command by button and by key, and what the window shows of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.core.messages import Fetch
from clients.qt_kit.widgets.command_button import CommandButton
from clients.staff_desktop.widgets.cancel_dialog import CancelDialog
from shared.commands import Answer
from shared.events import ServiceCompleted, ServiceStarted
from shared.ids import CallOutcome, Revision, TokenStatus
from shared.problems import ProblemCode
from shared.tokens import ChoiceRule, Why
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import (
    NOW,
    call_of,
    called_event,
    called_token,
    counter_id,
    morning,
    receipts,
    token_id,
    waiting_token,
)

Press = Callable[[Desk, QtBot], None]


def click(find: Callable[[Desk], CommandButton]) -> Press:
    return lambda desk, qtbot: qtbot.mouseClick(find(desk), Qt.MouseButton.LeftButton)


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Press:
    return lambda desk, qtbot: qtbot.keyClick(desk.window, code, modifiers)


class TestCallNext:
    @pytest.mark.parametrize(
        "press",
        [click(lambda desk: desk.window.desk.ready.call_next), key(Qt.Key.Key_F2)],
        ids=["button", "F2"],
    )
    def test_asks_for_the_next_of_this_counter(self, press: Press, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        press(desk, qtbot)
        assert desk.asked == [commands.CallNext(counter_id=counter_id("3"))]

    def test_shows_who_is_called(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        event = called_event()
        desk.link.tell_event(event)
        desk.link.answer(Answer(revision=event.revision, token=event.token, call=event.call))
        card = desk.window.desk.active
        assert card.isVisible()
        assert card.number.number == "R007"
        assert card.commands.start.isVisible()
        assert not card.commands.complete.isVisible()
        assert desk.lane == "R007 called to Counter 3"
        desk.link.now += timedelta(seconds=11)
        desk.presenter.draw()
        assert desk.lane == "Last: R007 called at 10:43"

    def test_pressed_twice_asks_once(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        for _ in range(3):
            qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        qtbot.mouseClick(desk.window.desk.ready.call_next, Qt.MouseButton.LeftButton)
        assert len(desk.asked) == 1

    def test_between_the_answer_and_its_event_a_press_does_nothing(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        event = called_event()
        desk.link.answer(Answer(revision=event.revision, token=event.token))
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert len(desk.asked) == 1
        assert desk.window.desk.ready.call_next.state.busy

    def test_is_grey_with_the_reason_while_nobody_waits(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(waiting=()))
        button = desk.window.desk.ready.call_next
        assert not button.isEnabled()
        assert button.toolTip() == "Nobody is waiting for your types."
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert desk.asked == []

    def test_says_who_is_next_and_why(self, desk: Desk) -> None:
        desk.show()
        assert desk.window.desk.ready.next.accessibleName() == (
            "Next R007, Sales & payments. Oldest of 14. Waited 27 min."
        )

    def test_a_head_start_goes_first(self, desk: Desk) -> None:
        desk.show(morning(waiting=[waiting_token("A001", 20), waiting_token("B001", 5, priority=30)]))
        assert "Next B001" in desk.window.desk.ready.next.accessibleName()
        assert "Has a head start." in desk.window.desk.ready.next.accessibleName()

    def test_only_served_types_are_next(self, desk: Desk) -> None:
        desk.show(morning(serves=("browser",)))
        assert "Next B005" in desk.window.desk.ready.next.accessibleName()
        assert [card.text.split(",")[0] for card in desk.window.desk.ready.types.cards] == ["Information"]


class TestRecall:
    @pytest.mark.parametrize(
        "press",
        [click(lambda desk: desk.window.desk.active.commands.recall), key(Qt.Key.Key_F3)],
        ids=["button", "F3"],
    )
    def test_calls_again(self, press: Press, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot)
        assert desk.asked == [commands.Recall(token_id=token_id("A012"))]

    def test_is_counted(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(recall_count=2)))
        assert desk.says("Called at 10:42, recalled 2 times")


class TestStart:
    @pytest.mark.parametrize(
        "press",
        [click(lambda desk: desk.window.desk.active.commands.start), key(Qt.Key.Key_F4)],
        ids=["button", "F4"],
    )
    def test_starts_the_service(self, press: Press, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot)
        assert desk.asked == [commands.Start(token_id=token_id("A012"))]

    def test_then_complete_stands_in_its_place(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        row = desk.window.desk.active.commands
        place = row.start.geometry().topLeft()
        token = called_token(served_s=0)
        event = ServiceStarted(revision=Revision(101), at=NOW, token=token, call=call_of(token))
        desk.link.tell_event(event)
        desk.presenter.draw()
        desk.settle()
        assert not row.start.isVisible()
        assert row.complete.isVisible()
        assert row.complete.geometry().topLeft() == place


class TestComplete:
    @pytest.mark.parametrize(
        "press",
        [click(lambda desk: desk.window.desk.active.commands.complete), key(Qt.Key.Key_F5)],
        ids=["button", "F5"],
    )
    def test_completes_what_is_served(self, press: Press, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(served_s=204)))
        press(desk, qtbot)
        assert desk.asked == [commands.Complete(token_id=token_id("A012"))]

    def test_its_key_does_nothing_before_service_starts(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        qtbot.keyClick(desk.window, Qt.Key.Key_F5)
        assert desk.asked == []

    def test_where_arrival_is_not_confirmed_a_call_can_be_completed(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(), confirms_arrival=False))
        assert desk.window.desk.active.commands.start.isVisible()
        qtbot.keyClick(desk.window, Qt.Key.Key_F5)
        assert desk.asked == [commands.Complete(token_id=token_id("A012"))]

    def test_leads_back_to_call_next_and_asks_for_my_day(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(served_s=204)))
        desk.link.fetches.clear()
        qtbot.keyClick(desk.window, Qt.Key.Key_F5)
        token = called_token(served_s=204).model_copy(update={"status": TokenStatus.COMPLETED})
        call = call_of(token, outcome=CallOutcome.COMPLETED)
        event = ServiceCompleted(revision=Revision(101), at=NOW, token=token, call=call)
        desk.link.tell_event(event)
        desk.link.answer(Answer(revision=event.revision, token=token))
        assert desk.window.desk.ready.isVisible()
        assert desk.lane == "A012 completed"
        assert Fetch.MY_DAY in desk.link.fetches


class TestNoShow:
    @pytest.mark.parametrize(
        "press",
        [click(lambda desk: desk.window.desk.active.commands.no_show), key(Qt.Key.Key_F6)],
        ids=["button", "F6"],
    )
    def test_is_open_once_every_screen_has_shown_the_call(
        self, press: Press, desk: Desk, qtbot: QtBot
    ) -> None:
        token = called_token()
        desk.show(morning(active=token))
        desk.link.tell_receipts(receipts(token))
        desk.presenter.draw()
        press(desk, qtbot)
        assert desk.asked == [commands.NoShow(token_id=token.id)]

    def test_says_what_is_missing_before(self, desk: Desk, qtbot: QtBot) -> None:
        token = called_token(called_s=6)
        desk.show(morning(active=token))
        desk.link.tell_receipts(receipts(token, shown=1))
        desk.presenter.draw()
        button = desk.window.desk.active.commands.no_show
        assert not button.isEnabled()
        assert button.toolTip() == "Shown on 1 of 2 screens: no-show opens in 54 s"
        assert desk.window.desk.active.commands.hint.text() == button.toolTip()
        qtbot.keyClick(desk.window, Qt.Key.Key_F6)
        assert desk.asked == []

    def test_is_open_after_a_minute_without_any_screen(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(called_s=61)))
        assert desk.window.desk.active.commands.no_show.isEnabled()

    def test_a_refusal_is_put_into_words(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(called_s=61)))
        qtbot.keyClick(desk.window, Qt.Key.Key_F6)
        desk.link.refuse(
            ProblemCode.NO_SHOW_TOO_EARLY,
            number="A012",
            opens_at="2025-10-14T08:43:30+00:00",
            shown=1,
            screens=2,
        )
        assert desk.lane == (
            "A012 was shown on 1 of 2 screens. No-show opens at 10:43:30; recall until then."
        )


class TestCancel:
    @pytest.mark.parametrize(
        "press",
        [
            lambda desk, qtbot: desk.window.desk.active.commands.cancel.trigger(),
            key(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier),
        ],
        ids=["menu", "Ctrl+Del"],
    )
    def test_asks_for_the_reason(self, press: Press, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot)
        dialog = desk.dialog(CancelDialog)
        assert desk.asked == []
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.Cancel(token_id=token_id("A012"), reason="Taken by mistake")]

    def test_a_reason_in_ones_own_words_must_not_be_empty(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        desk.window.desk.active.commands.cancel.trigger()
        dialog = desk.dialog(CancelDialog)
        qtbot.keyClick(dialog, Qt.Key.Key_4)
        assert not dialog.action.isEnabled()
        qtbot.keyClicks(desk.focused(), "went home")
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Return)
        assert desk.asked == [commands.Cancel(token_id=token_id("A012"), reason="went home")]

    def test_escape_keeps_the_token(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        desk.window.desk.active.commands.cancel.trigger()
        qtbot.keyClick(desk.dialog(CancelDialog), Qt.Key.Key_Escape)
        assert desk.asked == []

    def test_once_service_started_the_later_commands_say_why_they_are_grey(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(served_s=10)))
        row = desk.window.desk.active.commands
        for button in (row.recall, row.no_show, row.send_back):
            assert button.isVisible()
            assert not button.isEnabled()
            assert button.toolTip() == "Only before service starts"
        assert not row.cancel.isEnabled()
        assert row.cancel.toolTip() == "Only before service starts"


class TestVisit:
    def test_says_that_no_screen_has_shown_the_call(self, desk: Desk) -> None:
        desk.link.tell_live(since=NOW.replace(hour=1))
        desk.show(morning(active=called_token(called_s=12)))
        desk.link.tell_live(since=NOW.replace(hour=1))
        desk.presenter.draw()
        assert desk.window.desk.active.screens.text == "No screen has shown this call. Call out the number."

    def test_claims_nothing_of_calls_from_before_the_connection(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(called_s=12)))
        assert desk.window.desk.active.screens.text == ""

    def test_says_on_how_many_screens_it_was_shown(self, desk: Desk) -> None:
        token = called_token()
        desk.show(morning(active=token))
        desk.link.tell_receipts(receipts(token, shown=1))
        desk.presenter.draw()
        assert desk.window.desk.active.screens.text == "Shown on 1 of 2 screens"

    def test_says_why_and_how_long_it_waited(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        facts = desk.window.desk.active.facts
        assert facts.waited.text() == "8 min 36 s"
        assert facts.why.text() == "Oldest of 5.\nNobody was passed over."

    @pytest.mark.parametrize(
        ("why", "words"),
        [
            (
                Why(rule=ChoiceRule.OLDEST, waiting=14, waited_s=9, passed_over=3),
                "Oldest of 14.\nPassed over 3 times.",
            ),
            (
                Why(rule=ChoiceRule.OLDEST, waiting=2, waited_s=9, passed_over=1),
                "Oldest of 2.\nPassed over once.",
            ),
            (Why(rule=ChoiceRule.OLDEST, waiting=1, waited_s=9), "Nobody else is waiting."),
            (
                Why(rule=ChoiceRule.PICKED, waiting=9, waited_s=9, overtook=4),
                "Picked from the list.\nCalled before 4 who came earlier.",
            ),
            (
                Why(rule=ChoiceRule.HEAD_START, waiting=9, waited_s=9, overtook=1),
                "Has a head start. 9 waiting.\nCalled before one who came earlier.",
            ),
        ],
    )
    def test_every_rule_has_its_words(self, why: Why, words: str, desk: Desk) -> None:
        desk.show(morning(active=called_token().model_copy(update={"why": why})))
        assert desk.window.desk.active.facts.why.text() == words

    def test_the_timer_runs_on_the_servers_clock(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(served_s=204)))
        assert desk.window.desk.active.facts.timer.text() == "3:24"
        desk.link.now = NOW.replace(second=2)
        desk.presenter.draw()
        assert desk.window.desk.active.facts.timer.text() == "3:26"

    def test_a_head_start_has_a_line_of_its_own(self, desk: Desk) -> None:
        desk.show(morning(active=called_token().model_copy(update={"priority": 30})))
        assert desk.says("Taken at 10:34 at the ticket machine")
        assert desk.says("Head start 30 min")
        desk.show(morning(active=called_token()))
        assert not desk.says("Head start 30 min")
