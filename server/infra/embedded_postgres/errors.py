"""What can go wrong when the embedded PostgreSQL starts.

PostgresStartError          one sentence, for the person who started the server
├── DataDirInUseError       another running server owns this data directory
└── PortTakenError          the port was taken between our look and PostgreSQL's bind; another is tried
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresStartError(Exception):
    """The embedded PostgreSQL cannot be started; the text is one sentence that says why."""


class DataDirInUseError(PostgresStartError):
    """Another server process holds the data directory.

    owner_pid: its process id as it wrote it down, None when unreadable.
    """

    def __init__(self, folder: Path, owner_pid: int | None) -> None:
        self.folder = folder
        self.owner_pid = owner_pid
        who = f"process {owner_pid}" if owner_pid else "another process"
        super().__init__(
            f"The data directory {folder} is in use by {who}: stop that server first, "
            "or give this one another data_dir."
        )


class PortTakenError(PostgresStartError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(
            f"Port {port} on 127.0.0.1 is taken by another program: free it, or set embedded_port to 0 "
            "for any free port."
        )


@contextmanager
def explained_os_errors(doing: str) -> Iterator[None]:
    """Turn an OSError inside the block into a PostgresStartError that says what was being done."""
    try:
        yield
    except OSError as error:
        raise PostgresStartError(_os_error_sentence(doing, error)) from error


def _os_error_sentence(doing: str, error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {doing}{where} needs more space."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No permission for {doing}{where}: {error.strerror}."
    return f"{doing[:1].upper()}{doing[1:]} failed{where}: {error.strerror or error}."


# PostgreSQL's own words (lc_messages is C, so they are English) -> what to tell the person.
_KNOWN_CAUSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"No space left on device|Disk quota exceeded"), "the disk is full"),
    (
        re.compile(r"database files are incompatible|was initialized by PostgreSQL version"),
        "its files were made by another version of PostgreSQL",
    ),
    (
        re.compile(r"could not (?:map anonymous shared memory|create shared memory segment|fork)"),
        "the machine has too little free memory or its limits are too low",
    ),
    (re.compile(r"Read-only file system"), "its folder is on a read-only file system"),
    (re.compile(r"Permission denied"), "it has no permission for one of its files"),
    (
        re.compile(r"could not look up effective user ID"),
        "the system does not know the user it should run as",
    ),
    (
        re.compile(r"invalid (?:primary )?checkpoint record|could not locate a valid checkpoint"),
        "its write-ahead log is damaged; restore a backup",
    ),
)
_PORT_TAKEN = re.compile(r"could not (?:bind|create any TCP/IP sockets)|Address already in use")
_SEVERE = re.compile(r"^.*?(?:FATAL|PANIC|initdb: error):\s*(.+)$", re.MULTILINE)


def explain_log(text: str, *, port: int | None, log: Path | None) -> PostgresStartError:
    """The error for a PostgreSQL program that gave up, from what it wrote.

    text: its output since it was started. port: the one it was to listen on, None for initdb.
    log: the file a person can read on, if there is one.
    """
    if port is not None and _PORT_TAKEN.search(text):
        return PortTakenError(port)
    more = f" (see {log})" if log else ""
    for pattern, cause in _KNOWN_CAUSES:
        if pattern.search(text):
            return PostgresStartError(f"The embedded PostgreSQL cannot start: {cause}{more}.")
    severe = _SEVERE.findall(text)
    lines = [line for line in text.splitlines() if line.strip()]
    said = severe[-1] if severe else (lines[-1].strip() if lines else "it said nothing")
    return PostgresStartError(f"The embedded PostgreSQL cannot start: {said}{more}.")
