"""A display at a server that nobody has set up yet."""

import httpx
import pytest
from pytestqt.qtbot import QtBot

from clients.core.client import ClientConfig
from clients.core.settings import ClientSettings
from clients.display_desktop.app import DisplayApp, run_settings
from clients.qt_kit import setup_watch
from clients.qt_kit.run_app import make_qt_app
from shared.ids import Audience
from tests.live_server import LiveServer

WAIT_MS = 20_000
BODY = {
    "organization": "City Hall",
    "username": "marta",
    "display_name": "Marta Ruiz",
    "password": "seven herons over the weir",
}


def test_it_says_what_has_to_be_done_first_and_goes_on_once_it_is(
    qtbot: QtBot, qapp: object, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup_watch, "AGAIN_MS", 100)
    settings = ClientSettings(server=live_server.url, geometry=(0, 0, 1280, 720), reduced_motion=True)
    make_qt_app(run_settings(settings))
    config = ClientConfig(server=live_server.url, audience=Audience.DISPLAY, app_version="1.0")
    app = DisplayApp(settings, config=config, credentials=None, device_key=None)
    try:
        app.window.place()

        def says(words: str) -> bool:
            return words in app.window.pairing.accessibleName()

        qtbot.waitUntil(lambda: says("has not been set up yet"), timeout=WAIT_MS)
        assert httpx.post(f"{live_server.url}/api/v1/setup", json=BODY, timeout=20).status_code == 201
        qtbot.waitUntil(lambda: says("Connect this screen"), timeout=WAIT_MS)
    finally:
        app.stop()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()
