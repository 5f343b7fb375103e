"""Certificates of authorities: reading them, and which one follows which. No network, no files.

An authority is PEM here, as it travels and lies on disk.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from shared.authorities import Announcement, Authorities, announced, fingerprint


def certificates_in(text: bytes) -> tuple[str, ...]:
    """Each certificate of a PEM file.

    Raises:
        ValueError: there is none, or one cannot be read.
    """
    return tuple(_pem(each) for each in x509.load_pem_x509_certificates(text))


def fingerprint_of(authority: str) -> str:
    """SHA-256 in groups of four.

    Raises:
        ValueError: it is no certificate.
    """
    return fingerprint(_read(authority).public_bytes(Encoding.DER))


def vouched_by(fingerprint: str, told: Authorities) -> str | None:
    """The authority of this fingerprint among those that a server names; None: it names no such."""
    for authority in (told.authority, *(each.old for each in told.announcements)):
        try:
            if fingerprint_of(authority) == fingerprint:
                return authority
        except ValueError:
            continue
    return None


def followed(trusted: Iterable[str], told: Authorities, *, now: datetime) -> tuple[str, ...]:
    """The trusted authorities, and those that they have announced, directly or one by another.

    What is announced is believed for the signature alone, so it does not matter who told it.

    Args:
        now: an authority that has ended announces nothing any more.
    """
    known = {fingerprint_of(authority): authority for authority in trusted}
    # The oldest first, so one walk follows them all; one out of its place counts for nothing.
    for said in told.announcements:
        try:
            if fingerprint_of(said.old) in known and _is_genuine(said, now=now):
                known.setdefault(fingerprint_of(said.new), said.new)
        except ValueError:
            continue
    return tuple(known.values())


def present(trusted: tuple[str, ...], told: Authorities) -> tuple[str, ...]:
    """Of the trusted authorities the one in use, and those that follow it; all, if it is none of them."""
    names = [fingerprint_of(authority) for authority in trusted]
    try:
        in_use = fingerprint_of(told.authority)
    except ValueError:
        return trusted
    # `followed` appends: what stands before the one in use was followed by it.
    return trusted[names.index(in_use) :] if in_use in names else trusted


def _is_genuine(said: Announcement, *, now: datetime) -> bool:
    old, new = _read(said.old), _read(said.new)
    key = old.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _is_good(old, now) or not _may_sign(new):
        return False
    try:
        key.verify(
            base64.b64decode(said.signature, validate=True),
            announced(old.public_bytes(Encoding.DER), new.public_bytes(Encoding.DER)),
            ec.ECDSA(hashes.SHA256()),
        )
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _is_good(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _read(authority: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(authority.encode())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
