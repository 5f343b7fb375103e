"""A break at one's own counter, and what the organization tells its staff."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.qt_kit.widgets.dialog import Dialog
from clients.staff_desktop.widgets.break_dialog import BreakDialog
from shared.announcements import Reader, Urgency
from shared.commands import Answer
from shared.events import CounterPaused, CounterUnpaused
from shared.ids import Revision
from shared.problems import ProblemCode
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import (
    NOW,
    announcement,
    called_token,
    counter_id,
    counters,
    morning,
    parked_token,
    token_id,
)

CTRL = Qt.KeyboardModifier.ControlModifier


class TestBreak:
    def test_asks_for_the_reason(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_B, CTRL)
        dialog = desk.dialog(BreakDialog)
        assert [button.text() for button in dialog.reasons.buttons] == ["Lunch", "Meeting", "Another reason"]
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.TakeBreak(counter_id=counter_id("3"), reason="Meeting")]

    def test_by_its_button(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.mouseClick(desk.window.desk.top.rest, Qt.MouseButton.LeftButton)
        assert desk.dialog(BreakDialog).isVisible()

    def test_runs_a_clock_and_says_why(self, desk: Desk) -> None:
        desk.show()
        paused = counters(on_break="Lunch")[2]
        desk.link.tell_event(CounterPaused(revision=Revision(101), at=NOW, counter=paused))
        desk.presenter.draw()
        panel = desk.window.desk.rest
        assert panel.isVisible()
        assert desk.says("Lunch")
        assert panel.timer.text() == "4:00"
        desk.link.now += timedelta(seconds=5)
        desk.presenter.draw()
        assert panel.timer.text() == "4:05"

    def test_the_same_key_resumes_work(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(on_break="Lunch"))
        qtbot.keyClick(desk.window, Qt.Key.Key_B, CTRL)
        assert desk.asked == [commands.EndBreak(counter_id=counter_id("3"))]
        counter = counters()[2]
        desk.link.tell_event(CounterUnpaused(revision=Revision(101), at=NOW, counter=counter))
        desk.link.answer(Answer(revision=Revision(101), counter=counter))
        assert desk.window.desk.ready.isVisible()
        assert desk.lane == "Last: work resumed at 10:43"

    def test_meanwhile_nobody_is_called_and_it_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(on_break="Lunch", parked=[parked_token("A003")]))
        desk.presenter.call_next()
        assert desk.lane == "You are on a break. Resume work first."
        desk.presenter.call_this_one(token_id("A013"))
        desk.presenter.resume(token_id("A003"))
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert desk.asked == []

    def test_during_a_visit_it_is_grey_and_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        assert not desk.window.desk.top.rest.isEnabled()
        assert desk.window.desk.top.rest.toolTip() == "End this visit first."
        qtbot.keyClick(desk.window, Qt.Key.Key_B, CTRL)
        desk.settle()
        assert desk.window.findChild(BreakDialog) is None

    def test_without_a_counter_there_is_none_to_take(self, desk: Desk) -> None:
        desk.show(morning(mine=None))
        assert not desk.window.desk.top.rest.isVisible()

    @pytest.mark.parametrize(
        ("code", "sentence"),
        [
            (ProblemCode.COUNTER_ON_BREAK, "Counter 3 is on a break. Resume work first."),
            (ProblemCode.NOT_ON_BREAK, "The break at Counter 3 is over already."),
        ],
    )
    def test_refusals_are_put_into_words(
        self, code: ProblemCode, sentence: str, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.show(morning(on_break="Lunch"))
        qtbot.keyClick(desk.window, Qt.Key.Key_B, CTRL)
        desk.link.refuse(code, counter="Counter 3")
        assert desk.lane == sentence

    def test_offline_the_way_back_is_grey_and_says_why(self, desk: Desk) -> None:
        desk.show(morning(on_break="Lunch"))
        desk.link.tell_offline()
        desk.presenter.draw()
        resume = desk.window.desk.rest.resume
        assert not resume.isEnabled()
        assert resume.toolTip() == "No connection since 10:43. You can read, not call."


class TestNews:
    def test_without_any_there_is_no_line(self, desk: Desk) -> None:
        desk.show()
        assert not desk.window.desk.news.isVisible()

    def test_the_most_urgent_comes_first(self, desk: Desk) -> None:
        news = [announcement("Cake at four."), announcement("Fire drill at 11:00.", priority=Urgency.URGENT)]
        desk.show(morning(news=news))
        line = desk.window.desk.news
        assert line.isVisible()
        assert line.text.text() == "Fire drill at 11:00."
        assert line.all.state.text == "1 more"
        line.all.click()
        desk.dialog(Dialog)
        assert desk.says("Cake at four.")

    def test_what_is_for_visitors_or_over_is_not_shown(self, desk: Desk) -> None:
        news = [
            announcement("Closed on Friday.", readers=(Reader.VISITORS,), priority=Urgency.URGENT),
            announcement("Cake at four.", until_min=5),
        ]
        desk.show(morning(news=news))
        assert desk.window.desk.news.text.text() == "Cake at four."
        desk.link.now += timedelta(minutes=6)
        desk.presenter.draw()
        assert not desk.window.desk.news.isVisible()
