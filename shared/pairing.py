"""Pairing a display: the code on the wall, and what screen and admin say about it (after RFC 8628)."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from shared.base import Asked, Instant, Label, Shown
from shared.ids import DeviceId

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty consonants (RFC 8628, 6.1): without vowels no code is a word, and none looks like a digit."""

CODE_LENGTH = 8  # 20^8: a guess meets one of a thousand living codes once in 26 million tries

_GROUP = 4


def plain_code(text: str) -> str:
    """A code as somebody typed or pasted it, without dash and spaces, in capitals."""
    return "".join(letter for letter in text.upper() if letter not in "-‐‑‒–—" and not letter.isspace())


def shown_code(code: str) -> str:
    """A code as it is read: "BCDF-GHJK"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def is_code(text: str) -> bool:
    """Whether a plain code has the right letters, and as many of them."""
    return len(text) == CODE_LENGTH and all(letter in CODE_LETTERS for letter in text)


def _a_code(text: str) -> str:
    if not is_code(text):
        raise ValueError(f"a code has {CODE_LENGTH} consonants, such as BCDF-GHJK")
    return text


def _plain(value: object) -> object:
    # Only what may be a code is looked through.
    return plain_code(value) if isinstance(value, str) and len(value) <= 4 * CODE_LENGTH else value


PairingCode = Annotated[str, BeforeValidator(_plain), AfterValidator(_a_code)]
"""A code in any case, with or without its dash."""

PairingSecret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""What the screen alone knows; it never stands on the wall."""


class OpenPairing(Asked):
    """A screen without a key asks for a code. `name` is what its machine is called."""

    name: Label


class PairingOpened(Shown):
    """What a screen shows and asks with.

    Args:
        secret: what it claims its key by.
        expires_in_s: how long the code holds.
        poll_every_s: how often it may ask.
    """

    code: str
    secret: str
    expires_in_s: int
    poll_every_s: int


class ClaimPairing(Asked):
    """A screen asks what became of its code."""

    secret: PairingSecret


class PairingState(StrEnum):
    """What became of a code."""

    PENDING = "pending"  # nobody has typed it yet -> approved, refused, expired
    SLOW_DOWN = "slow_down"  # asked again too soon; wait longer from now on
    APPROVED = "approved"  # an admin has: the answer holds the key; an end
    REFUSED = "refused"  # an admin said that it is none of theirs; an end
    EXPIRED = "expired"  # its time is over: ask for another; an end


class PairingClaimed(Shown):
    """What became of a code. `device_key` is set where it was approved, and is told this once.

    Args:
        expires_in_s: how long the code still holds; None where it holds no more.
        poll_every_s: how often the screen may ask from now on.
        name: what the admin calls the screen, once approved.
    """

    state: PairingState
    expires_in_s: int | None = None
    poll_every_s: int
    device_key: str | None = None
    device_id: DeviceId | None = None
    name: str | None = None


class PairingRequest(Shown):
    """The screen that shows a code, for an admin: `name` is its machine's, `address` where it asks from."""

    code: str
    name: str
    address: str | None
    asked_at: Instant
    expires_at: Instant


class ApprovePairing(Asked):
    """The code is on the screen in front of me; call it this."""

    code: PairingCode
    name: Label


class RefusePairing(Asked):
    """The screen with this code is none of ours."""

    code: PairingCode
