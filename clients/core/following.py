"""One socket from its welcome on: keeps the state in step with the server's. Sans I/O.

The rule that makes every screen right (see `shared.frames.Events`): a frame that begins at or before
my revision and ends after it is applied, one that ends at or before it is dropped, anything else is a
gap and gets a new snapshot.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from clients.core.queue_state import QueueState
from clients.core.resync import Applied, Resync, apply_known
from clients.core.session_actions import Action, EventsApplied, FetchSnapshot, StateChanged
from shared import frames
from shared.ids import Epoch, Revision
from shared.live import Snapshot


class Following:
    """The state of one organization, followed over one socket.

    Args:
        welcome: the server's first frame on this socket.
        state: what was known before; continued where the server has only more of the same.
        serials: numbers for snapshots asked for, never the same twice in a session.
    """

    def __init__(self, *, welcome: frames.Welcome, state: QueueState | None, serials: Iterator[int]) -> None:
        self.state = state
        self._welcome = welcome
        self._serials = serials
        self._resync: Resync | None = None

    @property
    def is_current(self) -> bool:
        """Whether the state is whole and has reached what the welcome promised."""
        return (
            self._resync is None and self.state is not None and self.state.revision >= self._welcome.revision
        )

    @property
    def whole_revision(self) -> Revision | None:
        """How far the state is; None while it is not whole."""
        return self.state.revision if self.state and self._resync is None else None

    @property
    def retry_at(self) -> float | None:
        """When the snapshot is to be asked for again; None: not planned."""
        return self._resync.retry_at if self._resync else None

    @property
    def continues(self) -> bool:
        """Whether the state from before the welcome is of the same organization and epoch."""
        return (
            self.state is not None
            and self.state.epoch == self._welcome.epoch
            and self.state.organization.id == self._welcome.organization_id
            and self.state.revision <= self._welcome.revision
        )

    def begin(self) -> list[Action]:
        """What to do about the welcome."""
        if self.continues:
            return []
        # Asked for at once, without waiting for `resync`: this socket has been subscribed.
        return self._take_snapshot(self._welcome.epoch, self._welcome.revision)

    # Frames

    def on_events(self, frame: frames.Events, arrived_at: datetime) -> list[Action]:
        """Apply a frame, drop it, keep it for after the snapshot, or see that something is missing."""
        if self._resync is not None:
            self._resync = self._resync.buffering(frame, arrived_at=arrived_at)
            return []
        assert self.state is not None  # without a state there is a resync
        if frame.revision <= self.state.revision:
            return []
        if frame.after > self.state.revision:
            actions = self._take_snapshot(self.state.epoch, frame.revision)
            return [*actions, *self.on_events(frame, arrived_at)]
        applied = apply_known(self.state, frame, arrived_at=arrived_at)
        self.state = applied.state
        return [StateChanged(state=applied.state, is_replaced=False), *self._told([applied])]

    def on_resync(self, frame: frames.Resync) -> list[Action]:
        """The server cannot give every frame that is missing."""
        if self._resync is not None and self._resync.epoch == frame.epoch:
            # A snapshot is under way already, most often since the welcome: one is enough.
            self._resync = self._resync.reaching(frame.revision)
            return []
        return self._take_snapshot(frame.epoch, frame.revision)

    def on_heartbeat(self, frame: frames.ServerHeartbeat) -> list[Action]:
        """Sent in order behind every event, so what it counts and we lack was lost."""
        if self._resync is None and self.state and frame.revision > self.state.revision:
            return self._take_snapshot(self.state.epoch, frame.revision)
        return []

    # Snapshots

    def awaits(self, serial: int) -> bool:
        """Whether this is the snapshot asked for last, and not one of an earlier question or socket."""
        return self._resync is not None and self._resync.serial == serial

    def on_snapshot(self, snapshot: Snapshot) -> list[Action] | None:
        """Go on from a snapshot; None if it is too old to go on from."""
        assert self._resync is not None
        replacement = self._resync.replay_on(snapshot)
        if replacement is None:
            return None
        self._resync = None
        self.state = replacement.state
        return [StateChanged(state=self.state, is_replaced=True), *self._told(replacement.applied)]

    def fail_snapshot(self, *, retry_at: float) -> bool:
        """Plan to ask again; False when it is no use on this socket."""
        assert self._resync is not None
        if self._resync.is_hopeless:
            # The server may have a new epoch by now; only a new hello brings its welcome.
            return False
        self._resync = self._resync.failed_once(retry_at=retry_at)
        return True

    def on_time(self, now: float) -> list[Action]:
        """Ask again for the snapshot when it is time to."""
        if self._resync is None or self._resync.retry_at is None or now < self._resync.retry_at:
            return []
        self._resync = replace(self._resync, serial=next(self._serials), retry_at=None)
        return [FetchSnapshot(serial=self._resync.serial)]

    def _take_snapshot(self, epoch: Epoch, revision: Revision) -> list[Action]:
        self._resync = Resync(serial=next(self._serials), epoch=epoch, revision=revision)
        return [FetchSnapshot(serial=self._resync.serial)]

    def _told(self, applied: list[Applied] | tuple[Applied, ...]) -> list[Action]:
        return [
            EventsApplied(
                epoch=each.state.epoch,
                revision=each.state.revision,
                events=each.frame.events,
                ages_s=tuple(_age_s(event.at, each.arrived_at) for event in each.frame.events),
                is_replayed=each.frame.revision <= self._welcome.revision,
            )
            for each in applied
            if each.frame.events
        ]


def _age_s(happened_at: datetime, arrived_at: datetime) -> float:
    return max(0.0, (arrived_at - happened_at).total_seconds())
