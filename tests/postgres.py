"""A real PostgreSQL for the tests: one cluster a test process, one migrated template, a clone a test.

A clone costs some ten milliseconds; the template, as long as the migrations take, and the cluster, a
second, are paid once. Under pytest-xdist each worker has its own cluster: starting one is cheaper than
sharing one is complicated.

`CALLBOARD_TEST_PG_BIN` names the `bin` folder of another PostgreSQL (15 or later) to run the tests on.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from server.infra.embedded_postgres import EmbeddedPostgres
from server.infra.embedded_postgres.cluster import Tuning
from server.infra.embedded_postgres.lifecycle import OWNER

TEMPLATE = "callboard_template"
MEMORY = Path("/dev/shm")  # a file system in memory, not a place for secrets


def make_test_postgres(data_dir: Path, *, durable: bool = False) -> EmbeddedPostgres:
    """An embedded PostgreSQL of the version under test, not yet started."""
    bin_dir = os.environ.get("CALLBOARD_TEST_PG_BIN")
    tuning = Tuning(durable=durable, max_connections=200, shared_buffers_mb=64)
    return EmbeddedPostgres(data_dir, bin_dir=Path(bin_dir) if bin_dir else None, tuning=tuning)


@contextlib.contextmanager
def temporary_data_dir() -> Iterator[Path]:
    """A fresh folder for a cluster, in memory where there is room: ten times quicker to fill and to copy.

    Not pytest's own temporary folder, whose parents are closed to the user that PostgreSQL runs as when
    the tests run as root.
    """
    parent = str(MEMORY) if _has_room(MEMORY) else None
    with tempfile.TemporaryDirectory(
        prefix="callboard-test-", dir=parent, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def _has_room(folder: Path) -> bool:
    # A container's /dev/shm often has 64 MB; one cluster with a few clones needs some hundred.
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2_000_000_000


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A running, throw-away cluster without fsync."""
    with temporary_data_dir() as folder:
        postgres = make_test_postgres(folder)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.destroy()


@pytest.fixture(scope="session")
def template_database(postgres_server: EmbeddedPostgres) -> str:
    """The name of a database with every migration applied; nobody can connect to it, only clone it."""
    # Here, so that tests without a database do not pay for importing SQLAlchemy.
    from server.store.migrate import upgrade

    with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(TEMPLATE), sql.Identifier(OWNER))
        )
        upgrade(postgres_server.url_for(TEMPLATE))
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(TEMPLATE))
        )
    return TEMPLATE


@pytest.fixture
def database_url(postgres_server: EmbeddedPostgres, template_database: str) -> Iterator[str]:
    """A libpq URL, as Callboard's role, of a fresh migrated database for this test alone."""
    with cloned_database(postgres_server, template_database) as url:
        yield url


@contextlib.contextmanager
def cloned_database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The URL of a copy of the database `template`, dropped afterwards."""
    name = f"t_{secrets.token_hex(6)}"
    # Copying files beats copying through the write-ahead log, where fsync is off.
    clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute(clone.format(*map(sql.Identifier, (name, template, OWNER))))
    yield postgres.url_for(name)
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
