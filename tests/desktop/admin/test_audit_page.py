"""The audit log: what is asked for under which filter, what is seen of it, and one row in full."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.admin_desktop import audit_words as words
from clients.admin_desktop.audit_views import AuditFilter, FilterAudit, Span
from clients.admin_desktop.widgets.audit_page import AuditPage
from clients.core.questions import AskAudit, AskAuditActions
from clients.qt_kit.widgets.select_field import Select
from shared.audit import AuditActions, AuditRow
from shared.audit import AuditPage as Answer
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app, signed_in

__all__ = ["house", "make_app"]  # fixtures

TODAY = datetime(2025, 10, 13, 22, tzinfo=UTC)  # midnight in Madrid
ACTIONS = AuditActions(actions=("call_next", "configure_queue", "sign_in"))


def asked(desk: Desk) -> AskAudit:
    """The newest question about rows."""
    return next(each for each in reversed(desk.link.asked) if isinstance(each, AskAudit))


def count_asked(desk: Desk) -> int:
    return sum(isinstance(each, AskAudit) for each in desk.link.asked)


def answer(desk: Desk, rows: tuple[AuditRow, ...] = sample.AUDIT, cursor: str | None = None) -> None:
    desk.link.tell_answered(asked(desk), Answer(items=rows, next_cursor=cursor))
    desk.presenter.show()


def opened(desk: Desk, rows: tuple[AuditRow, ...] = sample.AUDIT, cursor: str | None = None) -> AuditPage:
    desk.show()
    desk.presenter.open_page("audit")
    desk.link.tell_answered(AskAuditActions(), ACTIONS)
    answer(desk, rows, cursor)
    return desk.window.console.page("audit")


def choose(select: Select, key: str) -> None:
    place = select.findData(key)
    assert place >= 0, key
    select.setCurrentIndex(place)
    select.activated.emit(place)


def cells(page: AuditPage, column: int) -> list[str]:
    return [page.shown.index(row, column).data() for row in range(page.shown.rowCount())]


def open_row(page: AuditPage, row: AuditRow) -> None:
    place = next(n for n, each in enumerate(page.model.rows) if each.key == row.id)
    page.table.clicked.emit(page.shown.mapFromSource(page.model.index(place, 0)))


class TestList:
    def test_the_newest_first_with_who_what_on_and_from(self, desk: Desk):
        page = opened(desk)
        assert cells(page, 0)[:3] == ["10:42", "10:41", "10:39"]
        assert cells(page, 0)[-2:] == ["yesterday 14:43", "10 October 10:43"]
        assert cells(page, 1)[:2] == ["Amina Diallo", "Marta Ruiz"]
        assert cells(page, 2)[:4] == [
            "Next visitor called", "Service completed", "Customer type edited", "Permission refused",
        ]  # fmt: skip
        assert cells(page, 3)[:3] == ["Token B004", "Token A011", "Quick service"]
        assert cells(page, 4)[0] == "10.4.20.31"

    def test_what_nobody_did_is_the_servers_or_nobodys(self, desk: Desk):
        page = opened(desk)
        by = dict(zip(cells(page, 2), cells(page, 1), strict=True))
        assert by["Silent counter closed"] == "The server"
        assert by["Sign-in refused"] == "Nobody known"

    def test_until_it_comes_bones_are_shown_and_why_it_does_not(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("audit")
        page = desk.window.console.page("audit")
        assert not page.table.isVisible()
        assert not page.empty.isVisible()
        desk.link.tell_not_answered(asked(desk), "Your role does not allow system:monitor.")
        desk.presenter.show()
        assert "Your role does not allow system:monitor." in words_in(page.empty)
        before = count_asked(desk)
        desk.wait(5)
        assert count_asked(desk) == before, "a refusal would come back each second"
        page.retry_requested.emit()
        assert count_asked(desk) == before + 1

    def test_nothing_found_leads_back_to_everything(self, desk: Desk):
        page = opened(desk)
        choose(page.action, "sign_in")
        answer(desk, ())
        assert "Nothing was done" in words_in(page.empty)
        page.empty.action_requested.emit()
        assert asked(desk).action is None
        answer(desk)
        assert page.table.isVisible()

    def test_the_filter_is_among_the_rows_that_have_come(self, desk: Desk):
        page = opened(desk)
        page.set_filter("marta counter")
        assert cells(page, 2) == ["Counter opened"]
        page.set_filter("permission_refused")
        assert cells(page, 2) == ["Permission refused"]

    def test_older_rows_follow_at_the_end_once(self, desk: Desk):
        page = opened(desk, sample.AUDIT[:4], cursor="next")
        assert page.count.text() == "the newest 4"
        page.older.click()
        assert asked(desk).cursor == "next"
        assert asked(desk).since == TODAY - timedelta(days=6)
        page.older.click()
        assert count_asked(desk) == 2
        question = asked(desk)
        answer(desk, sample.AUDIT[4:])
        # As after a connection that was lost in between.
        desk.link.tell_answered(question, Answer(items=sample.AUDIT[4:], next_cursor=None))
        desk.presenter.show()
        assert len(cells(page, 0)) == len(sample.AUDIT)
        assert page.count.text() == str(len(sample.AUDIT))
        assert not page.older.isVisible()

    def test_scrolling_to_the_end_brings_older_ones_and_keeps_the_place(self, desk: Desk, qtbot: QtBot):
        many = tuple(sample.audit_row("sign_in", minutes=n) for n in range(60))
        page = opened(desk, many, cursor="next")
        bar = page.table.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        assert asked(desk).cursor == "next"
        at = bar.value()
        answer(desk, tuple(sample.audit_row("sign_out", minutes=60 + n) for n in range(60)))
        assert bar.value() == at
        assert count_asked(desk) == 2

    def test_why_older_ones_do_not_come_stands_beside_the_button(self, desk: Desk):
        page = opened(desk, cursor="next")
        page.older.click()
        desk.link.tell_not_answered(asked(desk), "The server does not answer.")
        desk.presenter.show()
        assert page.note.text() == "The server does not answer."
        assert page.table.isVisible()
        page.older.click()
        answer(desk, (sample.audit_row("sign_out", 99),))
        assert not page.note.isVisible()
        assert len(cells(page, 0)) == len(sample.AUDIT) + 1

    def test_it_is_read_anew_each_time_it_is_opened_and_by_f5(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        desk.presenter.open_page("floor")
        desk.presenter.open_page("audit")
        assert count_asked(desk) == 2
        answer(desk)
        qtbot.keyClick(page.table, Qt.Key.Key_F5)
        assert count_asked(desk) == 3
        assert page.table.isVisible(), "what is there stays until the new has come"

    def test_what_was_asked_before_a_new_filter_is_passed_over(self, desk: Desk):
        page = opened(desk)
        choose(page.action, "sign_in")
        late = asked(desk)
        choose(page.action, "call_next")
        desk.link.tell_answered(late, Answer(items=sample.AUDIT[:1], next_cursor=None))
        desk.presenter.show()
        assert not page.table.isVisible()
        answer(desk, sample.AUDIT[:2])
        assert page.shown.rowCount() == 2

    def test_nothing_of_one_person_stays_for_the_next(self, desk: Desk):
        page = opened(desk)
        desk.presenter.sign_out()
        desk.show()
        desk.presenter.open_page("audit")
        assert not page.table.isVisible()


class TestFilters:
    def test_the_last_seven_days_by_the_organizations_calendar_are_asked_first(self, desk: Desk):
        opened(desk)
        assert asked(desk) == AskAudit(since=TODAY - timedelta(days=6))

    @pytest.mark.parametrize(
        ("span", "since"),
        [(Span.TODAY, TODAY), (Span.MONTH, TODAY - timedelta(days=29)), (Span.EVER, None)],
    )
    def test_how_far_back(self, desk: Desk, span: Span, since: datetime | None):
        page = opened(desk)
        choose(page.span, span.value)
        assert asked(desk) == AskAudit(since=since)

    def test_days_of_choice_count_whole_and_in_any_order(self, desk: Desk):
        page = opened(desk)
        assert not page.days.isVisible()
        choose(page.span, Span.DAYS.value)
        answer(desk)
        assert page.days.isVisible()
        assert asked(desk) == AskAudit(since=TODAY, until=TODAY + timedelta(days=1))
        page.first.setDate(QDate(2025, 10, 3))
        page.first.editingFinished.emit()
        answer(desk)
        page.last.setDate(QDate(2025, 10, 1))
        page.last.editingFinished.emit()
        begin = datetime(2025, 9, 30, 22, tzinfo=UTC)
        assert asked(desk) == AskAudit(since=begin, until=begin + timedelta(days=3))

    def test_the_night_of_a_changed_clock_has_its_own_length(self, desk: Desk):
        opened(desk)
        sunday = AuditFilter(span=Span.DAYS, first=date(2025, 10, 26), last=date(2025, 10, 26))
        desk.presenter.act(FilterAudit(filter=sunday))
        question = asked(desk)
        assert question.until is not None
        assert question.since is not None
        assert question.until.astimezone(UTC) - question.since.astimezone(UTC) == timedelta(hours=25)

    def test_who_what_and_on_what(self, desk: Desk):
        page = opened(desk)
        marta = sample.an_id("person", "Marta Ruiz")
        choose(page.person, str(marta))
        choose(page.action, "call_next")
        choose(page.kind, "token")
        question = asked(desk)
        assert (question.user_id, question.action, question.entity_type) == (marta, "call_next", "token")
        choose(page.person, "server")
        assert (asked(desk).user_id, asked(desk).by_server) == (None, True)
        choose(page.person, "")
        assert (asked(desk).user_id, asked(desk).by_server) == (None, False)

    def test_only_what_was_ever_done_is_offered_in_words_and_their_order(self, desk: Desk):
        page = opened(desk)
        texts = [page.action.itemText(n) for n in range(page.action.count())]
        assert texts == ["Any action", "Customer type edited", "Next visitor called", "Signed in"]

    def test_somebody_who_is_gone_can_be_asked_for_by_a_row_of_theirs(self, desk: Desk):
        gone = sample.audit_row("sign_in", 3, **sample.by("Olga Petrova"))
        page = opened(desk, (gone,))
        open_row(page, gone)
        page.panel.by_person.click()
        assert asked(desk).user_id == gone.user_id
        desk.presenter.show()
        assert page.person.currentText() == "Olga Petrova"


class TestRow:
    def test_before_and_after_stand_side_by_side(self, desk: Desk):
        page = opened(desk)
        open_row(page, sample.CONFIGURED)
        assert page.panel.isVisible()
        said = words_in(page.panel)
        assert "Customer type edited" in said
        assert "Tuesday 14 October 2025, 10:39:00" in said
        assert "Name | Express desk | Quick service" in said
        assert "Wait limit (min) | 10 | 12" in said
        assert "Switched on | yes | no" in said
        assert "Opening hours, Monday | – | Opens 08:30, Closes 14:00" in said
        assert "Seal | Sealed" in said

    def test_ids_and_times_are_said_in_words(self, desk: Desk):
        page = opened(desk)
        open_row(page, sample.CALLED)
        said = words_in(page.panel)
        assert "State | waiting | called" in said
        assert "Counter | – | Counter 2" in said
        assert "Called at | – | 10:42" in said
        assert "Not sealed yet" in said
        assert str(sample.counter_id("2")) not in said

    def test_the_arrow_keys_leaf_and_escape_closes(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        page.table.setFocus()
        page.table.setCurrentIndex(page.shown.index(0, 0))
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        assert page.panel.row == sample.AUDIT[0]
        qtbot.keyClick(page.table, Qt.Key.Key_Down)
        assert page.panel.row == sample.AUDIT[1]
        page.panel.close_button.setFocus()
        qtbot.keyClick(page.panel.close_button, Qt.Key.Key_Escape)
        assert not page.panel.isVisible()
        assert page.table.hasFocus()
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        assert page.panel.isVisible()
        qtbot.keyClick(page.table, Qt.Key.Key_Escape)
        assert not page.panel.isVisible()

    def test_everything_about_the_same_thing_of_all_time(self, desk: Desk):
        page = opened(desk)
        choose(page.action, "call_next")
        answer(desk)
        open_row(page, sample.CALLED)
        page.panel.by_thing.click()
        assert asked(desk) == AskAudit(entity_type="token", entity_id=sample.CALLED.entity_id)
        answer(desk, sample.AUDIT[:1])
        assert page.thing.state.text == "Token B004"
        page.thing.click()
        assert asked(desk) == AskAudit()

    def test_a_customer_type_is_no_single_thing_to_ask_for(self, desk: Desk):
        page = opened(desk)
        open_row(page, sample.CONFIGURED)
        assert not page.panel.by_thing.isVisible()

    def test_it_is_copied_whole(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        open_row(page, sample.CONFIGURED)
        page.table.setFocus()
        qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        copied = QApplication.clipboard().text()
        assert copied.splitlines()[0] == "Customer type edited"
        assert "Wait limit (min): 10 → 12" in copied

    def test_it_stays_open_while_rows_come_and_closes_when_it_is_gone(self, desk: Desk):
        page = opened(desk)
        open_row(page, sample.CONFIGURED)
        desk.wait(3)
        assert page.panel.isVisible()
        choose(page.action, "sign_in")
        answer(desk, ())
        assert not page.panel.isVisible()


class TestWords:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, "–"),
            ([], "–"),
            ({}, "–"),
            (False, "no"),
            (0, "0"),
            (2.5, "2.5"),
            (["a", "b"], "a; b"),
            ([{"label": "x", "on": True}], "Label x, On yes"),
            ("2025-10-14T08:30:00+00:00", "10:30"),
            ("2025-10-14T08:30:00", "2025-10-14T08:30:00"),
            ("T", "T"),
            ("x" * 500, "x" * 400 + "…"),
        ],
    )
    def test_values(self, value: Any, text: str):
        view = sample.view("audit").console.page_view
        assert words.value_text(("anything",), value, view) == text

    def test_an_action_that_this_version_does_not_know_is_shown_as_it_is(self):
        assert words.action("fly_away") == "Fly away"

    def test_every_action_of_the_server_has_words(self):
        """What the server's use cases call themselves, as far as it stands in their text."""
        import re
        from pathlib import Path

        import server.usecases

        found = set()
        for path in Path(server.usecases.__path__[0]).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'\b(?:name|action)="([a-z]+(?:_[a-z]+)+)"', text))
            found |= set(re.findall(r'_run\(\s*request,\s*"([a-z_]+)"', text))
            found |= set(re.findall(r'audit_entry\([a-z]+, "([a-z_]+)"', text))
        assert len(found) > 30
        assert {name for name in found if name not in words._actions()} == set()


class TestWithAServer:
    def test_what_happens_at_a_counter_is_read_with_before_and_after(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(1))
        house.run(desk.take())
        house.run(desk.call_next())
        app.presenter.open_page("audit")
        page = app.window.console.page("audit")
        qtbot.waitUntil(lambda: page.shown.rowCount() >= 4, timeout=WITHIN_MS)
        assert cells(page, 2)[:3] == ["Next visitor called", "Token taken", "Counter opened"]
        assert desk.person.display_name == cells(page, 1)[0]
        page.table.clicked.emit(page.shown.index(0, 0))
        assert "State | waiting | called" in words_in(page.panel)
        page.panel.by_thing.click()
        qtbot.waitUntil(lambda: page.shown.rowCount() == 2, timeout=WITHIN_MS)
        assert cells(page, 2) == ["Next visitor called", "Token taken"]
