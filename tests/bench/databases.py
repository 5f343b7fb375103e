"""A cluster as a site would run it, and databases in it."""

import contextlib
import secrets
from collections.abc import Iterator

import psycopg
from psycopg import sql

from server.infra.embedded_postgres import EmbeddedPostgres
from server.infra.embedded_postgres.cluster import Tuning
from server.infra.embedded_postgres.lifecycle import OWNER
from server.store.migrate import upgrade
from tests.postgres import temporary_data_dir


@contextlib.contextmanager
def running_postgres() -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL with its own settings, fsync included.

    Its files lie in memory where there is room: a disk's latency would be nearly all of the reference's
    time and a small part of the server's, and would flatter the ratio.
    """
    with temporary_data_dir() as folder:
        postgres = EmbeddedPostgres(folder, tuning=Tuning(max_connections=150))
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.destroy()


@contextlib.contextmanager
def new_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of a migrated database, dropped afterwards."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
        )
    try:
        upgrade(postgres.url_for(name))
        yield name
    finally:
        with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
