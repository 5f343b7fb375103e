"""Looking into running clusters, and a server process to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from server.infra.embedded_postgres import EmbeddedPostgres
from server.infra.embedded_postgres.leftovers import PID_FILE

REPOSITORY = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0


def execute(postgres: EmbeddedPostgres, *statements: str) -> None:
    with psycopg.connect(postgres.url) as connection:
        for statement in statements:
            connection.execute(statement)


def kept_numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY 1")]


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def answers(postgres: EmbeddedPostgres) -> bool:
    try:
        return kept_numbers(postgres.url) != []
    except psycopg.OperationalError:
        return False


def postmaster_of(data: Path) -> psutil.Process:
    return psutil.Process(int((data / PID_FILE).read_text().split()[0]))


class Server:
    """A server process of its own that runs an embedded PostgreSQL on `data_dir`, to be killed."""

    def __init__(self, data_dir: Path) -> None:
        code = """
            import sys
            from pathlib import Path
            from tests.postgres import make_test_postgres
            postgres = make_test_postgres(Path(sys.argv[1]))
            postgres.start()
            print(postgres.url, postgres.home.data, flush=True)
            sys.stdin.read()
            postgres.stop()
        """
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(data_dir)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url, data = self.process.stdout.readline().split()
        self.data = Path(data)

    def kill(self, *others: psutil.Process) -> None:
        """Kill it, and others before it has noticed."""
        self.process.send_signal(signal.SIGSTOP)
        for process in (*others, self.process):
            process.kill()
        self.process.communicate()

    def end(self) -> int:
        self.process.communicate()
        return self.process.wait()
