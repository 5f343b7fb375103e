"""What an app remembers to sign in again: in the system's keyring, or not at all.

A keyring can be missing (a bare wall PC), locked, or ask a person to unlock it. None of that may hold
an app up or put a prompt on a wall: every access runs in a thread of its own against a time limit,
and a keyring that would ask is treated as none. Which those are was read in keyring 25's backends:

- `fail` and `null` (no session bus, or switched off): as good as none.
- Secret Service (GNOME, KeePassXC): unlocks with a prompt, so it is asked first whether it is locked.
- KWallet and libsecret: open with a prompt, and there is no asking before: never used.
- Windows: the person's own vault; it has no prompt.
- macOS: unlocked with the session, but it asks when a new version of the app wants what the old one kept.
  That is for a person to answer; a wall screen keeps its key in a file there.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol, TypeVar

import keyring

TIME_LIMIT_S = 3.0
_SILENT_KEYRING = "keyring.backends.Windows"
_SESSION_KEYRING = "keyring.backends.macOS"

_SESSION_BUS = "keyring.backends.SecretService"

log = logging.getLogger(__name__)

Value = TypeVar("Value")


class Keyring(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret; raises where there is none."""


def system_keyring() -> Keyring | None:
    """The system's keyring, if there is one that answers without asking a person, or as good as."""
    return _first_of({_SILENT_KEYRING, _SESSION_KEYRING})


def silent_keyring() -> Keyring | None:
    """The system's keyring, if there is one that never asks anybody."""
    return _first_of({_SILENT_KEYRING})


def _first_of(sound: set[str]) -> Keyring | None:
    backend = keyring.get_keyring()
    # A chainer tries several in turn.
    candidates: list[Keyring] = [backend, *getattr(backend, "backends", ())]
    for candidate in candidates:
        module = type(candidate).__module__
        if module in sound or (module == _SESSION_BUS and _is_unlocked()):
            return candidate
    return None


def _is_unlocked() -> bool:
    # Only Linux has the library, and only a session bus makes it useful.
    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as bus:
            # The alias, since asking for the default collection would create it, with a prompt.
            default = secretstorage.get_collection_by_alias(bus, "default")
            return not default.is_locked()
    except secretstorage.SecretStorageException:
        return False


class CredentialStore:
    """One secret of one app: a person's refresh JWT, or a screen's device key.

    Args:
        service: under which the keyring files it; one per server and profile.
        fallback: a file that only this user can read, for secrets that must survive without a
            keyring; None: then they are not remembered.
        find_keyring: may block, raise or return None.
    """

    def __init__(
        self,
        *,
        service: str,
        name: str,
        fallback: Path | None = None,
        find_keyring: Callable[[], Keyring | None] = system_keyring,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._service = service
        self._name = name
        self._fallback = fallback
        self._find_keyring = find_keyring
        self._time_limit_s = time_limit_s

    async def read(self) -> str | None:
        """The secret, or None where none is remembered."""
        # The file first: it was written when the keyring could not be, so what that may hold is older.
        found = read_secret_file(self._fallback) if self._fallback is not None else None
        return found or await self._timed(self._read_keyring)

    async def write(self, secret: str) -> bool:
        """Remember a secret; says whether it is remembered."""
        if await self._timed(lambda: self._write_keyring(secret)):
            self._remove_file()
            return True
        if self._fallback is None:
            return False
        return write_secret_file(self._fallback, secret)

    async def forget(self) -> None:
        """Remember nothing any more."""
        await self._timed(self._delete_keyring)
        self._remove_file()

    def _remove_file(self) -> None:
        if self._fallback is None:
            return
        try:
            self._fallback.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", self._fallback, error)

    def _read_keyring(self) -> str | None:
        ring = self._find_keyring()
        return ring.get_password(self._service, self._name) if ring else None

    def _write_keyring(self, secret: str) -> bool:
        ring = self._find_keyring()
        if ring is None:
            return False
        ring.set_password(self._service, self._name, secret)
        return True

    def _delete_keyring(self) -> None:
        ring = self._find_keyring()
        if ring is not None and ring.get_password(self._service, self._name) is not None:
            ring.delete_password(self._service, self._name)

    async def _timed(self, work: Callable[[], Value]) -> Value | None:
        """Do it in a thread that may hang without holding up the app or its exit."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Value | None] = loop.create_future()

        def tell(value: Value | None) -> None:
            if not answer.done():
                answer.set_result(value)

        def run() -> None:
            value: Value | None = None
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - each backend, and the bus below it, has errors of its own
                log.info("the keyring cannot be used: %s", type(error).__name__)
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell, value)

        # Not the loop's executor: Python waits for its threads at exit, a hanging keyring included.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self._time_limit_s):
                return await answer
        except TimeoutError:
            log.info("the keyring did not answer within %s s", self._time_limit_s)
            return None


def read_secret_file(path: Path) -> str | None:
    """The secret in a file, without the line's end; None where there is no file or nothing in it."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read: %s", path, error)
        return None


def write_secret_file(path: Path, secret: str) -> bool:
    """Write a secret so that nobody else can ever read it; says whether that worked."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secret + "\n")
        fresh.replace(path)
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)
        return False
    return True
