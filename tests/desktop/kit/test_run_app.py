"""What stands around an app: one instance, window state, logs, unexpected errors, signals."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clients.qt_kit.guards import ErrorGuard, SignalGuard
from clients.qt_kit.logs import start_logs
from clients.qt_kit.run_app import tell_error
from clients.qt_kit.single_instance import SingleInstance
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.window_state import WindowState

WHOLE_APP = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QLabel
from clients.qt_kit.run_app import AppFolders, RunSettings, run_app

folder = Path(sys.argv[1])

class Window(QLabel):
    def activateWindow(self):
        super().activateWindow()
        print("raised", flush=True)

def build(running):
    print("ready", flush=True)
    return Window("hello")

folders = AppFolders(config=folder, state=folder, logs=folder)
sys.exit(run_app(RunSettings(app="probe", title="Probe", folders=folders), build))
"""


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    qInstallMessageHandler(None)
    for handler in [known for known in root.handlers if known not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@contextmanager
def probe(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A whole app in its own process, ended with the block."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", WHOLE_APP, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


class TestRunApp:
    def test_a_second_start_ends_and_a_signal_ends_the_first(self, tmp_path: Path) -> None:
        with probe(tmp_path) as first:
            assert next_line(first) == "ready\n"
            with probe(tmp_path) as second:
                output, _ = second.communicate(timeout=20)
            assert (second.returncode, output) == (0, "")
            assert first.poll() is None
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=20) == 0
        lines = (tmp_path / "probe-default.log").read_text().splitlines()
        events = [json.loads(line)["event"] for line in lines]
        assert "started" in events
        assert events[-1] == "ended"

    def test_a_killed_app_does_not_keep_the_next_from_starting(self, tmp_path: Path) -> None:
        with probe(tmp_path) as first:
            assert next_line(first) == "ready\n"
        with probe(tmp_path) as second:
            assert next_line(second) == "ready\n"
            with probe(tmp_path) as third:
                assert third.wait(timeout=20) == 0
            assert next_line(second) == "raised\n"  # the dead one's socket is not in the way either


class TestSingleInstance:
    def test_the_first_is_asked_to_the_front(self, tmp_path: Path, qtbot: QtBot) -> None:
        first, second, other = (SingleInstance(tmp_path, name) for name in ("staff-a", "staff-a", "staff-b"))
        assert first.claim()
        with qtbot.waitSignal(first.raise_requested):
            assert not second.claim()
        assert other.claim()  # another profile
        first.release()
        assert second.claim()
        second.release()
        other.release()


class TestWindowState:
    def test_comes_back_where_it_was(self, tmp_path: Path, qtbot: QtBot) -> None:
        path = tmp_path / "deep" / "staff.ini"
        first = QWidget()
        qtbot.addWidget(first)
        state = WindowState(first, path)
        assert not state.restore()
        first.show()
        first.setGeometry(40, 60, 500, 300)
        state.set_value("segment", "A")
        first.close()
        second = QWidget()
        qtbot.addWidget(second)
        kept = WindowState(second, path)
        assert kept.restore()
        assert second.size() == first.size()
        assert kept.value("segment") == "A"

    def test_is_written_without_waiting_for_the_end(self, tmp_path: Path, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        WindowState(window, tmp_path / "staff.ini")
        window.show()
        window.resize(444, 333)
        qtbot.waitUntil((tmp_path / "staff.ini").exists)

    def test_a_damaged_file_is_a_first_start(self, tmp_path: Path, qtbot: QtBot) -> None:
        path = tmp_path / "staff.ini"
        path.write_bytes(b"[main]\ngeometry=@ByteArray(\x00\xff nonsense\n\x00[[")
        window = QWidget()
        qtbot.addWidget(window)
        assert not WindowState(window, path).restore()


class TestLogs:
    def test_are_json_with_extras_and_tracebacks(self, tmp_path: Path, quiet_logs: None) -> None:
        path = start_logs(tmp_path, "staff")
        logging.getLogger("kit").info("called %s", "A012", extra={"counter": 3})
        try:
            raise ValueError("odd")
        except ValueError:
            logging.getLogger("kit").exception("failed")
        first, second = (json.loads(line) for line in path.read_text().splitlines())
        assert (first["event"], first["counter"], first["level"]) == (
            "called A012",
            3,
            "info",
        )
        assert "ValueError: odd" in second["exception"]

    def test_a_folder_that_cannot_be_made_is_told_and_not_fatal(
        self, tmp_path: Path, quiet_logs: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("")
        start_logs(blocked / "logs", "staff")
        assert "cannot be written" in capsys.readouterr().err

    def test_a_second_start_does_not_write_twice(self, tmp_path: Path, quiet_logs: None) -> None:
        start_logs(tmp_path, "staff")
        path = start_logs(tmp_path, "staff")
        logging.getLogger("kit").info("once")
        assert len(path.read_text().splitlines()) == 1


class TestErrorGuard:
    @pytest.fixture
    def guard(self) -> Iterator[ErrorGuard]:
        made = ErrorGuard()
        yield made
        made.remove()

    def test_logs_what_leaves_a_slot(
        self, guard: ErrorGuard, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        with qtbot.waitSignal(guard.error_occurred) as told:
            sys.excepthook(RuntimeError, RuntimeError("boom"), None)
        assert told.args == ["RuntimeError"]
        assert "boom" in caplog.text

    def test_logs_what_ends_a_thread(
        self, guard: ErrorGuard, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise OSError("network gone")

        with qtbot.waitSignal(guard.error_occurred):
            thread = threading.Thread(target=fail, name="network")
            thread.start()
        thread.join()
        assert "network gone" in caplog.text
        assert "thread network ended" in caplog.text

    def test_the_message_does_not_stack(self, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        window.show()
        tell_error(window)
        tell_error(window)
        assert len(window.findChildren(Dialog)) == 1


class TestSignalGuard:
    def test_a_signal_reaches_the_event_loop(self, qtbot: QtBot) -> None:
        received: list[str] = []
        guard = SignalGuard(lambda: received.append("end"))
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            qtbot.waitUntil(lambda: received == ["end"])
        finally:
            guard.remove()
