"""Bring a database to the schema of this version, one server at a time."""

from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from server.store.errors import DatabaseUnusable

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_309_452_001
"""Advisory lock key: servers that start together migrate one after the other."""

OLDEST_POSTGRES = 150_000
"""PostgreSQL 15, as `server_version_num` counts."""


def upgrade(conninfo: str) -> None:
    """Run the missing migrations under an advisory lock.

    Args:
        conninfo: a `postgresql://` URL, or keywords and values.

    Raises:
        DatabaseUnusable: unreachable, too old, or of a newer version of Callboard.
    """
    engine = sa.create_engine(
        # The driver reads every form of address that libpq knows; SQLAlchemy only URLs.
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo, connect_timeout=10),
        poolclass=sa.NullPool,
    )
    try:
        with engine.connect() as connection:
            _require_version(connection)
            # A lock of the session: the migrations commit in between.
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            try:
                command.upgrade(_config(connection), "head")
                connection.commit()
            finally:
                connection.rollback()
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()
    except sa.exc.OperationalError as error:
        raise DatabaseUnusable(f"The database does not answer: {_said(error)}") from error
    except sa.exc.DBAPIError as error:
        raise DatabaseUnusable(f"The database cannot be used: {_said(error)}") from error
    except CommandError as error:
        raise DatabaseUnusable(
            f"The database was written by another version of Callboard: {error}"
        ) from error
    finally:
        engine.dispose()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _require_version(connection: sa.Connection) -> None:
    version = int(connection.execute(sa.text("SHOW server_version_num")).scalar_one())
    connection.commit()
    if version < OLDEST_POSTGRES:
        raise DatabaseUnusable(f"Callboard needs PostgreSQL 15 or newer; this one is {version // 10_000}.")


def _said(error: sa.exc.DBAPIError) -> str:
    """What the driver said, on one line."""
    return " ".join(str(error.orig).split())
