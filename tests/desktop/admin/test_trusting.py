"""A console that meets a server with an authority of its own: it asks once, and sends nothing before."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import AdminApp
from clients.core.settings import ClientSettings
from clients.qt_kit.run_app import AppFolders, RunningApp, RunSettings
from clients.qt_kit.theme import ThemeProvider
from clients.qt_kit.widgets.authority_dialog import AuthorityDialog
from shared.ids import UserRole
from tests.site import PASSWORD, Site, TestPerson
from tests.tls_server import Served

WITHIN_MS = 20_000
MakeApp = Callable[[str], AdminApp]


@pytest.fixture
def make_app(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeApp]:
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    apps: list[AdminApp] = []

    def make(server: str) -> AdminApp:
        folders = AppFolders(config=tmp_path, state=tmp_path / "windows", logs=tmp_path)
        running = RunningApp(
            qt=qapp,
            look=ThemeProvider.of(qapp),
            folders=folders,
            settings=RunSettings(app="admin", title="Callboard Admin", folders=folders),
        )
        app = AdminApp(running, ClientSettings(server=server, geometry=(0, 0, 1440, 900)), None)
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


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


def question(app: AdminApp) -> AuthorityDialog | None:
    found = app.window.findChildren(AuthorityDialog)
    return next((dialog for dialog in found if dialog.isVisible()), None)


def asked(app: AdminApp, qtbot: QtBot) -> AuthorityDialog:
    qtbot.waitUntil(lambda: question(app) is not None, timeout=WITHIN_MS)
    dialog = question(app)
    assert dialog is not None
    return dialog


def try_to_sign_in(app: AdminApp, admin: TestPerson) -> None:
    app.presenter.sign_in(admin.username, PASSWORD)


class TestMeeting:
    def test_it_asks_with_the_servers_own_fingerprint_and_goes_on_once_confirmed(
        self, served: Served, admin: TestPerson, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        app = make_app(served.server.url)
        kept = served.home.look(now=served.now)
        assert kept is not None
        dialog = asked(app, qtbot)
        assert dialog.fingerprint.text == kept.authority.fingerprint
        qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: question(app) is None, timeout=WITHIN_MS)
        try_to_sign_in(app, admin)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        app.stop()
        # The next start knows the server, and asks nothing.
        again = make_app(served.server.url)
        try_to_sign_in(again, admin)
        qtbot.waitUntil(lambda: again.store.is_live, timeout=WITHIN_MS)
        assert question(again) is None

    def test_who_finds_a_difference_goes_no_further(
        self, served: Served, admin: TestPerson, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        app = make_app(served.server.url)
        asked(app, qtbot).reject()
        with qtbot.waitSignal(app.link.sign_in_refused, timeout=WITHIN_MS):
            try_to_sign_in(app, admin)
        assert "confirmed" in app.presenter.view().sign_in.error
        # Whoever tries again is asked again, and nothing else lets them in.
        assert asked(app, qtbot) is not None
        assert not app.store.is_live
