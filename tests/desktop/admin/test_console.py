"""Signing in, the pages, the connection, and making tokens: the window, driven as a person drives it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.widgets.person_menu import PersonMenu
from clients.core.commands import Create
from clients.core.errors import Refusal, ServerUnreachable
from clients.core.messages import Fetch, SignOutReason
from shared.commands import Answer
from shared.ids import Revision, TokenStatus, UserRole
from shared.problems import Problem, ProblemCode
from shared.tokens import LiveToken
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

WRONG = Refusal(Problem(title="Wrong.", status=401, code=ProblemCode.WRONG_CREDENTIALS))


def typed_sign_in(desk: Desk, qtbot) -> None:
    form = desk.window.sign_in
    desk.link.signed_out.emit(SignOutReason.NOT_REMEMBERED)
    qtbot.keyClicks(form.username.input, "ines")
    qtbot.keyClicks(form.password.input, "a long password")
    qtbot.keyClick(form.password.input, Qt.Key.Key_Return)


KEYS = (*(Qt.Key(Qt.Key.Key_1 + place) for place in range(9)), Qt.Key.Key_0)


class TestSignIn:
    def test_what_is_remembered_is_tried_first(self, desk: Desk):
        assert desk.link.resumed == 1
        assert desk.window.sign_in.isVisible()

    def test_enter_sends_what_was_typed_once(self, desk: Desk, qtbot):
        typed_sign_in(desk, qtbot)
        qtbot.keyClick(desk.window.sign_in.password.input, Qt.Key.Key_Return)
        assert desk.link.sign_ins == [("ines", "a long password")]

    def test_a_wrong_password_is_said_in_words(self, desk: Desk, qtbot):
        typed_sign_in(desk, qtbot)
        desk.link.tell_refused(WRONG)
        assert "The user name or the password is wrong." in words_in(desk.window.sign_in)

    def test_a_server_that_is_away_is_named(self, desk: Desk):
        desk.link.tell_refused(ServerUnreachable(server="http://callboard.example:8600", reason="refused"))
        assert "http://callboard.example:8600 does not answer" in words_in(desk.window.sign_in)

    def test_staff_are_told_where_they_belong_and_signed_out(self, desk: Desk):
        desk.link.tell_signed_in(me("Marta Ruiz", UserRole.STAFF))
        assert desk.link.sign_outs == 1
        assert desk.window.sign_in.isVisible()
        assert "This console is for admins." in words_in(desk.window.sign_in)

    @pytest.mark.parametrize("role", [UserRole.ADMIN, UserRole.SUPER_ADMIN])
    def test_admins_come_in(self, desk: Desk, role: UserRole):
        desk.link.tell_signed_in(me(role=role))
        assert desk.window.console.isVisible()

    def test_without_a_keyring_it_is_said_once_to_who_typed(self, desk: Desk, qtbot):
        typed_sign_in(desk, qtbot)
        with qtbot.waitSignal(desk.presenter.not_remembered, timeout=1000):
            desk.link.tell_signed_in(is_remembered=False)

    def test_a_session_that_ended_brings_the_form_back_with_a_reason(self, desk: Desk):
        desk.show()
        desk.link.signed_out.emit(SignOutReason.ENDED)
        assert desk.window.sign_in.isVisible()
        assert "Your session has ended." in words_in(desk.window.sign_in)

    def test_nothing_of_one_person_stays_for_the_next(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("people")
        desk.window.console.page("people").set_filter("marta")
        desk.presenter.sign_out()
        desk.link.tell_signed_in(me("Paul Weber"))
        assert desk.window.console.page("people").filter.text() == ""
        assert desk.presenter.view().console.page_view is None


class TestPages:
    def test_the_sidebar_shows_the_pages_that_exist_and_no_others(self, desk: Desk):
        desk.show()
        titles = [desk.window.console.sidebar.button(page.key).accessibleName() for page in PAGES]
        assert titles == [
            "Floor",
            "Tokens",
            "Customer types",
            "Who is next",
            "Counters",
            "Counter plan",
            "People",
            "Displays",
            "Announcements",
            "Hours and holidays",
            "Audit log",
            "Settings",
        ]

    @pytest.mark.parametrize(("place", "page"), list(enumerate(page.key for page in PAGES[: len(KEYS)])))
    def test_each_page_opens_by_its_entry_and_by_its_key(self, desk: Desk, qtbot, place: int, page: str):
        desk.show()
        qtbot.mouseClick(desk.window.console.sidebar.button(page), Qt.MouseButton.LeftButton)
        assert desk.window.console.page(page).isVisible()
        desk.presenter.open_page("people" if page != "people" else "floor")
        qtbot.keyClick(desk.window, KEYS[place], Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(desk.window.console.page(page).isVisible)
        assert desk.window.console.sidebar.button(page).isChecked()

    def test_a_page_asks_for_what_it_shows(self, desk: Desk):
        desk.show()
        desk.link.fetches.clear()
        desk.presenter.open_page("people")
        assert desk.link.fetches == [Fetch.USERS]

    def test_the_organization_and_the_person_are_named(self, desk: Desk):
        desk.show()
        sidebar = desk.window.console.sidebar
        assert sidebar.person.accessibleName().startswith("Ines Kovač, Admin")
        assert sidebar._organization.accessibleName() == "Organization City Hall"


class TestConnection:
    def test_offline_says_since_when_and_disables_with_the_reason(self, desk: Desk):
        desk.show()
        desk.link.tell_offline()
        desk.presenter.show()
        bar = desk.window.console.offline
        assert bar.isVisible()
        assert bar.sentence == "No connection since 10:43. Trying again. What you see is from then."
        assert not desk.floor.new_token.isEnabled()
        assert desk.floor.new_token.toolTip() == "There is no connection to the server"
        assert "A012" in [card.card.number for card in desk.floor.counters.cards]

    def test_waits_stand_still_while_nobody_knows(self, desk: Desk):
        desk.show()
        desk.link.tell_offline()
        desk.wait(600)
        assert "27 min" in words_in(desk.floor.kpis)
        assert "Tuesday 14 October, 10:53" in words_in(desk.floor.head)

    def test_it_comes_back_by_itself_and_asks_again(self, desk: Desk):
        desk.show()
        desk.link.tell_offline()
        desk.wait(60)
        desk.link.fetches.clear()
        desk.link.tell_live()
        assert not desk.window.console.offline.isVisible()
        assert desk.floor.new_token.isEnabled()
        assert set(desk.link.fetches) == {Fetch.TODAY, Fetch.DEVICES}

    def test_nothing_is_asked_for_without_a_connection(self, desk: Desk):
        desk.show()
        desk.link.tell_offline()
        desk.link.fetches.clear()
        desk.wait(120)
        assert desk.link.fetches == []


def made(number: str = "B008", priority: int = 0) -> Answer:
    token = LiveToken(
        id=sample.TokenId(sample.an_id(number)),
        number=number,
        customer_type="browser",
        status=TokenStatus.WAITING,
        created_at=sample.NOW,
        place_at=sample.NOW,
        priority=priority,
    )
    return Answer(revision=Revision(401), token=token)


class TestNewToken:
    def open(self, desk: Desk, qtbot):
        desk.show()
        qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: desk.window.dialog is not None)
        dialog = desk.window.dialog
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    def test_a_key_chooses_the_type_and_enter_creates(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_2)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(desk.link.sent))
        assert [command for _, command in desk.link.sent] == [Create(customer_type="browser", priority=0)]

    def test_a_second_press_before_the_answer_does_nothing(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        dialog.action.click()
        dialog.action.click()
        assert len(desk.link.sent) == 1

    def test_the_number_is_shown_with_what_to_tell_the_visitor(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        dialog.action.click()
        desk.link.answer(made())
        desk.presenter.show()
        assert dialog.created.number.accessibleName() == "B008"
        assert dialog.created.note.text() == "Information. 3 are before it. About 8–14 min to wait."
        assert dialog.action.state.text == "Create another"

    def test_the_head_starts_are_those_of_the_organization(self, desk: Desk, qtbot):
        shown = sample.snapshot()
        organization = shown.organization.model_copy(update={"priority_levels": (0, 20)})
        desk.show(shown.model_copy(update={"organization": organization}))
        desk.presenter.new_token()
        desk.presenter.show()
        dialog = desk.window.dialog
        assert [segment.text for segment in dialog.head_start._segments] == ["None", "20 min"]
        dialog.head_start.segment_chosen.emit("20")
        dialog.action.click()
        assert desk.link.sent[0][1].priority == 20

    def test_a_head_start_is_sent_and_no_estimate_is_promised(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        dialog.head_start.segment_chosen.emit("30")
        dialog.action.click()
        assert desk.link.sent[0][1] == Create(customer_type="instant", priority=30)
        desk.link.answer(made(priority=30))
        desk.presenter.show()
        assert dialog.created.note.text() == "Information. Nobody is before it."

    def test_a_refusal_is_said_in_words_and_can_be_mended(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        dialog.action.click()
        desk.link.refuse(ProblemCode.QUEUE_FULL)
        desk.presenter.show()
        assert dialog.error.text() == "All numbers of this type are given today. Choose another type."
        dialog.action.click()
        assert len(desk.link.sent) == 2

    def test_without_an_answer_the_reason_is_shown(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        dialog.action.click()
        desk.link.fail("The server does not answer.")
        desk.presenter.show()
        assert dialog.error.text() == "The server does not answer."

    def test_offline_the_button_says_why_it_does_not_work(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        desk.link.tell_offline()
        desk.presenter.show()
        assert not dialog.action.isEnabled()
        assert dialog.action.toolTip() == "There is no connection to the server"

    def test_escape_closes_it(self, desk: Desk, qtbot):
        dialog = self.open(desk, qtbot)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        desk.presenter.show()
        assert desk.window.dialog is None


class TestPersonMenu:
    def test_it_tells_what_was_chosen_and_marks_what_is(self, qtbot, qapp: QApplication):
        menu = PersonMenu(
            theme="dark", text_scale=125, language="en", languages={"en": "English"}, is_remembered=False
        )
        qtbot.addWidget(menu)
        submenus = [action.menu() for action in menu.actions() if action.menu()]
        checked = [[a.text() for a in sub.actions() if a.isChecked()] for sub in submenus]
        assert checked == [["Dark"], ["125 %"], ["English"]]
        with qtbot.waitSignal(menu.text_scale_chosen) as told:
            next(a for a in submenus[1].actions() if a.text() == "150 %").trigger()
        assert told.args == [150]
        assert "This computer does not remember you" in [action.text() for action in menu.actions()]
