"""An empty server, and a console that sets it up."""

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from server.api import setup
from server.domain.setup_codes import code_of
from tests.desktop.admin.test_admin_app import WITHIN_MS, MakeApp, make_app
from tests.desktop.admin.test_setup_wizard import PASSWORD, enter, fill_admin, fill_site, type_into
from tests.live_server import LiveServer

__all__ = ["make_app"]


class TestEmptyServer:
    def test_from_the_wizard_to_the_floor(
        self, live_server: LiveServer, make_app: MakeApp, qtbot: QtBot
    ) -> None:
        app = make_app(server=live_server.url)
        qtbot.waitUntil(lambda: app.window.wizard is not None, timeout=WITHIN_MS)
        wizard = app.window.wizard
        qtbot.waitUntil(wizard.isActiveWindow, timeout=WITHIN_MS)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        qtbot.waitUntil(lambda: app.store.is_live and app.store.state is not None, timeout=WITHIN_MS)
        assert app.store.state.organization.name == "City Hall"
        assert app.store.state.organization.time_zone == "Europe/Madrid"
        assert app.store.me.username == "marta"
        floor = app.window.console.page("floor")
        qtbot.waitUntil(lambda: len(floor.counters.cards) == 6, timeout=WITHIN_MS)
        qtbot.waitUntil(floor.new_token.isEnabled, timeout=WITHIN_MS)
        assert app.window.wizard is None
        again = make_app(("marta", PASSWORD), server=live_server.url)
        qtbot.waitUntil(lambda: again.store.is_live, timeout=WITHIN_MS)

    def test_from_another_machine_with_the_code(
        self,
        live_server: LiveServer,
        database_url: str,
        make_app: MakeApp,
        qtbot: QtBot,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(setup, "is_this_machine", lambda _request: False)
        app = make_app(server=live_server.url)
        qtbot.waitUntil(lambda: app.window.wizard is not None, timeout=WITHIN_MS)
        wizard = app.window.wizard
        qtbot.waitUntil(wizard.isActiveWindow, timeout=WITHIN_MS)
        fill_site(qtbot, wizard)
        fill_admin(qtbot, wizard)
        assert wizard.step == 2
        type_into(qtbot, wizard.code.input, "BCDF-BCDF-BCDF")
        enter(qtbot, wizard)
        qtbot.waitUntil(lambda: "9 more times" in wizard.code.error, timeout=WITHIN_MS)
        with psycopg.connect(database_url) as connection:
            [(nonce,)] = connection.execute("SELECT nonce FROM setup_codes").fetchall()
        type_into(qtbot, wizard.code.input, code_of(live_server.master_key.key.secret, nonce).lower())
        enter(qtbot, wizard)
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WITHIN_MS)
        assert app.window.console.isVisible()
