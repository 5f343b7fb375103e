"""The pages that edit, against a real server: what is saved there, and that the console follows."""

from typing import Any

from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import AdminApp
from clients.admin_desktop.widgets.page import Page
from shared.ids import UserRole
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app, signed_in

__all__ = ["house", "make_app"]  # fixtures


def page_of(app: AdminApp, key: str, qtbot: QtBot) -> Any:
    app.presenter.open_page(key)
    page: Page = app.window.console.page(key)
    return page


def opened(app: AdminApp, key: str, qtbot: QtBot) -> Any:
    """A page with a form, once the server has answered."""
    page = page_of(app, key, qtbot)
    qtbot.waitUntil(page.panel.isVisible, timeout=WITHIN_MS)
    return page


class TestSettings:
    def test_a_name_is_saved_followed_and_undone(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot, UserRole.SUPER_ADMIN)
        page = opened(app, "settings", qtbot)
        before = page.panel.values()["name"]
        field = page.panel.form.fields["name"]
        field.input.selectAll()
        qtbot.keyClicks(field.input, "Town Hall")
        page.panel.save.click()
        qtbot.waitUntil(lambda: app.store.state.organization.name == "Town Hall", timeout=WITHIN_MS)
        qtbot.waitUntil(app.window.toast.isVisible, timeout=WITHIN_MS)
        app.window.toast.undo_requested.emit()
        qtbot.waitUntil(lambda: app.store.state.organization.name == before, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: page.panel.values()["name"] == before, timeout=WITHIN_MS)


class TestHours:
    def test_national_holidays_are_looked_up_picked_and_saved(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot, UserRole.SUPER_ADMIN)
        page = opened(app, "hours", qtbot)
        page.form.holidays.import_button.click()
        qtbot.waitUntil(lambda: page.dialog is not None, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: page.dialog.country.select.count() > 100, timeout=WITHIN_MS)
        select = page.dialog.country.select
        select.setCurrentIndex(select.findData("FR"))
        select.activated.emit(select.currentIndex())
        qtbot.waitUntil(lambda: len(page.dialog.boxes) > 8, timeout=WITHIN_MS)
        page.dialog.action.click()
        page.panel.save.click()
        qtbot.waitUntil(lambda: not page.panel.save.isEnabled(), timeout=WITHIN_MS)
        qtbot.waitUntil(app.window.toast.isVisible, timeout=WITHIN_MS)
        assert "Hours and holidays saved" in app.presenter.notices.view.text

    def test_the_day_is_closed_and_opened_again(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(2))
        house.run(desk.take())
        qtbot.waitUntil(lambda: app.store.state.counts.waiting == 1, timeout=WITHIN_MS)
        page = opened(app, "hours", qtbot)
        page.day.button.click()
        page.day.dialog.action.click()
        qtbot.waitUntil(lambda: app.store.state.counts.waiting == 0, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: page.day.button.state.text == "Open the day again", timeout=WITHIN_MS)
        assert "1 token cancelled" in app.presenter.notices.view.text
        page.day.button.click()
        qtbot.waitUntil(lambda: app.store.state.organization.closed_day is None, timeout=WITHIN_MS)


class TestAnnouncements:
    def test_one_is_written_shown_and_switched_off(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "announcements", qtbot)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        page.add.click()
        qtbot.waitUntil(page.panel.isVisible, timeout=WITHIN_MS)
        page.form.texts.boxes["en"].input.insertPlainText("The lift is out of order.")
        page.panel.save.click()
        qtbot.waitUntil(lambda: len(app.store.state.announcements) == 1, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: len(page.model.rows) == 1, timeout=WITHIN_MS)
        assert [cell.text for cell in page.model.rows[0].cells][:2] == [
            "The lift is out of order.",
            "Shown now",
        ]
        qtbot.waitUntil(page.panel.switch.isEnabled, timeout=WITHIN_MS)
        page.panel.switch.click()
        qtbot.waitUntil(lambda: not app.store.state.announcements, timeout=WITHIN_MS)
