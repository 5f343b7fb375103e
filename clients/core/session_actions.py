"""What a `Session` asks its driver to do, and what it hands to the app."""

from dataclasses import dataclass

from clients.core.connection import ConnectionStatus
from clients.core.queue_state import QueueState
from shared.events import Event
from shared.frames import ClientFrame, QueuesFrame, Receipts
from shared.ids import Epoch, Revision
from shared.problems import Problem

FRESH_MAX_S = 30.0
"""A call older than this when it arrived is shown, but neither chimed nor spoken."""


@dataclass(frozen=True, kw_only=True)
class OpenSocket:
    """Open a socket; report `socket_opened` or `socket_lost`."""


@dataclass(frozen=True, kw_only=True)
class SendFrame:
    """Send this frame; a failure is reported as `socket_lost`."""

    frame: ClientFrame


@dataclass(frozen=True, kw_only=True)
class CloseSocket:
    """Close the socket and report nothing more of it; for the session it is gone already."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class FetchSnapshot:
    """Fetch a snapshot; report `snapshot_received` or `snapshot_failed` with this serial."""

    serial: int


@dataclass(frozen=True, kw_only=True)
class RenewCredential:
    """Get a fresh credential; report `credential_renewed`, `credential_refused` or `socket_lost`."""

    problem: Problem


@dataclass(frozen=True, kw_only=True)
class StateChanged:
    """The state is now this one. `is_replaced`: by a snapshot, not by events."""

    state: QueueState
    is_replaced: bool


@dataclass(frozen=True, kw_only=True)
class EventsApplied:
    """These events were applied, each exactly once in an epoch.

    Args:
        revision: the state's revision afterwards.
        ages_s: how old each was when it arrived, by the server's clock.
        is_replayed: whether they happened before this connection was made.
    """

    epoch: Epoch
    revision: Revision
    events: tuple[Event, ...]
    ages_s: tuple[float, ...]
    is_replayed: bool

    def fresh(self) -> tuple[Event, ...]:
        """Those young enough on arrival to chime and speak, replayed or not."""
        pairs = zip(self.events, self.ages_s, strict=True)
        return tuple(event for event, age_s in pairs if age_s < FRESH_MAX_S)


@dataclass(frozen=True, kw_only=True)
class SideFactHeard:
    """A fact outside the revision."""

    frame: Receipts | QueuesFrame


@dataclass(frozen=True, kw_only=True)
class StatusChanged:
    """The connection is now like this."""

    status: ConnectionStatus


Delivery = StateChanged | EventsApplied | SideFactHeard | StatusChanged
Action = OpenSocket | SendFrame | CloseSocket | FetchSnapshot | RenewCredential | Delivery
