"""Codes of authenticator apps: TOTP (RFC 6238) as all of them can, six digits of SHA-1 every 30 seconds."""

from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER = "Callboard"
_STEPS_OFF = 1
"""A phone's clock may be so many steps of 30 seconds off, either way."""


def new_secret() -> str:
    """A random secret of 160 bits, in base32."""
    return pyotp.random_base32()


def uri_of(secret: str, *, username: str, organization: str) -> str:
    """What the app takes over from a QR code: whose account it is, and where."""
    return pyotp.TOTP(secret).provisioning_uri(name=f"{username} ({organization})", issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to; None where it is none of now."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=_STEPS_OFF)
    except OTPVerificationError:
        return None
