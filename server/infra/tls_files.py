"""Where certificates and keys lie: the local authority's in `<data_dir>/tls`, or files of IT's own.

    authority.pem        the authority that signs now, key and certificate
    next.pem             the one that follows it, announced already, key and certificate
    leaf.pem             what the server shows, key and certificate
    announcements.json   which authority follows which, and from when on

Each private file holds a key together with its certificate and is replaced whole, so that a server that
is killed between two of them finds pairs that fit, and `Home.tidy` finishes what was begun. One process
at a time changes anything: the server and `callboard-server tls renew-ca` take a lock.
"""

from __future__ import annotations

import os
import secrets
import ssl
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from server.infra.embedded_postgres.errors import DataDirInUseError
from server.infra.embedded_postgres.owner_lock import OwnerLock
from server.infra.tls import (
    RENEW_AUTHORITY_BEFORE,
    RENEW_LEAF_BEFORE,
    Issued,
    Names,
    TlsError,
    allowed_names,
    announce,
    ends_of,
    is_announced,
    names_of,
    new_authority,
    new_leaf,
    vouches_for,
)
from shared.authorities import Announcement, Authorities

FOLDER = "tls"
OVERLAP = timedelta(days=30)
"""Between the announcement of a new authority and its first certificate."""

_LOCK_PATIENCE_S = 10.0


class _Announcements(BaseModel):
    """What `announcements.json` holds. `next_from`: when the authority in `next.pem` takes over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    announcements: tuple[Announcement, ...] = ()
    next_from: AwareDatetime | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What lies in the folder at one moment.

    Args:
        following: the announced authority, if there is one; `following_from`: when it takes over.
    """

    authority: Issued
    leaf: Issued
    announcements: tuple[Announcement, ...]
    following: Issued | None = None
    following_from: datetime | None = None

    @property
    def shown(self) -> Authorities:
        """What everybody may know."""
        return Authorities(authority=self.authority.certificate_pem, announcements=self.announcements)


class Home:
    """The local authority's folder.

    Every method that reads raises TlsError for files that are there but cannot be used: a new authority
    in the place of a damaged one would be refused by every app that trusts the old one.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / FOLDER
        self.leaf_path = self.folder / "leaf.pem"
        self._authority_path = self.folder / "authority.pem"
        self._next_path = self.folder / "next.pem"
        self._announcements_path = self.folder / "announcements.json"

    def tidy(self, names: Names, *, now: datetime) -> Kept:
        """Make what is missing, renew what ends, let a new authority take over when it is time.

        Args:
            names: what the server's certificate should vouch for.
        """
        with self._locked():
            authority = self._read(self._authority_path)
            if authority is None or authority.ends_at <= now:
                authority = self._made_authority(names, now=now)
            if authority.ends_at - now < RENEW_AUTHORITY_BEFORE and self._read(self._next_path) is None:
                self._announce_next(authority, names, now=now, take_over_at=now + OVERLAP)
            authority = self._taken_over(authority, now=now)
            return self._kept(authority, self._fresh_leaf(authority, names, now=now), now=now)

    def renew_authority(self, names: Names, *, now: datetime, overlap: timedelta = OVERLAP) -> Kept:
        """Make a new authority, announced by the present one, to take over after the overlap.

        An announced one that has not taken over is replaced: nobody has seen a certificate of it.
        """
        with self._locked():
            authority = self._read(self._authority_path) or self._made_authority(names, now=now)
            self._announce_next(authority, names, now=now, take_over_at=now + overlap)
            authority = self._taken_over(authority, now=now)
            return self._kept(authority, self._fresh_leaf(authority, names, now=now), now=now)

    def replace_authority(self, names: Names, *, now: datetime) -> Kept:
        """Make a new authority that nobody announces, since the old key is in wrong hands.

        Every app then refuses the server until it is told the new fingerprint.
        """
        with self._locked():
            self._next_path.unlink(missing_ok=True)
            self._announcements_path.unlink(missing_ok=True)
            authority = self._made_authority(names, now=now)
            return self._kept(authority, self._fresh_leaf(authority, names, now=now), now=now)

    def look(self, *, now: datetime) -> Kept | None:
        """What lies there; None before the first start."""
        authority, leaf = self._read(self._authority_path), self._read(self.leaf_path)
        if authority is None or leaf is None:
            return None
        return self._kept(authority, leaf, now=now)

    def _made_authority(self, names: Names, *, now: datetime) -> Issued:
        authority = new_authority(names, now=now)
        write_whole(self._authority_path, authority.to_pem())
        return authority

    def _announce_next(
        self, authority: Issued, names: Names, *, now: datetime, take_over_at: datetime
    ) -> None:
        following = new_authority(names, now=now)
        # The announcement last: it is what makes the other file count.
        write_whole(self._next_path, following.to_pem())
        others = [
            each
            for each in self._announcements(now=now).announcements
            if each.old != authority.certificate_pem
        ]
        self._write_announcements((*others, announce(authority, following)), take_over_at)

    def _taken_over(self, authority: Issued, *, now: datetime) -> Issued:
        """The authority that signs from now on: the announced one, once its time has come."""
        following, known = self._read(self._next_path), self._announcements(now=now)
        if following is None:
            return authority
        said = [each for each in known.announcements if each.new == following.certificate_pem]
        if not said or not is_announced(said[-1], by=authority, now=now):
            # Killed before the announcement was written: nobody knows of this one.
            self._next_path.unlink()
            return authority
        if known.next_from is None or now < known.next_from:
            return authority
        # One step, in which the old key goes away for good.
        self._next_path.replace(self._authority_path)
        sync_folder(self.folder)
        return following

    def _fresh_leaf(self, authority: Issued, names: Names, *, now: datetime) -> Issued:
        leaf = self._read(self.leaf_path)
        if (
            leaf is not None
            and vouches_for(authority, leaf)
            and names_of(leaf) == allowed_names(authority, names)
            and (leaf.ends_at - now >= RENEW_LEAF_BEFORE or leaf.ends_at == authority.ends_at)
        ):
            return leaf
        leaf = new_leaf(authority, names, now=now)
        write_whole(self.leaf_path, leaf.to_pem())
        return leaf

    def _kept(self, authority: Issued, leaf: Issued, *, now: datetime) -> Kept:
        known = self._announcements(now=now)
        following = self._read(self._next_path)
        return Kept(
            authority=authority,
            leaf=leaf,
            announcements=known.announcements,
            following=following,
            following_from=known.next_from if following else None,
        )

    def _announcements(self, *, now: datetime) -> _Announcements:
        """Those whose old authority has not ended: nobody trusts the others any more."""
        try:
            known = _Announcements.model_validate_json(self._announcements_path.read_bytes())
        except FileNotFoundError:
            return _Announcements()
        except ValidationError as error:
            raise TlsError(f"{self._announcements_path} cannot be read.") from error
        counting = tuple(each for each in known.announcements if now < ends_of(each.old))
        return _Announcements(announcements=counting, next_from=known.next_from)

    def _write_announcements(self, announcements: tuple[Announcement, ...], next_from: datetime) -> None:
        known = _Announcements(announcements=announcements, next_from=next_from)
        write_whole(self._announcements_path, known.model_dump_json(indent=2).encode())

    def _read(self, path: Path) -> Issued | None:
        try:
            check_private(path)
            return Issued.from_pem(path.read_bytes())
        except FileNotFoundError:
            return None
        except TlsError as error:
            sentence = str(error)
            raise error if sentence.endswith(".") else TlsError(f"{path} {sentence}.") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = time.monotonic() + _LOCK_PATIENCE_S
        while True:
            try:
                lock = OwnerLock(self.folder / "lock", folder=self.folder)
            except DataDirInUseError:
                if time.monotonic() > deadline:
                    raise TlsError(f"Another process is busy with {self.folder}. Try again.") from None
                time.sleep(0.05)
            else:
                break
        with lock:
            for draft in self.folder.glob(".*.new"):
                draft.unlink(missing_ok=True)  # of a server that was killed while it wrote
            yield


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, whenever the machine stops."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last; Windows does by itself."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_private(path: Path) -> None:
    """Refuse a key that others can read.

    Raises:
        TlsError, FileNotFoundError
    """
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TlsError(f"The key in {path} can be read by other users: run chmod 600 on it.")


def check_own_pair(certificate: Path, key: Path, *, now: datetime) -> None:
    """Refuse a certificate of IT's own that no app could connect to, with the reason.

    Raises:
        TlsError: a file is missing or unreadable, key and certificate do not fit, or it is not good now.
    """
    try:
        check_own_key(key)
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise TlsError(f"There is no key in {key}, or one with a password; it must be plain PEM.") from error
    except OSError as error:
        raise TlsError(f"The key {key} cannot be read: {error.strerror}.") from error
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
    except ValueError as error:
        raise TlsError(f"There is no certificate in {certificate}; it must be PEM.") from error
    except OSError as error:
        raise TlsError(f"The certificate {certificate} cannot be read: {error.strerror}.") from error
    own = chain[0]
    if own.public_key() != private.public_key():
        raise TlsError(f"The key in {key} is not that of the first certificate in {certificate}.")
    if now >= own.not_valid_after_utc:
        raise TlsError(f"The certificate in {certificate} ended on {own.not_valid_after_utc:%Y-%m-%d}.")
    if now < own.not_valid_before_utc:
        raise TlsError(
            f"The certificate in {certificate} is good from {own.not_valid_before_utc:%Y-%m-%d} on."
        )
    for signed, signer in pairwise(chain):
        try:
            signed.verify_directly_issued_by(signer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise TlsError(
                f"The chain in {certificate} is broken: {signed.subject.rfc4514_string()} was not signed by"
                " the certificate after it."
            ) from error


def check_own_key(key: Path) -> None:
    """Refuse a key that anybody on the machine can read; a group may, as packages of certificates do it.

    Raises:
        TlsError, OSError
    """
    if sys.platform != "win32" and key.stat().st_mode & stat.S_IRWXO:
        raise TlsError(f"The key in {key} can be read by every user: run chmod o= on it.")


def server_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """TLS 1.3 and nothing older, with this certificate.

    Args:
        key: None: in the same file.

    Raises:
        OSError: the files cannot be used; ssl.SSLError is one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context
