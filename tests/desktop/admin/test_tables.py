"""The tables: filter, order, selection, and words where there is nothing."""

import time

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from clients.admin_desktop.widgets import table_cells
from clients.admin_desktop.widgets.table_cells import CELL_ROLE
from clients.core.messages import Fetch
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import apply_theme, current_theme
from shared.ids import UserRole
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in


def column(page, place: int) -> list[str]:
    return [page.shown.index(row, place).data(CELL_ROLE).text for row in range(page.shown.rowCount())]


def people(desk: Desk, accounts=sample.ACCOUNTS):
    desk.show()
    desk.presenter.open_page("people")
    desk.link.tell_fetched(Fetch.USERS, accounts)
    desk.presenter.show()
    return desk.window.console.page("people")


class TestOrder:
    def test_people_come_by_name(self, desk: Desk):
        names = column(people(desk), 0)
        assert names == sorted(names)
        assert len(names) == len(sample.ACCOUNTS)

    def test_a_key_orders_by_another_column_and_turns_it_around(self, desk: Desk, qtbot):
        page = people(desk)
        qtbot.keyClick(page, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
        assert column(page, 5)[0] == "never"
        qtbot.keyClick(page, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
        assert column(page, 0)[0] == "Ines Kovač"

    def test_counters_keep_their_position_beyond_nine(self, desk: Desk):
        desk.show(sample.snapshot(counters=12))
        desk.presenter.open_page("counters")
        page = desk.window.console.page("counters")
        assert column(page, 0) == [f"Counter {n}" for n in range(1, 13)]


class TestFilter:
    def test_every_word_must_be_held_somewhere(self, desk: Desk, qtbot):
        page = people(desk)
        qtbot.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(page.filter, "super ines")
        assert column(page, 0) == ["Ines Kovač"]
        assert page.count.text() == "1 of 7"

    def test_finding_nothing_is_said_and_one_press_mends_it(self, desk: Desk, qtbot):
        page = people(desk)
        page.set_filter("nobody of that name")
        assert "No person holds “nobody of that name”." in words_in(page.empty)
        page.empty.action_requested.emit()
        assert page.filter.text() == ""
        assert page.table.isVisible()

    def test_escape_clears_it(self, desk: Desk, qtbot):
        page = people(desk)
        page.filter.setFocus()
        qtbot.keyClicks(page.filter, "marta")
        qtbot.keyClick(page.filter, Qt.Key.Key_Escape)
        assert page.shown.rowCount() == len(sample.ACCOUNTS)


class TestStates:
    def test_nothing_is_said_before_an_answer(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("people")
        page = desk.window.console.page("people")
        assert not page.table.isVisible()
        assert not page.empty.isVisible()

    def test_a_list_that_does_not_come_says_why_and_can_be_asked_for_again(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("people")
        desk.link.tell_not_fetched(Fetch.USERS, "The server does not answer.")
        desk.presenter.show()
        page = desk.window.console.page("people")
        assert "The server does not answer." in words_in(page.empty)
        desk.link.fetches.clear()
        page.empty.action_requested.emit()
        assert desk.link.fetches == [Fetch.USERS]

    def test_no_displays_says_how_to_add_one(self, desk: Desk):
        desk.show()
        desk.link.tell_fetched(Fetch.DEVICES, ())
        desk.presenter.open_page("displays")
        assert "shows a code to pair it by" in words_in(desk.window.console.page("displays").empty)

    def test_a_missing_display_says_for_how_long(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("displays")
        page = desk.window.console.page("displays")
        assert column(page, 1) == ["Offline for 12 min", "Live", "Live"]
        desk.wait(60)
        assert column(page, 1)[0] == "Offline for 13 min"


class TestSelection:
    def test_it_stays_on_its_row_while_rows_come(self, desk: Desk):
        page = people(desk)
        page.table.selectRow(2)
        chosen = column(page, 0)[2]
        more = (sample.account("Aaron Abel", UserRole.STAFF), *sample.ACCOUNTS)
        desk.link.tell_fetched(Fetch.USERS, more)
        desk.presenter.show()
        assert page.table.currentIndex().siblingAtColumn(0).data() == chosen
        assert page.table.currentIndex().row() == 3


class TestWidths:
    @pytest.mark.parametrize("scale", [100, 150, 200])
    def test_no_column_of_numbers_is_narrower_than_its_cells(self, desk: Desk, qapp, scale: int):
        apply_theme(qapp, "light", text_scale=scale)
        desk.window.resize(1366, 768)
        page = people(desk)
        qapp.processEvents()
        for place, column_spec in enumerate(page.model.columns):
            widest = max(_painted_width(row.cells[place]) for row in page.model.rows)
            if not column_spec.elides:
                assert page.table.columnWidth(place) >= widest, column_spec.title


def _painted_width(cell) -> float:
    """What the delegate needs for a cell: everything before the text, the text, the gap behind it."""
    theme = current_theme()
    picture = QPixmap(2000, 100)
    painter = QPainter(picture)
    start = table_cells._paint_lead(painter, QRectF(0, 0, 2000, 100), cell, theme, False)
    painter.end()
    font = theme.font(TextRole.BODY_STRONG if cell.strong else TextRole.BODY)
    return start + QFontMetricsF(font).horizontalAdvance(cell.text) + table_cells._GAP


class TestManyRows:
    def test_two_thousand_people_are_shown_and_kept_up_to_date_quickly(self, desk: Desk):
        accounts = tuple(sample.account(f"Person {n:04}", UserRole.STAFF) for n in range(2000))
        page = people(desk, accounts)
        assert page.shown.rowCount() == 2000
        began = time.perf_counter()
        desk.presenter.show()
        # A second's tick must leave the window smooth; it takes about 50 ms on a slow core.
        assert time.perf_counter() - began < 0.5
