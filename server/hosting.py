"""The database that a command of `callboard-server` works on, migrated, for as long as it works."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.infra.embedded_postgres import DataDirInUseError, EmbeddedPostgres, url_of_running
from server.settings import Settings
from server.store.migrate import upgrade

_log = structlog.get_logger(__name__)


@contextmanager
def hosted_database(settings: Settings, *, join_running: bool = False) -> Iterator[str]:
    """Give the URL of the configured database: the one named, or the embedded one, started.

    Args:
        join_running: where another server of this machine has the embedded one running, use that;
            otherwise it is an error.

    Raises:
        PostgresStartError: the embedded PostgreSQL cannot be started.
        DatabaseUnusable: the database does not answer, is too old, or of a newer Callboard.
    """
    if settings.database_url is not None:
        upgrade(settings.database_url)
        yield settings.database_url
        return
    postgres = EmbeddedPostgres(settings.data_dir, port=settings.embedded_port)
    try:
        postgres.start()
    except DataDirInUseError:
        if not join_running:
            raise
        yield url_of_running(settings.data_dir)
        return
    try:
        _log.info("postgres_started", port=postgres.port)
        upgrade(postgres.url)
        yield postgres.url
    finally:
        postgres.stop()
