"""Rows beside the plain waiting ones: their menu and keys, who is parked, who did not come, who is sent."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.core.questions import AskTokens
from clients.staff_desktop.list_view import Section
from clients.staff_desktop.no_shows import QUESTION
from clients.staff_desktop.widgets.cancel_dialog import CancelDialog
from clients.staff_desktop.widgets.emergency_dialog import EmergencyDialog
from clients.staff_desktop.widgets.notes_dialog import NotesDialog
from clients.staff_desktop.widgets.priority_dialog import PriorityDialog
from clients.staff_desktop.widgets.transfer_dialog import TransferDialog
from clients.staff_desktop.widgets.waiting_list import WaitingList
from shared.commands import Answer
from shared.events import TokenNoShow, TokenParked, TokenReinstated
from shared.ids import CallOutcome, Revision, TokenStatus
from shared.problems import ProblemCode
from shared.tokens import LiveToken, TokenPage, Visitor
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import (
    INSTANT,
    NOW,
    RETAIL,
    call_of,
    called_token,
    counter_id,
    morning,
    no_show_token,
    parked_token,
    person_id,
    token_id,
    waiting_token,
)

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
A013 = token_id("A013")


def select(desk: Desk, number: str) -> WaitingList:
    rows = desk.window.desk.waiting.list
    row = rows.rows.row_of(token_id(number))
    assert row is not None
    rows.setCurrentIndex(rows.rows.index(row))
    rows.setFocus()
    return rows


def numbers(desk: Desk) -> list[str]:
    return [token.number for token in desk.window.desk.waiting.list.rows.rows]


def show(desk: Desk, section: Section) -> None:
    names = {button.segment.key: button for button in desk.window.desk.waiting.sections._buttons}
    names[section].click()


def spoken(desk: Desk, number: str) -> str:
    model = desk.window.desk.waiting.list.rows
    row = model.row_of(token_id(number))
    assert row is not None
    said = model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole)
    assert isinstance(said, str)
    return said


def menu_of(desk: Desk) -> dict[str, str]:
    """What the menu of the selected row offers, by its key."""
    menu = desk.window.desk.waiting.list.menu()
    offered = {}
    for action in menu.actions():
        if not action.isSeparator():
            text, _, shown_key = action.text().partition("\t")
            offered[text] = shown_key or action.shortcut().toString()
    menu.aboutToHide.emit()
    return offered


class TestMenu:
    def test_a_waiting_row(self, desk: Desk) -> None:
        desk.show()
        select(desk, "A013")
        assert menu_of(desk) == {
            "Call": "Enter",
            "Transfer…": "Shift+F8",
            "Change priority…": "Ctrl+Shift+P",
            "Emergency…": "Ctrl+Shift+M",
            "Notes…": "Ctrl+Shift+E",
            "Cancel…": "Del",
        }

    def test_a_parked_row(self, desk: Desk) -> None:
        desk.show(morning(parked=[parked_token("A003")]))
        show(desk, Section.PARKED)
        select(desk, "A003")
        assert list(menu_of(desk)) == ["Resume", "Return to line", "Transfer…", "Notes…", "Cancel…"]

    def test_what_cannot_be_done_is_grey_and_says_why(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        rows = select(desk, "A013")
        menu = rows.menu()
        call, transfer = menu.actions()[:2]
        assert not call.isEnabled()
        assert call.toolTip() == "End this visit first."
        assert transfer.isEnabled()
        menu.aboutToHide.emit()

    @pytest.mark.parametrize(
        ("code", "modifiers", "kind"),
        [
            (Qt.Key.Key_F8, SHIFT, TransferDialog),
            (Qt.Key.Key_P, CTRL | SHIFT, PriorityDialog),
            (Qt.Key.Key_M, CTRL | SHIFT, EmergencyDialog),
            (Qt.Key.Key_E, CTRL | SHIFT, NotesDialog),
            (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, CancelDialog),
        ],
    )
    def test_a_key_asks_about_the_selected_row_also_during_a_visit(
        self, code: Qt.Key, modifiers: Qt.KeyboardModifier, kind: type, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.show(morning(active=called_token()))
        qtbot.keyClick(select(desk, "A013"), code, modifiers)
        assert "A013" in desk.dialog(kind).windowTitle()

    def test_offline_a_key_opens_nothing(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        rows = select(desk, "A013")
        desk.link.tell_offline()
        desk.presenter.draw()
        qtbot.keyClick(rows, Qt.Key.Key_F8, SHIFT)
        desk.settle()
        assert desk.window.findChild(TransferDialog) is None


class TestEmergency:
    def test_a_reason_lets_a_visitor_go_first(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        qtbot.keyClick(select(desk, "A013"), Qt.Key.Key_M, CTRL | SHIFT)
        dialog = desk.dialog(EmergencyDialog)
        assert not dialog.action.isEnabled()
        qtbot.keyClicks(desk.focused(), "Feels faint")
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Return)
        assert desk.asked == [commands.Change(token_id=A013, changes={"emergency": "Feels faint"})]
        token = waiting_token("A013", 9).model_copy(update={"emergency": "Feels faint"})
        desk.link.answer(Answer(revision=Revision(101), token=token))
        assert desk.lane == "A013 goes first: Feels faint"

    def test_emptied_it_is_none_any_more(self, desk: Desk, qtbot: QtBot) -> None:
        urgent = waiting_token("A013", 9).model_copy(update={"emergency": "Feels faint"})
        desk.show(morning(waiting=[waiting_token("R007", 27), urgent]))
        qtbot.keyClick(select(desk, "A013"), Qt.Key.Key_M, CTRL | SHIFT)
        dialog = desk.dialog(EmergencyDialog)
        dialog.reason.input.clear()
        dialog.reason.text_edited.emit("")
        assert dialog.action.state.text == "No emergency any more"
        dialog.action.click()
        assert desk.asked == [commands.Change(token_id=A013, changes={"emergency": None})]
        desk.link.answer(Answer(revision=Revision(101), token=waiting_token("A013", 9)))
        assert desk.lane == "A013 is no emergency any more"

    def test_is_first_and_next_whatever_others_waited(self, desk: Desk) -> None:
        urgent = waiting_token("A017", 2).model_copy(update={"emergency": "Feels faint"})
        desk.show(morning(waiting=[waiting_token("R007", 27), waiting_token("B005", 5, priority=30), urgent]))
        assert numbers(desk) == ["A017", "B005", "R007"]
        assert "Next A017" in desk.window.desk.ready.next.accessibleName()
        assert "An emergency goes first." in desk.window.desk.ready.next.accessibleName()
        assert "Emergency: Feels faint." in spoken(desk, "A017")


class TestSent:
    """Tokens that are meant for a counter or a person."""

    def sent(self, number: str, waited_min: float, **target: object) -> LiveToken:
        return waiting_token(number, waited_min).model_copy(update=target)

    def test_to_oneself_goes_before_the_rest_of_whatever_type(self, desk: Desk) -> None:
        mine = self.sent("R012", 1, target_user_id=person_id("Marta Ruiz"))
        desk.show(morning(waiting=[waiting_token("A013", 9), mine], serves=(INSTANT,)))
        assert "Next R012" in desk.window.desk.ready.next.accessibleName()
        assert "Sent to this counter or to you." in desk.window.desk.ready.next.accessibleName()
        assert numbers(desk) == ["R012", "A013"]
        assert desk.window.desk.waiting.segments._buttons[0].accessibleName() == "Mine 2"
        assert "For you" in spoken(desk, "R012")

    def test_to_another_counter_is_not_next_here(self, desk: Desk) -> None:
        other = self.sent("A013", 30, target_counter_id=counter_id("5"))
        desk.show(morning(waiting=[other, waiting_token("A014", 7)], serves=(INSTANT,)))
        assert "Next A014" in desk.window.desk.ready.next.accessibleName()
        assert numbers(desk) == ["A014"]
        desk.window.desk.waiting.segments._buttons[1].click()  # all of the type
        assert numbers(desk) == ["A013", "A014"]
        assert "Sent to Counter 5." in spoken(desk, "A013")

    def test_to_a_colleague_only_nobody_is_next_here(self, desk: Desk) -> None:
        other = self.sent("A013", 30, target_user_id=person_id("Jonas Beck"))
        desk.show(morning(waiting=[other]))
        assert not desk.window.desk.ready.call_next.isEnabled()
        assert desk.window.desk.ready.call_next.toolTip() == "Nobody is waiting for your types."


class TestNames:
    def test_a_name_stands_in_the_row_and_is_found(self, desk: Desk) -> None:
        omar = waiting_token("R007", 27).model_copy(update={"visitor": Visitor(name="Omar Haddad")})
        desk.show(morning(waiting=[omar, waiting_token("A013", 9)]))
        model = desk.window.desk.waiting.list.rows
        assert model.words_of(model.rows[0]) == "Omar Haddad"
        assert model.words_of(model.rows[1]) == "Quick service"
        desk.window.desk.waiting.filter.setText("haddad")
        assert numbers(desk) == ["R007"]


class TestParked:
    def test_says_why_and_until_when(self, desk: Desk) -> None:
        later = parked_token("A003", reason="Filling in a form")
        soon = parked_token("B002", reason="Missing document", wakes_in_min=25)
        desk.show(morning(parked=[later, soon]))
        assert [button.accessibleName() for button in desk.window.desk.waiting.sections._buttons] == [
            "Waiting 14",
            "Parked 2",
            "No-shows",
        ]
        show(desk, Section.PARKED)
        assert numbers(desk) == ["B002", "A003"]
        model = desk.window.desk.waiting.list.rows
        assert [(model.words_of(token), model.end_of(token)) for token in model.rows] == [
            ("Missing document", "until 11:08"),
            ("Filling in a form", "12 min"),
        ]
        tip = model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
        assert tip == "Parked at 10:31: Missing document. Back in line at 11:08."

    def test_enter_takes_a_visitor_up_again(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(parked=[parked_token("A003")]))
        show(desk, Section.PARKED)
        qtbot.keyClick(select(desk, "A003"), Qt.Key.Key_Return)
        assert desk.asked == [commands.Resume(token_id=token_id("A003"), counter_id=counter_id("3"))]

    def test_during_a_visit_it_is_refused_in_words(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(), parked=[parked_token("A003")]))
        show(desk, Section.PARKED)
        qtbot.keyClick(select(desk, "A003"), Qt.Key.Key_Return)
        assert desk.asked == []
        assert desk.lane == "End this visit first."

    def test_goes_back_in_line_or_is_cancelled(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(parked=[parked_token("A003")]))
        show(desk, Section.PARKED)
        qtbot.keyClick(select(desk, "A003"), Qt.Key.Key_F9, SHIFT)
        assert desk.asked == [commands.Return(token_id=token_id("A003"))]
        desk.link.refuse(ProblemCode.TOKEN_NOT_MOVABLE, number="A003", status="waiting", command="return")
        assert desk.lane == "A003 is waiting in line."
        qtbot.keyClick(select(desk, "A003"), Qt.Key.Key_Delete)
        qtbot.keyClick(desk.dialog(CancelDialog), Qt.Key.Key_Return)
        assert desk.asked[-1] == commands.Cancel(token_id=token_id("A003"), reason="Visitor left")

    def test_keys_of_other_sections_do_nothing_here(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(parked=[parked_token("A003")]))
        show(desk, Section.PARKED)
        qtbot.keyClick(select(desk, "A003"), Qt.Key.Key_M, CTRL | SHIFT)
        desk.settle()
        assert desk.window.findChild(EmergencyDialog) is None

    def test_shows_up_with_its_event(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        show(desk, Section.PARKED)
        assert desk.says("Nobody is parked.")
        token = parked_token("A012", parked_min=0)
        call = call_of(called_token(), outcome=CallOutcome.PARKED)
        desk.link.tell_event(TokenParked(revision=Revision(101), at=NOW, token=token, call=call))
        desk.presenter.draw()
        assert numbers(desk) == ["A012"]

    def test_nothing_stays_selected_from_another_section(self, desk: Desk) -> None:
        desk.show(morning(parked=[parked_token("A003")]))
        select(desk, "A013")
        show(desk, Section.PARKED)
        assert desk.window.desk.waiting.list.selected is None


class TestNoShows:
    def test_are_asked_for_when_the_connection_is_there(self, desk: Desk) -> None:
        desk.show()
        assert desk.link.questions == [AskTokens(statuses=(TokenStatus.NO_SHOW,))]

    def test_until_they_are_known_the_list_is_loading(self, desk: Desk) -> None:
        desk.show()
        show(desk, Section.NO_SHOWS)
        panel = desk.window.desk.waiting
        assert panel._stack.currentIndex() == 2
        desk.link.tell_answered(QUESTION, TokenPage(items=(), next_cursor=None))
        desk.presenter.draw()
        assert desk.says("No no-shows today.")

    def test_enter_puts_one_back_in_line(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        early, late = no_show_token("A001", called_min=90), no_show_token("R002", called_min=20)
        desk.link.tell_answered(QUESTION, TokenPage(items=(early, late), next_cursor=None))
        desk.presenter.draw()
        show(desk, Section.NO_SHOWS)
        assert numbers(desk) == ["R002", "A001"]
        assert "Called at 10:23 and did not come." in spoken(desk, "R002")
        qtbot.keyClick(select(desk, "R002"), Qt.Key.Key_Return)
        assert desk.asked == [commands.Reinstate(token_id=token_id("R002"))]
        back = waiting_token("R002", 41)
        desk.link.tell_event(TokenReinstated(revision=Revision(101), at=NOW, token=back))
        desk.link.answer(Answer(revision=Revision(101), token=back))
        assert desk.lane == "R002 is back in line"
        assert numbers(desk) == ["A001"]

    def test_of_another_day_is_refused_in_words(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show()
        desk.link.tell_answered(QUESTION, TokenPage(items=(no_show_token("R002"),), next_cursor=None))
        show(desk, Section.NO_SHOWS)
        desk.presenter.draw()
        qtbot.keyClick(select(desk, "R002"), Qt.Key.Key_Return)
        desk.link.refuse(ProblemCode.TOKEN_OF_ANOTHER_DAY, number="R002")
        assert desk.lane == "R002 is of another day. Take a new token for this visitor."

    def test_a_new_one_comes_with_its_event(self, desk: Desk) -> None:
        token = called_token()
        desk.show(morning(active=token))
        desk.link.tell_answered(QUESTION, TokenPage(items=(), next_cursor=None))
        show(desk, Section.NO_SHOWS)
        gone = token.model_copy(update={"status": TokenStatus.NO_SHOW})
        call = call_of(token, outcome=CallOutcome.NO_SHOW)
        desk.link.tell_event(TokenNoShow(revision=Revision(101), at=NOW, token=gone, call=call))
        desk.presenter.draw()
        assert numbers(desk) == ["A012"]

    def test_without_an_answer_it_says_so_and_tries_again(self, desk: Desk) -> None:
        desk.show()
        show(desk, Section.NO_SHOWS)
        desk.link.fail_question(QUESTION, "The server at http://x does not answer.")
        desk.presenter.draw()
        assert desk.says("The server at http://x does not answer.")
        asked = len(desk.link.questions)
        desk.window.desk.waiting._empty.action_requested.emit()
        assert len(desk.link.questions) == asked + 1

    def test_are_nobody_elses_after_signing_out(self, desk: Desk) -> None:
        desk.show()
        desk.link.tell_answered(QUESTION, TokenPage(items=(no_show_token("R002"),), next_cursor=None))
        desk.link.sign_out()
        desk.show()
        show(desk, Section.NO_SHOWS)
        assert desk.window.desk.waiting._stack.currentIndex() == 2  # loading


class TestSkills:
    def test_only_what_a_person_can_serve_is_next(self, desk: Desk) -> None:
        state = morning()
        marta = person_id("Marta Ruiz")
        people = dict(state.people)
        people[marta] = people[marta].model_copy(update={"customer_types": (RETAIL,)})
        desk.show(replace(state, people=people))
        assert [card.text.split(",")[0] for card in desk.window.desk.ready.types.cards] == [
            "Sales & payments"
        ]
