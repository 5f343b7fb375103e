"""The displays page: pairing by code, renaming, revoking; what is seen, and what is sent."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clients.admin_desktop.widgets.displays_page import DisplaysPage
from clients.admin_desktop.widgets.pairing_dialog import PairingDialog
from clients.core.commands import ApprovePairing, RefusePairing, RevokeDevice, SaveDevice
from clients.core.messages import Fetch
from clients.core.questions import AskDevices, AskPairing
from shared import pairing
from shared.commands import Answer, Configured
from shared.devices import DeviceSettings
from shared.events import DeviceConfigured
from shared.ids import Revision
from shared.pairing import PairingRequest
from shared.problems import Problem, ProblemCode
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

CODE = "BCDFGHJK"
SCREEN = PairingRequest(
    code=CODE,
    name="LOBBY-2",
    address="192.0.2.17",
    asked_at=sample.NOW,
    expires_at=sample.NOW,
)


def opened(desk: Desk, who=None) -> DisplaysPage:
    desk.show()
    if who is not None:
        desk.link.tell_signed_in(who)
        desk.link.tell_live()
        desk.presenter.show()
    desk.presenter.open_page("displays")
    desk.link.tell_fetched(Fetch.DEVICES, sample.DEVICES)
    desk.link.tell_answered(AskDevices(), sample.DEVICES)
    desk.presenter.show()
    page = desk.window.console.page("displays")
    assert isinstance(page, DisplaysPage)
    return page


def pair(desk: Desk, page: DisplaysPage) -> PairingDialog:
    page.add.click()
    assert isinstance(page.dialog, PairingDialog)
    return page.dialog


def found(qtbot, desk: Desk, page: DisplaysPage, screen: PairingRequest = SCREEN) -> PairingDialog:
    """The dialog, once the screen with the code is known."""
    dialog = pair(desk, page)
    qtbot.keyClicks(dialog.code.input, CODE.lower())
    desk.link.tell_answered(AskPairing(code=CODE), screen)
    desk.presenter.show()
    return dialog


def sent(desk: Desk, kind: type):
    command = desk.link.sent[-1][1]
    assert isinstance(command, kind)
    return command


def told(desk: Desk) -> str:
    desk.presenter.show()
    return desk.window.toast._lane.accessibleName() if desk.window.toast.isVisible() else ""


def problem(code: ProblemCode, **facts) -> Problem:
    return Problem(title="No.", status=400, code=code, facts=facts)


class TestList:
    def test_each_with_state_last_seen_and_address(self, desk: Desk):
        page = opened(desk)
        rows = [[cell.text for cell in row.cells] for row in page.model.rows]
        assert [row[:2] for row in rows] == [
            ["Entrance", "Offline for 12 min"],
            ["Lobby, left", "Live"],
            ["Lobby, right", "Live"],
        ]
        assert rows[0][3:5] == ["10:31", "192.0.2.11"]
        assert rows[1][3:5] == ["now", "192.0.2.12"]

    def test_it_follows_what_others_did_at_once(self, desk: Desk):
        opened(desk)
        desk.presenter.tick()
        desk.link.fetches.clear()
        desk.link.asked.clear()
        event = DeviceConfigured(revision=Revision(401), at=sample.NOW, device_id=sample.DEVICES[0].id)
        desk.link.tell_event(event)
        desk.presenter.tick()
        assert Fetch.DEVICES in desk.link.fetches
        assert AskDevices() in desk.link.asked


class TestCode:
    def test_as_it_is_typed_it_looks_as_on_the_wall_and_is_looked_up_when_whole(self, qtbot, desk: Desk):
        dialog = pair(desk, opened(desk))
        qtbot.keyClicks(dialog.code.input, "bcdfghj")
        assert dialog.code.value() == "BCDF-GHJ"
        assert not any(isinstance(each, AskPairing) for each in desk.link.asked)
        qtbot.keyClicks(dialog.code.input, "k")
        assert desk.link.asked[-1] == AskPairing(code=CODE)
        assert "Looking for the screen…" in words_in(dialog)

    @pytest.mark.parametrize("text", ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk\n", "BCDF–GHJK"])
    def test_it_can_be_pasted_in_any_form(self, qtbot, desk: Desk, text: str):
        dialog = pair(desk, opened(desk))
        QApplication.clipboard().setText(text)
        dialog.code.input.paste()
        dialog.code.input.textEdited.emit(dialog.code.input.text())
        assert dialog.code.value() == "BCDF-GHJK"
        assert desk.link.asked[-1] == AskPairing(code=CODE)

    def test_the_caret_stays_where_somebody_mends_a_letter(self, qtbot, desk: Desk):
        dialog = pair(desk, opened(desk))
        qtbot.keyClicks(dialog.code.input, "bcdfghjk")
        dialog.code.input.setCursorPosition(2)
        qtbot.keyClick(dialog.code.input, Qt.Key.Key_Backspace)
        assert (dialog.code.value(), dialog.code.input.cursorPosition()) == ("BDFG-HJK", 1)
        qtbot.keyClick(dialog.code.input, "m")
        assert (dialog.code.value(), dialog.code.input.cursorPosition()) == ("BMDF-GHJK", 2)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("bca", "No code has “A”: they have consonants only."),
            ("bcdfghjkl", "A code has eight letters."),
        ],
    )
    def test_what_can_be_no_code_is_said_at_once_and_not_sent(self, qtbot, desk: Desk, typed, said):
        dialog = pair(desk, opened(desk))
        asked = len(desk.link.asked)
        qtbot.keyClicks(dialog.code.input, typed)
        assert dialog.code.error == said
        assert not [each for each in desk.link.asked[asked:] if each != AskPairing(code=CODE)]

    @pytest.mark.parametrize(
        ("refusal", "said"),
        [
            (problem(ProblemCode.PAIRING_UNKNOWN), "No screen shows this code now."),
            (
                problem(ProblemCode.TOO_MANY_REQUESTS, retry_after_s=245),
                "Too many codes were wrong. You can try again in 5 min.",
            ),
        ],
    )
    def test_a_code_that_nobody_shows_is_explained_beside_it(self, qtbot, desk: Desk, refusal, said):
        dialog = pair(desk, opened(desk))
        qtbot.keyClicks(dialog.code.input, CODE)
        desk.link.tell_not_answered(AskPairing(code=CODE), "No.", refusal)
        desk.presenter.show()
        assert dialog.code.error.startswith(said)
        assert not dialog.action.isEnabled()
        # Enter looks again: the mistake may have been the network's.
        asked = len(desk.link.asked)
        dialog.accept()
        assert desk.link.asked[asked:] == [AskPairing(code=CODE)]

    def test_an_answer_to_a_code_that_was_changed_meanwhile_is_nobodys(self, qtbot, desk: Desk):
        dialog = pair(desk, opened(desk))
        qtbot.keyClicks(dialog.code.input, CODE)
        qtbot.keyClick(dialog.code.input, Qt.Key.Key_Backspace)
        desk.link.tell_answered(AskPairing(code=CODE), SCREEN)
        desk.presenter.show()
        assert not dialog.found.isVisible()


class TestConnect:
    def test_the_screen_is_shown_named_and_connected(self, qtbot, desk: Desk):
        page = opened(desk)
        dialog = found(qtbot, desk, page)
        said = words_in(dialog)
        assert "LOBBY-2" in said
        assert "192.0.2.17" in said
        assert "BCDF-GHJK" in said
        assert "on the screen in front of you?" in said
        assert dialog.name.value() == "LOBBY-2"
        assert dialog.focusWidget() is dialog.name.input
        qtbot.keyClicks(dialog.name.input, "Lobby, left")  # over the proposal, which is selected
        qtbot.keyClick(dialog.name.input, Qt.Key.Key_Return)
        command = sent(desk, ApprovePairing)
        assert command.pairing == pairing.ApprovePairing(code=CODE, name="Lobby, left")
        desk.link.fetches.clear()
        desk.link.answer(Configured(revision=Revision(500), device=sample.device("Lobby, left")))
        assert told(desk).startswith("Lobby, left is connected.")
        assert page.dialog is None
        desk.presenter.tick()
        assert Fetch.DEVICES in desk.link.fetches

    def test_a_second_press_sends_nothing_more(self, qtbot, desk: Desk):
        dialog = found(qtbot, desk, opened(desk))
        dialog.action.click()
        dialog.accept()
        assert len(desk.link.sent) == 1

    def test_without_a_name_it_is_asked_for(self, qtbot, desk: Desk):
        dialog = found(qtbot, desk, opened(desk))
        dialog.name.input.clear()
        dialog.action.click()
        assert not desk.link.sent
        assert dialog.name.error == "Fill this in."

    def test_out_of_time_meanwhile_the_code_is_to_be_typed_anew(self, qtbot, desk: Desk):
        dialog = found(qtbot, desk, opened(desk))
        dialog.action.click()
        desk.link.refuse(ProblemCode.PAIRING_UNKNOWN)
        desk.presenter.show()
        assert dialog.code.error.startswith("No screen shows this code now.")
        assert not dialog.found.isVisible()

    def test_no_answer_is_said_and_what_was_typed_stays(self, qtbot, desk: Desk):
        dialog = found(qtbot, desk, opened(desk))
        dialog.name.set_value("Door")
        dialog.action.click()
        desk.link.fail("The server does not answer.")
        desk.presenter.show()
        assert dialog.error.sentence == "The server does not answer."
        assert dialog.name.value() == "Door"

    def test_refused_the_screen_is_told(self, qtbot, desk: Desk):
        page = opened(desk)
        dialog = found(qtbot, desk, page)
        dialog.found.refuse.click()
        assert sent(desk, RefusePairing) == RefusePairing(code=CODE)
        desk.link.answer(Answer(revision=Revision(500)))
        assert told(desk) == "LOBBY-2 was refused. Its screen says so."
        assert page.dialog is None

    def test_offline_nothing_can_be_done_and_it_says_why(self, qtbot, desk: Desk):
        dialog = found(qtbot, desk, opened(desk))
        desk.link.tell_offline()
        desk.presenter.show()
        assert not dialog.action.isEnabled()
        assert not dialog.found.refuse.isEnabled()
        assert "There is no connection to the server." in words_in(dialog)

    def test_escape_closes_it_and_the_next_begins_empty(self, qtbot, desk: Desk):
        page = opened(desk)
        found(qtbot, desk, page).reject()
        desk.presenter.show()
        assert page.dialog is None
        dialog = pair(desk, page)
        assert dialog.code.value() == ""
        assert not dialog.found.isVisible()


class TestEdit:
    def edit(self, desk: Desk, row: int = 1) -> DisplaysPage:
        page = opened(desk)
        page.table.clicked.emit(page.shown.index(row, 0))
        desk.presenter.show()
        assert page.panel.isVisible()
        return page

    def test_what_is_known_of_it(self, desk: Desk):
        said = words_in(self.edit(desk).form)
        assert said.splitlines()[0].endswith("| Connected.")
        assert "Connected from \u2066192.0.2.12\u2069." in said

    def test_renamed_and_taken_back(self, qtbot, desk: Desk):
        page = self.edit(desk)
        field = page.form.fields["name"]
        field.input.selectAll()
        qtbot.keyClicks(field.input, "Window")
        page.panel.save.click()
        left = sample.DEVICES[1]
        assert sent(desk, SaveDevice) == SaveDevice(
            settings=DeviceSettings(name="Window"), device_id=left.id, version=0
        )
        renamed = left.model_copy(update={"name": "Window", "version": 1})
        desk.link.answer(Configured(revision=Revision(500), device=renamed))
        assert told(desk) == "The display is called Window now"
        assert "Window" in [row.cells[0].text for row in page.model.rows]
        desk.window.toast.undo_requested.emit()
        assert sent(desk, SaveDevice) == SaveDevice(
            settings=DeviceSettings(name="Lobby, left"), device_id=left.id, version=1
        )
        desk.link.answer(Configured(revision=Revision(501), device=left.model_copy(update={"version": 2})))
        assert told(desk) == "The display is called Lobby, left again"

    def test_revoking_asks_with_its_name_and_says_what_follows(self, desk: Desk):
        page = self.edit(desk)
        page.revoke.click()
        assert page.dialog.windowTitle() == "Revoke Lobby, left?"
        assert "Within five seconds" in words_in(page.dialog)
        page.dialog.reject()
        assert page.dialog is None
        assert not desk.link.sent
        page.revoke.click()
        page.dialog.action.click()
        assert sent(desk, RevokeDevice) == RevokeDevice(device_id=sample.DEVICES[1].id)
        desk.link.fetches.clear()
        desk.link.answer(Configured(revision=Revision(500)))
        assert told(desk).startswith("Lobby, left is disconnected.")
        assert not desk.presenter.notices.view.can_undo
        assert not page.panel.isVisible()
        desk.presenter.tick()
        assert Fetch.DEVICES in desk.link.fetches

    def test_with_unsaved_changes_it_is_not_revoked(self, qtbot, desk: Desk):
        page = self.edit(desk)
        qtbot.keyClicks(page.form.fields["name"].input, "x")
        assert not page.revoke.isEnabled()

    def test_a_refused_revocation_is_said(self, desk: Desk):
        page = self.edit(desk)
        page.revoke.click()
        page.dialog.action.click()
        desk.link.refuse(ProblemCode.NOT_FOUND)
        assert told(desk) == "Lobby, left: It is no longer there."

    def test_who_may_not_sees_them_and_can_do_nothing(self, desk: Desk):
        page = opened(desk, me().model_copy(update={"permissions": ()}))
        assert not page.add.isEnabled()
        page.table.clicked.emit(page.shown.index(0, 0))
        desk.presenter.show()
        assert not page.revoke.isVisible()
        assert "Your role may not change it." in words_in(page.panel)
