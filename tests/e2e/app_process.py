"""A desktop app as a process of its own, offscreen, asked over its demo socket."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class AppProcess:
    """One running app; `ask` speaks with it."""

    def __init__(self, app: str, folder: Path, *arguments: str) -> None:
        folder.mkdir(exist_ok=True)
        # Short: the path of a local socket has at most 107 bytes.
        self._socket_path = folder / "s"
        self._errors = (folder / "errors.log").open("wb")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}
        given = [*arguments, "--profile", folder.name, "--language", "en"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"clients.{app}_desktop", *given, "--demo-socket", self._socket_path],
            env=kept
            | {
                "HOME": str(folder),
                "QT_QPA_PLATFORM": "offscreen",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            },
            stdout=self._errors,
            stderr=self._errors,
        )
        self._socket: socket.socket | None = None
        self._buffer = b""

    def __enter__(self) -> Self:
        until(self._reach, within_s=40)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._errors.close()

    def ask(self, **question: object) -> dict[str, Any]:
        """One question, one answer."""
        assert self._socket is not None
        self._socket.sendall(json.dumps(question).encode() + b"\n")
        while b"\n" not in self._buffer:
            received = self._socket.recv(1 << 20)
            if not received:
                raise RuntimeError(f"the app ended: {Path(self._errors.name).read_text()[-3000:]}")
            self._buffer += received
        line, self._buffer = self._buffer.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def reads(self) -> list[str]:
        """What a screen reader would say of its window."""
        read: list[str] = self.ask(read=True)["read"]
        return read

    def _reach(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"the app ended: {Path(self._errors.name).read_text()[-3000:]}")
        candidate = socket.socket(socket.AF_UNIX)
        candidate.settimeout(20)
        try:
            candidate.connect(str(self._socket_path))
        except (FileNotFoundError, ConnectionRefusedError):
            candidate.close()
            return False
        self._socket = candidate
        return True


def until(condition: Callable[[], bool], *, within_s: float = 20.0) -> None:
    """Wait for a condition that another process brings about."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s"
        time.sleep(0.02)
