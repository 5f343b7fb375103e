"""A lobby screen and a server with an authority of its own: nobody confirms anything at a wall."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clients.core.from_settings import client_config
from clients.core.settings import ClientSettings
from clients.display_desktop.app import DisplayApp, run_settings
from clients.qt_kit.run_app import make_qt_app
from shared.ids import Audience
from tests.site import Site
from tests.tls_server import Served

WITHIN_MS = 20_000


@pytest.fixture
async def device_key(site: Site) -> str:
    return await site.add_device("Lobby")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))


def start(server: str, device_key: str | None, fingerprint: str | None) -> DisplayApp:
    settings = ClientSettings(server=server, ca_fingerprint=fingerprint, geometry=(0, 0, 1280, 720))
    make_qt_app(run_settings(settings))
    config = client_config(settings, Audience.DISPLAY)
    app = DisplayApp(settings, config=config, credentials=None, device_key=device_key)
    app.window.place()
    return app


def end(app: DisplayApp) -> None:
    app.stop()
    app.window.close()
    app.window.deleteLater()
    app.deleteLater()


def test_it_shows_the_fingerprint_and_goes_live_once_it_is_written_down(
    qtbot: QtBot, served: Served, device_key: str, folders: None
) -> None:
    kept = served.home.look(now=served.now)
    assert kept is not None
    fingerprint = kept.authority.fingerprint
    app = start(served.server.url, device_key, None)
    qtbot.waitUntil(lambda: fingerprint in app.window.pairing.accessibleName(), timeout=WITHIN_MS)
    assert not app.store.is_live
    end(app)
    app = start(served.server.url, device_key, fingerprint.replace(" ", "").lower())
    qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
    end(app)


@pytest.mark.usefixtures("device_key")  # with it there is an organization
def test_without_a_key_too_and_then_it_shows_its_code(qtbot: QtBot, served: Served, folders: None) -> None:
    kept = served.home.look(now=served.now)
    assert kept is not None
    fingerprint = kept.authority.fingerprint
    app = start(served.server.url, None, None)
    qtbot.waitUntil(lambda: fingerprint in app.window.pairing.accessibleName(), timeout=WITHIN_MS)
    assert app.window.pairing.state.code == ""
    end(app)
    app = start(served.server.url, None, fingerprint)
    qtbot.waitUntil(lambda: len(app.window.pairing.state.code) == 8, timeout=WITHIN_MS)
    end(app)
