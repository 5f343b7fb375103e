"""People's accounts against a real server: made, signed in with once, changed."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from clients.qt_kit.widgets.sign_in import SignIn
from shared.ids import Permission, UserRole
from tests.desktop.admin.conftest import words_in
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app, signed_in
from tests.desktop.admin.test_configuring_live import write
from tests.desktop.admin.test_editing_live import page_of
from tests.site import PASSWORD

__all__ = ["house", "make_app"]  # fixtures

CHOSEN = "lantern orbit pickle seven"


def must_change(house: House, user_id) -> None:
    """As after a reset by an admin; the hash stays the one of PASSWORD."""

    async def mark() -> None:
        async with house._database.unit_of_work() as tx:
            await tx.execute(
                "UPDATE users SET must_change_password = true WHERE id = %(id)s", {"id": user_id}
            )

    house.run(mark())


def sign_in(form: SignIn, qtbot: QtBot, username: str, password: str) -> None:
    form.username.input.selectAll()
    qtbot.keyClicks(form.username.input, username)
    qtbot.keyClicks(form.password.input, password)
    form.send.click()


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """Without the budget of an address, which would be spent before the growing delay is seen."""
    return {"limit_failed_sign_ins": 1000}


class TestOneTimePassword:
    def test_it_is_changed_where_it_was_typed_and_good_for_nothing_afterwards(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        person = house.run(house.site.add_person(UserRole.ADMIN))
        must_change(house, person.actor.user_id)
        app = make_app(server=house.server.url)
        form = app.window.sign_in
        qtbot.waitUntil(lambda: not app.presenter.signing_in.state.busy, timeout=WITHIN_MS)
        sign_in(form, qtbot, person.username, PASSWORD)
        qtbot.waitUntil(form.new_password.isVisible, timeout=WITHIN_MS)
        assert app.store.me is None
        for new, said in (("short", "It has 5 of at least 15"), (PASSWORD, "the password you have now")):
            for field in (form.new_password.new, form.new_password.again):
                field.set_text(new)
            form.send.click()
            qtbot.waitUntil(lambda said=said: said in form.new_password.new.error, timeout=WITHIN_MS)
        for field in (form.new_password.new, form.new_password.again):
            field.set_text(CHOSEN)
        form.send.click()
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        qtbot.waitUntil(app.window.console.isVisible, timeout=WITHIN_MS)
        app.presenter.sign_out()
        qtbot.waitUntil(form.username.isVisible, timeout=WITHIN_MS)
        sign_in(form, qtbot, person.username, PASSWORD)
        qtbot.waitUntil(lambda: "is wrong" in words_in(form), timeout=WITHIN_MS)
        sign_in(form, qtbot, person.username, CHOSEN)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)

    def test_too_many_wrong_ones_are_waited_for(self, house: House, make_app: MakeApp, qtbot: QtBot):
        person = house.run(house.site.add_person(UserRole.ADMIN))
        app = make_app(server=house.server.url)
        form = app.window.sign_in
        qtbot.waitUntil(lambda: not app.presenter.signing_in.state.busy, timeout=WITHIN_MS)
        for _ in range(6):
            sign_in(form, qtbot, person.username, "not the password")
            qtbot.waitUntil(lambda: not app.presenter.signing_in.state.busy, timeout=WITHIN_MS)
            form.password.set_text("")
        assert "You can try again in" in words_in(form)
        qtbot.waitUntil(form.send.isEnabled, timeout=WITHIN_MS)
        sign_in(form, qtbot, person.username, PASSWORD)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)


class TestPeoplePage:
    def test_somebody_is_made_signs_in_is_edited_and_switched_off(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot, UserRole.SUPER_ADMIN)
        page = page_of(app, "people", qtbot)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        page.add.click()
        write(qtbot, page, "display_name", "Nora Quist")
        write(qtbot, page, "email", "nora@city.example")
        page.form.role.buttons[1].click()
        page.panel.save.click()
        qtbot.waitUntil(lambda: page.one_time is not None, timeout=WITHIN_MS)
        given = page.one_time.password.text()
        page.one_time.accept()
        qtbot.waitUntil(lambda: page.one_time is None, timeout=WITHIN_MS)
        shown = lambda: {row.cells[0].text: row for row in page.model.rows}  # noqa: E731
        assert shown()["Nora Quist"].cells[3].text == "One-time password"

        other = make_app(server=house.server.url)
        form = other.window.sign_in
        qtbot.waitUntil(lambda: not other.presenter.signing_in.state.busy, timeout=WITHIN_MS)
        sign_in(form, qtbot, "nora", given)
        qtbot.waitUntil(form.new_password.isVisible, timeout=WITHIN_MS)
        for field in (form.new_password.new, form.new_password.again):
            field.set_text(CHOSEN)
        form.send.click()
        qtbot.waitUntil(lambda: other.store.is_live, timeout=WITHIN_MS)

        # Her own first sign-in made the version another: the edit is made from what is there now.
        page.row_opened.emit(shown()["Nora Quist"].key)
        page.form.rights.boxes[Permission.SYSTEM_BACKUP].click()
        page.panel.save.click()
        editing = app.presenter.editings["people"]
        nora = lambda: editing._item(shown()["Nora Quist"].key).settings  # noqa: E731
        if_asked = page.panel.conflict.mine
        qtbot.waitUntil(
            lambda: if_asked.isVisible() or nora().granted == (Permission.SYSTEM_BACKUP,), timeout=WITHIN_MS
        )
        if if_asked.isVisible():
            if_asked.click()
            page.panel.save.click()
        qtbot.waitUntil(lambda: nora().granted == (Permission.SYSTEM_BACKUP,), timeout=WITHIN_MS)
        assert nora().email == "nora@city.example"

        qtbot.waitUntil(page.panel.switch.isEnabled, timeout=WITHIN_MS)
        page.panel.switch.click()
        qtbot.waitUntil(lambda: other.store.me is None, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: shown()["Nora Quist"].cells[3].text == "Switched off", timeout=WITHIN_MS)
        app.window.toast.undo_requested.emit()
        qtbot.waitUntil(lambda: shown()["Nora Quist"].cells[3].text == "Active", timeout=WITHIN_MS)
        page.form.deeds.delete.click()
        page.asking.accept()
        qtbot.waitUntil(lambda: "Nora Quist" not in shown(), timeout=WITHIN_MS)

    def test_the_last_super_admin_cannot_be_switched_off(self, house: House, make_app: MakeApp, qtbot: QtBot):
        boss = house.run(house.site.add_person(UserRole.SUPER_ADMIN))
        app = signed_in(house, make_app, qtbot, UserRole.ADMIN)
        page = page_of(app, "people", qtbot)
        qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
        page.row_opened.emit(str(boss.actor.user_id))
        assert "may do more than you" in words_in(page.panel)
        assert not page.form.deeds.reset.isEnabled()


class TestMyAccount:
    def test_another_password_and_the_other_devices(self, house: House, make_app: MakeApp, qtbot: QtBot):
        person = house.run(house.site.add_person(UserRole.ADMIN))
        app = make_app((person.username, PASSWORD), server=house.server.url)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        other = make_app((person.username, PASSWORD), server=house.server.url)
        qtbot.waitUntil(lambda: other.store.is_live, timeout=WITHIN_MS)
        dialog = app.open_account()
        for field, text in zip(dialog.fields._fields(), (PASSWORD, CHOSEN, CHOSEN), strict=True):
            field.set_text(text)
        dialog.action.click()
        qtbot.waitUntil(lambda: "is changed" in words_in(dialog), timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: other.store.me is None, timeout=WITHIN_MS)
        assert "Your session has ended." in words_in(other.window.sign_in)
        sign_in(other.window.sign_in, qtbot, person.username, CHOSEN)
        qtbot.waitUntil(lambda: other.store.is_live, timeout=WITHIN_MS)
        dialog.sign_out_elsewhere.click()
        qtbot.waitUntil(lambda: other.store.me is None, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        # It works on, with the JWTs of the answer.
        app.presenter.open_page("people")
        page = app.window.console.page("people")
        qtbot.waitUntil(lambda: bool(page.model.rows), timeout=WITHIN_MS)
