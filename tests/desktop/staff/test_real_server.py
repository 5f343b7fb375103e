"""The whole app against a real server: a visit by keys alone, refusals, a colleague who takes over."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.core import commands
from clients.core.settings import ClientSettings
from clients.qt_kit.run_app import AppFolders, RunningApp, RunSettings
from clients.qt_kit.theme import ThemeProvider
from clients.staff_desktop.app import StaffApp
from clients.staff_desktop.list_view import Section
from clients.staff_desktop.view_state import Phase
from clients.staff_desktop.widgets.break_dialog import BreakDialog
from clients.staff_desktop.widgets.park_dialog import ParkDialog
from server.store.engine import Database
from tests.live_server import LiveServer
from tests.site import PASSWORD, Desk, Site, TestPerson, make_site

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


MakeApp = Callable[..., StaffApp]


@pytest.fixture
def make_app(
    house: House, qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeApp]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    apps: list[StaffApp] = []

    def make(person: TestPerson, **given: object) -> StaffApp:
        folders = AppFolders(config=tmp_path, state=tmp_path / "state", logs=tmp_path)
        running = RunningApp(
            qt=qapp,
            look=ThemeProvider.of(qapp),
            folders=folders,
            settings=RunSettings(app="staff", title="Callboard Staff", folders=folders),
        )
        settings = ClientSettings(server=house.server.url, geometry=(0, 0, 1366, 768), theme="light", **given)
        app = StaffApp(running, settings, (person.username, PASSWORD))
        app.place()
        app.window.show()
        app.window.activateWindow()
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.stop()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()


def wait_for(app: StaffApp, phase: Phase, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: app.window.view.phase is phase, timeout=WITHIN_MS)
    # Without a window manager nobody gives it back what a dialog had.
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow, timeout=WITHIN_MS)
    # A key pressed while the last command is on its way would be dropped, as it should be.
    qtbot.waitUntil(lambda: not app.presenter._orders.acts, timeout=WITHIN_MS)


class TestVisit:
    def test_from_opening_the_counter_to_completion_by_keys_alone(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        person = house.run(house.site.add_person())
        number = house.run(house.site.take(person)).token.number
        app = make_app(person)
        wait_for(app, Phase.CLOSED, qtbot)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        wait_for(app, Phase.READY, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_F2)
        wait_for(app, Phase.CALLED, qtbot)
        assert app.window.desk.active.number.number == number
        qtbot.keyClick(app.window, Qt.Key.Key_F4)
        wait_for(app, Phase.SERVING, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_F5)
        wait_for(app, Phase.READY, qtbot)
        assert app.window.desk.lane.text == f"{number} completed"
        served = app.window.desk.day.figures[0]
        qtbot.waitUntil(lambda: served.accessibleName().startswith("Served 1,"), timeout=WITHIN_MS)

    def test_parked_returned_and_undone_with_a_break_between(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        person = house.run(house.site.add_person())
        number = house.run(house.site.take(person)).token.number
        app = make_app(person, counter="1")
        wait_for(app, Phase.READY, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_F2)
        wait_for(app, Phase.CALLED, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_F7)
        qtbot.keyClick(app.window.findChild(ParkDialog), Qt.Key.Key_Return)
        wait_for(app, Phase.READY, qtbot)
        panel = app.window.desk.waiting
        panel.show_section(Section.PARKED)
        qtbot.waitUntil(lambda: [token.number for token in panel.list.rows.rows] == [number])
        qtbot.keyClick(app.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        wait_for(app, Phase.CALLED, qtbot)
        assert app.window.desk.active.number.number == number
        qtbot.keyClick(app.window, Qt.Key.Key_F9)
        wait_for(app, Phase.READY, qtbot)
        assert app.window.desk.lane.text == f"{number} is back in line"
        qtbot.keyClick(app.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(app.window.findChild(BreakDialog), Qt.Key.Key_Return)
        wait_for(app, Phase.ON_BREAK, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        wait_for(app, Phase.READY, qtbot)
        assert f"Next {number}" in app.window.desk.ready.next.accessibleName()

    def test_what_a_colleague_has_touched_since_is_not_undone_and_names_them(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        person = house.run(house.site.add_person())
        taken = house.run(house.site.take(person)).token
        app = make_app(person, counter="1")
        wait_for(app, Phase.READY, qtbot)
        app.presenter.ask(commands.Change(token_id=taken.id, changes={"priority": 10}))
        wait_for(app, Phase.READY, qtbot)
        offered = app.presenter._orders._offer
        assert offered is not None
        colleague = house.run(house.site.person_at(1))
        house.run(colleague.call(taken.id))
        qtbot.waitUntil(lambda: app.presenter._orders.offer is None, timeout=WITHIN_MS)
        app.presenter._orders._offer = offered  # pressed just before the news arrived
        app.presenter.undo()
        said = f"{colleague.person.display_name} has acted on {taken.number} since."
        qtbot.waitUntil(lambda: app.window.desk.lane.text.startswith(said), timeout=WITHIN_MS)

    def test_notes_reach_a_colleague_and_a_no_show_is_put_back_in_line(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        person = house.run(house.site.add_person())
        taken = house.run(house.site.take(person)).token
        colleague = house.run(house.site.person_at(1))
        house.run(colleague.call(taken.id))
        house.run(colleague.no_show(taken.id, wait_s=0))
        app = make_app(person, counter="1")
        wait_for(app, Phase.READY, qtbot)
        panel = app.window.desk.waiting
        panel.show_section(Section.NO_SHOWS)
        qtbot.waitUntil(lambda: panel.list.rows.rowCount() == 1, timeout=WITHIN_MS)
        panel.list.select_first()
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
        panel.show_section(Section.WAITING)
        qtbot.waitUntil(lambda: panel.list.rows.rowCount() == 1, timeout=WITHIN_MS)
        wait_for(app, Phase.READY, qtbot)
        app.presenter.ask(commands.Change(token_id=taken.id, changes={"visitor": {"name": "Omar Haddad"}}))
        first = panel.list.rows.index(0)
        qtbot.waitUntil(
            lambda: "Omar Haddad" in panel.list.rows.data(first, Qt.ItemDataRole.AccessibleTextRole),
            timeout=WITHIN_MS,
        )

    def test_a_no_show_that_no_screen_could_have_seen_is_refused_in_words(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        person = house.run(house.site.add_person())
        number = house.run(house.site.take(person)).token.number
        app = make_app(person, counter="2")
        wait_for(app, Phase.READY, qtbot)
        qtbot.keyClick(app.window, Qt.Key.Key_F2)
        wait_for(app, Phase.CALLED, qtbot)
        assert not app.window.desk.active.commands.no_show.isEnabled()
        app.presenter.no_show()
        said = f"No screen has shown {number}. Call out the number; no-show opens at "
        qtbot.waitUntil(lambda: app.window.desk.lane.text.startswith(said), timeout=WITHIN_MS)
        assert app.window.view.phase is Phase.CALLED

    def test_a_colleague_who_takes_the_counter_over_is_told_of(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        app = make_app(house.run(house.site.add_person()), counter="1")
        wait_for(app, Phase.READY, qtbot)
        person = house.run(house.site.add_person())
        colleague = Desk(site=house.site, person=person, counter_id=house.site.counter_ids[0])
        house.run(colleague.open(take_over=True))
        wait_for(app, Phase.CLOSED, qtbot)
        assert "took over Counter 1" in app.window.desk.lane.text


class TestQueue:
    def test_arrivals_show_and_a_new_token_is_taken(
        self, house: House, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        app = make_app(house.run(house.site.add_person()), counter="1")
        wait_for(app, Phase.READY, qtbot)
        assert not app.window.desk.ready.call_next.isEnabled()
        colleague = house.run(house.site.add_person())
        number = house.run(house.site.take(colleague, "retail")).token.number
        qtbot.waitUntil(app.window.desk.ready.call_next.isEnabled, timeout=WITHIN_MS)
        assert f"Next {number}" in app.window.desk.ready.next.accessibleName()
        app.window.open_new_token()
        dialog = app.window.new_token
        assert dialog is not None
        dialog.create_button.click()
        qtbot.waitUntil(lambda: bool(dialog.number.number), timeout=WITHIN_MS)
        rows = app.window.desk.waiting.list.rows
        qtbot.waitUntil(
            lambda: [token.number for token in rows.rows] == [number, dialog.number.number],
            timeout=WITHIN_MS,
        )
        dialog.accept()
