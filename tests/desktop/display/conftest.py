"""A display app in a real window, against a model server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from clients.core.client import ClientConfig
from clients.core.settings import ClientSettings
from clients.display_desktop.app import DisplayApp, run_settings
from clients.qt_kit.run_app import make_qt_app
from shared.ids import Audience
from tests.desktop.link.model_server import DEVICE_KEY, ModelServer
from tests.unit.clients_core.floor import Floor

MakeApp = Callable[..., DisplayApp]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(floor=Floor(now=datetime.now(UTC))) as running:
        yield running


@pytest.fixture
def make_app(server: ModelServer, qapp: object, tmp_path) -> Iterator[MakeApp]:
    apps: list[DisplayApp] = []

    def make(*, device_key: str | None = DEVICE_KEY, **given: object) -> DisplayApp:
        settings = ClientSettings(
            server=server.address, geometry=(0, 0, 1280, 720), reduced_motion=True, **given
        )
        make_qt_app(run_settings(settings))
        config = ClientConfig(
            server=server.address,
            audience=Audience.DISPLAY,
            app_version="1.0",
            cache_directory=tmp_path / "cache",
        )
        app = DisplayApp(settings, config=config, credentials=None, device_key=device_key)
        app.window.place()
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.stop()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()
