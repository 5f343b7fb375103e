"""What is done with a visitor at the counter beside serving: sent on, set aside, sent back, noted."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.staff_desktop.wake import Wake, read_time
from clients.staff_desktop.widgets.notes_dialog import NotesDialog
from clients.staff_desktop.widgets.park_dialog import ParkDialog
from clients.staff_desktop.widgets.priority_dialog import PriorityDialog
from clients.staff_desktop.widgets.transfer_dialog import TransferDialog
from shared.commands import Answer
from shared.events import TokenReturned
from shared.ids import Revision, TokenStatus
from shared.problems import ProblemCode
from shared.tokens import Promise, Visitor
from tests.desktop.staff.conftest import Desk
from tests.desktop.staff.scene import (
    BROWSER,
    NOW,
    RETAIL,
    called_token,
    counter_id,
    morning,
    person_id,
    token_id,
    waiting_token,
)

A012 = token_id("A012")


def press(desk: Desk, qtbot: QtBot, code: Qt.Key, *, ctrl: bool = False) -> None:
    modifiers = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(desk.window, code, modifiers)


class TestReturn:
    def test_puts_a_called_visitor_back_in_line(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot, Qt.Key.Key_F9)
        assert desk.asked == [commands.Return(token_id=A012)]
        back = waiting_token("A012", 9)
        desk.link.tell_event(TokenReturned(revision=Revision(101), at=NOW, token=back))
        desk.link.answer(Answer(revision=Revision(101), token=back))
        assert desk.lane == "A012 is back in line"
        assert desk.window.desk.ready.isVisible()

    def test_by_its_button(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        qtbot.mouseClick(desk.window.desk.active.commands.send_back, Qt.MouseButton.LeftButton)
        assert desk.asked == [commands.Return(token_id=A012)]

    def test_is_not_offered_once_service_started(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(served_s=10)))
        press(desk, qtbot, Qt.Key.Key_F9)
        assert desk.asked == []


class TestTransfer:
    def open(self, desk: Desk, qtbot: QtBot) -> TransferDialog:
        desk.show(morning(active=called_token(served_s=10)))
        press(desk, qtbot, Qt.Key.Key_F8)
        return desk.dialog(TransferDialog)

    def test_to_another_type_by_its_digit(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_3)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.Transfer(token_id=A012, customer_type=RETAIL)]

    def test_where_nothing_would_change_it_says_what_to_choose(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        assert not dialog.action.isEnabled()
        assert dialog.action.toolTip() == "Choose another type, a counter or a colleague."
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert desk.asked == []

    def test_to_a_counter_first_in_line(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        dialog.targets._buttons[1].click()
        assert not dialog.action.isEnabled()
        assert [button.text() for button in dialog.counters.buttons][:3] == [
            "Counter 1: Jonas Beck",
            "Counter 2, closed now",
            "Counter 3: Marta Ruiz",
        ]
        assert not dialog.counters.buttons[2].isEnabled()  # the visitor is there
        dialog.counters.buttons[4].click()
        dialog.first.setChecked(True)
        dialog.action.click()
        assert desk.asked == [
            commands.Transfer(token_id=A012, counter_id=counter_id("5"), first_in_line=True)
        ]

    def test_to_a_colleague_as_another_type(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        dialog.types.choose(1)
        dialog.targets._buttons[2].click()
        assert dialog.people.buttons[0].text() == "Jonas Beck, Counter 1"
        dialog.people.buttons[0].click()
        dialog.action.click()
        assert desk.asked == [
            commands.Transfer(token_id=A012, customer_type=BROWSER, user_id=person_id("Jonas Beck"))
        ]

    def test_who_does_not_serve_the_type_is_grey_and_says_so(self, desk: Desk, qtbot: QtBot) -> None:
        state = morning(active=called_token(served_s=10))
        jonas = person_id("Jonas Beck")
        people = dict(state.people)
        people[jonas] = people[jonas].model_copy(update={"customer_types": (BROWSER,)})
        desk.show(replace(state, people=people))
        press(desk, qtbot, Qt.Key.Key_F8)
        dialog = desk.dialog(TransferDialog)
        dialog.targets._buttons[2].click()
        assert not dialog.people.buttons[0].isEnabled()
        assert dialog.people.buttons[0].toolTip() == "Jonas Beck does not serve this type."

    def test_is_told_with_its_goal(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.answer(Answer(revision=Revision(101), token=waiting_token("A012", 9)))
        assert desk.lane == "A012 transferred to Information"

    def test_a_refusal_names_who_and_what(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        desk.link.refuse(ProblemCode.NO_SKILL, person="Jonas Beck", customer_type="Information")
        assert desk.lane == "Jonas Beck does not serve Information. Choose another."


class TestPark:
    def open(self, desk: Desk, qtbot: QtBot) -> ParkDialog:
        desk.show(morning(active=called_token(served_s=10)))
        press(desk, qtbot, Qt.Key.Key_F7)
        return desk.dialog(ParkDialog)

    def test_with_one_of_the_organizations_reasons(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        assert [button.text() for button in dialog.reasons.buttons] == [
            "Filling in a form",
            "Missing document",
            "Another reason",
        ]
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.asked == [commands.Park(token_id=A012, reason="Missing document")]

    def test_in_ones_own_words(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_3)
        assert not dialog.action.isEnabled()
        qtbot.keyClicks(desk.focused(), "fetches the child")
        qtbot.keyClick(desk.focused(), Qt.Key.Key_Return)
        assert desk.asked == [commands.Park(token_id=A012, reason="fetches the child")]

    def test_for_some_minutes(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        dialog.picker.kinds._buttons[1].click()
        assert dialog.picker.about.text() == "Back in line at 10:53."
        dialog.picker.minutes.input.clear()
        qtbot.keyClicks(dialog.picker.minutes.input, "25")
        assert dialog.picker.about.text() == "Back in line at 11:08."
        qtbot.keyClick(dialog.picker.minutes.input, Qt.Key.Key_Return)
        assert desk.asked == [
            commands.Park(token_id=A012, reason="Filling in a form", wake_at=NOW + timedelta(minutes=25))
        ]

    def test_until_a_time_of_the_organizations_clock(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        dialog.picker.kinds._buttons[2].click()
        assert not dialog.action.isEnabled()
        assert dialog.action.toolTip() == "Type a time such as 11:30."
        qtbot.keyClicks(dialog.picker.time.input, "11:30")
        dialog.action.click()
        wake_at = datetime(2025, 10, 14, 9, 30, tzinfo=UTC)
        assert desk.asked == [commands.Park(token_id=A012, reason="Filling in a form", wake_at=wake_at)]

    def test_a_time_that_has_passed_is_tomorrows_and_says_so(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        dialog.picker.kinds._buttons[2].click()
        qtbot.keyClicks(dialog.picker.time.input, "0900")
        assert dialog.picker.about.text() == "Back in line tomorrow at 09:00."

    def test_says_what_was_done(self, desk: Desk, qtbot: QtBot) -> None:
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        parked = called_token(served_s=10).model_copy(update={"status": TokenStatus.PARKED})
        desk.link.answer(Answer(revision=Revision(101), token=parked))
        assert desk.lane == "A012 parked: Filling in a form"


class TestWake:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("11:30", time(11, 30)),
            ("11.30", time(11, 30)),
            ("11h30", time(11, 30)),
            ("1130", time(11, 30)),
            ("930", time(9, 30)),
            (" 9 ", time(9)),
            ("00:00", time(0)),
            ("24:00", None),
            ("11:60", None),
            ("", None),
            ("soon", None),
            ("11:3x", None),
            ("12345", None),
            ("²3", None),
        ],
    )
    def test_reads_what_people_type(self, typed: str, read: time | None) -> None:
        assert read_time(typed) == read

    def test_the_hour_that_comes_twice_is_still_to_come(self) -> None:
        madrid = ZoneInfo("Europe/Madrid")
        now = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 02:30, the first time
        moment = Wake(at=time(2, 45)).moment(now, madrid)
        assert moment == datetime(2025, 10, 26, 0, 45, tzinfo=UTC)


class TestNotes:
    def test_are_shown_on_the_card(self, desk: Desk) -> None:
        visitor = Visitor(name="Lucía Fernández", phone="+34 600 000 000", notes="Brings the contract.")
        desk.show(morning(active=called_token().model_copy(update={"visitor": visitor})))
        for words in ("Lucía Fernández", "+34 600 000 000", "Brings the contract."):
            assert desk.says(words)

    def test_a_telephone_is_read_from_its_left_in_arabic_too(self, desk: Desk, qapp: QApplication) -> None:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        visitor = Visitor(phone="+34 600 000 000")
        desk.show(morning(active=called_token().model_copy(update={"visitor": visitor})))
        assert desk.says("\u2066+34 600 000 000\u2069")

    def test_change_name_telephone_and_notes(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot, Qt.Key.Key_E, ctrl=True)
        dialog = desk.dialog(NotesDialog)
        qtbot.keyClicks(desk.focused(), "Lucia")
        dialog.form.notes.setPlainText("Brings the contract.\nSpeaks French.")
        qtbot.keyClick(dialog.form.notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        visitor = {"name": "Lucia", "phone": None, "notes": "Brings the contract.\nSpeaks French."}
        assert desk.asked == [commands.Change(token_id=A012, changes={"visitor": visitor})]

    def test_a_telephone_that_is_none_is_told_at_its_field(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token()))
        press(desk, qtbot, Qt.Key.Key_E, ctrl=True)
        dialog = desk.dialog(NotesDialog)
        dialog.form.phone.set_text("at home")
        dialog.action.click()
        assert dialog.isVisible()
        assert dialog.form.phone.error == "Digits, spaces and + ( ) - only, such as +34 600 000 000."
        assert desk.asked == []

    def test_emptied_takes_the_visitor_away(self, desk: Desk, qtbot: QtBot) -> None:
        visitor = Visitor(name="Lucía Fernández")
        desk.show(morning(active=called_token().model_copy(update={"visitor": visitor})))
        desk.window.desk.active.visitor.edit.click()
        dialog = desk.dialog(NotesDialog)
        dialog.form.name.set_text("")
        dialog.action.click()
        assert desk.asked == [commands.Change(token_id=A012, changes={"visitor": None})]

    def test_unchanged_asks_for_nothing(self, desk: Desk, qtbot: QtBot) -> None:
        visitor = Visitor(name="Lucía Fernández")
        desk.show(morning(active=called_token().model_copy(update={"visitor": visitor})))
        press(desk, qtbot, Qt.Key.Key_E, ctrl=True)
        desk.dialog(NotesDialog).action.click()
        assert desk.asked == []


class TestPriority:
    def test_offers_the_organizations_levels(self, desk: Desk, qtbot: QtBot) -> None:
        desk.show(morning(active=called_token(), levels=(0, 15)))
        press(desk, qtbot, Qt.Key.Key_P, ctrl=True)
        dialog = desk.dialog(PriorityDialog)
        assert [button.segment.text for button in dialog.levels._buttons] == ["None", "15 min"]
        assert not dialog.action.isEnabled()
        dialog.levels._buttons[1].click()
        dialog.action.click()
        assert desk.asked == [commands.Change(token_id=A012, changes={"priority": 15})]
        token = called_token().model_copy(update={"priority": 15})
        desk.link.answer(Answer(revision=Revision(101), token=token))
        assert desk.lane == "A012 has a head start of 15 min"


class TestMore:
    def test_lists_what_has_no_button_with_its_key(self, desk: Desk) -> None:
        desk.show(morning(active=called_token()))
        row = desk.window.desk.active.commands
        listed = {action.text(): action.shortcut().toString() for action in row.actions()}
        assert listed == {"Notes…": "Ctrl+E", "Change priority…": "Ctrl+P", "Cancel…": "Ctrl+Del"}

    def test_no_key_is_given_twice(self, desk: Desk) -> None:
        """Of what can be pressed at the same time: an ambiguous key does nothing."""
        for state in (
            morning(),
            morning(active=called_token()),
            morning(active=called_token(served_s=9)),
            morning(on_break="Lunch"),
        ):
            desk.show(state)
            desk.settle()
            keys = [
                each.shortcut().toString()
                for each in desk.window.findChildren(QAbstractButton)
                if each.isVisible() and each.isEnabled()
            ]
            keys += [
                each.shortcut().toString()
                for each in desk.window.findChildren(QAction)
                if each.isEnabled() and each.isVisible() and _is_at_hand(each)
            ]
            keys += [each.key().toString() for each in desk.window.findChildren(QShortcut)]
            given = [key for key in keys if key]
            assert len(given) == len(set(given)), sorted(given)


def _is_at_hand(action: QAction) -> bool:
    return any(isinstance(holder, QWidget) and holder.isVisible() for holder in action.associatedObjects())


class TestFacts:
    def test_what_was_promised(self, desk: Desk) -> None:
        promise = Promise(low_s=6 * 60, median_s=8 * 60, high_s=11 * 60)
        desk.show(morning(active=called_token().model_copy(update={"promise": promise})))
        assert desk.says("promised 6 to 11 min")

    def test_an_emergency_says_why(self, desk: Desk) -> None:
        desk.show(morning(active=called_token().model_copy(update={"emergency": "Feels faint"})))
        assert desk.says("Emergency: Feels faint")
