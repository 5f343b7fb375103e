"""Background work in processes of their own: killed, stopped, and left without a database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from server.infra.embedded_postgres import url_of_running
from server.jobs.timetable import TIMETABLE
from tests.db.job_runners import execute, runs_of
from tests.e2e.server_process import ServerProcess, environment, run
from tests.postgres import temporary_data_dir


def wait_until(condition: Callable[[], Any], *, within_s: float = 60.0) -> None:
    """Until it holds; a database that is away is no answer."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            if condition():
                return
        except psycopg.OperationalError:
            pass
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def count(url: str, query: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return int(row[0])


def all_have_run(url: str) -> bool:
    return all(any(each["status"] == "succeeded" for each in runs_of(url, entry.name)) for entry in TIMETABLE)


@contextmanager
def process(*arguments: str, data_dir: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process, killed at the end if it still runs."""
    with (
        (data_dir / "worker.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=environment(data_dir, **more),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        ) as started,
    ):
        try:
            yield started
        finally:
            started.kill()


class TestKill:
    def test_in_the_middle_of_a_run_has_it_run_again_by_another(
        self, database_url: str, tmp_path: Path
    ) -> None:
        execute(database_url, "CREATE TABLE witness (id SERIAL PRIMARY KEY)")
        with process("tests.e2e.job_worker", database_url, data_dir=tmp_path) as first:
            wait_until(lambda: count(database_url, "SELECT count(*) FROM witness") == 1)
            first.send_signal(signal.SIGKILL)
            first.wait(10)
        assert [each["status"] for each in runs_of(database_url)] == ["doing"]
        with process("tests.e2e.job_worker", database_url, data_dir=tmp_path):
            wait_until(lambda: [each["status"] for each in runs_of(database_url)] == ["succeeded"])
        assert count(database_url, "SELECT count(*) FROM witness") == 2


class TestWorkerAlone:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_does_all_that_is_due_and_says_goodbye(
        self, database_url: str, tmp_path: Path, number: signal.Signals
    ) -> None:
        with process("server", "worker", data_dir=tmp_path, DATABASE_URL=database_url) as worker:
            wait_until(lambda: all_have_run(database_url))
            assert count(database_url, "SELECT count(*) FROM procrastinate_workers") == 1
            worker.send_signal(number)
            assert worker.wait(20) == 0
        assert count(database_url, "SELECT count(*) FROM procrastinate_workers") == 0
        assert "Traceback" not in (tmp_path / "worker.log").read_text()

    def test_joins_a_server_of_the_same_machine(self, city_hall: Path) -> None:
        with ServerProcess(city_hall, CALLBOARD_WORKER="off"):
            url = url_of_running(city_hall)
            assert count(url, "SELECT count(*) FROM procrastinate_workers") == 0
            with process("server", "worker", data_dir=city_hall) as worker:
                wait_until(lambda: all_have_run(url))
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(20) == 0

    def test_without_a_server_or_a_database_says_so(self) -> None:
        with temporary_data_dir() as data_dir:
            done = run(data_dir, "worker")
        assert done.returncode == 1
        assert "No server runs on" in done.stderr
        assert "Traceback" not in done.stderr

    def test_with_another_master_key_does_not_start(self, city_hall: Path) -> None:
        with ServerProcess(city_hall, CALLBOARD_WORKER="off"):
            done = run(city_hall, "worker", CALLBOARD_MASTER_KEY="11" * 32)
        assert done.returncode == 1
        assert "master key" in done.stderr


class TestWorkerInside:
    def test_does_all_that_is_due_and_goes_on_after_postgresql_was_killed(self, city_hall: Path) -> None:
        with ServerProcess(city_hall) as server:
            wait_until(lambda: all_have_run(url_of_running(city_hall)))
            postmaster = next(
                each
                for each in psutil.Process(server.pid).children(recursive=True)
                if each.name() == "postgres"
            )
            postmaster.kill()
            postmaster.wait(10)
            wait_until(lambda: _write_down_another(city_hall))
            wait_until(
                lambda: (
                    [each["status"] for each in runs_of(url_of_running(city_hall), "forget_answers")][-1]
                    == "succeeded"
                )
            )
            stopped_at = time.monotonic()
            os.kill(server.pid, signal.SIGTERM)
            psutil.wait_procs([psutil.Process(server.pid)], timeout=30)
            assert time.monotonic() - stopped_at < 15


def _write_down_another(data_dir: Path) -> bool:
    with psycopg.connect(url_of_running(data_dir), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args) VALUES"
            " ('default', 'forget_answers', 'forget_answers', '{\"timestamp\": 1}')"
        )
    return True
