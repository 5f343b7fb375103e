"""Customer types, counters, skills and the calling rules, against a real server."""

from pytestqt.qtbot import QtBot

from clients.qt_kit.widgets.dialog import Dialog
from shared.ids import UserRole
from shared.policy import CallingMode
from tests.db.past import play_day
from tests.desktop.admin.conftest import words_in
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app, signed_in
from tests.desktop.admin.test_editing_live import page_of

__all__ = ["house", "make_app"]  # fixtures


def write(qtbot: QtBot, page, name: str, text: str) -> None:
    line = page.panel.form.fields[name].input
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


class TestCustomerTypes:
    def test_one_is_made_edited_and_switched_off_by_undo(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "queues", qtbot)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        page.add.click()
        write(qtbot, page, "name", "Passports & IDs")
        page.panel.save.click()
        types = lambda: app.store.state.customer_types  # noqa: E731
        qtbot.waitUntil(lambda: "passports_ids" in types(), timeout=WITHIN_MS)
        assert types()["passports_ids"].prefix == "P"
        qtbot.waitUntil(page.panel.switch.isVisible, timeout=WITHIN_MS)
        write(qtbot, page, "wait_limit_min", "25")
        page.panel.save.click()
        qtbot.waitUntil(lambda: types()["passports_ids"].wait_limit_min == 25, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: app.presenter.notices.view.text == "Passports & IDs saved", timeout=WITHIN_MS)
        app.window.toast.undo_requested.emit()
        qtbot.waitUntil(lambda: types()["passports_ids"].wait_limit_min == 15, timeout=WITHIN_MS)

    def test_an_edit_that_came_second_keeps_both(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "queues", qtbot)
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
        page.row_opened.emit("instant")
        write(qtbot, page, "name", "Express")
        house.run(house.site.configure_queue("instant", wait_limit_min=33))
        page.panel.save.click()
        qtbot.waitUntil(page.panel.conflict.isVisible, timeout=WITHIN_MS)
        page.panel.conflict.mine.click()
        assert page.panel.form.fields["wait_limit_min"].value() == 33
        page.panel.save.click()
        qtbot.waitUntil(
            lambda: app.store.state.customer_types["instant"].name == "Express", timeout=WITHIN_MS
        )
        assert app.store.state.customer_types["instant"].wait_limit_min == 33

    def test_signing_out_asks_about_what_is_not_saved(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "queues", qtbot)
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
        page.row_opened.emit("instant")
        write(qtbot, page, "name", "Express")
        app._on_sign_out()
        dialog = app.window.findChild(Dialog)
        assert app.store.me is not None
        assert "Customer types" in words_in(dialog)
        dialog.accept()
        qtbot.waitUntil(lambda: app.store.me is None, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: app.presenter.unsaved == (), timeout=WITHIN_MS)

    def test_closing_the_window_asks_about_what_is_not_saved(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "queues", qtbot)
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
        page.row_opened.emit("instant")
        write(qtbot, page, "name", "Express")
        app.window.close()
        dialog = app.window.findChild(Dialog)
        assert "Customer types" in words_in(dialog)
        dialog.reject()
        assert app.window.isVisible()
        app.window.close()
        qtbot.waitUntil(lambda: app.window.findChild(Dialog) is not dialog)
        app.window.findChild(Dialog).accept()
        assert not app.window.isVisible()

    def test_closing_the_window_without_changes_closes_it(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot)
        app.window.close()
        assert not app.window.isVisible()


class TestCounters:
    def test_an_open_one_stays_and_a_closed_one_goes(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(0))
        page = page_of(app, "counters", qtbot)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        counters = list(app.store.state.counters)
        page.row_opened.emit(str(counters[0]))
        page.panel.switch.click()
        told = f"{desk.person.display_name} has it open."
        qtbot.waitUntil(lambda: told in page.panel.error.sentence, timeout=WITHIN_MS)
        page.row_opened.emit(str(counters[1]))
        page.panel.switch.click()
        qtbot.waitUntil(lambda: counters[1] not in app.store.state.counters, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: page.panel.switch.state.text == "Switch on", timeout=WITHIN_MS)
        assert len(page.model.rows) == len(counters)


class TestSkills:
    def test_what_a_person_serves_is_set_and_taken_back(self, house: House, make_app: MakeApp, qtbot: QtBot):
        person = house.run(house.site.add_person())
        app = signed_in(house, make_app, qtbot)
        page = page_of(app, "people", qtbot)
        user_id = person.actor.user_id
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        page.row_opened.emit(str(user_id))
        page.form.change_serves.click()
        page.dialog.types.scope._buttons[1].click()
        page.dialog.types.choices.boxes[0].click()
        page.dialog.action.click()
        serves = lambda: app.store.state.people[user_id].customer_types  # noqa: E731
        qtbot.waitUntil(lambda: serves() == ("instant",), timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: page.dialog is None, timeout=WITHIN_MS)
        app.window.toast.undo_requested.emit()
        qtbot.waitUntil(lambda: serves() == (), timeout=WITHIN_MS)


class TestWhoIsNext:
    def test_rules_are_tried_on_a_past_day_and_saved(self, house: House, make_app: MakeApp, qtbot: QtBot):
        house.run(play_day(house.site, 1))
        app = signed_in(house, make_app, qtbot, UserRole.SUPER_ADMIN)
        page = page_of(app, "policy", qtbot)
        qtbot.waitUntil(page.trial.run.isEnabled, timeout=WITHIN_MS)
        qtbot.waitUntil(page.panel.isVisible, timeout=WITHIN_MS)
        page.panel.form.mode.buttons[2].click()
        page.trial.run.click()
        qtbot.waitUntil(page.trial.table.isVisible, timeout=WITHIN_MS)
        assert page.trial.state.text().endswith("12 tokens")
        assert page.trial.table.cells()[1][:2] == ["12 called", "Tried"]
        page.trial.day.set_value(page.trial.day.select.itemData(3))
        page.trial.run.click()
        qtbot.waitUntil(lambda: "cannot be replayed" in page.trial.error.sentence, timeout=WITHIN_MS)
        page.panel.save.click()
        qtbot.waitUntil(app.window.toast.isVisible, timeout=WITHIN_MS)
        saved = app.presenter.editings["policy"].view().items[0].settings.policy
        assert saved.mode is CallingMode.RATIO
