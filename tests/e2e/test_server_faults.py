"""What goes wrong at start is one sentence; what goes wrong later loses nothing."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from server.infra.embedded_postgres import url_of_running
from tests.e2e.server_process import PASSWORD, ServerProcess, command, run
from tests.postgres import temporary_data_dir


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of what was said, which must be a sentence and no traceback."""
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("callboard-server: ")
    return last.removeprefix("callboard-server: ")


class TestStart:
    def test_with_a_taken_port(self) -> None:
        with temporary_data_dir() as data_dir, socket.create_server(("127.0.0.1", 0)) as taken:
            done = run(data_dir, "serve", "--port", str(taken.getsockname()[1]))
        assert "Cannot listen on 127.0.0.1 port" in one_sentence(done)
        assert done.returncode == 1

    def test_with_an_unknown_setting(self) -> None:
        with temporary_data_dir() as data_dir:
            done = run(data_dir, "serve", CALLBOARD_PROT="1")
        assert "port" in one_sentence(done)
        assert done.returncode == 2

    def test_with_a_database_that_does_not_answer(self) -> None:
        with temporary_data_dir() as data_dir:
            done = run(data_dir, "serve", "--port", "0", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
        assert "does not answer" in one_sentence(done)

    @pytest.mark.skipif(sys.platform == "win32", reason="permissions differ")
    def test_with_a_data_directory_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        one_sentence(run(tmp_path / "data", "serve", "--port", "0"))

    def test_with_another_server_on_the_same_data(self, city_hall: Path) -> None:
        with ServerProcess(city_hall):
            done = run(city_hall, "serve", "--port", "0")
        assert "in use" in one_sentence(done)

    def test_with_another_master_key(self, city_hall: Path) -> None:
        with ServerProcess(city_hall):
            pass
        done = run(city_hall, "serve", "--port", "0", CALLBOARD_MASTER_KEY="11" * 32)
        assert "master key" in one_sentence(done)


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_leaves_no_process_and_no_address(self, city_hall: Path, number: int) -> None:
        with ServerProcess(city_hall) as server:
            children = psutil.Process(server.pid).children(recursive=True)
            assert children
            os.kill(server.pid, number)
            _, alive = psutil.wait_procs([psutil.Process(server.pid), *children], timeout=20)
            assert alive == []
            assert not (city_hall / "address.json").exists()


class TestKill:
    def test_what_was_answered_survives_and_a_retry_finds_its_answer(self, city_hall: Path) -> None:
        with ServerProcess(city_hall) as server:
            client = server.sign_in()
            key = str(uuid4())
            first = command(client, "tokens", {"customer_type": "instant"}, key)
            assert first.status_code == 201
            server.kill()
            with pytest.raises(httpx.HTTPError):
                command(client, "tokens", {"customer_type": "instant"})
            server.start()
            client.base_url = httpx.URL(f"{server.url}/api/v1")
            again = command(client, "tokens", {"customer_type": "instant"}, key)
            assert again.json() == first.json()
            second = command(client, "tokens", {"customer_type": "instant"})
            assert second.json()["token"]["number"] == "A002"

    def test_under_load_every_answered_token_is_there_and_none_twice(self, city_hall: Path) -> None:
        with ServerProcess(city_hall) as server:
            answered: dict[str, str] = {}
            unanswered: list[str] = []

            def take_until_killed(client: httpx.Client) -> None:
                while True:
                    key = str(uuid4())
                    try:
                        answer = command(client, "tokens", {"customer_type": "retail"}, key)
                    except httpx.HTTPError:
                        unanswered.append(key)
                        return
                    if answer.status_code == 201:
                        answered[key] = answer.json()["token"]["number"]

            clients = [server.sign_in() for _ in range(4)]
            threads = [threading.Thread(target=take_until_killed, args=(client,)) for client in clients]
            for thread in threads:
                thread.start()
            time.sleep(1.0)
            server.kill()
            for thread in threads:
                thread.join(30)
            server.start()
            client = server.sign_in()
            # A retry settles each: the same answer for what was done, a first one for what was not.
            for key, number in answered.items():
                again = command(client, "tokens", {"customer_type": "retail"}, key)
                assert again.json()["token"]["number"] == number
            settled = [
                command(client, "tokens", {"customer_type": "retail"}, key).json()["token"]["number"]
                for key in unanswered
            ]
            assert answered
            numbers = [*answered.values(), *settled]
            assert len(numbers) == len(set(numbers))
            snapshot = client.get("snapshot", params={"audience": "staff"}).json()
            assert len(snapshot["tokens"]) == len(numbers)

    def test_of_postgresql_alone_is_survived(self, city_hall: Path) -> None:
        with ServerProcess(city_hall) as server:
            client = server.sign_in()
            assert command(client, "tokens", {"customer_type": "instant"}).status_code == 201
            postmaster = next(
                process
                for process in psutil.Process(server.pid).children(recursive=True)
                if process.name() == "postgres"
            )
            postmaster.kill()
            deadline = time.monotonic() + 60
            key = str(uuid4())
            while True:
                answer = command(client, "tokens", {"customer_type": "instant"}, key)
                if answer.status_code == 201:
                    break
                assert answer.status_code == 503, answer.text
                assert answer.headers["retry-after"] == "1"
                assert time.monotonic() < deadline, "the database did not come back"
                time.sleep(0.2)
            assert answer.json()["token"]["number"] == "A002"


class TestCommit:
    def test_comes_before_the_answer(self, city_hall: Path) -> None:
        import psycopg

        with (
            ServerProcess(city_hall) as server,
            psycopg.connect(url_of_running(city_hall), autocommit=True) as other,
        ):
            client = server.sign_in()
            for _ in range(50):
                answer = command(client, "tokens", {"customer_type": "instant"})
                found = other.execute(
                    "SELECT count(*) FROM tokens WHERE id = %s", (answer.json()["token"]["id"],)
                ).fetchone()
                assert found == (1,)


class TestCommandLine:
    def test_adds_people_and_displays_to_a_running_server(self, city_hall: Path) -> None:
        with ServerProcess(city_hall) as server:
            added = run(city_hall, "user", "add", "marta", "--password-stdin", stdin=f"{PASSWORD}\n")
            assert added.returncode == 0, added.stderr
            assert server.sign_in("marta").get("auth/me").json()["role"] == "staff"
            twice = run(city_hall, "user", "add", "marta", "--password-stdin", stdin=f"{PASSWORD}\n")
            assert "taken" in one_sentence(twice)
            weak = run(city_hall, "user", "add", "pablo", "--password-stdin", stdin="pablo 1234567890\n")
            assert "This password cannot be taken." in weak.stderr
            key = run(city_hall, "device", "add", "Lobby").stdout.strip()
            answer = httpx.get(
                f"{server.url}/api/v1/snapshot",
                params={"audience": "display"},
                headers={"Authorization": f"Bearer {key}"},
            )
            assert answer.status_code == 200
            unknown = run(city_hall, "device", "add", "Lobby", "--organization", "Nowhere")
            assert "no such organization" in one_sentence(unknown)
