"""A driver and a network in one, for a `Session` and a `Floor`: what may go wrong, on request."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from clients.core.clock import ServerClock
from clients.core.connection import ConnectionStatus
from clients.core.session import Session, SessionConfig
from clients.core.session_actions import (
    Action,
    CloseSocket,
    EventsApplied,
    FetchSnapshot,
    OpenSocket,
    RenewCredential,
    SendFrame,
    StateChanged,
    StatusChanged,
)
from shared import frames
from shared.ids import Audience
from shared.live import Snapshot
from tests.unit.clients_core.floor import Floor

CONFIG = SessionConfig(app_version="1.0")


@dataclass
class Wire:
    """Carries out what the session asks, against the model, keeping what it delivers."""

    floor: Floor = field(default_factory=Floor)
    audience: Audience = Audience.STAFF
    config: SessionConfig = CONFIG
    now: float = 1_000.0
    is_reachable: bool = True
    sends_missed: bool = True
    statuses: list[ConnectionStatus] = field(default_factory=list)
    applied: list[EventsApplied] = field(default_factory=list)
    sent: list[frames.ClientFrame] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    on_the_way: deque[frames.ServerFrame] = field(default_factory=deque)
    snapshots_asked: deque[tuple[int, Snapshot]] = field(default_factory=deque)
    has_socket: bool = False
    sent_upto: int = 0

    def __post_init__(self) -> None:
        clock = ServerClock.from_this_machine(elapsed=self.now, now=self.floor.now)
        jitter = random.Random(1).random
        self.session = Session(config=self.config, clock=clock, random=jitter)

    @property
    def snapshots(self) -> int:
        """How many snapshots were asked for."""
        return sum(isinstance(action, FetchSnapshot) for action in self.actions)

    # Driving

    def start(self) -> "Wire":
        self.do(self.session.start(self.now, "a credential"))
        return self

    def connect(self) -> "Wire":
        """Start, and let everything that is on its way arrive."""
        self.start()
        self.settle()
        return self

    def settle(self) -> None:
        """The network works again and time passes until nothing is left to do."""
        self.is_reachable = self.sends_missed = True
        for _ in range(500):
            self.publish()
            if self.on_the_way:
                self.arrive()
            elif self.snapshots_asked:
                self.snapshot_arrives()
            elif self.is_settled():
                return
            else:
                self.pass_time(1.0)
                self.beat()
        raise AssertionError(f"not settled: {self.statuses[-3:]}")

    def is_settled(self) -> bool:
        state = self.session.state
        known = state is not None and (state.epoch, state.revision) == (
            self.floor.epoch,
            self.floor.revision,
        )
        return known and self.statuses[-1].is_live

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            self.actions.append(action)
            self._perform(action)

    def _perform(self, action: Action) -> None:
        match action:
            case OpenSocket() if self.is_reachable:
                self.has_socket = True
                self.do(self.session.socket_opened(self.now))
            case OpenSocket():
                self.do(self.session.socket_lost(self.now, "connection refused"))
            case CloseSocket():
                self._forget_socket()
            case SendFrame(frame=frame):
                self.sent.append(frame)
                if isinstance(frame, frames.Hello):
                    self._greet(frame)
            case FetchSnapshot(serial=serial):
                self.snapshots_asked.append((serial, self.floor.snapshot(self.audience)))
            case StatusChanged(status=status):
                self.statuses.append(status)
            case EventsApplied():
                self.applied.append(action)
            case StateChanged() | RenewCredential():
                pass

    # The server's side

    def _greet(self, hello: frames.Hello) -> None:
        floor = self.floor
        welcome = frames.Welcome(
            organization_id=floor.organization.id,
            epoch=floor.epoch,
            revision=floor.revision,
            now=floor.now,
            heartbeat_s=30.0,
            server_version="1.0",
        )
        self.on_the_way.append(welcome)
        self.sent_upto = floor.revision
        known = hello.last_revision
        if hello.epoch != floor.epoch or known is None or known > floor.revision:
            self.on_the_way.append(frames.Resync(epoch=floor.epoch, revision=floor.revision))
        elif known < floor.revision and self.sends_missed:
            self.on_the_way.append(floor.frame(self.audience, known))

    def publish(self) -> None:
        """Put what happened since the last frame on the way."""
        if self.has_socket and self.floor.revision > self.sent_upto:
            self.on_the_way.append(self.floor.frame(self.audience, self.sent_upto))
            self.sent_upto = self.floor.revision

    def beat(self) -> None:
        """Put a heartbeat on the way."""
        if self.has_socket:
            beat = frames.ServerHeartbeat(revision=self.sent_upto, now=self.floor.now)
            self.on_the_way.append(beat)

    def restore(self) -> None:
        """The server comes back from a backup: sockets end, the epoch is another."""
        self.floor.restore()
        self.cut()

    # The network's side

    def arrive(self) -> None:
        if self.on_the_way:
            self.do(self.session.frame_received(self.now, self.on_the_way.popleft()))

    def drop(self) -> None:
        """Lose the next frame, as no network should, and a server with a bug might."""
        if self.on_the_way:
            self.on_the_way.popleft()

    def double(self) -> None:
        if self.on_the_way:
            self.on_the_way.append(self.on_the_way[0])

    def swap(self) -> None:
        if len(self.on_the_way) > 1:
            self.on_the_way.rotate(1)

    def cut(self, reason: str = "reset by peer", close_code: int | None = None) -> None:
        if self.has_socket:
            self._forget_socket()
            self.do(self.session.socket_lost(self.now, reason, close_code))

    def snapshot_arrives(self) -> None:
        if self.snapshots_asked:
            serial, _ = self.snapshots_asked.popleft()
            snapshot = self.floor.snapshot(self.audience)
            self.do(self.session.snapshot_received(self.now, serial, snapshot))

    def snapshot_arrives_late(self) -> None:
        """The snapshot arrives as it was when it was asked for."""
        if self.snapshots_asked:
            serial, snapshot = self.snapshots_asked.popleft()
            self.do(self.session.snapshot_received(self.now, serial, snapshot))

    def snapshot_fails(self) -> None:
        if self.snapshots_asked:
            serial, _ = self.snapshots_asked.popleft()
            self.do(self.session.snapshot_failed(self.now, serial, "503"))

    def pass_time(self, seconds: float) -> None:
        """Let time pass, waking the session whenever it asked for it."""
        until = self.now + seconds
        while self.session.wake_at is not None and self.session.wake_at <= until:
            self.floor.now += timedelta(seconds=max(0.0, self.session.wake_at - self.now))
            self.now = max(self.now, self.session.wake_at)
            self.do(self.session.tick(self.now))
        self.floor.now += timedelta(seconds=until - self.now)
        self.now = until

    def _forget_socket(self) -> None:
        self.has_socket = False
        self.on_the_way.clear()
