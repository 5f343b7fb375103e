"""What an admin does on the floor: the list of tokens, each command, the counters' menus, undo."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from clients.admin_desktop.token_views import Section, TokenVerb
from clients.admin_desktop.widgets.tokens_page import TokensPage
from clients.core import commands
from clients.core.commands import Command
from clients.core.questions import AskTokens
from shared.commands import Answer, BulkAnswer
from shared.counters import LiveCounter
from shared.events import TokenReinstated
from shared.ids import CounterId, Revision, TokenId, TokenStatus, UserId, UserRole
from shared.live import Snapshot
from shared.problems import ProblemCode
from shared.tokens import TokenPage, Visitor
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

NO_SHOWS = AskTokens(statuses=(TokenStatus.NO_SHOW,))
A013 = TokenId(sample.an_id("waiting", "instant", 0))
B004 = TokenId(sample.an_id("token", "B004"))  # called to counter 2
A012 = TokenId(sample.an_id("token", "A012"))  # served at counter 3
R007 = TokenId(sample.an_id("waiting", "retail", 0))
GONE = sample.active("A009", "instant", "1", TokenStatus.CALLED, 600).model_copy(
    update={"status": TokenStatus.NO_SHOW, "counter_id": None, "call_id": None}
)


def floor(**changed: dict[str, object]) -> Snapshot:
    """The sample's floor; `changed` gives a token's fields by its number."""
    found = sample.snapshot()
    organization = found.organization.model_copy(
        update={
            "priority_levels": (0, 10, 30),
            "park_reasons": ("Filling in a form", "Missing document"),
            "break_reasons": ("Lunch",),
            "cancel_reasons": ("Visitor left",),
        }
    )
    tokens = tuple(
        token.model_copy(update=changed[token.number]) if token.number in changed else token
        for token in found.tokens
    )
    return found.model_copy(update={"organization": organization, "tokens": tokens})


PARKED = {
    "status": TokenStatus.PARKED,
    "park_reason": "Missing document",
    "parked_at": sample.before(4),
    "wake_at": sample.before(-10),
}


def opened(desk: Desk, snapshot: Snapshot | None = None) -> TokensPage:
    desk.show(snapshot or floor())
    desk.presenter.open_page("tokens")
    desk.link.tell_answered(NO_SHOWS, TokenPage(items=(GONE,), next_cursor=None))
    desk.presenter.show()
    return desk.window.console.page("tokens")


def choose(page: TokensPage, section: Section, number: str) -> None:
    """Open a token's panel."""
    page.section.segment_chosen.emit(section.value)
    place = next(n for n, row in enumerate(page.shown_rows) if row.number == number)
    page.table.clicked.emit(page.shown.mapFromSource(page.model.index(place, 0)))


def press(page: TokensPage, verb: TokenVerb) -> None:
    page.panel.buttons[verb].click()


def sent(desk: Desk) -> Command:
    return desk.link.sent[-1][1]


def answered(desk: Desk, token_id: TokenId) -> None:
    """Answer the last command with a token as it is known."""
    assert desk.link.state is not None
    desk.link.answer(Answer(revision=Revision(401), token=desk.link.state.tokens[token_id]))
    desk.presenter.show()


class TestList:
    def test_each_section_has_its_tokens(self, desk: Desk):
        page = opened(desk, floor(R008=PARKED))
        figures = [segment.figure for segment in page.section._segments]
        assert figures == ["13", "3", "1", "1"]
        assert page.shown_rows[0].number == "R007"  # who waits longest
        page.section.segment_chosen.emit(Section.PARKED.value)
        assert [cell.text for cell in page.model.rows[0].cells][:4] == [
            "R008",
            "Sales & payments",
            "Missing document",
            "4 min",
        ]
        page.section.segment_chosen.emit(Section.NO_SHOWS.value)
        assert [row.number for row in page.shown_rows] == ["A009"]

    def test_a_type_and_words_narrow_it(self, desk: Desk):
        page = opened(desk, floor(A014={"visitor": Visitor(name="Elena García", notes="old permit")}))
        page.type.setCurrentIndex(page.type.findData("instant"))
        page.type.activated.emit(page.type.currentIndex())
        assert page.shown.rowCount() == 5
        page.set_filter("permit")
        assert [page.shown.rowCount(), page.count.text()] == [1, "1 of 5"]

    def test_who_waits_longer_than_promised_is_marked(self, desk: Desk):
        page = opened(desk)
        assert {row.number for row in page.shown_rows if row.is_late} == {"R007", "R008"}
        assert page.model.rows[0].cells[2].text == "Late"

    def test_a_token_that_leaves_closes_its_panel(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        assert page.panel.isVisible()
        without = floor()
        tokens = tuple(token for token in without.tokens if token.id != A012)
        desk.show(without.model_copy(update={"tokens": tokens}))
        assert not page.panel.isVisible()

    def test_what_is_known_of_a_visitor_stands_in_the_panel(self, desk: Desk):
        visitor = Visitor(name="Elena García", phone="+34 600", notes="Brings the old permit.")
        page = opened(desk, floor(A013={"visitor": visitor, "priority": 30}))
        choose(page, Section.WAITING, "A013")
        said = words_in(page.panel)
        for text in (
            "Quick service",
            "Elena García",
            "+34 600",
            "Brings the old permit.",
            "30 min head start",
        ):
            assert text in said


class TestNoShows:
    def test_they_are_asked_for_when_the_page_opens_and_after_one_is_back(self, desk: Desk):
        opened(desk)
        assert desk.link.asked.count(NO_SHOWS) == 1
        desk.wait(60)
        assert desk.link.asked.count(NO_SHOWS) == 1
        back = GONE.model_copy(update={"status": TokenStatus.WAITING, "place_at": sample.NOW})
        desk.link.tell_event(TokenReinstated(revision=Revision(401), at=sample.NOW, token=back))
        desk.presenter.tick()
        assert desk.link.asked.count(NO_SHOWS) == 2
        page = desk.window.console.page("tokens")
        assert [row.number for row in page._view.rows if row.section is Section.NO_SHOWS] == []

    def test_every_page_of_them_comes(self, desk: Desk):
        desk.show(floor())
        desk.presenter.open_page("tokens")
        desk.link.tell_answered(NO_SHOWS, TokenPage(items=(GONE,), next_cursor="more"))
        further = AskTokens(statuses=(TokenStatus.NO_SHOW,), cursor="more")
        assert desk.link.asked[-1] == further
        other = GONE.model_copy(update={"id": TokenId(sample.an_id("other")), "number": "A008"})
        desk.link.tell_answered(further, TokenPage(items=(other,), next_cursor=None))
        desk.presenter.show()
        page = desk.window.console.page("tokens")
        page.section.segment_chosen.emit(Section.NO_SHOWS.value)
        assert [row.number for row in page.shown_rows] == ["A009", "A008"]

    def test_why_they_have_not_come_is_said_and_tried_again(self, desk: Desk):
        desk.show(floor())
        desk.presenter.open_page("tokens")
        desk.link.tell_not_answered(NO_SHOWS, "The server does not answer.")
        desk.presenter.show()
        page = desk.window.console.page("tokens")
        page.section.segment_chosen.emit(Section.NO_SHOWS.value)
        assert "The server does not answer." in words_in(page.empty)
        page.empty.action_requested.emit()
        assert desk.link.asked.count(NO_SHOWS) == 2

    def test_one_is_put_back_in_line(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.NO_SHOWS, "A009")
        press(page, TokenVerb.REINSTATE)
        assert sent(desk) == commands.Reinstate(token_id=GONE.id)


class TestAtOnce:
    @pytest.mark.parametrize(
        ("number", "verb", "command"),
        [
            ("B004", TokenVerb.RECALL, commands.Recall(token_id=B004)),
            ("B004", TokenVerb.START, commands.Start(token_id=B004)),
            ("B004", TokenVerb.NO_SHOW, commands.NoShow(token_id=B004)),
            ("B004", TokenVerb.RETURN, commands.Return(token_id=B004)),
            ("A012", TokenVerb.COMPLETE, commands.Complete(token_id=A012)),
        ],
    )
    def test_a_press_sends_it(self, desk: Desk, number: str, verb: TokenVerb, command: Command):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, number)
        press(page, verb)
        assert [each for _, each in desk.link.sent] == [command]

    def test_it_is_said_and_can_be_undone_for_ten_seconds(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        press(page, TokenVerb.COMPLETE)
        answered(desk, A012)
        assert desk.presenter.notices.view.text == "A012 completed"
        desk.window.toast.undo_requested.emit()
        assert sent(desk) == commands.UndoOnToken(token_id=A012)
        answered(desk, A012)
        assert desk.presenter.notices.view.text == "A012 is as it was before"
        assert not desk.presenter.notices.view.can_undo

    def test_a_second_press_before_the_answer_sends_nothing(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        press(page, TokenVerb.COMPLETE)
        press(page, TokenVerb.COMPLETE)
        assert len(desk.link.sent) == 1

    def test_a_refusal_is_said(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "B004")
        press(page, TokenVerb.NO_SHOW)
        desk.link.refuse(ProblemCode.NO_SHOW_TOO_EARLY, "No screen has shown the call yet.")
        desk.presenter.show()
        assert desk.presenter.notices.view.text == "No screen has shown the call yet."
        assert desk.presenter.notices.view.is_wrong

    def test_offline_nothing_can_be_pressed(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        desk.link.tell_offline()
        desk.presenter.show()
        assert not page.panel.buttons[TokenVerb.COMPLETE].isEnabled()
        assert page.panel.buttons[TokenVerb.COMPLETE].toolTip() == "There is no connection to the server"

    def test_a_called_token_is_completed_where_arrival_is_not_confirmed(self, desk: Desk):
        shown = floor()
        organization = shown.organization.model_copy(update={"confirms_arrival": False})
        page = opened(desk, shown.model_copy(update={"organization": organization}))
        choose(page, Section.AT_COUNTERS, "B004")
        press(page, TokenVerb.COMPLETE)
        assert sent(desk) == commands.Complete(token_id=B004)


class TestAsking:
    def test_a_token_is_called_to_a_counter_that_is_free(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.CALL)
        dialog = page.doing.dialog
        offered = [dialog.counter.select.itemText(n) for n in range(dialog.counter.select.count())]
        assert offered == ["Counter 4, Ravi Menon", "Counter 5, Lena Fischer"]
        dialog.action.click()
        assert sent(desk) == commands.CallThisOne(counter_id=sample.counter_id("4"), token_id=A013)
        answered(desk, A013)
        assert desk.presenter.notices.view.text == "A013 called to counter 4"

    def test_one_set_aside_is_resumed_at_a_counter(self, desk: Desk):
        page = opened(desk, floor(A013=PARKED))
        choose(page, Section.PARKED, "A013")
        press(page, TokenVerb.RESUME)
        page.doing.dialog.action.click()
        assert sent(desk) == commands.Resume(token_id=A013, counter_id=sample.counter_id("4"))

    def test_without_a_free_counter_the_dialog_says_so(self, desk: Desk):
        shown = floor()
        closed = tuple(counter.model_copy(update={"opened_at": None}) for counter in shown.counters)
        page = opened(desk, shown.model_copy(update={"counters": closed}))
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.CALL)
        assert page.doing.dialog.counter.help == "No counter is free now."
        assert not page.doing.dialog.action.isEnabled()

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("type browser", {"customer_type": "browser"}),
            (f"counter {sample.counter_id('5')}", {"counter_id": sample.counter_id("5")}),
            (
                f"person {sample.an_id('person', 'Marta Ruiz')}",
                {"user_id": UserId(sample.an_id("person", "Marta Ruiz"))},
            ),
        ],
    )
    def test_a_token_is_transferred(self, desk: Desk, target: str, expected: dict[str, object]):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.TRANSFER)
        dialog = page.doing.dialog
        assert dialog.target.select.findData("type instant") == -1  # it is of that type already
        dialog.target.set_value(target)
        dialog.first.switch.click()
        dialog.action.click()
        assert sent(desk) == commands.Transfer(token_id=A013, first_in_line=True, **expected)

    def test_a_visitor_is_set_aside_with_a_reason_and_a_time(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        press(page, TokenVerb.PARK)
        dialog = page.doing.dialog
        dialog.reason.offered[1].click()
        qtbot.keyClicks(dialog.minutes.input, "20")
        dialog.action.click()
        assert sent(desk) == commands.Park(
            token_id=A012, reason="Missing document", wake_at=sample.before(-20)
        )

    def test_another_reason_has_to_be_written(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.CANCEL)
        dialog = page.doing.dialog
        dialog.reason.other.click()
        dialog.action.click()
        assert dialog.reason.text.error == "Say why."
        assert desk.link.sent == []
        qtbot.keyClicks(dialog.reason.text.input, "Fainted")
        dialog.action.click()
        assert sent(desk) == commands.Cancel(token_id=A013, reason="Fainted")

    def test_a_time_that_is_no_number_of_minutes_is_refused(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        press(page, TokenVerb.PARK)
        qtbot.keyClicks(page.doing.dialog.minutes.input, "soon")
        page.doing.dialog.action.click()
        assert page.doing.dialog.minutes.error == "From 1 to 1440 minutes."
        assert desk.link.sent == []

    def test_only_what_was_changed_of_the_priority_is_sent(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.PRIORITY)
        page.doing.dialog.level.set_value("30")
        page.doing.dialog.action.click()
        assert sent(desk) == commands.Change(token_id=A013, changes={"priority": 30})
        answered(desk, A013)
        press(page, TokenVerb.PRIORITY)
        qtbot.keyClicks(page.doing.dialog.emergency.input, "Faint")
        page.doing.dialog.action.click()
        assert sent(desk) == commands.Change(token_id=A013, changes={"emergency": "Faint"})

    def test_a_dialog_in_which_nothing_was_changed_sends_nothing(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        for verb in (TokenVerb.PRIORITY, TokenVerb.VISITOR):
            press(page, verb)
            page.doing.dialog.action.click()
            assert page.doing.dialog is None
        assert desk.link.sent == []

    def test_a_name_is_written_and_a_wrong_phone_refused(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        choose(page, Section.WAITING, "A013")
        press(page, TokenVerb.VISITOR)
        fields = page.doing.dialog.fields
        qtbot.keyClicks(fields["name"].input, "Elena")
        qtbot.keyClicks(fields["phone"].input, "call me")
        page.doing.dialog.action.click()
        assert fields["phone"].error == "Digits, spaces and + ( ) . / - only."
        assert desk.link.sent == []
        fields["phone"].set_value("")
        page.doing.dialog.action.click()
        assert sent(desk) == commands.Change(token_id=A013, changes={"visitor": Visitor(name="Elena")})


class TestCancelAll:
    def test_it_needs_a_type_and_a_yes_and_tells_the_number(self, desk: Desk):
        page = opened(desk)
        assert page.cancel_all.toolTip() == "Choose a customer type first"
        page.type.setCurrentIndex(page.type.findData("retail"))
        page.type.activated.emit(page.type.currentIndex())
        page.cancel_all.click()
        dialog = page.doing.dialog
        assert dialog.action.state.text == "Cancel 6 tokens"
        assert desk.link.sent == []
        dialog.action.click()
        assert sent(desk) == commands.CancelWaiting(customer_type="retail", reason="Visitor left")
        desk.link.answer(BulkAnswer(revision=Revision(401), cancelled=6))
        desk.presenter.show()
        assert desk.presenter.notices.view.text == "Sales & payments: 6 tokens cancelled"


class TestCounters:
    def entries(self, desk: Desk, label: str) -> dict[str, Callable[[], None]]:
        desk.presenter.open_page("floor")
        page = desk.floor
        card = next(card.card for card in page.counters.cards if card.card and card.card.label == label)
        menu = page.menu_of(card)
        assert menu is not None
        return {action.text(): action.trigger for action in menu.actions() if action.text()}

    def on_break(self, counter: LiveCounter) -> LiveCounter:
        return counter.model_copy(update={"break_since": sample.before(6), "break_reason": "Lunch"})

    def test_the_menu_has_what_fits_the_token_that_is_there(self, desk: Desk):
        desk.show(floor())
        assert list(self.entries(desk, "3")) == [
            "Complete",
            "Transfer…",
            "Set aside…",
            "Head start…",
            "Name and notes…",
            "Undo its last command",
        ]
        self.entries(desk, "3")["Complete"]()
        assert sent(desk) == commands.Complete(token_id=A012)

    def test_a_closed_counter_offers_nothing(self, desk: Desk):
        desk.show(floor())
        assert desk.floor.counters.cards[5].more.isHidden()
        assert self.entries(desk, "6") == {}

    def test_the_last_command_of_a_counter_is_undone(self, desk: Desk):
        desk.show(floor())
        self.entries(desk, "3")["Undo its last command"]()
        assert sent(desk) == commands.Undo(counter_id=sample.counter_id("3"))

    def test_a_break_is_begun_with_a_reason_and_ended_by_undo(self, desk: Desk):
        desk.show(floor())
        self.entries(desk, "5")["Begin a break…"]()
        desk.floor.doing.dialog.action.click()
        counter_id: CounterId = sample.counter_id("5")
        assert sent(desk) == commands.TakeBreak(counter_id=counter_id, reason="Lunch")
        counter = self.on_break(desk.link.state.counters[counter_id])
        desk.link.answer(Answer(revision=Revision(401), counter=counter))
        desk.presenter.show()
        assert desk.presenter.notices.view.text == "Counter 5 is on a break"
        desk.window.toast.undo_requested.emit()
        assert sent(desk) == commands.EndBreak(counter_id=counter_id)

    def test_a_break_is_seen_on_the_card_and_can_be_ended(self, desk: Desk):
        shown = floor()
        counters = tuple(self.on_break(each) if each.label == "4" else each for each in shown.counters)
        desk.show(shown.model_copy(update={"counters": counters}))
        assert desk.floor.counters.cards[3].accessibleName() == "Counter 4: On a break, Ravi Menon, 6:00"
        self.entries(desk, "4")["End the break"]()
        assert sent(desk) == commands.EndBreak(counter_id=sample.counter_id("4"))

    def test_a_counter_is_closed_after_a_yes(self, desk: Desk):
        desk.show(floor())
        self.entries(desk, "5")["Close counter…"]()
        assert desk.link.sent == []
        desk.floor.doing.dialog.action.click()
        assert sent(desk) == commands.Close(counter_id=sample.counter_id("5"))

    def test_offline_the_menu_says_why_nothing_can_be_done(self, desk: Desk):
        desk.show(floor())
        desk.link.tell_offline()
        desk.presenter.show()
        assert list(self.entries(desk, "3")) == ["There is no connection to the server"]


class TestPeople:
    def test_the_next_person_sees_nothing_of_what_was_under_way(self, desk: Desk):
        page = opened(desk)
        choose(page, Section.AT_COUNTERS, "A012")
        press(page, TokenVerb.COMPLETE)
        desk.link.sign_out()
        desk.link.tell_signed_in(me(role=UserRole.ADMIN))
        assert desk.presenter.acting.under_way == ()
        assert desk.presenter.no_shows.tokens is None


def test_sample_tokens_are_the_ones_named_here():
    numbers = {token.id: token.number for token in floor().tokens}
    assert [numbers[each] for each in (A013, B004, A012, R007)] == ["A013", "B004", "A012", "R007"]
