"""Signing in, choosing a counter, losing it, losing the connection, closing, signing out."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.core.errors import Refusal, ServerUnreachable
from clients.core.messages import Answered, AskingFailed, SignOutReason
from clients.core.questions import AskSetup
from clients.core.queue_state import QueueState
from clients.qt_kit.widgets.command_button import CommandButton
from clients.staff_desktop.widgets.person_menu import PersonMenu
from clients.staff_desktop.widgets.take_over_dialog import TakeOverDialog
from shared.commands import Answer
from shared.counters import LiveCounter
from shared.ids import Revision
from shared.problems import Problem, ProblemCode
from shared.setup import SetupState
from tests.desktop.staff.conftest import Desk, MakeDesk
from tests.desktop.staff.scene import (
    BROWSER,
    MARTA,
    NOW,
    called_token,
    counter_id,
    counters,
    morning,
    person_id,
)


def menu_of(desk: Desk) -> PersonMenu:
    menu = PersonMenu(desk.window)
    menu.render(
        desk.window.view.top,
        desk.window.desk.top.break_action,
        languages={"en": "English"},
        theme="light",
        text_size=100,
        language="en",
    )
    return menu


class TestSignIn:
    def test_begins_by_what_is_remembered(self, desk: Desk) -> None:
        assert desk.link.resumed == 1
        assert desk.window.sign_in.isVisible()

    def test_sends_what_was_typed_once(self, desk: Desk, qtbot: QtBot) -> None:
        desk.link.tell_ended()
        form = desk.window.sign_in
        qtbot.keyClicks(form.username.input, "marta")
        qtbot.keyClicks(form.password.input, "secret")
        qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
        qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
        assert desk.link.sign_ins == [("marta", "secret")]

    def test_says_what_was_wrong(self, desk: Desk) -> None:
        desk.presenter.sign_in("marta", "nonsense")
        problem = Problem(title="x", status=401, code=ProblemCode.WRONG_CREDENTIALS)
        desk.link.sign_in_refused.emit(Refusal(problem))
        assert desk.says("The user name or the password is wrong. Capitals count in the password.")

    def test_says_that_the_server_does_not_answer(self, desk: Desk) -> None:
        desk.link.sign_in_refused.emit(ServerUnreachable(server="http://here:1", reason="refused"))
        assert desk.says("The server at http://here:1 does not answer.")

    def test_says_that_the_server_has_to_be_set_up_first(self, desk: Desk) -> None:
        desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
        assert desk.link.questions == [AskSetup()]
        desk.link.answered.emit(Answered(question=AskSetup(), value=SetupState(needs_code=True)))
        told = "This server has not been set up yet. An admin does that first, in the admin console."
        assert desk.says(told)
        desk.presenter.sign_in("marta", "nonsense")
        problem = Problem(title="x", status=401, code=ProblemCode.WRONG_CREDENTIALS)
        desk.link.sign_in_refused.emit(Refusal(problem))
        assert desk.says(told)
        done = Problem(title="x", status=409, code=ProblemCode.ALREADY_SET_UP)
        desk.link.asking_failed.emit(AskingFailed(question=AskSetup(), sentence="x", problem=done))
        assert not desk.says(told)

    def test_says_that_a_sign_in_has_ended(self, desk: Desk) -> None:
        desk.show()
        desk.link.tell_ended()
        assert desk.window.sign_in.isVisible()
        assert desk.says("Your sign-in has ended. Sign in again to go on.")

    def test_the_menu_says_when_nothing_is_remembered(self, desk: Desk) -> None:
        desk.show()
        desk.link.tell_signed_in(MARTA, is_remembered=False)
        desk.presenter.draw()
        texts = [action.text() for action in menu_of(desk).actions()]
        assert "Not remembered here: no keyring on this computer" in texts

    def test_until_the_queue_is_here_the_desk_is_blocks(self, desk: Desk) -> None:
        desk.link.tell_signed_in(MARTA)
        desk.presenter.draw()
        assert desk.window.loading.isVisible()


class TestChooseCounter:
    def test_lists_counters_with_who_sits_there(self, desk: Desk) -> None:
        desk.show(morning(mine=None))
        assert [tile.accessibleName() for tile in desk.window.desk.closed.tiles] == [
            "Counter 1, Jonas Beck",
            "Counter 2, Free",
            "Counter 3, Free",
            "Counter 4, Free",
            "Counter 5, Amina Diallo",
            "Counter 6, Free",
        ]

    def test_enter_opens_the_first_free_one_for_all_types(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(mine=None))
        assert desk.window.desk.closed.open.accessibleName() == "Open Counter 2"
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Return)
        assert desk.asked == [commands.Open(counter_id=counter_id("2"))]

    def test_opens_the_chosen_one_for_the_chosen_types(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(mine=None))
        panel = desk.window.desk.closed
        qtbot.mouseClick(panel.tiles[2], Qt.MouseButton.LeftButton)
        panel.checks["instant"].click()
        panel.checks["retail"].click()
        panel.open.click()
        assert desk.asked == [commands.Open(counter_id=counter_id("3"), customer_types=(BROWSER,))]

    def test_needs_at_least_one_type(self, desk: Desk) -> None:
        desk.show(morning(mine=None))
        panel = desk.window.desk.closed
        for check in panel.checks.values():
            check.click()
        assert not panel.open.isEnabled()
        assert panel.open.toolTip() == "Choose at least one type."

    def test_remembers_the_last_choice(self, desk: Desk) -> None:
        desk.show(morning(mine=None))
        panel = desk.window.desk.closed
        panel.tiles[3].click()
        panel.checks["instant"].click()
        panel.open.click()
        desk.link.answer(Answer(revision=Revision(100)))
        assert desk.choices.counter_id == counter_id("4")
        assert desk.choices.types == ("browser", "retail")
        panel.begin_again()
        desk.presenter.draw()
        assert panel.open.accessibleName() == "Open Counter 4"
        assert panel.chosen_types == ("browser", "retail")

    def test_taking_over_asks_first(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(mine=None))
        desk.window.desk.closed.tiles[0].click()
        assert desk.window.desk.closed.open.accessibleName() == "Take over Counter 1"
        desk.window.desk.closed.open.click()
        assert desk.asked == []
        dialog = desk.dialog(TakeOverDialog)
        assert desk.says("Take over Counter 1?")
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.Open(counter_id=counter_id("1"), take_over=True)]

    def test_a_counter_taken_meanwhile_asks_too(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(mine=None))
        desk.window.desk.closed.open.click()
        desk.link.refuse(ProblemCode.COUNTER_TAKEN, counter="Counter 2", person="Ravi Menon")
        assert desk.says(
            "Ravi Menon has it open. It closes for them; a visitor who is there stays at the counter."
        )
        qtbot.keyClick(desk.dialog(TakeOverDialog), Qt.Key.Key_Escape)
        assert len(desk.asked) == 1
        assert desk.window.desk.closed.open.isEnabled()

    def test_the_settings_open_a_counter_once(self, make_desk: MakeDesk) -> None:
        desk = make_desk(counter_label="6")
        desk.show(morning(mine=None))
        assert desk.asked == [commands.Open(counter_id=counter_id("6"))]

    def test_a_counter_in_the_settings_that_is_not_there_is_told(self, make_desk: MakeDesk) -> None:
        desk = make_desk(counter_label="99")
        desk.show(morning(mine=None))
        assert desk.asked == []
        assert desk.lane == "There is no counter 99. Choose another."


class TestCloseCounter:
    def test_from_the_menu(self, desk: Desk) -> None:
        desk.show()
        menu = menu_of(desk)
        menu.close_counter_requested.connect(desk.presenter.close_counter)
        action(menu, "Close Counter 3").trigger()
        assert desk.asked == [commands.Close(counter_id=counter_id("3"))]
        desk.link.tell_state(morning(mine=None, revision=101))
        desk.link.answer(Answer(revision=Revision(101)))
        assert desk.window.desk.closed.isVisible()
        assert "took over" not in desk.lane

    def test_not_during_a_visit(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        close = action(menu_of(desk), "Close Counter 3")
        assert not close.isEnabled()
        assert close.toolTip() == "End this visit first."

    def test_a_counter_that_was_taken_over_is_told(self, desk: Desk) -> None:
        desk.show()
        state = morning(mine=None, revision=101)
        taken = counters(mine=None)[2].model_copy(
            update={"opened_by": person_id("Ravi Menon"), "opened_at": NOW}
        )
        desk.link.tell_state(with_counter(state, taken))
        desk.presenter.draw()
        assert desk.window.desk.closed.isVisible()
        assert desk.lane == "Ravi Menon took over Counter 3. Choose a counter to go on."

    def test_sign_out(self, desk: Desk) -> None:
        desk.show()
        menu = menu_of(desk)
        menu.sign_out_requested.connect(desk.presenter.sign_out)
        action(menu, "Sign out").trigger()
        assert desk.link.signed_out_times == 1
        assert desk.window.sign_in.isVisible()


class TestConnection:
    def test_offline_every_command_is_grey_and_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        desk.link.tell_offline(next_try_s=4)
        desk.presenter.draw()
        assert desk.window.desk.offline.sentence == (
            "No connection since 10:43. Trying again in 4 s. You can read, not call."
        )
        for button in (desk.window.desk.ready.call_next, desk.window.desk.top.new_token):
            assert not button.isEnabled()
            assert button.toolTip() == "No connection since 10:43. You can read, not call."
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert desk.asked == []

    def test_the_countdown_runs(self, desk: Desk) -> None:
        desk.show()
        desk.link.tell_offline(next_try_s=8)
        desk.link.now += timedelta(seconds=5)
        desk.presenter.draw()
        assert "Trying again in 3 s." in desk.window.desk.offline.sentence

    def test_the_list_stays_readable_and_enter_says_why_nothing_happens(
        self, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.show()
        desk.link.tell_offline()
        desk.presenter.draw()
        rows = desk.window.desk.waiting.list
        assert len(rows.rows.rows) == 14
        rows.setCurrentIndex(rows.rows.index(0))
        rows.setFocus()
        qtbot.keyClick(rows, Qt.Key.Key_Return)
        assert desk.asked == []
        assert desk.lane == "No connection since 10:43. You can read, not call."

    def test_all_comes_back_with_the_connection(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        desk.link.tell_offline()
        desk.presenter.draw()
        desk.link.tell_live()
        desk.presenter.draw()
        assert desk.window.desk.offline.sentence == ""
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert desk.asked == [commands.CallNext(counter_id=counter_id("3"))]

    def test_a_visit_stays_on_the_screen(self, desk: Desk) -> None:
        desk.show(morning(active=called_token(served_s=5)))
        desk.link.tell_offline()
        desk.presenter.draw()
        assert desk.window.desk.active.number.number == "A012"
        assert not desk.window.desk.active.commands.complete.isEnabled()


class TestMyDay:
    def test_figures_of_the_day(self, desk: Desk) -> None:
        desk.show()
        said = [figure.accessibleName() for figure in desk.window.desk.day.figures]
        assert said == [
            "Served 23, today",
            "Average service 4:12, per visitor",
            "No-shows 2, of 25 calls",
            "Average wait 8:50, until called",
        ]


class TestAccess:
    def test_every_control_has_a_name(self, desk: Desk) -> None:
        for state in (morning(), morning(mine=None), morning(active=called_token())):
            desk.show(state)
            for button in desk.window.findChildren(CommandButton):
                if button.isVisible():
                    assert button.accessibleName()

    def test_after_a_command_the_focus_is_on_nothing_that_enter_could_press(
        self, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.show(morning(active=called_token(served_s=5)))
        desk.window.desk.active.commands.complete.setFocus()
        desk.link.tell_state(morning(revision=101))
        desk.presenter.draw()
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Return)
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Space)
        assert desk.asked == []


def action(menu: PersonMenu, text: str) -> QAction:
    return next(each for each in menu.actions() if each.text() == text)


def with_counter(state: QueueState, counter: LiveCounter) -> QueueState:
    return replace(state, counters=MappingProxyType({**state.counters, counter.id: counter}))
