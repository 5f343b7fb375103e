"""The whole console against a real server: what happens at the counters is seen here."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import AdminApp
from clients.core.settings import ClientSettings
from clients.qt_kit.run_app import AppFolders, RunningApp, RunSettings
from clients.qt_kit.theme import ThemeProvider
from clients.qt_kit.widgets.server_dialog import ServerDialog
from server.store.engine import Database
from shared.ids import UserRole
from tests.desktop.admin.conftest import words_in
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site, make_site

WITHIN_MS = 20_000


class House:
    """An organization behind a live server, commanded from the test's own thread."""

    def __init__(self, server: LiveServer, database_url: str) -> None:
        self.server = server
        self._runner = asyncio.Runner()
        self._database = Database(database_url, size=4)
        self.run(self._database.open())
        self.site: Site = self.run(make_site(self._database))
        self.site.listeners.append(server.committed)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._database.close())
        self._runner.close()


@pytest.fixture
def house(live_server: LiveServer, database_url: str) -> Iterator[House]:
    made = House(live_server, database_url)
    yield made
    made.close()


MakeApp = Callable[..., AdminApp]


@pytest.fixture
def make_app(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeApp]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    apps: list[AdminApp] = []

    def make(sign_in: tuple[str, str] | None = None, **given: object) -> AdminApp:
        folders = AppFolders(config=tmp_path, state=tmp_path / "state", logs=tmp_path)
        running = RunningApp(
            qt=qapp,
            look=ThemeProvider.of(qapp),
            folders=folders,
            settings=RunSettings(app="admin", title="Callboard Admin", folders=folders),
        )
        settings = ClientSettings(geometry=(0, 0, 1440, 900), **given)
        app = AdminApp(running, settings, sign_in)
        app.place()
        app.window.show()
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.stop()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()


def signed_in(house: House, make_app: MakeApp, qtbot: QtBot, role: UserRole = UserRole.ADMIN) -> AdminApp:
    person = house.run(house.site.add_person(role))
    app = make_app((person.username, PASSWORD), server=house.server.url)
    qtbot.waitUntil(lambda: app.store.is_live and app.store.state is not None, timeout=WITHIN_MS)
    return app


def floor_of(app: AdminApp):
    return app.window.console.page("floor")


def card(app: AdminApp, place: int) -> str:
    cards = floor_of(app).counters.cards
    return cards[place].accessibleName() if place < len(cards) else ""


class TestLive:
    def test_a_visit_is_followed_from_token_to_completion(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = signed_in(house, make_app, qtbot)
        desk = house.run(house.site.person_at(2))
        qtbot.waitUntil(lambda: f"Ready, {desk.person.display_name}" in card(app, 2), timeout=WITHIN_MS)
        token = house.run(desk.take()).token
        qtbot.waitUntil(lambda: floor_of(app).types.rows[0].waiting.text() == "1", timeout=WITHIN_MS)
        house.run(desk.call_next())
        qtbot.waitUntil(lambda: f"{token.number}, Called" in card(app, 2), timeout=WITHIN_MS)
        house.run(desk.start(token.id))
        qtbot.waitUntil(lambda: f"{token.number}, Serving" in card(app, 2), timeout=WITHIN_MS)
        house.run(desk.complete(token.id))
        qtbot.waitUntil(lambda: f"Ready, {desk.person.display_name}" in card(app, 2), timeout=WITHIN_MS)
        served = floor_of(app).kpis._served
        qtbot.waitUntil(lambda: "Served today 1" in served.accessibleName(), timeout=WITHIN_MS)

    def test_people_and_displays_are_listed(self, house: House, make_app: MakeApp, qtbot: QtBot):
        house.run(house.site.add_device("Lobby, left"))
        app = signed_in(house, make_app, qtbot)
        for page, found in (("people", "Admin"), ("displays", "Lobby, left"), ("counters", "Counter 6")):
            app.presenter.open_page(page)
            shown = app.window.console.page(page)
            qtbot.waitUntil(
                lambda shown=shown, found=found: any(
                    found in cell.text for row in shown.model.rows for cell in row.cells
                ),
                timeout=WITHIN_MS,
            )

    def test_a_token_is_made_from_the_window(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        qtbot.waitUntil(floor_of(app).new_token.isEnabled, timeout=WITHIN_MS)
        floor_of(app).new_token.click()
        qtbot.waitUntil(lambda: app.window.dialog is not None, timeout=WITHIN_MS)
        dialog = app.window.dialog
        # A shortcut belongs to the active window, and which that is comes with an event of its own.
        qtbot.waitUntil(dialog.isActiveWindow, timeout=WITHIN_MS)
        qtbot.keyClick(dialog, Qt.Key.Key_3)
        qtbot.waitUntil(dialog.buttons[2].isChecked, timeout=WITHIN_MS)
        dialog.action.click()
        qtbot.waitUntil(lambda: dialog.created.number.accessibleName() == "R001", timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: floor_of(app).types.rows[2].waiting.text() == "1", timeout=WITHIN_MS)


class TestAccess:
    def test_staff_are_sent_to_their_own_app(self, house: House, make_app: MakeApp, qtbot: QtBot):
        person = house.run(house.site.add_person(UserRole.STAFF))
        app = make_app((person.username, PASSWORD), server=house.server.url)
        told = "This console is for admins."
        qtbot.waitUntil(lambda: told in words_in(app.window.sign_in), timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: app.store.me is None, timeout=WITHIN_MS)
        assert app.window.sign_in.isVisible()

    def test_a_wrong_password_is_refused_in_words(self, house: House, make_app: MakeApp, qtbot: QtBot):
        person = house.run(house.site.add_person(UserRole.ADMIN))
        app = make_app((person.username, "not the password"), server=house.server.url)
        told = "The user name or the password is wrong."
        qtbot.waitUntil(lambda: told in words_in(app.window.sign_in), timeout=WITHIN_MS)

    def test_signing_out_brings_the_form_back_empty(self, house: House, make_app: MakeApp, qtbot: QtBot):
        app = signed_in(house, make_app, qtbot)
        app.presenter.sign_out()
        qtbot.waitUntil(app.window.sign_in.isVisible, timeout=WITHIN_MS)
        assert app.window.sign_in.password.text == ""


class TestChoices:
    def test_the_look_and_the_text_size_are_kept_for_the_next_start(
        self, make_app: MakeApp, qapp: QApplication
    ):
        look = ThemeProvider.of(qapp)
        app = make_app(server="http://127.0.0.1:9")
        app._choices.choose_theme(look, "dark")
        app._choices.choose_text_scale(look, 150)
        app._kept.save()
        look.set_choice("light")
        look.set_text_scale(100)
        make_app(server="http://127.0.0.1:9")
        assert (look.theme.name, look.theme.text_scale) == ("dark", 150)
        make_app(server="http://127.0.0.1:9", theme="contrast", text_scale=125)
        assert look.theme.name == "dark", "run_app applies what was set; a choice must not override it here"

    def test_another_server_is_used_at_once_and_next_time(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ):
        app = make_app()
        app.window.sign_in.server_change_requested.emit()
        dialog = app.window.findChild(ServerDialog)
        dialog.address.set_text("nonsense")
        dialog.accept()
        assert dialog.address.error.startswith("This is no address.")
        dialog.address.set_text(house.server.url)
        dialog.accept()
        person = house.run(house.site.add_person(UserRole.ADMIN))
        app.window.sign_in_requested.emit(person.username, PASSWORD)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        app._kept.save()
        again = make_app()
        assert again._settings.server == house.server.url

    def test_another_language_turns_the_window_around(self, make_app: MakeApp, qapp: QApplication):
        app = make_app(server="http://127.0.0.1:9")
        app.choose_language("ar")
        assert app.window.sign_in.layoutDirection() == Qt.LayoutDirection.RightToLeft
        app.choose_language("en")
        assert app.window.sign_in.layoutDirection() == Qt.LayoutDirection.LeftToRight
