"""What a server and its apps say to each other about the authority that vouches for the server.

A server beyond one machine makes a certificate authority (CA) of its own. Apps pin that authority, never
the server's certificate. Before another one takes its place, the old one signs an announcement of it, and
whoever trusts the old one may believe that, wherever the announcement was read.
"""

import re
from hashlib import sha256

from shared.base import Shown

AUTHORITIES_PATH = "/.well-known/callboard-ca"
"""Where a server shows them; everybody may read it."""

_PURPOSE = b"callboard: this authority is followed by another, version 1\x00"
"""What is signed begins with it, so that a signature made for anything else announces nothing."""
_GROUP = 4


class Announcement(Shown):
    """One authority says which one follows it.

    Args:
        old: its certificate, PEM.
        new: the follower's certificate, PEM.
        signature: the old one's, ECDSA with SHA-256 over `announced`; DER in base64.
    """

    old: str
    new: str
    signature: str


class Authorities(Shown):
    """What `AUTHORITIES_PATH` answers.

    Args:
        authority: whose certificates the server shows now, PEM.
        announcements: the followers, the oldest first, each until the authority that signed it ends.
    """

    authority: str
    announcements: tuple[Announcement, ...] = ()


def announced(old: bytes, new: bytes) -> bytes:
    """The bytes that an old authority signs to announce a new one.

    Args:
        old, new: their certificates, DER.
    """
    return _PURPOSE + sha256(old).digest() + sha256(new).digest()


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate, in groups of four for the eyes: "3F0A 91C2 …", 64 digits.

    Args:
        certificate: DER.
    """
    digits = sha256(certificate).hexdigest().upper()
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def tidy_fingerprint(text: str) -> str:
    """A fingerprint as `fingerprint` writes it, from any usual spelling: colons, spaces, small letters.

    Raises:
        ValueError: it is none.
    """
    digits = re.sub(r"[\s:-]", "", text).removeprefix("SHA256").upper()
    if not re.fullmatch(r"[0-9A-F]{64}", digits):
        raise ValueError("must be a SHA-256 fingerprint: 64 hexadecimal digits")
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))
