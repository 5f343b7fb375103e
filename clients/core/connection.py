"""What the connection to the server is like, as screens show it, and the delays between tries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from shared.frames import CloseCode
from shared.problems import Problem, ProblemCode

RETRY_MIN_S = 0.5
RETRY_MAX_S = 30.0


class Phase(StrEnum):
    """Where a connection stands."""

    OFFLINE = "offline"  # no connection; the next try is planned -> connecting
    CONNECTING = "connecting"  # a socket is being opened, greeted, or a snapshot is fetched -> live
    LIVE = "live"  # the state is the server's and follows it -> offline
    REFUSED = "refused"  # the server does not take the credential -> connecting, with a new one


@dataclass(frozen=True, kw_only=True)
class ConnectionStatus:
    """How the connection is. Moments are by the server's clock where one was ever heard.

    Args:
        since: when this phase began; for *offline* and the tries after it, when the server was last heard.
        heard_at: when the server was last heard when this status was made; None before the first time.
        next_try_at: when the next try begins; None where none is planned.
        reason: why there is no connection, for the log.
        problem: the server's own words for a refusal.
    """

    phase: Phase
    since: datetime
    heard_at: datetime | None = None
    next_try_at: datetime | None = None
    reason: str | None = None
    problem: Problem | None = None

    @property
    def is_live(self) -> bool:
        """Whether commands can be sent and what is shown follows the server."""
        return self.phase is Phase.LIVE


def next_status(
    before: ConnectionStatus | None,
    *,
    phase: Phase,
    now: datetime,
    heard_at: datetime | None,
    next_try_at: datetime | None,
    reason: str | None,
    problem: Problem | None,
) -> ConnectionStatus:
    """The status after something happened: `before` itself where nothing is new to a screen."""
    if before is not None and (phase, reason, next_try_at) == (
        before.phase,
        before.reason,
        before.next_try_at,
    ):
        return before
    return ConnectionStatus(
        phase=phase,
        since=_since(before, phase=phase, now=now, heard_at=heard_at),
        heard_at=heard_at,
        next_try_at=next_try_at,
        reason=reason,
        problem=problem,
    )


def _since(
    before: ConnectionStatus | None,
    *,
    phase: Phase,
    now: datetime,
    heard_at: datetime | None,
) -> datetime:
    if before is None:
        return now
    if phase is Phase.OFFLINE and heard_at is not None:
        return heard_at
    # Tries and the pauses between them are one outage, which began when it began.
    one_outage = {Phase.OFFLINE, Phase.CONNECTING}
    if before.phase is phase or {before.phase, phase} == one_outage:
        return before.since
    return now


class Fate(Enum):
    """What to do about a refusal."""

    RETRY = "retry"  # it may pass: try again after a pause
    RENEW = "renew"  # the same person with a fresh credential is welcome
    FATAL = "fatal"  # only another person or another key can mend it


_FATES = {
    ProblemCode.CREDENTIAL_EXPIRED: Fate.RENEW,
    ProblemCode.UNAUTHENTICATED: Fate.RENEW,
    ProblemCode.WRONG_CREDENTIALS: Fate.FATAL,
    ProblemCode.DEVICE_REVOKED: Fate.FATAL,
    ProblemCode.FORBIDDEN: Fate.FATAL,
    ProblemCode.NOT_FOUND: Fate.FATAL,
}


def fate_of(code: ProblemCode) -> Fate:
    """Whether a refusal passes by itself, with a fresh credential, or not at all."""
    return _FATES.get(code, Fate.RETRY)


_CLOSED_AS: dict[int, tuple[ProblemCode, int, str]] = {
    CloseCode.UNAUTHORIZED: (
        ProblemCode.UNAUTHENTICATED,
        401,
        "The server asks to sign in again.",
    ),
    CloseCode.REVOKED: (
        ProblemCode.DEVICE_REVOKED,
        401,
        "This display was disconnected by an admin.",
    ),
    CloseCode.FORBIDDEN: (
        ProblemCode.FORBIDDEN,
        403,
        "The server does not let this app in.",
    ),
}


def problem_of_close(code: int | None) -> Problem | None:
    """The refusal that a close code stands for; None where it is not one."""
    if code is None or code not in _CLOSED_AS:
        return None
    problem_code, status, title = _CLOSED_AS[code]
    return Problem(code=problem_code, status=status, title=title)


def command_pauses(random: Callable[[], float]) -> Iterator[float]:
    """Pauses before a command is tried again, in seconds: 0.1 to 2.

    Shorter than those between connections: a person waits for the answer, and people do not press
    their keys in step.

    Args:
        random: uniform in [0, 1).
    """
    longest_s = 0.2
    while True:
        yield longest_s * (0.5 + 0.5 * random())
        longest_s = min(longest_s * 2, 2.0)


def backoff(random: Callable[[], float]) -> Iterator[float]:
    """Delays before the next tries, in seconds: exponential, with full jitter, 0.5 to 30.

    Full jitter (AWS Architecture Blog, 2015): after a server's restart the apps of a house come
    back spread over the whole window, not in step.

    Args:
        random: uniform in [0, 1).
    """
    window_s = 2 * RETRY_MIN_S
    while True:
        yield RETRY_MIN_S + random() * (window_s - RETRY_MIN_S)
        window_s = min(window_s * 2, RETRY_MAX_S)
