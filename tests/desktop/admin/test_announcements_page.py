"""The announcements page: what stands in the list, what is written, and how the lobby shows it."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTime
from pytestqt.qtbot import QtBot

from clients.admin_desktop.widgets.announcements_page import AnnouncementsPage
from clients.core.commands import SaveAnnouncement
from clients.core.questions import AskAnnouncements
from shared.announcements import Announcement, AnnouncementKind, AnnouncementSettings, Reader, Urgency
from shared.commands import Configured
from shared.ids import AnnouncementId, Revision
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk

NOW = sample.NOW
FRIDAY = {"en": "On Friday we close at 12:00.", "es": "El viernes cerramos a las 12:00."}


def announcement(n: int, *, version: int = 2, **settings) -> Announcement:
    return Announcement(
        id=AnnouncementId(sample.an_id("announcement", n)),
        version=version,
        settings=AnnouncementSettings(**settings),
    )


CURRENT = announcement(1, texts=FRIDAY, priority=Urgency.IMPORTANT, until_at=NOW + timedelta(days=3))
PLANNED = announcement(2, texts={"en": "Lift out of order"}, from_at=NOW + timedelta(days=1))
OVER = announcement(3, texts={"en": "Fire drill"}, until_at=NOW - timedelta(days=1))
OFF = announcement(4, texts={"en": "Staff meeting"}, readers=(Reader.STAFF,), is_active=False)


def opened(desk: Desk, *found: Announcement) -> AnnouncementsPage:
    snapshot = sample.snapshot()
    organization = snapshot.organization.model_copy(update={"languages": ("en", "es", "ar")})
    desk.show(snapshot.model_copy(update={"organization": organization}))
    desk.presenter.open_page("announcements")
    desk.link.tell_answered(AskAnnouncements(), found or (OFF, OVER, PLANNED, CURRENT))
    desk.presenter.show()
    return desk.window.console.page("announcements")


def edit(page: AnnouncementsPage, row: int = 0) -> None:
    page.table.clicked.emit(page.shown.index(row, 0))


def sent(desk: Desk) -> SaveAnnouncement:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveAnnouncement)
    return command


def cells(page: AnnouncementsPage, column: int) -> list[str]:
    return [row.cells[column].text for row in page.model.rows]


class TestList:
    def test_what_is_shown_now_comes_first_then_what_is_to_come(self, desk: Desk):
        page = opened(desk)
        assert cells(page, 1) == ["Shown now", "Planned", "Over", "Switched off"]
        assert cells(page, 0)[0] == FRIDAY["en"]
        assert cells(page, 2)[0] == "until 17 October 10:43"

    def test_a_text_is_found_in_any_of_its_languages(self, desk: Desk):
        page = opened(desk)
        page.set_filter("viernes")
        assert page.shown.rowCount() == 1

    def test_time_alone_makes_a_planned_one_current(self, desk: Desk):
        page = opened(desk, PLANNED)
        assert cells(page, 1) == ["Planned"]
        desk.wait(24 * 3600)
        assert cells(page, 1) == ["Shown now"]


class TestWriting:
    def test_a_new_one_is_for_visitors_from_now_on(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        page.add.click()
        qtbot.keyClicks(page.form.texts.boxes["es"].input, "Hola")
        assert page.form.preview.text == "Hola"
        page.panel.save.click()
        assert sent(desk) == SaveAnnouncement(settings=AnnouncementSettings(texts={"es": "Hola"}))

    def test_moments_are_read_on_the_organizations_clock(self, desk: Desk):
        page = opened(desk)
        edit(page)
        assert page.form.until_at.time.time() == QTime(10, 43)  # in Madrid, 8:43 in UTC
        page.form.until_at.time.setTime(QTime(12, 0))
        page.panel.save.click()
        until = sent(desk).settings.until_at
        assert until == datetime(2025, 10, 17, 12, 0, tzinfo=ZoneInfo("Europe/Madrid"))
        assert sent(desk).announcement_id == UUID(str(CURRENT.id))
        assert sent(desk).version == 2

    def test_what_was_only_looked_at_keeps_even_its_seconds(self, desk: Desk):
        exact = announcement(5, texts=FRIDAY, until_at=NOW + timedelta(days=1, seconds=17))
        page = opened(desk, exact)
        edit(page)
        assert not page.panel.save.isEnabled()
        page.form.readers.boxes[1].click()
        page.panel.save.click()
        assert sent(desk).settings.until_at == exact.settings.until_at

    def test_kind_urgency_and_readers_are_chosen(self, desk: Desk):
        page = opened(desk)
        edit(page)
        for name, key in (("kind", "maintenance"), ("priority", "2")):
            select = page.form.fields[name].select
            select.setCurrentIndex(select.findData(key))
            select.activated.emit(select.currentIndex())
        page.form.readers.boxes[1].click()
        assert page.form.preview_note.text() == "In the middle of the lobby displays"
        page.panel.save.click()
        settings = sent(desk).settings
        assert settings.kind is AnnouncementKind.MAINTENANCE
        assert settings.priority is Urgency.URGENT
        assert settings.readers == (Reader.VISITORS, Reader.STAFF)
        assert settings.texts == FRIDAY

    def test_a_text_of_a_language_that_is_no_longer_offered_stays(self, desk: Desk):
        page = opened(desk, announcement(6, texts={"fr": "Bonjour", "en": "Hello"}))
        edit(page)
        assert list(page.form.texts.boxes) == ["en", "es", "ar", "fr"]
        assert page.form.texts.boxes["fr"].value() == "Bonjour"


class TestMistakes:
    def test_nothing_written_is_said_and_nothing_sent(self, desk: Desk):
        page = opened(desk)
        page.add.click()
        page.panel.save.click()
        assert page.form.texts.error == "Write it in at least one language."
        assert desk.link.sent == []

    def test_a_text_that_is_too_long_is_marked_in_its_language(self, desk: Desk):
        page = opened(desk)
        edit(page)
        page.form.texts.boxes["es"].input.setPlainText("x" * 301)
        page.panel.save.click()
        assert page.form.texts.boxes["es"].error == "At most 300 characters."
        assert page.form.texts.boxes["en"].error == ""

    def test_an_end_before_the_beginning_is_said_beside_the_end(self, desk: Desk):
        page = opened(desk)
        edit(page, 1)
        page.form.until_at.none.click()
        page.panel.save.click()
        assert page.form.until_at.error == "It must end after it begins."
        assert desk.link.sent == []


class TestSwitchingOff:
    def test_it_is_switched_off_and_undone(self, desk: Desk):
        page = opened(desk)
        edit(page)
        page.panel.switch.click()
        off = CURRENT.settings.model_copy(update={"is_active": False})
        assert sent(desk).settings == off
        saved = CURRENT.model_copy(update={"settings": off, "version": 3})
        desk.link.answer(Configured(revision=Revision(401), announcement=saved))
        desk.presenter.show()
        assert desk.presenter.notices.view.text == "The announcement is switched off"
        desk.window.toast.undo_requested.emit()
        assert sent(desk).settings == CURRENT.settings
        assert sent(desk).version == 3
