"""All that the window's content is worked out from, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from clients.core.connection import ConnectionStatus
from clients.core.queue_state import QueueState, active_at
from clients.qt_kit.sign_in_state import SignInState
from clients.staff_desktop.line import Line
from shared.analytics import Day
from shared.counters import LiveCounter
from shared.frames import Receipts
from shared.ids import CallId, CounterId, Revision, TokenId, TypeKey
from shared.queues import QueueReport, QueueStatus
from shared.tokens import LiveToken
from shared.users import Me


class Act(StrEnum):
    """What a person can ask for; one at a time at a counter."""

    OPEN = "open"
    CLOSE = "close"
    CALL_NEXT = "call_next"
    CALL_THIS_ONE = "call_this_one"
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    CANCEL = "cancel"
    CREATE = "create"
    RETURN = "return"
    TRANSFER = "transfer"
    PARK = "park"
    RESUME = "resume"
    REINSTATE = "reinstate"
    PRIORITY = "priority"
    EMERGENCY = "emergency"
    NOTES = "notes"
    UNDO = "undo"
    TAKE_BREAK = "take_break"
    END_BREAK = "end_break"


@dataclass(frozen=True, kw_only=True)
class TokenTry:
    """How taking a token for a visitor stands. `can_override`: it was refused, and may be taken anyway."""

    token: LiveToken | None = None
    error: str = ""
    can_override: bool = False


@dataclass(frozen=True, kw_only=True)
class UndoOffer:
    """The last command, while it can be taken back.

    Args:
        text: what was done ("A012 completed").
        until: when it is too late, by the server's clock.
        revision: the event by which it was done; a newer one of this token ends the offer.
    """

    token_id: TokenId
    text: str
    until: datetime
    revision: Revision


@dataclass(frozen=True, kw_only=True)
class NoShowsKnown:
    """Who did not come today, newest first; None while it is not known. `error`: why it is not."""

    tokens: tuple[LiveToken, ...] | None = None
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known at one moment.

    Args:
        now: by the server's clock.
        under_way: what was asked for and is not answered, or not yet seen in the state.
        last: the quiet line about what was last done.
        offer: the last command, while it can be taken back.
        notice: what needs reading, "" for nothing.
        language: of the app, as ISO 639-1 names it.
    """

    now: datetime
    me: Me | None
    is_remembered: bool
    state: QueueState | None
    status: ConnectionStatus | None
    queues: QueueReport | None
    receipts: Mapping[CallId, Receipts]
    day: Day | None
    counter: LiveCounter | None
    line: Line | None
    under_way: frozenset[Act]
    sign_in: SignInState
    token_try: TokenTry
    suggested: CounterId | None
    suggested_types: tuple[TypeKey, ...]
    last: str
    notice: str
    offer: UndoOffer | None
    no_shows: NoShowsKnown
    language: str

    @property
    def is_live(self) -> bool:
        """Whether commands can be given."""
        return self.status is not None and self.status.is_live

    @property
    def active(self) -> LiveToken | None:
        """The token called to, or served at, one's own counter."""
        if self.state is None or self.counter is None:
            return None
        return active_at(self.state, self.counter.id)

    @property
    def is_on_break(self) -> bool:
        """Whether one takes a break at one's own counter."""
        return self.counter is not None and self.counter.break_since is not None

    def local(self, moment: datetime) -> datetime:
        """A moment on the organization's clock."""
        return moment.astimezone(self.zone)

    @property
    def zone(self) -> tzinfo:
        """The organization's time zone; UTC while it is not known."""
        return ZoneInfo(self.state.organization.time_zone) if self.state else UTC

    def queue(self, key: TypeKey) -> QueueStatus | None:
        """The reported figures of a type."""
        reported = self.queues.queues if self.queues else ()
        return next((queue for queue in reported if queue.customer_type == key), None)


def own_counter(state: QueueState | None, me: Me | None) -> LiveCounter | None:
    """The counter that a person has open."""
    if state is None or me is None:
        return None
    return next((each for each in state.counters.values() if each.opened_by == me.id), None)
