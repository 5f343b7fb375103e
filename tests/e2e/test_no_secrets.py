"""No secret in a log, a URL, an answer or a crash report: all that a full run writes is looked through."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.app_process import AppProcess, until
from tests.e2e.server_process import PASSWORD, ServerProcess, command, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the demo socket is a named pipe there")

WRONG_PASSWORD = "Correct-horse-9-battery"
VISITOR = {"name": "Ana Horvat-Kranjčević", "phone": "+385912345678", "notes": "brings a grey parrot"}


@pytest.fixture
def server(city_hall: Path) -> Iterator[ServerProcess]:
    with ServerProcess(city_hall, CALLBOARD_LOG_LEVEL="debug") as running:
        yield running


class Secrets:
    """What must stand nowhere, by what it is."""

    def __init__(self, data_dir: Path) -> None:
        self.texts = {
            "a password": PASSWORD,
            "a wrong password": WRONG_PASSWORD,
            "the master key": (data_dir / "master.key").read_text().strip(),
            **{f"a visitor's {name}": text for name, text in VISITOR.items()},
        }

    def learn(self, name: str, text: str) -> None:
        """Another one; of a JWT the signature alone is looked for."""
        self.texts[name] = text.rsplit(".", 1)[-1]

    def found_in(self, written: bytes) -> set[str]:
        """Which of them stand in this, as they are, in a URL's or in JSON's spelling."""
        spelled = {
            name: {
                text.encode(),
                json.dumps(text)[1:-1].encode(),
                httpx.QueryParams({"x": text}).__str__()[2:].encode(),
            }
            for name, text in self.texts.items()
        }
        return {name for name, spellings in spelled.items() if any(each in written for each in spellings)}


class TestFullRun:
    def test_everything_that_it_writes(self, server: ServerProcess, city_hall: Path, tmp_path: Path) -> None:
        secrets = Secrets(city_hall)
        told: list[bytes] = []
        self.play_a_day(server, city_hall, tmp_path, secrets, told)
        self.be_wrong_in_every_way(server, secrets, told)
        self.lose_the_database(server, secrets, told)
        written = {str(path): path.read_bytes() for path in self.files(city_hall, tmp_path)}
        assert any(b"sign" in text for text in written.values()), "there are logs to look through"
        leaks = {path: found for path, text in written.items() if (found := secrets.found_in(text))}
        assert leaks == {}
        assert secrets.found_in(b"\n".join(told)) == set(), "an answer told one"

    def play_a_day(
        self, server: ServerProcess, data_dir: Path, folder: Path, secrets: Secrets, told: list[bytes]
    ) -> None:
        """The apps and the commands, all of which go well."""
        added = run(data_dir, "user", "add", "marta", "--password-stdin", stdin=PASSWORD + "\n")
        told += [added.stdout.encode(), added.stderr.encode()]
        key = run(data_dir, "device", "add", "Lobby").stdout.strip()
        secrets.learn("a device key", key)
        signed_in = httpx.post(
            f"{server.url}/api/v1/auth/login", json={"username": "ines", "password": PASSWORD}
        ).json()
        for kind in ("access_jwt", "refresh_jwt"):
            secrets.learn(kind, signed_in[kind])
        admin = server.sign_in()
        assert command(admin, "tokens", {"customer_type": "instant", "visitor": VISITOR}).status_code == 201
        refreshed = httpx.post(
            f"{server.url}/api/v1/auth/refresh", json={"refresh_jwt": signed_in["refresh_jwt"]}
        ).json()
        secrets.learn("another refresh JWT", refreshed["refresh_jwt"])
        key_file = folder / "device.key"
        key_file.touch(mode=0o600)
        key_file.write_text(key)
        sign_in_file = folder / "marta.json"
        sign_in_file.touch(mode=0o600)
        sign_in_file.write_text(json.dumps({"username": "marta", "password": PASSWORD}))
        display = ("--server", server.url, "--device-key-file", str(key_file), "--windowed")
        staff = ("--server", server.url, "--sign-in-file", str(sign_in_file), "--counter", "3")
        with (
            AppProcess("display", folder / "d", *display),
            AppProcess("staff", folder / "c", *staff) as counter,
        ):
            until(lambda: any("A001" in text for text in counter.reads()))
        key_file.unlink()
        sign_in_file.unlink()

    def be_wrong_in_every_way(self, server: ServerProcess, secrets: Secrets, told: list[bytes]) -> None:
        """Secrets where they do not belong: bodies that are malformed, URLs, headers, hellos."""
        api = f"{server.url}/api/v1"
        good = {"username": "ines", "password": WRONG_PASSWORD}
        jwt = server.sign_in().headers["Authorization"]
        secrets.learn("a third access JWT", jwt)
        answers = [
            httpx.post(f"{api}/auth/login", json=good),
            httpx.post(f"{api}/auth/login", json={"username": WRONG_PASSWORD, "password": "x"}),
            httpx.post(f"{api}/auth/login", json={"user": "ines", "password": PASSWORD}),
            httpx.post(f"{api}/auth/login", json={"username": "ines", "password": [PASSWORD]}),
            httpx.post(f"{api}/auth/login", json={"username": "ines", "password": PASSWORD * 100}),
            httpx.post(f"{api}/auth/login", content=json.dumps(good)[:-1]),
            httpx.post(f"{api}/auth/login", content=f"password={PASSWORD}"),
            httpx.post(f"{api}/auth/login", params=good),
            httpx.get(f"{api}/tokens", params={"access_jwt": jwt, "q": VISITOR["name"]}),
            httpx.get(f"{api}/auth/me", headers={"Authorization": jwt + "x"}),
            httpx.get(f"{api}/auth/me", headers={"Authorization": f"Basic {WRONG_PASSWORD}"}),
            httpx.post(f"{api}/auth/refresh", json={"refresh_jwt": jwt}),
            httpx.post(
                f"{api}/tokens",
                json={"customer_type": "none", "visitor": VISITOR},
                headers={"Authorization": jwt, "Idempotency-Key": str(uuid4())},
            ),
            httpx.post(
                f"{api}/tokens",
                json={"customer_type": "instant", "visitor": {**VISITOR, "phone": VISITOR["phone"] * 20}},
                headers={"Authorization": jwt, "Idempotency-Key": VISITOR["phone"]},
            ),
        ]
        assert all(400 <= answer.status_code < 500 for answer in answers), [a.status_code for a in answers]
        told += [answer.content + repr(answer.headers).encode() for answer in answers]
        # The answer repeats the path to whoever wrote it; the log must not.
        assert httpx.get(f"{api}/users/{WRONG_PASSWORD}").status_code == 401
        for text in (
            json.dumps({"type": "hello", "credential": jwt, "app_version": "test"}),
            json.dumps({"type": "hello", "credential": WRONG_PASSWORD, "app_version": "test"}),
            json.dumps({"type": "hello", "password": PASSWORD}),
            PASSWORD,
        ):
            with connect(f"{server.url.replace('http', 'ws')}/ws/admin") as socket:
                socket.send(text)
                try:
                    told.append(str(socket.recv(timeout=10)).encode())
                    told.append(str(socket.recv(timeout=10)).encode())
                except ConnectionClosed as closed:
                    told.append(str(closed).encode())

    def lose_the_database(self, server: ServerProcess, secrets: Secrets, told: list[bytes]) -> None:
        """Errors with tracebacks, in the middle of a sign-in and of a command."""
        admin = server.sign_in()
        postgres = [
            each for each in psutil.Process(server.pid).children(recursive=True) if each.name() == "postgres"
        ]
        for process in postgres:
            os.kill(process.pid, signal.SIGKILL)
        told += [
            httpx.post(
                f"{server.url}/api/v1/auth/login",
                json={"username": "ines", "password": PASSWORD},
                timeout=30,
            ).status_code.to_bytes(2),
            str(
                command(admin, "tokens", {"customer_type": "instant", "visitor": VISITOR}).status_code
            ).encode(),
        ]

    def files(self, *folders: Path) -> Iterator[Path]:
        """Logs, state and caches of server and apps; not the database itself, nor the key that is one."""
        for folder in folders:
            for path in folder.rglob("*"):
                is_database = "postgres" in path.parts or any(part.startswith("pg") for part in path.parts)
                is_log = path.suffix == ".log"
                if path.is_file() and path.name != "master.key" and (is_log or not is_database):
                    yield path
