"""What a person serves: the dialog, what is sent, and undo."""

from clients.admin_desktop.widgets.people_page import PeoplePage
from clients.core.commands import SetSkills
from clients.core.messages import Fetch
from clients.core.questions import AskAccounts
from clients.qt_kit.widgets.label import Label
from shared.commands import Answer
from shared.events import PersonConfigured
from shared.ids import Revision, TypeKey, UserId
from shared.problems import ProblemCode
from shared.users import Person, UserPage
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

AMINA = UserId(sample.an_id("person", "Amina Diallo"))
_SERVES = 6


def opened(desk: Desk, who=None) -> PeoplePage:
    desk.show()
    if who is not None:
        desk.link.tell_signed_in(who)
        desk.link.tell_live()
    desk.presenter.open_page("people")
    desk.link.tell_fetched(Fetch.USERS, sample.ACCOUNTS)
    desk.link.tell_answered(AskAccounts(), UserPage(items=sample.ACCOUNTS, next_cursor=None))
    desk.presenter.show()
    page = desk.window.console.page("people")
    page.table.clicked.emit(page.shown.index(0, 0))
    desk.presenter.show()
    page.form.change_serves.click()
    desk.presenter.show()
    assert page.dialog is not None
    return page


def sent(desk: Desk) -> SetSkills:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SetSkills)
    return command


def choose(page: PeoplePage, *places: int) -> None:
    page.dialog.types.scope._buttons[1].click()
    for place in places:
        page.dialog.types.choices.boxes[place].click()


def answer(desk: Desk) -> None:
    desk.link.answer(Answer(revision=Revision(500)))
    desk.presenter.show()


class TestSkills:
    def test_only_some_types_are_sent_and_taken_back(self, desk: Desk):
        page = opened(desk)
        choose(page, 0, 2)
        page.dialog.action.click()
        assert sent(desk) == SetSkills(user_id=AMINA, customer_types=("instant", "retail"))
        desk.link.fetches.clear()
        answer(desk)
        assert page.dialog is None
        assert desk.window.toast._lane.accessibleName() == "What Amina Diallo serves is saved"
        desk.presenter.tick()
        assert Fetch.USERS in desk.link.fetches
        desk.window.toast.undo_requested.emit()
        assert sent(desk) == SetSkills(user_id=AMINA, customer_types=())
        answer(desk)
        assert desk.window.toast._lane.accessibleName() == "Amina Diallo serves the same types as before"

    def test_choosing_none_is_refused_beside_the_choice(self, desk: Desk):
        page = opened(desk)
        choose(page)
        page.dialog.action.click()
        assert not desk.link.sent
        assert page.dialog.types.error == "Choose at least one type, or all."

    def test_a_refusal_stays_in_the_dialog_with_what_was_chosen(self, desk: Desk):
        page = opened(desk)
        choose(page, 1)
        page.dialog.action.click()
        page.dialog.action.click()
        assert len(desk.link.sent) == 1
        desk.link.refuse(ProblemCode.UNAVAILABLE)
        desk.presenter.show()
        assert page.dialog.error.sentence.startswith("The server cannot save now.")
        assert page.dialog.types.value() == ("browser",)

    def test_saving_no_change_sends_nothing(self, desk: Desk):
        page = opened(desk)
        page.dialog.action.click()
        assert not desk.link.sent
        assert page.dialog is None

    def test_the_list_follows_what_others_set(self, desk: Desk):
        page = opened(desk)
        assert page.shown.index(0, _SERVES).data() == "All types"
        desk.link.tell_event(
            PersonConfigured(
                revision=Revision(401),
                at=sample.NOW,
                person=Person(id=AMINA, display_name="Amina Diallo", customer_types=(TypeKey("browser"),)),
            )
        )
        desk.presenter.show()
        assert page.shown.index(0, _SERVES).data() == "Information"

    def test_offline_it_cannot_be_saved_and_says_why(self, desk: Desk):
        page = opened(desk)
        desk.link.tell_offline()
        desk.presenter.show()
        assert not page.dialog.action.isEnabled()

    def test_who_may_not_sees_why(self, desk: Desk):
        page = opened(desk, me().model_copy(update={"permissions": ()}))
        assert not page.dialog.action.isEnabled()
        assert "Your role may not change it." in words_in(page.dialog)

    def test_escape_closes_it(self, desk: Desk):
        page = opened(desk)
        page.dialog.reject()
        desk.presenter.show()
        assert page.dialog is None
        assert page.findChildren(Label)
