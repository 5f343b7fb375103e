"""The rules of pairing a display: how long a code holds, how often a screen may ask, how often one may guess.

After RFC 8628 (device authorization grant): the screen shows a code and keeps a secret; an admin types the
code; the screen, which asks again and again, gets its key for the secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from server.domain.addresses import network_of
from server.domain.errors import TooManyRequests
from shared.ids import DeviceId, OrganizationId
from shared.pairing import PairingState

CODE_LIVES = timedelta(minutes=10)

POLL_EVERY = timedelta(seconds=3)
POLLED_TOO_SOON = timedelta(seconds=2)
"""Asked again sooner than this is too soon: the network may bring two questions closer together."""

SLOWED_BY = timedelta(seconds=5)  # RFC 8628, 3.5

MOST_OPEN_PER_ADDRESS = 20
"""Codes that wait at once behind one address: a house that hangs up all its screens on one morning."""

MOST_OPEN = 1000
"""Codes that wait at once in all: what guessing a code is up against."""

MOST_TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """A screen that waits for its key.

    Args:
        code: as it stands on the wall, plain.
        name: what its machine is called.
        address: where it asks from.
        polled_at: when it asked last.
        organization_id, device_id: whose display it was made, once approved.
        refused_at: when an admin said that it is none of theirs.
    """

    code: str
    name: str
    address: str | None
    created_at: datetime
    expires_at: datetime
    polled_at: datetime | None = None
    organization_id: OrganizationId | None = None
    device_id: DeviceId | None = None
    refused_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether an admin may still decide about it."""
        return self.state(now) is PairingState.PENDING

    def state(self, now: datetime) -> PairingState:
        """What the screen is told, but for how often it asks."""
        if self.refused_at is not None:
            return PairingState.REFUSED
        if now >= self.expires_at:
            return PairingState.EXPIRED
        return PairingState.PENDING if self.device_id is None else PairingState.APPROVED

    def is_polled_too_soon(self, now: datetime) -> bool:
        """Whether the screen asks more often than it was told."""
        return self.polled_at is not None and now - self.polled_at < POLLED_TOO_SOON


@dataclass(frozen=True, kw_only=True)
class Tries:
    """The codes that an admin has tried since a moment, this one included."""

    tries: int
    since: datetime


def require_tries_left(tried: Tries, now: datetime) -> None:
    """Refuse to look a code up for who has typed too many wrong ones.

    Raises:
        TooManyRequests
    """
    if tried.tries > MOST_TRIES:
        raise TooManyRequests(
            what=f"{MOST_TRIES} codes were wrong.",
            retry_after_s=_whole_seconds(tried.since + TRIES_WITHIN - now),
        )


def require_room(waiting: int, *, at_most: int, oldest_ends_at: datetime | None, now: datetime) -> None:
    """Refuse another code where too many wait already.

    Args:
        oldest_ends_at: when the first of those that wait makes room.

    Raises:
        TooManyRequests
    """
    if waiting >= at_most and oldest_ends_at is not None:
        raise TooManyRequests(
            what="Too many screens wait for a code.", retry_after_s=_whole_seconds(oldest_ends_at - now)
        )


def neighbourhood(address: str) -> str:
    """What codes are counted by: the address; for IPv6 its network of 64 bits, which one subscriber has."""
    return str(network_of(ip_address(address)))


def _whole_seconds(span: timedelta) -> int:
    return max(1, -(-span // timedelta(seconds=1)))
