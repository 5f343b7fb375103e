"""The connection machine: what to do about each thing that happens on the way to the server.

Sans I/O: inputs are what happened and when (seconds on one stopwatch), outputs are actions for a
driver. It opens no socket, reads no clock and sleeps never: it says when it wants to be woken.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import count

from clients.core.clock import ServerClock
from clients.core.connection import (
    ConnectionStatus,
    Fate,
    Phase,
    backoff,
    fate_of,
    next_status,
    problem_of_close,
)
from clients.core.following import Following
from clients.core.pacing import Pace
from clients.core.queue_state import QueueState
from clients.core.session_actions import (
    Action,
    CloseSocket,
    OpenSocket,
    RenewCredential,
    SendFrame,
    SideFactHeard,
    StatusChanged,
)
from shared import frames
from shared.ids import Room
from shared.live import Snapshot
from shared.problems import Problem

Actions = list[Action]

OPEN_TIMEOUT_S = 15.0  # name look-up, TCP and TLS; a busy server's accept queue included
WELCOME_TIMEOUT_S = 10.0  # twice what the server gives us for the hello
STEADY_S = 5.0  # a connection that held this long was sound: the next delays begin small again
KEPT_RECEIPTS = 32


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """What differs between apps.

    Args:
        silence_s: after this long without a sign of life the socket is given up; None: 2.5 heartbeats.
        can_renew: whether a fresh credential can be had without a person (a refresh JWT, not a key).
        retry_refused_s: a wall screen asks again after a refusal, nobody stands there to do it.
    """

    app_version: str
    rooms: tuple[Room, ...] | None = None
    silence_s: float | None = None
    can_renew: bool = True
    retry_refused_s: float | None = None


class _Stage(Enum):
    IDLE = "idle"  # not started, or stopped
    PAUSING = "pausing"  # until the next try
    OPENING = "opening"  # the driver opens a socket
    GREETING = "greeting"  # hello is sent, no welcome yet
    FOLLOWING = "following"  # welcome was heard
    RENEWING = "renewing"  # the driver gets a fresh credential
    REFUSED = "refused"  # not with this credential


_WITH_SOCKET = frozenset({_Stage.OPENING, _Stage.GREETING, _Stage.FOLLOWING})


class Session:
    """One app's connection, over as many sockets as it takes.

    Args:
        clock: this machine's own, until a server is heard.
        random: uniform in [0, 1), for the jitter.
        state: what was known last time, from the cache; it is asked to be continued.
        is_whole: whether nothing was left out of it; what is not whole is shown, and not continued.
        heard_at: when that was, on the stopwatch of `start`.
    """

    def __init__(
        self,
        *,
        config: SessionConfig,
        clock: ServerClock,
        random: Callable[[], float],
        state: QueueState | None = None,
        is_whole: bool = True,
        heard_at: float | None = None,
    ) -> None:
        self.state = state
        self._only_shown = None if is_whole else state
        self.clock = clock
        self.wake_at: float | None = None
        """When `tick` should be called next; read it after each input."""
        self._config = config
        self._random = random
        self._delays = backoff(random)
        self._credential = ""
        self._is_unproven_renewal = False
        self._stage = _Stage.IDLE
        self._status: ConnectionStatus | None = None
        self._serials = count(1)
        self._following: Following | None = None  # while welcome
        self._deadline: float | None = None  # of the present stage
        self._heard_at = heard_at
        self._live_at: float | None = None
        self._pace: Pace | None = None  # while welcome
        self._receipts: deque[frames.ShownReceipt | frames.SpokenReceipt] = deque(maxlen=KEPT_RECEIPTS)

    # What the app asks for

    def start(self, now: float, credential: str) -> Actions:
        """Connect and stay connected."""
        self._credential = credential
        self._is_unproven_renewal = False
        return self._woken(self._open(now))

    def stop(self, now: float) -> Actions:
        """Give the socket up and stay offline."""
        actions = self._drop_socket("the app stops")
        self._stage, self._deadline = _Stage.IDLE, None
        return self._woken([*actions, *self._tell(now, Phase.OFFLINE)])

    def retry_now(self, now: float) -> Actions:
        """Try at once instead of when planned; a person asked, or the network changed."""
        if self._stage not in {_Stage.PAUSING, _Stage.REFUSED}:
            return []
        return self._woken(self._open(now))

    def confirm(self, receipt: frames.ShownReceipt | frames.SpokenReceipt) -> Actions:
        """Tell the server that a call was painted or spoken; kept while there is no connection."""
        if self._stage is _Stage.FOLLOWING:
            return [SendFrame(frame=receipt)]
        self._receipts.append(receipt)
        return []

    # What happened to the socket

    def socket_opened(self, now: float) -> Actions:
        """The socket is open."""
        if self._stage is not _Stage.OPENING:
            return []
        self._stage, self._deadline = _Stage.GREETING, now + WELCOME_TIMEOUT_S
        known = self.state if self.state is not self._only_shown else None
        hello = frames.Hello(
            credential=self._credential,
            app_version=self._config.app_version,
            epoch=known.epoch if known else None,
            last_revision=known.revision if known else None,
            rooms=self._config.rooms,
        )
        return self._woken([SendFrame(frame=hello)])

    def socket_lost(self, now: float, reason: str, close_code: int | None = None) -> Actions:
        """The socket could not be opened, or ended; or no fresh credential could be fetched."""
        if self._stage not in _WITH_SOCKET and self._stage is not _Stage.RENEWING:
            return []
        refusal = problem_of_close(close_code)
        if refusal is not None:
            return self._woken(self._refuse(now, refusal))
        return self._woken(self._pause(now, reason))

    def heard(self, now: float) -> Actions:
        """The peer gave a sign of life below the frames: a transport pong."""
        self._heard_at = now
        return self._woken([])

    def frame_received(self, now: float, frame: frames.ServerFrame) -> Actions:
        """A frame arrived."""
        if self._stage not in {_Stage.GREETING, _Stage.FOLLOWING}:
            return []  # of a socket that was given up
        self._heard_at = now
        return self._woken(self._on_frame(now, frame))

    def tick(self, now: float) -> Actions:
        """Time passed."""
        return self._woken(self._on_time(now))

    # What happened to what the driver was asked for

    def snapshot_received(self, now: float, serial: int, snapshot: Snapshot) -> Actions:
        """The snapshot asked for is here."""
        following = self._following
        if following is None or not following.awaits(serial):
            return []
        actions = following.on_snapshot(snapshot)
        if actions is None:
            return self._woken(self._retry_snapshot(now, "the snapshot was older than the socket"))
        return self._woken(self._followed(now, following, actions))

    def snapshot_failed(
        self, now: float, serial: int, reason: str, problem: Problem | None = None
    ) -> Actions:
        """The snapshot asked for could not be fetched."""
        if self._following is None or not self._following.awaits(serial):
            return []
        if problem is not None and fate_of(problem.code) is not Fate.RETRY:
            return self._woken(self._refuse(now, problem))
        return self._woken(self._retry_snapshot(now, reason))

    def credential_renewed(self, now: float, credential: str) -> Actions:
        """There is a fresh credential, asked for or not."""
        self._credential = credential
        if self._stage is _Stage.FOLLOWING:
            return [SendFrame(frame=frames.Renew(credential=credential))]
        if self._stage in {_Stage.RENEWING, _Stage.REFUSED}:
            self._is_unproven_renewal = self._stage is _Stage.RENEWING
            return self._woken(self._open(now))
        return []

    def credential_refused(self, now: float, problem: Problem) -> Actions:
        """There will be no fresh credential without a person."""
        if self._stage is not _Stage.RENEWING:
            return []
        return self._woken(self._give_up(now, problem))

    # Frames

    def _on_frame(self, now: float, frame: frames.ServerFrame) -> Actions:
        match frame:
            case frames.Refused():
                return self._refuse(now, frame.problem)
            case frames.Welcome() if self._stage is _Stage.GREETING:
                return self._on_welcome(now, frame)
            case frames.Receipts() | frames.QueuesFrame():
                return [SideFactHeard(frame=frame)]
        if self._following is None:
            return []  # out of its turn: what it would have changed, the gap rule brings back
        return self._followed(now, self._following, self._follow(now, self._following, frame))

    def _follow(self, now: float, following: Following, frame: frames.ServerFrame) -> Actions:
        match frame:
            case frames.Events():
                return following.on_events(frame, self.clock.at(now))
            case frames.Resync():
                return following.on_resync(frame)
            case frames.ServerHeartbeat():
                self.clock = self.clock.heard(elapsed=now, now=frame.now)
                return following.on_heartbeat(frame)
        return []

    def _on_welcome(self, now: float, frame: frames.Welcome) -> Actions:
        self._stage, self._deadline = _Stage.FOLLOWING, None
        self._is_unproven_renewal = False
        self.clock = self.clock.heard(elapsed=now, now=frame.now)
        self._pace = Pace(
            heartbeat_s=frame.heartbeat_s,
            beat_at=now + frame.heartbeat_s,
            silence_s=self._config.silence_s,
        )
        following = Following(welcome=frame, state=self.state, serials=self._serials)
        self._following = following
        kept = [SendFrame(frame=receipt) for receipt in self._receipts if following.continues]
        self._receipts.clear()
        return [*kept, *self._followed(now, following, following.begin())]

    def _followed(self, now: float, following: Following, actions: Actions) -> Actions:
        """Each step's end: its state is ours, and live as soon as it is what the welcome promised."""
        self.state = following.state
        if self._live_at is None and not following.is_current:
            return [*actions, *self._tell(now, Phase.CONNECTING)]
        if following.is_current and self._pace is not None:
            self._pace.applied(now)
            self._live_at = self._live_at or now
            return [*actions, *self._tell(now, Phase.LIVE)]
        return actions

    def _retry_snapshot(self, now: float, reason: str) -> Actions:
        assert self._following is not None
        if not self._following.fail_snapshot(retry_at=now + next(self._delays)):
            return self._pause(now, reason)
        return self._tell(now, Phase.CONNECTING, reason=reason)

    # The ways a connection begins and ends

    def _open(self, now: float) -> Actions:
        actions = self._drop_socket("a new connection is made")
        self._stage, self._deadline = _Stage.OPENING, now + OPEN_TIMEOUT_S
        return [*actions, *self._tell(now, Phase.CONNECTING), OpenSocket()]

    def _pause(self, now: float, reason: str) -> Actions:
        if self._live_at is not None and now - self._live_at >= STEADY_S:
            self._delays = backoff(self._random)
        actions = self._drop_socket(reason)
        self._stage, self._deadline = _Stage.PAUSING, now + next(self._delays)
        return [*actions, *self._tell(now, Phase.OFFLINE, reason=reason)]

    def _refuse(self, now: float, problem: Problem) -> Actions:
        fate = fate_of(problem.code)
        if fate is Fate.RETRY:
            return self._pause(now, problem.title)
        can_renew = self._config.can_renew and not self._is_unproven_renewal
        if fate is Fate.FATAL or not can_renew:
            return self._give_up(now, problem)
        actions = self._drop_socket(problem.title)
        self._stage, self._deadline = _Stage.RENEWING, None
        told = self._tell(now, Phase.CONNECTING, reason=problem.title)
        return [*actions, *told, RenewCredential(problem=problem)]

    def _give_up(self, now: float, problem: Problem) -> Actions:
        actions = self._drop_socket(problem.title)
        wait_s = self._config.retry_refused_s
        self._stage = _Stage.REFUSED
        self._deadline = None if wait_s is None else now + wait_s
        return [
            *actions,
            *self._tell(now, Phase.REFUSED, reason=problem.title, problem=problem),
        ]

    def _drop_socket(self, reason: str) -> Actions:
        had_socket = self._stage in _WITH_SOCKET
        self._following = self._pace = self._live_at = None
        return [CloseSocket(reason=reason)] if had_socket else []

    # Time

    def _on_time(self, now: float) -> Actions:
        if self._deadline is not None and now >= self._deadline:
            return self._on_deadline(now)
        if self._pace is None:
            return []
        if self._heard_at is not None and now >= self._pace.silent_at(self._heard_at):
            return self._pause(now, "nothing was heard from the server")
        revision = self._following.whole_revision if self._following else None
        said = [SendFrame(frame=frame) for frame in self._pace.due(now, revision)]
        return [*said, *(self._following.on_time(now) if self._following else [])]

    def _on_deadline(self, now: float) -> Actions:
        if self._stage in {_Stage.PAUSING, _Stage.REFUSED}:
            return self._open(now)
        return self._pause(now, "the server did not answer in time")

    def _woken(self, actions: Actions) -> Actions:
        """Each input's last step: say when time matters next."""
        times = [self._deadline, self._following.retry_at if self._following else None]
        if self._pace is not None:
            silent_at = None if self._heard_at is None else self._pace.silent_at(self._heard_at)
            times += [self._pace.beat_at, self._pace.ack_at, silent_at]
        self.wake_at = min((time for time in times if time is not None), default=None)
        return actions

    # What is told

    def _tell(
        self,
        now: float,
        phase: Phase,
        *,
        reason: str | None = None,
        problem: Problem | None = None,
    ) -> Actions:
        is_planned = self._stage in {_Stage.PAUSING, _Stage.REFUSED}
        next_try_at = self._deadline if is_planned else None
        status = next_status(
            self._status,
            phase=phase,
            now=self.clock.at(now),
            heard_at=None if self._heard_at is None else self.clock.at(self._heard_at),
            next_try_at=None if next_try_at is None else self.clock.at(next_try_at),
            reason=reason,
            problem=problem,
        )
        if status is self._status:
            return []
        self._status = status
        return [StatusChanged(status=status)]
