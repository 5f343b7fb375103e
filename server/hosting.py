"""The database that a command of `callboard-server` works on, migrated, for as long as it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from server.infra.embedded_postgres import DataDirInUseError, EmbeddedPostgres, url_of_running
from server.infra.postgres_tls import encrypted
from server.settings import Settings
from server.store.migrate import upgrade

_log = structlog.get_logger(__name__)


@contextmanager
def hosted_database(settings: Settings, *, join_running: bool = False) -> Iterator[Callable[[], str]]:
    """Tell where the configured database is: the one named, or the embedded one, started.

    The URL is to be asked for again with each connection: an embedded PostgreSQL that was killed may
    come back on another port.

    Args:
        join_running: where another server of this machine has the embedded one running, use that;
            otherwise it is an error.

    Raises:
        PostgresStartError: the embedded PostgreSQL cannot be started.
        DatabaseUnusable: the database does not answer, is too old, or of a newer Callboard.
        SettingsError: the connection to another machine would go unencrypted.
    """
    if settings.database_url is not None:
        named = encrypted(settings.database_url, may_be_plain=settings.database_tls == "off")
        upgrade(named)
        yield lambda: named
        return
    postgres = EmbeddedPostgres(settings.data_dir, port=settings.embedded_port)
    try:
        postgres.start()
    except DataDirInUseError:
        if not join_running:
            raise
        yield lambda: url_of_running(settings.data_dir)
        return
    try:
        _log.info("postgres_started", port=postgres.port)
        upgrade(postgres.url)
        yield lambda: postgres.url
    finally:
        postgres.stop()
