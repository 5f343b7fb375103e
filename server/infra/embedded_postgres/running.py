"""Reaching a cluster that another process of this machine has started."""

from __future__ import annotations

from pathlib import Path

from server.infra.embedded_postgres.errors import PostgresStartError
from server.infra.embedded_postgres.home import open_home, read_or_make_credentials
from server.infra.embedded_postgres.lifecycle import DATABASE, OWNER
from server.infra.embedded_postgres.ports import read_port


def url_of_running(data_dir: Path) -> str:
    """The URL of the database that a running server keeps in `data_dir`.

    Raises PostgresStartError when none was ever started there.
    """
    home = open_home(data_dir)
    port = read_port(home.port_file)
    if not port:
        raise PostgresStartError(f"No PostgreSQL was ever started in {data_dir}.")
    credentials = read_or_make_credentials(data_dir, cluster_exists=True)
    return f"postgresql://{OWNER}:{credentials.owner}@127.0.0.1:{port}/{DATABASE}"
