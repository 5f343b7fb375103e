"""The pages that edit, against a real server: what is saved there, and that the console follows."""

from typing import Any

from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import AdminApp
from clients.admin_desktop.token_views import TokenVerb
from clients.admin_desktop.widgets.page import Page
from shared.ids import TokenStatus, UserRole
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


def said(app: AdminApp) -> str:
    """The newest message; the answer to a command comes beside the events that it caused."""
    notice = app.presenter.notices.view
    return notice.text if notice else ""


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
        qtbot.waitUntil(lambda: "1 token cancelled" in said(app), timeout=WITHIN_MS)
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


class TestFloor:
    def test_an_admin_sees_a_visit_through_and_takes_a_step_back(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(2))
        token = house.run(desk.take()).token
        page = page_of(app, "tokens", qtbot)

        def state() -> TokenStatus | None:
            known = app.store.state.tokens.get(token.id)
            return known.status if known else None

        qtbot.waitUntil(lambda: len(page.shown_rows) == 1, timeout=WITHIN_MS)
        page.table.clicked.emit(page.shown.index(0, 0))
        page.panel.buttons[TokenVerb.CALL].click()
        page.doing.dialog.action.click()
        qtbot.waitUntil(lambda: state() is TokenStatus.CALLED, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: TokenVerb.START in page.panel.buttons, timeout=WITHIN_MS)
        page.panel.buttons[TokenVerb.START].click()
        qtbot.waitUntil(lambda: TokenVerb.COMPLETE in page.panel.buttons, timeout=WITHIN_MS)
        page.panel.buttons[TokenVerb.COMPLETE].click()
        qtbot.waitUntil(lambda: state() is None, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: said(app) == f"{token.number} completed", timeout=WITHIN_MS)
        app.window.toast.undo_requested.emit()
        qtbot.waitUntil(lambda: state() is TokenStatus.SERVING, timeout=WITHIN_MS)

    def test_everybody_who_waits_for_a_type_is_cancelled(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(2))
        key = house.run(desk.take()).token.customer_type
        house.run(desk.take())
        page = page_of(app, "tokens", qtbot)
        qtbot.waitUntil(lambda: len(page.shown_rows) == 2, timeout=WITHIN_MS)
        page.type.setCurrentIndex(page.type.findData(key))
        page.type.activated.emit(page.type.currentIndex())
        page.cancel_all.click()
        page.doing.dialog.action.click()
        qtbot.waitUntil(lambda: app.store.state.counts.waiting == 0, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: "2 tokens cancelled" in said(app), timeout=WITHIN_MS)


class TestCounterPlan:
    def test_it_is_written_and_learned_again(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        page = opened(app, "plan", qtbot)
        assert page.origin.state.text() == "Nothing learned yet"
        next(iter(page.form.plan.cells.values())).click()
        page.form.plan.dialog.hours.add.click()
        page.form.plan.dialog.action.click()
        page.panel.save.click()
        qtbot.waitUntil(lambda: page.origin.state.text() == "Written by hand", timeout=WITHIN_MS)
        assert page.origin.hours.text() == "8 counter hours a week are planned."
        page.origin.learn.click()
        page.dialog.action.click()
        qtbot.waitUntil(lambda: page.origin.state.text() == "Nothing learned yet", timeout=WITHIN_MS)
