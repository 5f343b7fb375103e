"""The floor page, by what it shows."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clients.admin_desktop.widgets.counter_grid import columns_for
from clients.admin_desktop.widgets.counter_plates import CounterPlates
from clients.core.messages import Fetch
from clients.core.queue_state import active_at
from clients.qt_kit.theme import apply_theme
from clients.qt_kit.widgets.label import Label
from shared.events import CounterClosed, ServiceStarted, TokenCreated
from shared.ids import Revision, TokenStatus
from shared.tokens import LiveToken
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in


class TestShowing:
    def test_the_figures_of_the_floor_are_read_at_a_glance(self, desk: Desk):
        desk.show()
        shown = words_in(desk.floor.kpis)
        for part in (
            "14",
            "of 14",
            "27 min",
            "R007, limit 20 min",
            "186",
            "3 no-shows",
            "8 min",
            "5",
            "of 6",
        ):
            assert part in shown

    def test_the_head_has_the_organizations_date_and_clock(self, desk: Desk):
        desk.show()
        assert "Tuesday 14 October, 10:43" in words_in(desk.floor.head)

    def test_only_the_called_counter_has_the_yellow_bar(self, desk: Desk):
        desk.show()
        yellow = "#ffc629"
        barred = []
        for card in desk.floor.counters.cards:
            picture = card.grab().toImage()
            if picture.pixelColor(4, picture.height() // 2).name() == yellow:
                barred.append(card.card.label)
        assert barred == ["2"]

    def test_a_service_that_starts_loses_the_bar_and_keeps_the_number(self, desk: Desk):
        desk.show()
        token = active_at(desk.link.state, sample.counter_id("2"))
        serving = token.model_copy(update={"status": TokenStatus.SERVING, "served_at": sample.NOW})
        call = desk.link.state.recent_calls[0].model_copy(update={"counter_id": sample.counter_id("2")})
        desk.link.tell_event(ServiceStarted(revision=Revision(401), at=sample.NOW, token=serving, call=call))
        desk.presenter.show()
        card = desk.floor.counters.cards[1]
        assert card.accessibleName().startswith("Counter 2: B004, Serving")
        assert card.grab().toImage().pixelColor(4, 60).name() != "#ffc629"

    def test_timers_run_by_the_servers_clock(self, desk: Desk):
        desk.show()
        assert "3:24" in words_in(desk.floor.counters)
        desk.wait(7)
        assert "3:31" in words_in(desk.floor.counters)

    def test_a_closed_counter_says_since_when_once_it_was_seen(self, desk: Desk):
        desk.show()
        closed = sample.counter("4", person=None)
        desk.link.tell_event(CounterClosed(revision=Revision(401), at=sample.NOW, counter=closed))
        desk.presenter.show()
        card = desk.floor.counters.cards[3]
        assert card.accessibleName() == "Counter 4: Closed, Nobody signed in"
        assert "4 of 6" in desk.floor.kpis.findChildren(type(desk.floor.kpis._counters))[-1].accessibleName()

    def test_a_new_token_is_counted_in_its_queue(self, desk: Desk):
        desk.show()
        token = LiveToken(
            id=sample.TokenId(sample.an_id("new")),
            number="B008",
            customer_type="browser",
            status=TokenStatus.WAITING,
            created_at=sample.NOW,
            place_at=sample.NOW,
            priority=0,
        )
        desk.link.tell_event(TokenCreated(revision=Revision(401), at=sample.NOW, token=token))
        desk.presenter.show()
        assert desk.floor.types.rows[1].waiting.text() == "4"

    def test_what_needs_somebody_leads_to_its_page(self, desk: Desk, qtbot):
        desk.show()
        row = desk.floor.needs_you.rows[0]
        assert row.title.text() == "Sales & payments is late"
        qtbot.mouseClick(row.action, Qt.MouseButton.LeftButton)
        assert desk.presenter.page.key == "counters"
        page = desk.window.console.page("counters")
        assert page.isVisible()
        assert page.filter.text() == "Sales & payments"
        # Counter 1 may serve two other types only.
        assert page.shown.rowCount() == 5

    def test_many_counters_get_smaller_cards(self, desk: Desk):
        desk.show(sample.snapshot(counters=16))
        cards = desk.floor.counters.cards
        assert len(cards) == 16
        heights = {card.height() for card in cards}
        desk.link.tell_state(sample.from_snapshot(sample.snapshot(counters=6)))
        desk.presenter.show()
        assert max(heights) < min(card.minimumHeight() for card in desk.floor.counters.cards)


class TestEmpty:
    def test_a_quiet_floor_says_so_in_words(self, desk: Desk):
        desk.show(sample.snapshot(waits=False))
        desk.link.tell_fetched(Fetch.DEVICES, ())
        desk.presenter.show()
        shown = words_in(desk.floor)
        for part in ("Nothing needs you", "No displays yet", "nobody waits"):
            assert part in shown

    def test_before_anything_is_known_blocks_stand_in_its_place(self, desk: Desk):
        desk.link.tell_signed_in()
        desk.presenter.show()
        assert not desk.floor.kpis.isVisible()
        assert not desk.floor.new_token.isEnabled()

    def test_displays_that_did_not_come_can_be_asked_for_again(self, desk: Desk, qtbot):
        desk.link.tell_signed_in()
        desk.link.tell_live()
        desk.link.tell_state(sample.from_snapshot(sample.snapshot()))
        desk.link.tell_not_fetched(Fetch.DEVICES, "The server does not answer.")
        desk.presenter.show()
        card = desk.floor.displays
        assert "The server does not answer." in words_in(card)
        desk.link.fetches.clear()
        button = next(b for b in card._empty.findChildren(type(card._all)) if b.isVisible())
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert Fetch.DEVICES in desk.link.fetches


class TestLayout:
    @pytest.mark.parametrize(
        ("count", "width", "columns"), [(6, 768, 3), (6, 1088, 3), (8, 1088, 4), (1, 768, 1), (6, 200, 1)]
    )
    def test_cards_fill_their_rows_evenly(self, count: int, width: int, columns: int):
        assert columns_for(count, width, narrowest=220, gap=16) == columns

    def test_below_1300_the_right_column_goes_under_the_left(self, desk: Desk, qtbot):
        desk.show()
        assert desk.floor.needs_you.geometry().left() > desk.floor.counters.geometry().right()
        desk.window.resize(1180, 720)
        qtbot.waitUntil(
            lambda: desk.floor.needs_you.geometry().top() > desk.floor.types.geometry().bottom(), timeout=2000
        )

    def test_at_1440_a_floor_of_six_counters_is_seen_whole(self, desk: Desk, qtbot):
        desk.show()
        bar = desk.floor._scroll.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() == 0)

    @pytest.mark.parametrize("size", [(1366, 768), (1440, 900), (1920, 1080), (1180, 720)])
    @pytest.mark.parametrize("scale", [100, 200])
    def test_no_number_is_cut(self, desk: Desk, qapp: QApplication, size, scale: int):
        apply_theme(qapp, "light", text_scale=scale)
        desk.show()
        desk.window.resize(*size)
        qapp.processEvents()
        qapp.processEvents()
        desk.window.grab()
        cut = [
            label.text()
            for label in desk.floor.findChildren(Label)
            if label.isVisible() and (label.is_cut or label.width() < label.minimumSizeHint().width())
        ]
        assert [text for text in cut if any(sign.isdigit() for sign in text)] == []

    def test_plates_beyond_five_are_counted(self, qtbot):
        plates = CounterPlates()
        qtbot.addWidget(plates)
        plates.render(tuple("123456789"))
        assert plates.accessibleName() == "Counters 1, 2, 3, 4, 5, 6, 7, 8, 9"
        nine = plates.content_size().width()
        plates.render(tuple("12345"))
        assert plates.content_size().width() <= nine
