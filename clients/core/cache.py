"""The last snapshot on disk, so that a screen that starts without a server shows what was known.

It holds no visitor's data, whoever looks at it. Whatever is wrong with the file, it is as if there were none.
"""

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from shared.ids import Audience
from shared.live import Snapshot

_HEAD = b"callboard-snapshot-1 "
log = logging.getLogger(__name__)


class SnapshotCache:
    """The last snapshot of one server, holder and audience.

    Args:
        holder: whose snapshot it is (an organization, or a device); two never share a file.
    """

    def __init__(self, *, directory: Path, server: str, holder: str, audience: Audience) -> None:
        name = hashlib.sha256(f"{server}\n{holder}\n{audience}".encode()).hexdigest()[:32]
        self._path = directory / f"{name}.snapshot"

    def read(self) -> Snapshot | None:
        """The snapshot, if there is one and it is whole."""
        try:
            head, _, body = self._path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if head != _HEAD + _checksum(body):
            log.warning("%s is not whole; it is not used", self._path)
            return None
        try:
            return Snapshot.model_validate_json(body)
        except ValidationError:
            log.info("%s was written by another version; it is not used", self._path)
            return None

    def write(self, snapshot: Snapshot) -> None:
        """Replace the file in one step, without the visitors; a full or read-only disk is only noted."""
        tokens = tuple(
            token.model_copy(update={"visitor": None, "sealed": None}) for token in snapshot.tokens
        )
        body = snapshot.model_copy(update={"tokens": tokens}).model_dump_json().encode()
        fresh = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_HEAD + _checksum(body) + b"\n" + body)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            log.warning("the snapshot was not kept: %s", error)
            with suppress(OSError):  # on a full or missing disk there is nothing to clear away
                fresh.unlink()

    def forget(self) -> None:
        """Keep nothing any more: whose it was may not be shown it again."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the snapshot was not forgotten: %s", error)


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
