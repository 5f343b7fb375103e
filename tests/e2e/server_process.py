"""`callboard-server` as a process of its own, to be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

PASSWORD = "a long enough password"


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """An environment with this data directory and none of the caller's settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}
    kept.pop("DATABASE_URL", None)
    return kept | {"CALLBOARD_DATA_DIR": str(data_dir)} | more


def run(data_dir: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """One command of the server, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        env=environment(data_dir, **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class ServerProcess:
    """A serving process; `kill` is kill -9, `stop` is SIGTERM."""

    def __init__(self, data_dir: Path, *, port: int = 0, **more: str) -> None:
        self.data_dir = data_dir
        self._port = port
        self._environment = environment(data_dir, **more)
        self._log = (data_dir / "server.log").open("ab")
        self._clients: list[httpx.Client] = []
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it is ready."""
        address = self.data_dir / "address.json"
        address.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--port", str(self._port)],
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"ended with {self._process.returncode}: {self.log()[-3000:]}")
            if address.exists():
                self.url = json.loads(address.read_text())["url"]
                self._port = int(self.url.rsplit(":", 1)[1])
                if self._is_ready():
                    return
            time.sleep(0.05)
        raise RuntimeError("the server did not become ready")

    def log(self) -> str:
        """What it has said so far."""
        return Path(self._log.name).read_text(encoding="utf-8")

    def sign_in(self, username: str = "ines") -> httpx.Client:
        """A signed-in client, closed with this."""
        answer = httpx.post(
            f"{self.url}/api/v1/auth/login", json={"username": username, "password": PASSWORD}, timeout=20
        )
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_jwt']}"}
        client = httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=20)
        self._clients.append(client)
        return client

    def kill(self) -> None:
        """kill -9: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(30)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()
        for client in self._clients:
            client.close()
        self._log.close()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def set_up(data_dir: Path) -> None:
    """City Hall, with the super admin "ines"."""
    done = run(
        data_dir, "setup", "--organization", "City Hall", "--admin", "ines", "--time-zone", "Europe/Madrid",
        "--password-stdin", stdin=PASSWORD + "\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def command(client: httpx.Client, path: str, body: object = None, key: str | None = None) -> httpx.Response:
    """Post a command, with a new request id unless one is given."""
    return client.post(path, json=body, headers={"Idempotency-Key": key or str(uuid4())})
