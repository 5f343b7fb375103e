"""A screen without a key: it shows a code, and asks until an admin has typed it (RFC 8628).

`Pairing` goes on for ever: a code that is out of time or was refused is followed by another, and a server
that is away is waited for. Nobody stands at a wall to press "again".

MUST: neither the secret nor the key is logged or told to anybody but who asked for the key.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from clients.core.clock import elapsed_s
from clients.core.connection import backoff
from clients.core.errors import ClientError, Refusal, ServerNotTrusted, ServerUnreachable
from shared.pairing import PairingClaimed, PairingOpened, PairingState
from shared.problems import ProblemCode

REFUSED_FOR_S = 60.0  # long enough to be read, and no screen that is refused asks again at once
NOT_OURS_S = 30.0  # what answers is another server, or an older one
TOO_MANY_MAX_S = 60.0  # others may be paired meanwhile, which makes room sooner than was said
RETRY_LONGEST_S = 10.0
LATE_FOR_S = 600.0  # an approved code waits so long for a screen that was cut off (the server's ten minutes)

log = logging.getLogger(__name__)


class PairingApi(Protocol):
    """What is asked of the server. Both raise a `ClientError`."""

    async def open_pairing(self, name: str) -> PairingOpened:
        """Ask for a code."""

    async def claim_pairing(self, secret: str) -> PairingClaimed:
        """Ask what became of it."""


class PairingReason(StrEnum):
    """Why a screen has to be paired."""

    NEW = "new"  # it never had a key, or cannot find it
    REVOKED = "revoked"  # an admin took its key back
    UNKNOWN = "unknown"  # the server does not know its key; it is kept, and tried again


class PairingPhase(StrEnum):
    """How far it is."""

    ASKING = "asking"  # there is no code yet, or no more
    WAITING = "waiting"  # the code is shown
    APPROVED = "approved"  # the key is here; the board is next
    REFUSED = "refused"  # an admin said that this screen is none of theirs


class PairingTrouble(StrEnum):
    """What keeps it from going on by itself just now."""

    UNREACHABLE = "unreachable"  # the server does not answer
    NOT_TRUSTED = "not_trusted"  # its certificate is not trusted here
    TOO_MANY = "too_many"  # too many screens ask from this address
    NOT_OURS = "not_ours"  # what answers there cannot pair screens


@dataclass(frozen=True, kw_only=True)
class PairingShown:
    """What a screen without a key shows.

    Args:
        code: plain; "" where there is none.
        ends_at: when the code is out of time, on the stopwatch; None without one.
        lives_s: how long a code holds in all.
        trouble: None while all goes well.
        name: what the admin calls this screen, once approved.
    """

    reason: PairingReason
    phase: PairingPhase
    code: str = ""
    ends_at: float | None = None
    lives_s: int = 0
    trouble: PairingTrouble | None = None
    name: str = ""


class Pairing:
    """Gets a screen its key.

    Args:
        machine: what this machine is called; the admin sees it.
        tell: told each time that the screen must look different.
        elapsed, sleep: the stopwatch, and waiting on it; for tests.
    """

    def __init__(
        self,
        api: PairingApi,
        *,
        machine: str,
        reason: PairingReason,
        tell: Callable[[PairingShown], None],
        elapsed: Callable[[], float] = elapsed_s,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._machine = machine
        self._tell = tell
        self._elapsed = elapsed
        self._sleep = sleep
        self._shown = PairingShown(reason=reason, phase=PairingPhase.ASKING)
        self._pauses = _pauses()

    async def key(self) -> str:
        """The device key, as soon as an admin has approved this screen."""
        self._tell(self._shown)
        while True:
            opened = await self._opened()
            claimed = await self._claimed(opened)
            if claimed is not None and claimed.device_key is not None:
                self._show(phase=PairingPhase.APPROVED, name=claimed.name or "", ends_at=None, trouble=None)
                return claimed.device_key
            if claimed is not None and claimed.state is PairingState.REFUSED:
                self._show(phase=PairingPhase.REFUSED, code="", ends_at=None, trouble=None)
                await self._sleep(REFUSED_FOR_S)
            self._show(phase=PairingPhase.ASKING, code="", ends_at=None)

    async def _opened(self) -> PairingOpened:
        while True:
            try:
                opened = await self._api.open_pairing(self._machine)
            except ClientError as error:
                await self._bear(error)
            else:
                self._pauses = _pauses()
                self._show(
                    phase=PairingPhase.WAITING,
                    code=opened.code,
                    ends_at=self._elapsed() + opened.expires_in_s,
                    lives_s=opened.expires_in_s,
                    trouble=None,
                )
                return opened

    async def _claimed(self, opened: PairingOpened) -> PairingClaimed | None:
        """What became of a code in the end; None where nobody knows it any more."""
        ends_at, poll_every_s = self._elapsed() + opened.expires_in_s, opened.poll_every_s
        while self._elapsed() < ends_at + LATE_FOR_S:
            await self._sleep(poll_every_s)
            if self._elapsed() >= ends_at:
                # Nobody can type it any more, but somebody may have.
                self._show(phase=PairingPhase.ASKING, code="", ends_at=None)
            try:
                claimed = await self._api.claim_pairing(opened.secret)
            except ClientError as error:
                if isinstance(error, Refusal) and error.problem.code is ProblemCode.PAIRING_UNKNOWN:
                    return None
                await self._bear(error)
                continue
            self._pauses = _pauses()
            self._show(trouble=None)
            poll_every_s = claimed.poll_every_s
            if claimed.state not in {PairingState.PENDING, PairingState.SLOW_DOWN}:
                return claimed
        return None

    async def _bear(self, error: ClientError) -> None:
        """Say what is in the way, and wait until it may have gone."""
        log.info("pairing waits: %s", error)
        trouble = _trouble_of(error)
        self._show(trouble=trouble)
        if trouble is PairingTrouble.TOO_MANY and isinstance(error, Refusal):
            wait_s = float(error.problem.facts.get("retry_after_s", TOO_MANY_MAX_S))
            await self._sleep(min(max(wait_s, 1.0), TOO_MANY_MAX_S))
        elif trouble is PairingTrouble.NOT_OURS:
            await self._sleep(NOT_OURS_S)
        else:
            await self._sleep(next(self._pauses))

    def _show(self, **changes: object) -> None:
        shown = replace(self._shown, **changes)  # type: ignore[arg-type]  # fields of PairingShown
        if shown != self._shown:
            self._shown = shown
            self._tell(shown)


def _trouble_of(error: ClientError) -> PairingTrouble:
    if isinstance(error, ServerNotTrusted):
        return PairingTrouble.NOT_TRUSTED
    if isinstance(error, ServerUnreachable):
        return PairingTrouble.UNREACHABLE
    if isinstance(error, Refusal) and error.problem.code is ProblemCode.TOO_MANY_REQUESTS:
        return PairingTrouble.TOO_MANY
    return PairingTrouble.NOT_OURS


def _pauses() -> Iterator[float]:
    """Pauses between tries in seconds, half a second to ten: short, since somebody stands there."""
    return (min(pause_s, RETRY_LONGEST_S) for pause_s in backoff(random.random))
