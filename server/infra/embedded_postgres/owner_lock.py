"""One owner for a folder: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from server.infra.embedded_postgres.errors import DataDirInUseError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> None:
        # Far behind the process id that is written at the start, which stays readable for others.
        os.lseek(fd, 1_000_000, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


class OwnerLock:
    """Held from construction to `release()`; raises DataDirInUseError when somebody else holds it.

    path: the lock file; it stays behind, since removing it would let two owners lock two files.
    folder: what is owned, for the sentence.
    """

    def __init__(self, path: Path, *, folder: Path) -> None:
        self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _try_lock(self._fd)
        except OSError:
            owner = _written_pid(self._fd)
            self.release()
            raise DataDirInUseError(folder, owner) from None
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.write(self._fd, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the next owner in; a second call does nothing."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> OwnerLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _written_pid(fd: int) -> int | None:
    os.lseek(fd, 0, os.SEEK_SET)
    text = os.read(fd, 32).decode(errors="replace").strip()
    return int(text) if text.isdecimal() else None
