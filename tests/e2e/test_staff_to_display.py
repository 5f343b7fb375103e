"""A press in a real staff window shows on a real display window: one process each, a real server."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.e2e.app_process import AppProcess, until
from tests.e2e.server_process import PASSWORD, ServerProcess, command, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the demo socket is a named pipe there")

YELLOW = 0xFFC629


@pytest.fixture
def server(city_hall: Path) -> Iterator[ServerProcess]:
    with ServerProcess(city_hall) as running:
        added = run(city_hall, "user", "add", "marta", "--name", "Marta Ruiz", "--password-stdin",
                    stdin=PASSWORD + "\n")  # fmt: skip
        assert added.returncode == 0, added.stderr
        yield running


@pytest.fixture
def display(server: ServerProcess, city_hall: Path, tmp_path: Path) -> Iterator[AppProcess]:
    key_file = tmp_path / "device.key"
    key_file.touch(mode=0o600)
    key_file.write_text(run(city_hall, "device", "add", "Lobby").stdout)
    arguments = ("--server", server.url, "--device-key-file", str(key_file), "--windowed")
    with AppProcess("display", tmp_path / "d", *arguments, "--geometry", "0,0,1920,1080") as app:
        yield app


@pytest.fixture
def staff(server: ServerProcess, tmp_path: Path) -> Iterator[AppProcess]:
    sign_in_file = tmp_path / "marta.json"
    sign_in_file.touch(mode=0o600)
    sign_in_file.write_text(json.dumps({"username": "marta", "password": PASSWORD}))
    arguments = ("--server", server.url, "--sign-in-file", str(sign_in_file), "--counter", "3")
    with AppProcess("staff", tmp_path / "c", *arguments, "--geometry", "0,0,1366,768") as app:
        yield app


def says(app: AppProcess, *words: str) -> bool:
    """Whether one thing in the window says all these words."""
    return any(all(word in text for word in words) for text in app.reads())


def has_yellow(app: AppProcess, path: Path) -> bool:
    assert app.ask(grab=str(path)) == {"grabbed": True}
    image = QImage(str(path))
    points = [(x, y) for x in range(0, image.width(), 16) for y in range(0, image.height(), 16)]
    return sum(image.pixel(x, y) & 0xFFFFFF == YELLOW for x, y in points) > len(points) / 20


class TestPress:
    def test_call_next_shows_on_the_display_and_the_receipt_comes_back(
        self, server: ServerProcess, display: AppProcess, staff: AppProcess, tmp_path: Path
    ) -> None:
        admin = server.sign_in()
        until(lambda: says(display, "Quick service", "0"))
        command(admin, "tokens", {"customer_type": "instant"})
        command(admin, "tokens", {"customer_type": "retail"})
        until(lambda: says(display, "Quick service 1"))
        until(lambda: says(staff, "Counter 3") and says(staff, "A001"))
        assert not has_yellow(display, tmp_path / "before.png")
        staff.ask(press="call_next")
        until(lambda: says(display, "A001", "Counter 3"))
        until(lambda: says(staff, "Shown on 1 of 1 screens"))
        # A fresh call pulses between yellow and white before it stands still.
        until(lambda: has_yellow(display, tmp_path / "after.png"))
        staff.ask(press="start")
        until(lambda: says(staff, "Serving"))
        staff.ask(press="complete")
        until(lambda: says(staff, "R001"))
        snapshot = admin.get("snapshot", params={"audience": "staff"}).json()
        assert [token["number"] for token in snapshot["tokens"]] == ["R001"]
        assert snapshot["recent_calls"][0]["outcome"] == "completed"


class TestKill:
    def test_the_apps_say_so_keep_their_picture_and_come_back_by_themselves(
        self, server: ServerProcess, display: AppProcess, staff: AppProcess, tmp_path: Path
    ) -> None:
        admin = server.sign_in()
        until(lambda: says(display, "Quick service", "0"))
        command(admin, "tokens", {"customer_type": "instant"})
        until(lambda: says(staff, "A001"))
        staff.ask(press="call_next")
        until(lambda: says(display, "A001", "Counter 3"))
        server.kill()
        until(lambda: says(display, "Not updated since"), within_s=30)
        until(lambda: says(staff, "No connection"), within_s=30)
        assert says(display, "A001", "3"), "the last picture stays"
        assert says(staff, "A001")
        server.start()
        # The signing keys live in the database: credentials of before hold.
        again = command(admin, "tokens", {"customer_type": "browser"})
        assert again.json()["token"]["number"] == "B001"
        until(lambda: says(display, "Information 1"), within_s=60)
        until(lambda: not says(display, "Not updated since"))
        until(lambda: not says(staff, "No connection"), within_s=60)
        staff.ask(press="start")
        until(lambda: says(staff, "Serving"))
