"""The embedded PostgreSQL against kill -9, of real processes, and against what that leaves behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from server.infra.embedded_postgres import (
    EmbeddedPostgres,
)
from server.infra.embedded_postgres.cluster import clean_environment
from server.infra.embedded_postgres.leftovers import PID_FILE, cluster_processes
from tests.db.clusters import Server, answers, kept_numbers, postmaster_of, wait_until
from tests.postgres import make_test_postgres


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
