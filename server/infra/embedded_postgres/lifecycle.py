"""Starting, watching and stopping the embedded PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from server.infra.embedded_postgres import guard
from server.infra.embedded_postgres.binaries import PostgresBinaries, find_binaries
from server.infra.embedded_postgres.cluster import (
    SUPERUSER,
    Tuning,
    check_major_version,
    clean_environment,
    make_cluster,
    write_config,
)
from server.infra.embedded_postgres.errors import (
    PortTakenError,
    PostgresStartError,
    explain_log,
    explained_os_errors,
)
from server.infra.embedded_postgres.home import ClusterHome, open_home, read_or_make_credentials
from server.infra.embedded_postgres.leftovers import says_ready, stop_leftovers
from server.infra.embedded_postgres.owner_lock import OwnerLock
from server.infra.embedded_postgres.ports import candidates, is_free, read_port

DATABASE = "callboard"
OWNER = "callboard"

# Recovery after a crash replays at most max_wal_size; minutes on a bad disk, and it must not be cut short.
START_TIMEOUT_S = 600.0
POLL_S = 0.02

# A restart is tried again after these pauses, the last one for ever: a full disk may be emptied.
RESTART_PAUSES_S = (0.1, 0.5, 1, 2, 5, 10, 30)

LOG_LIMIT_BYTES = 5_000_000

# How a packaged program, which has no interpreter to call, runs the guard: `<program> postgres-guard …`.
GUARD_COMMAND = "postgres-guard"

_logger = logging.getLogger(__name__)


class EmbeddedPostgres:
    """One cluster under one data directory, started by `start` and owned until `stop`.

    data_dir: the server's data directory; the cluster is kept in `<data_dir>/postgres` (see home.py).
    port: on 127.0.0.1; 0 takes the last one again, or any free one.
    bin_dir: another installation's programs; None takes those that come with the server.
    tuning: sizes, and `durable=False` for tests.

    All methods block; `start_async` and `stop_async` run them in a thread. `url` may change when a restart
    found its port taken, so a pool that opens connections later should ask for it again.
    """

    def __init__(
        self, data_dir: Path, *, port: int = 0, bin_dir: Path | None = None, tuning: Tuning | None = None
    ) -> None:
        self._data_dir = data_dir
        self._wanted_port = port
        self._bin_dir = bin_dir
        self._tuning = tuning or Tuning()
        self._port = 0
        self._restarts = 0
        self._stopping = threading.Event()
        self._changing = threading.Lock()  # held while a process is started or stopped
        self._lock: OwnerLock | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None

    # What others ask

    @property
    def url(self) -> str:
        """A libpq URL, password included, for Callboard's database as its owner (no superuser)."""
        return self.url_for(DATABASE)

    def url_for(self, database: str) -> str:
        """A libpq URL for any database of the cluster as Callboard's role."""
        return self._url_for(OWNER, self._credentials.owner, database)

    @property
    def superuser_url(self) -> str:
        """A libpq URL for the `postgres` database as superuser; for set-up, backup and tests."""
        return self.superuser_url_for(SUPERUSER)

    def superuser_url_for(self, database: str) -> str:
        """A libpq URL for any database of the cluster as superuser."""
        return self._url_for(SUPERUSER, self._credentials.superuser, database)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return self._port

    @property
    def restarts(self) -> int:
        """How often it was found dead and started again, for the metrics."""
        return self._restarts

    @property
    def home(self) -> ClusterHome:
        """The cluster's folders; known once started."""
        return self._home

    @property
    def binaries(self) -> PostgresBinaries:
        """The programs in use, `pg_dump` and `psql` among them; known once started."""
        return self._binaries

    # Start and stop

    def start(self) -> None:
        """Make the cluster if there is none, start it, and return when it takes connections.

        Raises PostgresStartError; then nothing is left running and the folder is free for the next try.
        """
        self._stopping.clear()
        self._home = open_home(self._data_dir)
        with explained_os_errors("locking the data directory"):
            self._lock = OwnerLock(self._home.lock, folder=self._data_dir)
        try:
            self._binaries = find_binaries(self._bin_dir, account=self._home.account)
            self._prepare()
            with self._changing:
                self._launch_on_some_port()
            self._ensure_database()
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="postgres-watcher", daemon=True)
        self._watcher.start()

    def stop(self, *, fast_s: float = guard.FAST_SHUTDOWN_S) -> None:
        """Stop PostgreSQL and give the data directory back; a second call does nothing.

        fast_s: how long a fast shutdown may take before the immediate one (which costs a recovery at the
        next start, and no data).
        """
        self._stopping.set()
        with self._changing:
            self._shut_down(fast_s)
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def destroy(self) -> None:
        """Stop, and remove the cluster with everything in it, wherever it lies."""
        self.stop()
        shutil.rmtree(self._home.folder, ignore_errors=True)
        shutil.rmtree(self._data_dir / "postgres", ignore_errors=True)

    async def start_async(self) -> None:
        """`start`, in a thread."""
        await asyncio.to_thread(self.start)

    async def stop_async(self) -> None:
        """`stop`, in a thread."""
        await asyncio.to_thread(self.stop)

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # How

    def _url_for(self, user: str, password: str, database: str) -> str:
        # On loopback encryption only costs; asking for it first would cost a round trip too.
        return f"postgresql://{user}:{password}@127.0.0.1:{self._port}/{database}?sslmode=disable"

    def _prepare(self) -> None:
        self._credentials = read_or_make_credentials(self._data_dir, cluster_exists=self._home.data.exists())
        if not self._home.data.exists():
            make_cluster(
                self._home, self._binaries, self._credentials.superuser, durable=self._tuning.durable
            )
        check_major_version(self._home, self._binaries)

    def _launch_on_some_port(self) -> None:
        with explained_os_errors("clearing up after the last PostgreSQL"):
            stopped = stop_leftovers(self._home.data)
        if stopped:
            _logger.warning("stopped %d processes of an earlier PostgreSQL", stopped)
        refusal: PortTakenError | None = None
        for port in self._ports_to_try():
            try:
                self._launch(port)
            except PortTakenError as error:
                refusal = error
            else:
                return
        raise refusal or PostgresStartError("No free port was found on 127.0.0.1.")

    def _ports_to_try(self) -> Iterator[int]:
        if self._wanted_port:
            return iter([self._wanted_port])
        return candidates(self._port or read_port(self._home.port_file))

    def _launch(self, port: int) -> None:
        if not is_free(port):
            raise PortTakenError(port)
        write_config(self._home, self._binaries, self._tuning, port=port)
        with explained_os_errors("starting PostgreSQL"):
            _rotate(self._home.log)
            log_start = self._home.log.stat().st_size
            with self._home.log.open("ab") as log:
                self._guard = subprocess.Popen(
                    self._guard_command(),
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    cwd=self._home.folder,
                    env=clean_environment(),
                    # A Ctrl-C in the terminal is for the server, which then stops PostgreSQL in its turn.
                    start_new_session=True,
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same, on Windows
                )
        self._port = port
        try:
            self._wait_until_ready(log_start)
        except BaseException:
            self._shut_down(guard.FAST_SHUTDOWN_S)
            raise
        with explained_os_errors("writing down the port"):
            self._home.port_file.write_text(f"{port}\n")

    def _guard_command(self) -> list[str]:
        frozen = getattr(sys, "frozen", False)
        python = [sys.executable, GUARD_COMMAND] if frozen else [sys.executable, "-I", "-S", guard.__file__]
        account = self._home.account
        return [
            *python,
            *([f"--user={account.uid}", f"--group={account.gid}"] if account else []),
            f"--pg-ctl={self._binaries.program('pg_ctl')}",
            f"--data={self._home.data}",
            "--",
            str(self._binaries.program("postgres")),
            "-D",
            str(self._home.data),
            "-c",
            f"config_file={self._home.config}",
        ]

    def _wait_until_ready(self, log_start: int) -> None:
        assert self._guard is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._stopping.is_set():
                raise PostgresStartError("The embedded PostgreSQL was stopped while it was starting.")
            if self._guard.poll() is not None:
                text = _text_from(self._home.log, log_start)
                raise explain_log(text, port=self._port, log=self._home.log)
            if self._takes_connections():
                return
            time.sleep(POLL_S)
        raise PostgresStartError(
            f"The embedded PostgreSQL takes no connections after {START_TIMEOUT_S:.0f} s "
            f"(see {self._home.log})."
        )

    def _takes_connections(self) -> bool:
        # Its own word first: whatever else may have got hold of the port in this moment would answer too.
        if not says_ready(self._home.data):
            return False
        try:
            with psycopg.connect(self.superuser_url, connect_timeout=5):
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PostgresStartError(
                    f"The embedded PostgreSQL refuses the password in {self._data_dir / 'postgres'}/"
                    "credentials.json: restore that file from the backup the database came from."
                ) from error
            return False

    def _ensure_database(self) -> None:
        """Make Callboard's role and database; at every start, since the last one may have died before it."""
        try:
            with psycopg.connect(self.superuser_url, autocommit=True) as connection:
                self._ensure_owner(connection)
                if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                    statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                    connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
        except psycopg.Error as error:
            raise PostgresStartError(f"Callboard's database cannot be made: {error}.") from error

    def _ensure_owner(self, connection: psycopg.Connection) -> None:
        if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
            return
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(
            statement.format(sql.Identifier(OWNER), sql.Literal(self._credentials.owner)), prepare=False
        )

    def _watch(self) -> None:
        """Wait for PostgreSQL's end, and start it again unless that end was ours."""
        while True:
            running = self._guard
            if running is None:
                return
            code = running.wait()
            if self._stopping.is_set():
                return
            _logger.error("the embedded PostgreSQL ended with code %s and is started again", code)
            if not self._restart():
                return

    def _restart(self) -> bool:
        for attempt in range(1_000_000_000):
            pause_s = RESTART_PAUSES_S[min(attempt, len(RESTART_PAUSES_S) - 1)]
            if self._stopping.wait(pause_s):
                return False
            try:
                with self._changing:
                    if self._stopping.is_set():
                        return False
                    self._forget_guard()
                    self._launch_on_some_port()
            except PostgresStartError as error:
                _logger.error("the embedded PostgreSQL does not come back yet: %s", error)
                continue
            self._restarts += 1
            _logger.warning("the embedded PostgreSQL runs again on port %d", self._port)
            return True
        return False

    def _shut_down(self, fast_s: float) -> None:
        if self._guard is None:
            return
        for mode, patience_s in (("fast", fast_s), ("immediate", guard.IMMEDIATE_SHUTDOWN_S)):
            self._tell_guard(mode)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._guard.wait(patience_s)
                break
        self._guard.kill()
        self._guard.wait()
        self._forget_guard()
        # Normally nobody: only a guard that was killed, or a hung PostgreSQL, leaves something to us.
        stop_leftovers(self._home.data, fast_s=1, immediate_s=1)

    def _forget_guard(self) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with contextlib.suppress(OSError):  # a request that a dead guard never read
                self._guard.stdin.close()
        self._guard = None

    def _tell_guard(self, mode: str) -> None:
        assert self._guard is not None
        assert self._guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            self._guard.stdin.write(f"{mode}\n".encode())
            self._guard.stdin.flush()


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)


def _text_from(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(200_000).decode(errors="replace")
