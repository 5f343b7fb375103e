"""Sealing bytes with AES-256-GCM, and the master key that seals all other keys.

A sealed value is, in bytes:

    version (1) | key id (8) | nonce (12) | ciphertext | tag (16)

The header is authenticated together with the caller's associated data, which MUST say what the value is
and where it belongs ("keys:42"): then a sealed value moved to another row does not open there.

Nonces are random; one key may seal 2^32 values before a repeat becomes likelier than 2^-32 (NIST SP
800-38D, 8.3). The master key seals a handful of keys, a day's data key the visitors of one day.

SealError        a sealed value does not open: another key, another place, or changed bytes
MasterKeyError   the master key is missing, unreadable or malformed; one sentence for the administrator
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.settings import Settings

KEY_BYTES = 32
MASTER_KEY_FILE = "master.key"
FORMER_KEY_FILE = "master.key.former"

_VERSION = 1
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER_BYTES = 1 + _KEY_ID_BYTES
_OVERHEAD_BYTES = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES


class SealError(Exception):
    """A sealed value does not open; on purpose it is not said which check failed first inside AES-GCM."""


class MasterKeyError(Exception):
    """The master key cannot be had; the text is one sentence that says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class SealingKey:
    """One AES-256 key. secret: 32 bytes, never printed."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, not {len(self.secret)}")

    @classmethod
    def random(cls) -> SealingKey:
        """A new key from the system's generator."""
        return cls(secret=secrets.token_bytes(KEY_BYTES))

    @property
    def id(self) -> bytes:
        """Eight bytes that tell keys apart and give nothing of the key away (a hash of it)."""
        return hashlib.sha256(b"callboard key id\x00" + self.secret).digest()[:_KEY_ID_BYTES]


def seal(key: SealingKey, plaintext: bytes, *, associated_data: bytes) -> bytes:
    """Encrypt and authenticate; each call gives other bytes.

    associated_data: what the value is and where it belongs; needed again to open it, not stored.
    """
    header = bytes([_VERSION]) + key.id
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return header + nonce + AESGCM(key.secret).encrypt(nonce, plaintext, header + associated_data)


def unseal(key: SealingKey, sealed: bytes, *, associated_data: bytes) -> bytes:
    """The plaintext, or SealError when key, place or bytes are not those of the sealing."""
    if len(sealed) < _OVERHEAD_BYTES:
        raise SealError(f"a sealed value has at least {_OVERHEAD_BYTES} bytes, this one has {len(sealed)}")
    if sealed[0] != _VERSION:
        raise SealError(f"a sealed value of version {sealed[0]} is not known here")
    if sealed_with(sealed) != key.id:
        raise SealError(f"sealed with key {sealed_with(sealed).hex()}, not with {key.id.hex()}")
    header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
    try:
        return AESGCM(key.secret).decrypt(
            nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], header + associated_data
        )
    except InvalidTag:
        raise SealError("a sealed value was changed, or belongs somewhere else") from None


def sealed_with(sealed: bytes) -> bytes:
    """The id of the key that sealed this value, to pick that key from several."""
    return sealed[1:_HEADER_BYTES]


@dataclass(frozen=True, kw_only=True)
class MasterKey:
    """The one key outside the database: it seals the JWT and data keys that lie inside.

    origin: where it came from, for messages.
    former: opens what was sealed before the key was changed, until all of it is sealed anew.
    """

    key: SealingKey
    origin: str
    former: SealingKey | None = None

    def seal(self, plaintext: bytes, *, associated_data: bytes) -> bytes:
        """Seal with the present key."""
        return seal(self.key, plaintext, associated_data=associated_data)

    def open(self, sealed: bytes, *, associated_data: bytes) -> bytes:
        """What was sealed with the present or the former key, or SealError."""
        is_former = self.former is not None and sealed_with(sealed) == self.former.id
        key = self.former if is_former and self.former is not None else self.key
        return unseal(key, sealed, associated_data=associated_data)

    @classmethod
    def load_or_create(cls, settings: Settings) -> MasterKey:
        """The key from the settings, else from `<data_dir>/master.key`, else a new one written there.

        The former key, if there is one, comes from where the present one does: the setting
        `former_master_key`, or `<data_dir>/master.key.former`.

        Raises MasterKeyError. A file that is there but malformed is never replaced: everything sealed
        with the key that it held would be lost.
        """
        if settings.master_key is not None:
            origin, given = "the setting master_key", settings.former_master_key
            former = given and _parse_key(given.get_secret_value(), "the setting former_master_key")
            key = _parse_key(settings.master_key.get_secret_value(), origin)
            return cls(key=key, origin=origin, former=former or None)
        path = settings.data_dir / MASTER_KEY_FILE
        former_path = settings.data_dir / FORMER_KEY_FILE
        try:
            if not path.exists():
                _create_key_file(path)
            return cls(
                key=_parse_key(_read_key_file(path), str(path)),
                origin=str(path),
                former=_parse_key(_read_key_file(former_path), str(former_path))
                if former_path.exists()
                else None,
            )
        except OSError as error:
            raise MasterKeyError(f"The master key in {path} cannot be used: {error.strerror}.") from error


def change_key_file(settings: Settings) -> MasterKey:
    """Make a new master key and keep the present one as the former; a crash half-way loses neither.

    Raises:
        MasterKeyError: the key does not come from the file, or an earlier change is not over.
    """
    if settings.master_key is not None:
        raise MasterKeyError(
            "The master key comes from the setting master_key: make a new one, put the present one into"
            " former_master_key, and start every server with both."
        )
    present = MasterKey.load_or_create(settings)
    if present.former is not None and present.former != present.key:
        raise MasterKeyError(
            f"{settings.data_dir / FORMER_KEY_FILE} is still there. Once `keys status` says that nothing is"
            " sealed with it any more, put it away, where backups of its time are kept."
        )
    try:
        _write_key_file(settings.data_dir / FORMER_KEY_FILE, present.key)
        _write_key_file(settings.data_dir / MASTER_KEY_FILE, SealingKey.random())
    except OSError as error:
        raise MasterKeyError(
            f"The master key in {settings.data_dir} cannot be changed: {error.strerror}."
        ) from error
    return MasterKey.load_or_create(settings)


def _parse_key(text: str, origin: str) -> SealingKey:
    text = text.strip()
    secret = bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]{64}", text) else _from_base64(text)
    if secret is None or len(secret) != KEY_BYTES:
        raise MasterKeyError(
            f"The master key from {origin} is malformed: "
            f"it must be {KEY_BYTES} bytes in base64 or hexadecimal."
        )
    return SealingKey(secret=secret)


def _from_base64(text: str) -> bytes | None:
    unpadded = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _read_key_file(path: Path) -> str:
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterKeyError(f"The master key in {path} can be read by other users: run chmod 600 on it.")
    try:
        return path.read_bytes().decode("ascii")
    except UnicodeDecodeError:
        raise MasterKeyError(f"The master key in {path} is not text.") from None


def _create_key_file(path: Path) -> None:
    """Write a new key whole or not at all; of two servers that start at once, both then read the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_key_file(path, SealingKey.random())
    try:
        _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _write_key_file(path: Path, key: SealingKey) -> None:
    """Put a key where another one may be, whole or not at all."""
    draft = _draft_key_file(path, key)
    try:
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _draft_key_file(path: Path, key: SealingKey) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(base64.urlsafe_b64encode(key.secret).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _publish(draft: Path, path: Path) -> None:
    try:
        # A link, not a rename: it refuses to replace the key that another server made a moment ago.
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:
        # File systems without hard links (FAT, some network shares) are left with a rename.
        if not path.exists():
            draft.replace(path)
