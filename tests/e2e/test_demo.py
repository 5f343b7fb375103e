"""`callboard-demo` as a process of its own: it plays, shows, tells, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

SIZES = {"staff": (1366, 768), "display": (1920, 1080), "admin": (1440, 900)}
GONE_WITHIN_S = 20.0


class Demo:
    """A demonstration with a home and a folder for temporary files of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.temporary = folder / "tmp"
        home = folder / "home"
        self.temporary.mkdir()
        home.mkdir()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CALLBOARD_", "XDG_", "QT_"))
            and name not in {"DISPLAY", "WAYLAND_DISPLAY"}
        }
        # PostgreSQL's environment is nearly empty, but it keeps TMP: each process can be told by it.
        self._mark = str(self.temporary)
        self._errors = folder / "errors.log"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).with_name("callboard-demo")), *arguments],
                env=kept | {"HOME": str(home), "TMPDIR": self._mark, "TMP": self._mark},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def said(self) -> str:
        """What it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    def processes(self) -> list[str]:
        """The command lines of what runs because of it, itself included."""
        return [_words(process) for process in psutil.process_iter() if self.owns(process)]

    def data_directories(self) -> list[Path]:
        """What it keeps on the disk."""
        return list(self.temporary.iterdir())

    def until(self, condition: Callable[[], bool], *, within_s: float) -> None:
        """Wait for something; fails with what the demonstration said."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, (
                f"{self.processes()}\n{self.data_directories()}\n{self.said()}"
            )
            time.sleep(0.1)

    def has_postgres(self) -> bool:
        """Whether its server has come as far as running a database."""
        return any("address.json" in path.name for path in self.temporary.glob("*/server/*"))

    def has_left_nothing(self) -> bool:
        """Whether no process and no folder is left."""
        return not self.processes() and not self.data_directories()

    def owns(self, process: psutil.Process) -> bool:
        """Whether a process runs because of this demonstration."""
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return self._mark in (process.environ().get("TMP"), process.environ().get("TMPDIR"))
        except psutil.Error:
            return False


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "(gone)"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: the apps' sockets are in it, and their paths are limited."""
    with tempfile.TemporaryDirectory(prefix="cb-demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Demo]]:
    """Starts a demonstration; what a failed test leaves of it is killed."""
    started: list[Demo] = []

    def _start(*arguments: str) -> Demo:
        started.append(Demo(folder, *arguments))
        return started[-1]

    yield _start
    for demo in started:
        demo.process.kill()
        demo.process.communicate()
        demo.until(demo.has_left_nothing, within_s=GONE_WITHIN_S)


class TestHeadless:
    @pytest.mark.timeout(300)  # 40 s on a quiet machine
    def test_plays_saves_the_windows_and_tells_the_result(
        self, start: Callable[..., Demo], folder: Path
    ) -> None:
        demo = start("--headless", "--seconds", "8", "--screenshots", str(folder / "shots"))
        output, _ = demo.process.communicate(timeout=240)

        assert demo.process.returncode == 0, demo.said()
        assert demo.has_left_nothing(), demo.processes() or demo.data_directories()
        assert "http://127.0.0.1:" in demo.said()
        assert "marta" in demo.said()
        (line,) = output.decode().splitlines()
        result = json.loads(line)
        assert result["created"] > 0
        assert result["called"] > 0
        assert result["completed"] > 0
        assert result["tokens_in_history"] > 500
        assert result["repaints"] > 0
        assert 0 < result["repaint_p50_ms"] <= result["repaint_p99_ms"] < 2000
        for name, size in SIZES.items():
            image = QImage(str(folder / "shots" / f"{name}.png"))
            assert (image.width(), image.height()) == size
            assert _colours(image) > 40, f"{name}.png shows next to nothing"


class TestKilled:
    def test_by_sigterm_half_way_leaves_nothing(self, start: Callable[..., Demo]) -> None:
        demo = start("--headless")
        demo.until(demo.has_postgres, within_s=60)
        assert len(demo.processes()) > 3
        demo.process.send_signal(signal.SIGTERM)
        output, _ = demo.process.communicate(timeout=60)
        assert demo.process.returncode == 128 + signal.SIGTERM
        assert output == b""
        assert demo.has_left_nothing(), demo.processes() or demo.data_directories()

    def test_by_sigkill_leaves_nothing_for_long(self, start: Callable[..., Demo]) -> None:
        demo = start("--headless")
        demo.until(demo.has_postgres, within_s=60)
        demo.process.kill()
        demo.process.wait(10)
        demo.until(demo.has_left_nothing, within_s=GONE_WITHIN_S)

    def test_a_killed_keeper_is_told_and_leaves_nothing(self, start: Callable[..., Demo]) -> None:
        demo = start("--headless")
        demo.until(demo.has_postgres, within_s=60)
        (keeper,) = [
            each for each in psutil.process_iter() if "keeper.py" in _words(each) and demo.owns(each)
        ]
        keeper.kill()
        assert demo.process.wait(60) == 1
        assert "callboard-demo: The process that keeps the others is gone." in demo.said()
        assert "Traceback" not in demo.said()
        assert demo.has_left_nothing(), demo.processes() or demo.data_directories()


class TestWithoutScreen:
    def test_says_so_and_goes_headless_and_ctrl_c_is_a_good_end(self, start: Callable[..., Demo]) -> None:
        demo = start()
        demo.until(lambda: "There is no screen here" in demo.said(), within_s=60)
        demo.process.send_signal(signal.SIGINT)
        demo.process.wait(60)
        assert demo.process.returncode == 0
        assert demo.has_left_nothing(), demo.processes() or demo.data_directories()


class TestCommandLine:
    def test_screenshots_into_a_file_are_refused_in_a_sentence(
        self, start: Callable[..., Demo], folder: Path
    ) -> None:
        (folder / "file").touch()
        demo = start("--headless", "--screenshots", str(folder / "file"))
        assert demo.process.wait(60) == 1
        assert "file: File exists" in demo.said()

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--seconds", "soon"], "soon is no number of seconds above 0"),
            (["--headless", "--seconds", "0"], "0 is no number of seconds above 0"),
            (["--screenshots", "shots"], "--screenshots needs --headless"),
        ],
    )
    def test_nonsense_is_refused_in_a_sentence(
        self, start: Callable[..., Demo], arguments: list[str], sentence: str
    ) -> None:
        demo = start(*arguments)
        assert demo.process.wait(60) == 2
        assert sentence in demo.said()


def _colours(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)})
