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
