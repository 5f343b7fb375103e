"""Root's folder for what an unprivileged PostgreSQL must reach when our own folders are closed to it.

Everything in here is owned by root and writable by nobody else, and is checked before it is used: the
fallback below /var/tmp is a place where any user could have put a folder of that name first.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from server.infra.embedded_postgres.errors import PostgresStartError

# Not for secrets: only programs lie there, and nobody but root may have written them.
_CANDIDATES = (Path("/var/lib/callboard-postgres"), Path("/var/tmp/callboard-postgres"))  # noqa: S108 - see above


def shared_folder(name: str) -> Path:
    """The folder `name` in the first place that root can write to: made, 0711, checked."""
    refusals: list[str] = []
    for root in _CANDIDATES:
        try:
            for folder in (root, root / name):
                _make(folder)
                assert_only_root_writes(folder)
        except (OSError, PostgresStartError) as error:
            refusals.append(str(error))
            continue
        return root / name
    raise PostgresStartError(
        "No folder was found that an unprivileged PostgreSQL can reach: " + "; ".join(refusals) + "."
    )


def assert_only_root_writes(path: Path) -> None:
    """Raise PostgresStartError if somebody else than root could have changed this file or folder."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != 0 or status.st_mode & 0o022:
        raise PostgresStartError(f"{path} can be changed by other users and is therefore not used")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o711)
    except FileExistsError:
        return
    # mkdir's mode went through the umask, which under root is often 077.
    os.chmod(folder, 0o711)  # noqa: PTH101, S103 - no following of links, by intent of the check after it
