"""A screen from its first start to its board, and back when it is revoked: real window, real server."""

import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore
from clients.core.pairing import PairingPhase, PairingReason, PairingShown, PairingTrouble
from clients.core.settings import ClientSettings
from clients.display_desktop.app import DisplayApp, run_settings
from clients.display_desktop.pairing import Place, pairing_state
from clients.display_desktop.widgets.board_state import PairingState
from clients.qt_kit.run_app import make_qt_app
from server.usecases import pairing
from server.usecases.configuring import devices
from server.usecases.setting_up import add_device
from shared.ids import Audience, UserRole
from shared.pairing import ApprovePairing, RefusePairing
from tests.desktop.staff.test_real_server import House
from tests.live_server import LiveServer

WITHIN_MS = 20_000
REVOKED_WITHIN_S = 5.0

NOW = datetime(2026, 11, 24, 10, 43, tzinfo=UTC)
PLACE = Place(machine="LOBBY-2", screen="landscape, 1920 × 1080", server="https://callboard.example")


def shown(**changes: Any) -> PairingShown:
    facts = {
        "reason": PairingReason.NEW,
        "phase": PairingPhase.WAITING,
        "code": "BCDFGHJK",
        "ends_at": 1600.0,
        "lives_s": 600,
    }
    return PairingShown(**(facts | changes))


def state(elapsed: float = 1000.0, **changes: Any) -> PairingState:
    return pairing_state(shown(**changes), PLACE, elapsed=elapsed, now=NOW)


class TestPairingState:
    def test_the_code_with_the_time_that_is_left_and_what_to_do(self) -> None:
        found = state(1215.2)
        assert (found.code, found.code_left_s, found.code_total_s) == ("BCDFGHJK", 385, 600)
        assert [step.title for step in found.steps] == [
            "Open Displays",
            "Choose Pair a display",
            "Name this screen",
        ]
        assert (found.machine, found.server, found.clock) == ("LOBBY-2", PLACE.server, "10:43")

    def test_out_of_time_no_code_is_shown(self) -> None:
        assert state(1599.9).code_left_s == 1
        found = state(1600.0)
        assert (found.code, found.steps) == ("", ())
        assert found.text == "A code is on its way."

    @pytest.mark.parametrize("trouble", PairingTrouble)
    def test_each_trouble_has_its_words(self, trouble: PairingTrouble) -> None:
        found = state(code="", ends_at=None, trouble=trouble)
        texts = {state(code="", ends_at=None, trouble=each).text for each in PairingTrouble}
        assert len(texts) == len(PairingTrouble)
        away = {PairingTrouble.UNREACHABLE, PairingTrouble.NOT_TRUSTED}
        assert found.reaches_server == (trouble not in away)

    def test_each_reason_has_its_title_and_the_ends_theirs(self) -> None:
        titles = {state(reason=reason).title for reason in PairingReason}
        titles |= {state(phase=phase).title for phase in (PairingPhase.APPROVED, PairingPhase.REFUSED)}
        assert len(titles) == 5
        assert "Lobby, left" in state(phase=PairingPhase.APPROVED, ends_at=None, name="Lobby, left").text


@pytest.fixture
def house(live_server: LiveServer, database_url: str) -> Iterator[House]:
    made = House(live_server, database_url)
    yield made
    made.close()


class Wall:
    """A screen with what it remembers, started again as often as one likes."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.key_file = folder / "key"
        self._cache = folder / "cache"
        self._apps: list[DisplayApp] = []

    def start(self, device_key: str | None = None) -> DisplayApp:
        url = self.house.server.url
        settings = ClientSettings(server=url, geometry=(0, 0, 1280, 720), reduced_motion=True)
        make_qt_app(run_settings(settings))
        config = ClientConfig(
            server=url, audience=Audience.DISPLAY, app_version="1.0", cache_directory=self._cache
        )
        credentials = CredentialStore(
            service="test", name="device key", fallback=self.key_file, find_keyring=lambda: None
        )
        app = DisplayApp(settings, config=config, credentials=credentials, device_key=device_key)
        app.window.place()
        self._apps.append(app)
        return app

    def stop(self) -> None:
        for app in self._apps:
            app.stop()
            app.window.close()
            app.window.deleteLater()
            app.deleteLater()
        self._apps = []

    def approve(self, code: str, name: str = "Lobby") -> None:
        site = self.house.site
        admin = self.house.run(site.add_person(UserRole.ADMIN))
        body = ApprovePairing(code=code, name=name)
        self.house.run(pairing.approve(site.database, site.commands, site.by(admin), body))

    def refuse(self, code: str) -> None:
        site = self.house.site
        admin = self.house.run(site.add_person(UserRole.ADMIN))
        self.house.run(pairing.refuse(site.database, site.commands, site.by(admin), RefusePairing(code=code)))

    def revoke_all(self) -> None:
        site = self.house.site
        admin = self.house.run(site.add_person(UserRole.ADMIN))
        for device in self.house.run(devices.list_devices(site.database, site.organization_id)):
            self.house.run(devices.revoke_device(site.commands, site.by(admin), device.id))

    def sql(self, query: str) -> None:
        with psycopg.connect(self.house.server.database_url, autocommit=True) as connection:
            connection.execute(query)


@pytest.fixture
def wall(house: House, qapp: object, tmp_path: Path) -> Iterator[Wall]:
    wall = Wall(house, tmp_path)
    yield wall
    wall.stop()


def code_of(qtbot: QtBot, app: DisplayApp, *, other_than: str = "") -> str:
    """The code that stands on the wall, as soon as one does."""

    def is_there() -> bool:
        window = app.window
        return window.currentWidget() is window.pairing and window.pairing.state.code not in {"", other_than}

    qtbot.waitUntil(is_there, timeout=WITHIN_MS)
    return app.window.pairing.state.code


def wait_for_board(qtbot: QtBot, app: DisplayApp) -> None:
    def is_there() -> bool:
        window = app.window
        return window.currentWidget() is window.board and not window.board.state.loading

    qtbot.waitUntil(is_there, timeout=WITHIN_MS)


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=WITHIN_MS)


class TestFirstStart:
    def test_from_the_code_to_the_board_and_at_the_next_start_at_once(
        self, qtbot: QtBot, house: House, wall: Wall
    ) -> None:
        app = wall.start()
        code = code_of(qtbot, app)
        assert 590 <= app.window.pairing.state.code_left_s <= 600
        words: list[str] = []
        app.pairing.changed.connect(lambda state: words.append(state.title))
        wall.approve(code, "Lobby, left")
        wait_for_board(qtbot, app)
        assert words[-1] == "Approved"
        assert stat.S_IMODE(wall.key_file.stat().st_mode) == 0o600

        [listed] = house.run(devices.list_devices(house.site.database, house.site.organization_id))
        assert (listed.name, listed.is_online, listed.address) == ("Lobby, left", True, "127.0.0.1")

        wall.stop()
        again = wall.start()
        wait_for_board(qtbot, again)
        assert again.window.pairing.state.code == ""

    def test_out_of_time_another_code_comes_by_itself(self, qtbot: QtBot, wall: Wall) -> None:
        app = wall.start()
        first = code_of(qtbot, app)
        wall.sql("UPDATE device_pairings SET expires_at = now()")
        second = code_of(qtbot, app, other_than=first)
        wall.approve(second)
        wait_for_board(qtbot, app)

    def test_refused_it_says_so(self, qtbot: QtBot, wall: Wall) -> None:
        app = wall.start()
        wall.refuse(code_of(qtbot, app))
        wait(qtbot, lambda: app.window.pairing.state.title == "Not connected")
        assert app.window.pairing.state.code == ""


class TestRevoked:
    def test_within_five_seconds_it_is_back_at_pairing_and_has_forgotten_its_key(
        self, qtbot: QtBot, house: House, wall: Wall
    ) -> None:
        app = wall.start()
        first = code_of(qtbot, app)
        wall.approve(first)
        wait_for_board(qtbot, app)
        wall.revoke_all()
        revoked_at = monotonic()
        second = code_of(qtbot, app, other_than=first)
        assert monotonic() - revoked_at < REVOKED_WITHIN_S
        assert app.window.pairing.state.title == "This screen was disconnected"
        assert not wall.key_file.exists()
        assert app.store.state is None
        wall.approve(second, "Lobby again")
        wait_for_board(qtbot, app)

    def test_while_it_was_switched_off_it_is_back_at_pairing_at_its_start(
        self, qtbot: QtBot, wall: Wall
    ) -> None:
        app = wall.start()
        wall.approve(code_of(qtbot, app))
        wait_for_board(qtbot, app)
        wall.stop()
        wall.revoke_all()
        again = wall.start()
        code_of(qtbot, again)
        assert again.window.pairing.state.title == "This screen was disconnected"
        assert not wall.key_file.exists()

    def test_a_key_that_was_given_and_revoked_gives_way_to_the_paired_one(
        self, qtbot: QtBot, house: House, wall: Wall
    ) -> None:
        given = house.run(add_device(house.site.database, house.site.organization_id, "Given"))
        app = wall.start(given)
        wait_for_board(qtbot, app)
        wall.revoke_all()
        wall.approve(code_of(qtbot, app))
        wait_for_board(qtbot, app)
        wall.stop()
        # The file that IT wrote still holds the old key.
        wait_for_board(qtbot, wall.start(given))


class TestUnknown:
    def test_a_key_that_the_server_does_not_know_is_kept_and_good_again_when_it_does(
        self, qtbot: QtBot, house: House, wall: Wall
    ) -> None:
        """As with an old backup that is restored, and the right one after it."""
        app = wall.start()
        wall.approve(code_of(qtbot, app))
        wait_for_board(qtbot, app)
        key = wall.key_file.read_text()
        wall.stop()
        wall.sql("UPDATE devices SET key_hash = key_hash || '\\x00'")
        again = wall.start()
        code_of(qtbot, again)
        assert again.window.pairing.state.title == "This screen is not known"
        assert wall.key_file.read_text() == key
        wall.sql("UPDATE devices SET key_hash = substring(key_hash FOR 32)")
        again.link.retry_now()
        wait_for_board(qtbot, again)

    def test_it_can_be_paired_anew(self, qtbot: QtBot, wall: Wall) -> None:
        app = wall.start("cbd_of_another_server")
        wall.approve(code_of(qtbot, app))
        wait_for_board(qtbot, app)
        assert wall.key_file.read_text().startswith("cbd_")
