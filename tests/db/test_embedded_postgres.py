"""The embedded PostgreSQL: starting, stopping, and what it promises while it runs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from server.infra.embedded_postgres import (
    DataDirInUseError,
    EmbeddedPostgres,
    PostgresStartError,
)
from server.infra.embedded_postgres.leftovers import PID_FILE, cluster_processes
from tests.db.clusters import IS_ROOT, Server, execute, kept_numbers, postmaster_of
from tests.postgres import make_test_postgres, temporary_data_dir


class TestStart:
    def test_data_and_port_survive_a_stop(self, postgres: EmbeddedPostgres) -> None:
        port = postgres.port
        postgres.stop()
        postgres.start()
        assert postgres.port == port
        assert kept_numbers(postgres.url) == [1]

    def test_is_durable_with_checksums_and_scram(self, data_dir: Path) -> None:
        postgres = make_test_postgres(data_dir, durable=True)
        with postgres, psycopg.connect(postgres.superuser_url) as connection:
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
                for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
            }
            methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
            encoding = connection.execute("SHOW server_encoding").fetchone()
        postgres.destroy()
        assert set(shown.values()) == {"on"}
        assert methods == [("scram-sha-256",)]
        assert encoding == ("UTF8",)

    def test_listens_on_loopback_alone(self, postgres: EmbeddedPostgres) -> None:
        listening = [
            connection.laddr.ip
            for connection in postmaster_of(postgres.home.data).net_connections(kind="all")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening == ["127.0.0.1"]

    def test_our_role_is_no_superuser(self, postgres: EmbeddedPostgres) -> None:
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SHOW is_superuser").fetchone() == ("off",)

    def test_a_wrong_password_is_refused(self, postgres: EmbeddedPostgres) -> None:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url, password="guess")

    def test_passwords_are_for_the_owner_alone(self, postgres: EmbeddedPostgres, data_dir: Path) -> None:
        credentials = data_dir / "postgres" / "credentials.json"
        assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
        password = postgres.url.split(":")[2].split("@")[0]
        others = [path for path in postgres.home.folder.glob("*") if path.is_file() and path != credentials]
        assert others
        assert not any(password in path.read_text(errors="replace") for path in others)
        assert password not in str(postmaster_of(postgres.home.data).cmdline())

    @pytest.mark.skipif(not IS_ROOT, reason="only root runs it as somebody else")
    def test_from_root_it_is_not_root(self, postgres: EmbeddedPostgres) -> None:
        assert all(process.uids().real != 0 for process in cluster_processes(postgres.home.data))

    def test_half_made_clusters_are_cleared_away(self, data_dir: Path) -> None:
        litter = data_dir / "postgres" / "data.new-1234"
        litter.mkdir(parents=True)
        (litter / "PG_VERSION").write_text("18")
        data_dir.chmod(0o711)
        with make_test_postgres(data_dir) as postgres:
            assert not litter.exists()
        postgres.destroy()

    def test_a_draft_of_an_initdb_that_was_killed_counts_for_nothing(self, data_dir: Path) -> None:
        postgres = make_test_postgres(data_dir)
        postgres.start()
        postgres.stop()
        # As if the server had died between initdb and making our role.
        with postgres, psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
            connection.execute("DROP DATABASE callboard")
            connection.execute("DROP ROLE callboard")
        with postgres, psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("callboard",)
        postgres.destroy()


class TestStop:
    def test_leaves_no_process_and_frees_the_folder(self, postgres: EmbeddedPostgres, data_dir: Path) -> None:
        processes = cluster_processes(postgres.home.data)
        guard = postmaster_of(postgres.home.data).parent()
        assert guard is not None
        assert guard.parent() == psutil.Process()
        postgres.stop()
        assert not psutil.wait_procs([*processes, guard], timeout=5)[1]
        assert not (postgres.home.data / PID_FILE).exists()
        postgres.stop()
        with make_test_postgres(data_dir) as second:
            assert kept_numbers(second.url) == [1]

    def test_does_not_wait_for_clients(self, postgres: EmbeddedPostgres) -> None:
        # closing, not the connection's own block, which would commit on what is gone by then
        with contextlib.closing(psycopg.connect(postgres.url)) as client:
            client.execute("SELECT 1")
            started = time.monotonic()
            postgres.stop()
            assert time.monotonic() - started < 10

    def test_a_hung_postgres_is_stopped_the_hard_way(self, postgres: EmbeddedPostgres) -> None:
        postmaster = postmaster_of(postgres.home.data)
        processes = cluster_processes(postgres.home.data)
        postmaster.suspend()
        postgres.stop(fast_s=0.5)
        assert not psutil.wait_procs(processes, timeout=5)[1]
        postgres.start()
        assert kept_numbers(postgres.url) == [1]

    def test_destroy_leaves_nothing(self, data_dir: Path) -> None:
        with make_test_postgres(data_dir) as postgres:
            folder = postgres.home.folder
        postgres.destroy()
        assert not folder.exists()
        assert list(data_dir.iterdir()) == []


class TestOwner:
    def test_a_second_server_is_refused_and_told_by_whom(
        self, postgres: EmbeddedPostgres, data_dir: Path
    ) -> None:
        with pytest.raises(DataDirInUseError, match=f"in use by process {os.getpid()}") as caught:
            make_test_postgres(data_dir).start()
        assert caught.value.owner_pid == os.getpid()
        assert kept_numbers(postgres.url) == [1]

    def test_across_processes(self, data_dir: Path) -> None:
        server = Server(data_dir)
        with pytest.raises(DataDirInUseError, match=str(server.process.pid)):
            make_test_postgres(data_dir).start()
        assert server.end() == 0
        with make_test_postgres(data_dir) as postgres:
            pass
        postgres.destroy()


class TestPorts:
    def test_a_taken_port_is_left_for_another(self, postgres: EmbeddedPostgres) -> None:
        port = postgres.port
        postgres.stop()
        with socket.create_server(("127.0.0.1", port)):
            postgres.start()
            assert postgres.port != port
            assert kept_numbers(postgres.url) == [1]

    def test_a_port_that_was_asked_for_is_insisted_on(self, data_dir: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            postgres = EmbeddedPostgres(data_dir, port=port)
            with pytest.raises(PostgresStartError, match=f"Port {port} on 127.0.0.1 is taken"):
                postgres.start()
        assert cluster_processes(postgres.home.data) == []
        postgres.destroy()

    def test_another_postgres_on_the_port_is_not_taken_for_ours(
        self, postgres: EmbeddedPostgres, prepared_data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A copy, with the same passwords, whose last port the first one has now.
        monkeypatch.setattr("server.infra.embedded_postgres.lifecycle.is_free", lambda _: True)
        with temporary_data_dir() as copy_dir:
            subprocess.run(["cp", "-a", f"{prepared_data_dir}/.", str(copy_dir)], check=True)
            (copy_dir / "postgres" / "port").write_text(f"{postgres.port}\n")
            copy = make_test_postgres(copy_dir)
            with copy:
                assert copy.port != postgres.port
                execute(copy, "INSERT INTO kept VALUES (2)")
            copy.destroy()
        assert kept_numbers(postgres.url) == [1]

    def test_postgres_itself_finds_the_port_taken(
        self, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Somebody takes it between our look and its bind.
        port = postgres.port
        postgres.stop()
        monkeypatch.setattr("server.infra.embedded_postgres.lifecycle.is_free", lambda _: True)
        with socket.create_server(("127.0.0.1", port)):
            postgres.start()
            assert postgres.port != port
            assert kept_numbers(postgres.url) == [1]


def test_signals_are_not_blocked_for_postgres(postgres: EmbeddedPostgres) -> None:
    """The guard starts PostgreSQL with the signals it needs (a blocked SIGINT would make stop hang)."""
    blocked = int(
        next(
            line.split()[1]
            for line in Path(f"/proc/{postmaster_of(postgres.home.data).pid}/status").read_text().splitlines()
            if line.startswith("SigBlk")
        ),
        16,
    )
    assert not blocked & (1 << (signal.SIGINT - 1))
