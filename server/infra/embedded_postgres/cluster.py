"""Making a cluster with initdb, and the configuration it is started with."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.infra.embedded_postgres.account import as_user
from server.infra.embedded_postgres.binaries import PostgresBinaries
from server.infra.embedded_postgres.errors import PostgresStartError, explain_log, explained_os_errors
from server.infra.embedded_postgres.home import ClusterHome, write_private
from server.infra.embedded_postgres.leftovers import stop_leftovers

SUPERUSER = "postgres"

# A cold disk and a small machine: a second is usual, a minute still possible.
INITDB_TIMEOUT_S = 300.0

_DRAFT_PREFIX = "data.new-"


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """What differs between installations.

    durable: False turns fsync off, for tests alone: a power cut may then ruin the cluster.
    """

    max_connections: int = 100
    shared_buffers_mb: int = 128
    durable: bool = True


def clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs get to see: PGDATA, PGPORT and locale of whoever starts us stay out."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}


def make_cluster(
    home: ClusterHome, binaries: PostgresBinaries, superuser_password: str, *, durable: bool
) -> None:
    """Run initdb for `home.data`, whole or not at all.

    It works in a draft folder that is renamed when all is done, so a start that was killed half-way leaves
    nothing that looks like a cluster.
    """
    with explained_os_errors("creating the database cluster"):
        for old in home.folder.glob(f"{_DRAFT_PREFIX}*"):
            stop_leftovers(old)
            shutil.rmtree(old, ignore_errors=True)
        token = secrets.token_hex(4)
        draft = home.folder / f"{_DRAFT_PREFIX}{token}"
        password_file = home.folder / f".initdb-password-{token}"
        draft.mkdir(mode=0o700)
        if home.account is not None:
            os.chown(draft, home.account.uid, home.account.gid)
        try:
            write_private(password_file, superuser_password, account=home.account)
            _run_initdb(home, binaries, draft, password_file, durable=durable)
            draft.rename(home.data)
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)


def _run_initdb(
    home: ClusterHome, binaries: PostgresBinaries, draft: Path, password_file: Path, *, durable: bool
) -> None:
    command = [
        str(binaries.program("initdb")),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        # Sorting by code point never changes with the system's C library; where people read a sorted list
        # of names, the query names an ICU collation or the client sorts.
        "--locale=C",
        *(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []),
        *([] if durable else ["--no-sync"]),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=home.folder,
            env=clean_environment(),
            timeout=INITDB_TIMEOUT_S,
            check=False,
            **as_user(home.account),
        )
    except subprocess.TimeoutExpired as error:
        raise PostgresStartError(
            f"initdb did not finish within {INITDB_TIMEOUT_S:.0f} s; the disk of {home.folder} is too slow."
        ) from error
    if done.returncode != 0:
        raise explain_log(done.stdout.decode(errors="replace"), port=None, log=None)


def check_major_version(home: ClusterHome, binaries: PostgresBinaries) -> None:
    """Refuse a cluster that another major version made: PostgreSQL could not read its files."""
    with explained_os_errors("reading the database cluster"):
        version_file = home.data / "PG_VERSION"
        if not version_file.exists():
            raise PostgresStartError(f"{home.data} is not a database cluster: it has no PG_VERSION file.")
        made_by = version_file.read_text().strip()
    if made_by != str(binaries.major):
        raise PostgresStartError(
            f"The database in {home.data} was made by PostgreSQL {made_by} and this server brings "
            f"{binaries.version}: restore a backup into a new data directory."
        )


def write_config(home: ClusterHome, binaries: PostgresBinaries, tuning: Tuning, *, port: int) -> None:
    """Write `home.config`: initdb's defaults, then ours, then an administrator's `local.conf`."""
    lines = [
        "# Written at every start. Own settings go into local.conf beside this file, which is read last.",
        f"include = {_quoted(home.data / 'postgresql.conf')}",
        *(f"{name} = {value}" for name, value in _settings(binaries, tuning, port=port).items()),
        *([f"include = {_quoted(home.local_config)}"] if home.local_config.exists() else []),
    ]
    with explained_os_errors("writing PostgreSQL's configuration"):
        write_private(home.config, "\n".join(lines) + "\n", account=home.account)


def _settings(binaries: PostgresBinaries, tuning: Tuning, *, port: int) -> dict[str, str]:
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "port": str(port),
        # A socket file is one more thing to protect and its path has a length limit.
        "unix_socket_directories": "''",
        "password_encryption": "'scram-sha-256'",  # nosec B105 # the way of hashing them
        "max_connections": str(tuning.max_connections),
        "shared_buffers": f"{tuning.shared_buffers_mb}MB",
        "min_wal_size": "64MB",
        "max_wal_size": "512MB",
        "wal_compression": "on",
        "max_logical_replication_workers": "0",
        # Short queries only: compiling one costs more than it saves.
        "jit": "off",
        # Without LOG level's lower neighbours: every refused duplicate is an ERROR to PostgreSQL, is handled
        # by the server, and would fill the disk here. Statements and row values are personal data.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
        "log_line_prefix": "'%m [%p] '",
        "logging_collector": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # The log is read by errors.py, in English.
        "lc_messages": "'C'",
    }
    if binaries.major >= 18:
        # The live data fits into memory; three reader processes would only wait.
        settings["io_method"] = "'sync'"
    if not tuning.durable:
        # synchronous_commit stays on: what was committed must survive a kill -9 in the tests too.
        settings |= {"fsync": "off", "full_page_writes": "off"}
    return settings


def _quoted(path: Path) -> str:
    return "'" + path.as_posix().replace("'", "''") + "'"
