"""The PostgreSQL that comes along: no installation, no password to choose, gone when the server is.

    with EmbeddedPostgres(data_dir) as postgres:
        psycopg.connect(postgres.url)

What is promised:

- It listens on 127.0.0.1 alone, with scram-sha-256 and random passwords kept in a 0600 file.
- Whatever killed the last server or the last PostgreSQL, the next start comes up with all that was
  committed: orphans are stopped, stale pid files removed, taken ports left for another.
- It never outlives the server: `guard.py` sits between the two and stops it when the server is gone.
- While the server runs, a dead PostgreSQL is started again on the same port.
- Every failure to start is a `PostgresStartError` with one sentence for the person at the machine.

Started by root it runs as the unprivileged uid 65534, since PostgreSQL refuses root; `binaries.py` and
`home.py` see to folders that this uid can reach.

Linux is where this is run and tested. macOS takes the same path without the kernel's parent-death
signal, Windows stops by pg_ctl and locks by msvcrt; neither has been run by our tests.
"""

from server.infra.embedded_postgres.binaries import PostgresBinaries, find_binaries
from server.infra.embedded_postgres.errors import DataDirInUseError, PostgresStartError
from server.infra.embedded_postgres.lifecycle import EmbeddedPostgres
from server.infra.embedded_postgres.running import url_of_running

__all__ = [
    "DataDirInUseError",
    "EmbeddedPostgres",
    "PostgresBinaries",
    "PostgresStartError",
    "find_binaries",
    "url_of_running",
]
