"""The folders and files of one embedded cluster.

    <data_dir>/postgres/            credentials.json (0600), location.json where the cluster lies elsewhere
    <home>/                         the same folder, or one of root's (see below)
        owner.lock postgresql.conf local.conf postgres.log
        data/                       PostgreSQL's own

Under root the data folder belongs to an unprivileged uid, which must be able to walk down to it. Folders
that are ours are opened for walking through (0711: nobody can list them, and what is private is 0600).
A parent that is not ours, such as a home directory at 0700, is never touched: then the home is a folder
below /var/lib, and `location.json` says which.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from server.infra.embedded_postgres.account import ServiceAccount, account_for, can_enter
from server.infra.embedded_postgres.errors import PostgresStartError, explained_os_errors
from server.infra.embedded_postgres.shared_folder import assert_only_root_writes, shared_folder


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The two passwords: PostgreSQL's superuser, and the owner of Callboard's database."""

    superuser: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ClusterHome:
    """Where one cluster lives, and who runs it (None: we ourselves)."""

    folder: Path
    account: ServiceAccount | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    @property
    def lock(self) -> Path:
        """Held by the one process that owns the cluster."""
        return self.folder / "owner.lock"

    @property
    def config(self) -> Path:
        """Written anew at every start."""
        return self.folder / "postgresql.conf"

    @property
    def local_config(self) -> Path:
        """Never written by us: an administrator's own lines, read last."""
        return self.folder / "local.conf"

    @property
    def log(self) -> Path:
        """PostgreSQL's log."""
        return self.folder / "postgres.log"

    @property
    def port_file(self) -> Path:
        """The port of the last start."""
        return self.folder / "port"


def open_home(data_dir: Path) -> ClusterHome:
    """Make or find the home of the cluster that belongs to `data_dir`."""
    with explained_os_errors("preparing the data directory"):
        ours = data_dir / "postgres"
        fresh = not data_dir.exists() or not any(data_dir.iterdir())
        ours.mkdir(parents=True, exist_ok=True, mode=0o700)
        account = account_for(ours / "data")
        if account is not None and (fresh or (ours / "data").exists()):
            _open_for_walking(data_dir, ours)
        folder = _recorded_location(ours) or _chosen_location(ours, account)
        return ClusterHome(folder=folder, account=account_for(folder / "data"))


def read_or_make_credentials(data_dir: Path, *, cluster_exists: bool) -> Credentials:
    """The cluster's passwords; made when there is no cluster yet.

    Raises PostgresStartError when the file of an existing cluster is missing or unreadable: inventing new
    passwords would only move the failure to the sign-in.
    """
    path = data_dir / "postgres" / "credentials.json"
    with explained_os_errors("reading the database's passwords"):
        if path.exists():
            return _parsed_credentials(path)
        if cluster_exists:
            raise PostgresStartError(
                f"The passwords of the embedded PostgreSQL are missing: restore {path} from a backup."
            )
        made = Credentials(superuser=secrets.token_urlsafe(24), owner=secrets.token_urlsafe(24))
        write_private(path, json.dumps({"superuser": made.superuser, "owner": made.owner}))
        return made


def write_private(path: Path, text: str, *, account: ServiceAccount | None = None) -> None:
    """Write a 0600 file whole or not at all, owned by `account` if given."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        if account is not None:
            os.fchown(file.fileno(), account.uid, account.gid)
    draft.replace(path)


def _parsed_credentials(path: Path) -> Credentials:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Credentials(superuser=str(content["superuser"]), owner=str(content["owner"]))
    except (ValueError, KeyError, TypeError) as error:
        raise PostgresStartError(
            f"The passwords of the embedded PostgreSQL are unreadable: restore {path} from a backup."
        ) from error


def _open_for_walking(*folders: Path) -> None:
    for folder in folders:
        status = folder.stat()
        if status.st_uid == os.geteuid():
            folder.chmod(status.st_mode & 0o7777 | 0o011)


def _recorded_location(ours: Path) -> Path | None:
    record = ours / "location.json"
    if not record.exists():
        return None
    try:
        folder = Path(json.loads(record.read_text(encoding="utf-8"))["cluster"])
    except (ValueError, KeyError, TypeError) as error:
        raise PostgresStartError(f"{record} does not say where the database is.") from error
    if not folder.is_dir():
        raise PostgresStartError(f"The database of this data directory should be in {folder}, which is gone.")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        assert_only_root_writes(folder)
    return folder


def _chosen_location(ours: Path, account: ServiceAccount | None) -> Path:
    if (ours / "data").exists() or can_enter(ours, account):
        return ours
    name = hashlib.sha256(str(ours.resolve()).encode()).hexdigest()[:16]
    folder = shared_folder("clusters") / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    assert_only_root_writes(folder)
    write_private(ours / "location.json", json.dumps({"cluster": str(folder)}))
    return folder
