"""The display as the process that IT starts."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QLocalSocket

from tests.desktop.display.test_display_app import WAIT_MS, ask, call, shown
from tests.desktop.link.model_server import DEVICE_KEY


def environment(home: Path, **more: str) -> dict[str, str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}
    return {**known, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", **more}


@contextmanager
def display(home: Path, *arguments: str, **more: str):
    command = [sys.executable, "-m", "clients.display_desktop", *arguments]
    process = subprocess.Popen(command, env=environment(home, **more), stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def reach(qtbot, name: str) -> QLocalSocket:
    client = QLocalSocket()

    def is_connected() -> bool:
        if client.state() is QLocalSocket.LocalSocketState.UnconnectedState:
            client.connectToServer(name)
        return client.state() is QLocalSocket.LocalSocketState.ConnectedState

    qtbot.waitUntil(is_connected, timeout=3 * WAIT_MS)
    return client


def test_it_shows_a_call_is_grabbed_and_quits_in_order(qtbot, server, tmp_path):
    name = str(tmp_path / "demo")
    given = ["--server", server.address, "--geometry", "0,0,1280,720", "--demo-socket", name]
    with display(tmp_path, *given, CALLBOARD_APP_DEVICE_KEY=DEVICE_KEY) as process:
        client = reach(qtbot, name)
        made = call(server, 3)
        qtbot.waitUntil(lambda: made.announced_revision in shown(server), timeout=WAIT_MS)
        assert ask(qtbot, client, {"grab": str(tmp_path / "display.png")}) == {"grabbed": True}
        image = QImage(str(tmp_path / "display.png"))
        assert (image.width(), image.height()) == (1280, 720)
        assert ask(qtbot, client, {"quit": True}) == {"quitting": True}
        assert process.wait(20) == 0
    log = (tmp_path / ".local/state/Callboard/log/display-default.log").read_text()
    assert DEVICE_KEY not in log
    assert [json.loads(line)["level"] for line in log.splitlines() if '"error"' in line] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--server", "nonsense"], "must be an address"),
        (["--device-key-file", "/nowhere/key"], "no device key"),
        (["--colour", "red"], "unrecognized"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_an_exit_code(tmp_path, arguments, sentence):
    with display(tmp_path, *arguments) as process:
        assert process.wait(30) == 2
        said = process.stderr.read()
    assert sentence in said
    assert said.count("\n") == 1
