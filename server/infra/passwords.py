"""Passwords: bcrypt, cost 12, in a thread: a quarter of a second must not hold up the event loop."""

import asyncio

import bcrypt

COST = 12
MAX_BYTES = 72
"""bcrypt looks at no more; a longer password is refused rather than silently cut."""

_NOBODY = b"$2b$12$C6UzMDM.H6dfI/f/IKcEeO5xj0nJ2wKzF8Qd5mYwXr8mXcX0bV7/2"
"""What an unknown user's password is compared with, so that both answers take as long."""


class PasswordTooLong(ValueError):
    """More than 72 bytes in UTF-8."""


def hash_password(password: str) -> str:
    """The bcrypt hash; takes about 0.25 s.

    Raises:
        PasswordTooLong
    """
    encoded = password.encode()
    if len(encoded) > MAX_BYTES:
        raise PasswordTooLong(f"A password has at most {MAX_BYTES} bytes; this one has {len(encoded)}.")
    return bcrypt.hashpw(encoded, bcrypt.gensalt(COST)).decode()


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether a password is right; as slow for an unknown user (None) as for a wrong password."""
    return await asyncio.to_thread(_verify, password, password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    encoded = password.encode()
    matches = bcrypt.checkpw(encoded[:MAX_BYTES], (password_hash or "").encode() or _NOBODY)
    return matches and password_hash is not None and len(encoded) <= MAX_BYTES
