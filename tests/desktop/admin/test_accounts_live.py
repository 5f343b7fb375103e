"""People's accounts against a real server: made, signed in with once, changed."""

from pytestqt.qtbot import QtBot

from clients.qt_kit.widgets.sign_in import SignIn
from shared.ids import UserRole
from tests.desktop.admin.conftest import words_in
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app
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
