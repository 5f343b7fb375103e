"""Taking a snapshot while the socket goes on: what arrives meanwhile waits, and is applied after it."""

from dataclasses import dataclass, replace
from datetime import datetime

from clients.core.queue_state import QueueState, apply_frame, from_snapshot
from shared.frames import Events
from shared.ids import Epoch, Revision
from shared.live import Snapshot

MAX_TRIES = 3
MAX_BUFFERED = 2_000  # frames; beyond, a later snapshot is cheaper than remembering


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A frame that was applied, cut to what was news, and the state after it."""

    state: QueueState
    frame: Events
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """A new state, and the frames that brought the snapshot up to it."""

    state: QueueState
    applied: tuple[Applied, ...]


@dataclass(frozen=True, kw_only=True)
class Resync:
    """A snapshot under way.

    Args:
        serial: which request will be believed.
        epoch, revision: what the snapshot must have reached.
        buffer: frames heard meanwhile, with the server's time at their arrival.
        retry_at: when the next request goes out; None while one is under way.
    """

    serial: int
    epoch: Epoch
    revision: Revision
    buffer: tuple[tuple[Events, datetime], ...] = ()
    failures: int = 0
    retry_at: float | None = None

    @property
    def is_hopeless(self) -> bool:
        """Whether another request on this connection is no use."""
        return self.failures + 1 >= MAX_TRIES

    def buffering(self, frame: Events, *, arrived_at: datetime) -> "Resync":
        """This resync with one more frame waiting."""
        if len(self.buffer) >= MAX_BUFFERED:
            return replace(self.reaching(frame.revision), buffer=())
        return replace(self, buffer=(*self.buffer, (frame, arrived_at)))

    def reaching(self, revision: Revision) -> "Resync":
        """This resync, content with nothing older than this revision."""
        return replace(self, revision=max(self.revision, revision))

    def failed_once(self, *, retry_at: float) -> "Resync":
        """This resync after a request that brought nothing."""
        return replace(self, failures=self.failures + 1, retry_at=retry_at)

    def replay_on(self, snapshot: Snapshot) -> Replacement | None:
        """The snapshot with the waiting frames applied; None if it is too old to build on."""
        if snapshot.epoch != self.epoch or snapshot.revision < self.revision:
            return None
        state = from_snapshot(snapshot)
        applied: list[Applied] = []
        for frame, arrived_at in self.buffer:
            if frame.revision <= state.revision:
                continue
            if frame.after > state.revision:
                return None
            applied.append(apply_known(state, frame, arrived_at=arrived_at))
            state = applied[-1].state
        return Replacement(state=state, applied=tuple(applied))


def apply_known(state: QueueState, frame: Events, *, arrived_at: datetime) -> Applied:
    """Apply a frame that leaves no gap; what the state holds already is left out of it."""
    news = tuple(event for event in frame.events if event.revision > state.revision)
    return Applied(
        state=apply_frame(state, frame),
        frame=frame.model_copy(update={"events": news}),
        arrived_at=arrived_at,
    )
