"""What the staff window shows, as values. No Qt, no business: a widget needs nothing else to draw itself.

Times are seconds, moments that are shown are ready-made words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clients.qt_kit.sign_in_state import SignInState
from clients.staff_desktop.list_view import WaitingView
from clients.staff_desktop.view_parts import AVAILABLE, CommandView, TypeView
from shared.ids import CounterId, TokenId, TypeKey, UserId
from shared.tokens import LiveToken


class Phase(StrEnum):
    """What the window is about."""

    SIGN_IN = "sign_in"  # nobody is signed in -> loading
    LOADING = "loading"  # signed in, the queue is not here yet -> closed, ready, called, serving
    CLOSED = "closed"  # no counter is open -> ready
    READY = "ready"  # a counter is open, nobody is called -> called, on break
    ON_BREAK = "on_break"  # who sits there takes a break -> ready
    CALLED = "called"  # a visitor is on the way -> serving, ready
    SERVING = "serving"  # a visitor stands at the counter -> ready


class Reach(StrEnum):
    """How the connection is, in the top bar."""

    LIVE = "live"
    CONNECTING = "connecting"
    OFFLINE = "offline"


@dataclass(frozen=True, kw_only=True)
class TopBarView:
    """The bar on top. Without a counter, label and name are empty.

    Args:
        is_remembered: whether the next start needs no password.
        rest: taking a break, or resuming work while `is_on_break`; None without a counter.
    """

    counter_label: str = ""
    counter_name: str = ""
    organization: str = ""
    serves: tuple[TypeView, ...] = ()
    reach: Reach = Reach.CONNECTING
    person: str = ""
    is_remembered: bool = True
    waiting: int = 0
    new_token: CommandView = AVAILABLE
    close: CommandView = AVAILABLE
    rest: CommandView | None = None
    is_on_break: bool = False


@dataclass(frozen=True, kw_only=True)
class CounterView:
    """A counter one may choose.

    Args:
        person: who sits there, "" for nobody.
        number: the token called or served there, "" for none.
        types: the types it may serve.
    """

    id: CounterId
    label: str
    name: str
    person: str = ""
    number: str = ""
    types: tuple[TypeView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClosedView:
    """Choosing a counter and what it serves.

    Args:
        suggested: the counter to begin with, None for the first free one.
        suggested_types: the types to begin with; empty: all.
    """

    counters: tuple[CounterView, ...]
    suggested: CounterId | None = None
    suggested_types: tuple[TypeKey, ...] = ()
    open: CommandView = AVAILABLE


@dataclass(frozen=True, kw_only=True)
class NextView:
    """Who is likely next, and why."""

    number: str
    type_name: str
    why: str
    waited_s: float
    limit_s: float


@dataclass(frozen=True, kw_only=True)
class TypeCardView:
    """The queue of one customer type.

    Args:
        longest_s: None while nobody waits.
        scale_s: the end of the gauge, the same for all types in view.
        estimate_s: low and high of the wait of someone who arrives now; None while unknown.
    """

    type: TypeView
    waiting: int
    longest_s: float | None
    scale_s: float
    estimate_s: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class ReadyView:
    """A free counter. `next` is None while nobody waits for its types."""

    call_next: CommandView
    next: NextView | None
    types: tuple[TypeCardView, ...]


@dataclass(frozen=True, kw_only=True)
class BreakView:
    """A break at one's own counter.

    Args:
        since: on the organization's clock ("10:30").
        resume: working again.
    """

    reason: str
    since: str
    elapsed_s: float
    waiting: int
    resume: CommandView


class Screens(StrEnum):
    """What is known of the screens that show a call."""

    UNKNOWN = "unknown"  # announced before this connection was made
    PENDING = "pending"  # just announced -> some, none
    SHOWN = "shown"  # on at least one
    NONE = "none"  # on none, though there was time


@dataclass(frozen=True, kw_only=True)
class ActiveView:
    """The token called to, or served at, this counter.

    Args:
        screens_text: on how many screens the call was shown, or that it was not.
        announced_text: when it was last announced.
        elapsed_s: since the call, or since service started.
        usual_s: low and high of the usual service; None while unknown or not yet serving.
        remark: a line under the timer.
        details: lines under the number.
        complete: is the primary command while serving, and where arrival is not confirmed.
        start: the primary command of a call; the second one where arrival is not confirmed;
            None while serving.
        hint: the line under the later commands.
        promised_s: low and high of the wait that was promised; None where none was.
        change: priority and notes.
    """

    token: LiveToken
    token_id: TokenId
    number: str
    type_name: str
    is_called: bool
    screens: Screens
    screens_text: str
    announced_text: str
    elapsed_s: float
    usual_s: tuple[float, float] | None
    remark: str
    details: str
    waited_s: float
    why: str
    start: CommandView | None
    complete: CommandView | None
    recall: CommandView
    no_show: CommandView
    cancel: CommandView
    transfer: CommandView
    park: CommandView
    send_back: CommandView
    change: CommandView
    promised_s: tuple[float, float] | None = None
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class HourBar:
    """What was served in an hour of the day."""

    hour: int
    served: int
    is_now: bool = False


@dataclass(frozen=True, kw_only=True)
class DayView:
    """One's own day so far, at whichever counters."""

    served: int
    no_shows: int
    average_service_s: float | None
    average_wait_s: float | None
    bars: tuple[HourBar, ...]


@dataclass(frozen=True, kw_only=True)
class LaneView:
    """The line below: what was last done, or a notice that needs reading.

    Args:
        offer: what was just done and can be taken back, "" for nothing.
        undo_left_ms: how long it can.
    """

    last: str = ""
    notice: str = ""
    offer: str = ""
    undo_left_ms: int = 0
    undo: CommandView = AVAILABLE


@dataclass(frozen=True, kw_only=True)
class NewTokenView:
    """The panel that takes a token for a visitor.

    Args:
        levels: the head starts on offer, in minutes.
        number: of the token just taken, "" before.
        type_name: its type.
        estimate_s: low and high of its wait; None while unknown.
        error: why the last try was refused, "" for none.
        can_override: whether it can be taken all the same.
    """

    types: tuple[TypeView, ...] = ()
    levels: tuple[int, ...] = ()
    create: CommandView = AVAILABLE
    number: str = ""
    type_name: str = ""
    estimate_s: tuple[float, float] | None = None
    error: str = ""
    can_override: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A colleague to whom a visitor can be sent.

    Args:
        counter: where they sit now, "" for nowhere.
        types: what they have the skill for; empty: all.
    """

    id: UserId
    name: str
    counter: str = ""
    types: frozenset[TypeKey] = frozenset()


@dataclass(frozen=True, kw_only=True)
class OfferView:
    """What the dialogs offer.

    Args:
        own_counter: not offered as a place to send a visitor to from itself.
        levels: head starts in minutes.
        now: on the organization's clock, to tell a time of today.
    """

    types: tuple[TypeView, ...] = ()
    counters: tuple[CounterView, ...] = ()
    people: tuple[PersonView, ...] = ()
    own_counter: CounterId | None = None
    levels: tuple[int, ...] = (0,)
    park_reasons: tuple[str, ...] = ()
    break_reasons: tuple[str, ...] = ()
    cancel_reasons: tuple[str, ...] = ()
    now: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NewsView:
    """Announcements for staff, the most urgent first. `is_urgent`: the first one is."""

    texts: tuple[str, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class TakeOver:
    """A question: shall this counter be opened though somebody else, or oneself elsewhere, works?

    Args:
        person: who has it open; "" where one would leave one's own other counter.
        leaves: the name of one's own other counter, "" for none.
    """

    counter_id: CounterId
    counter_name: str
    types: tuple[TypeKey, ...]
    person: str = ""
    leaves: str = ""


@dataclass(frozen=True, kw_only=True)
class StaffView:
    """The whole window. Parts that the phase does not need are None."""

    phase: Phase
    sign_in: SignInState
    top: TopBarView = TopBarView()
    offline: str = ""
    closed: ClosedView | None = None
    ready: ReadyView | None = None
    rest: BreakView | None = None
    active: ActiveView | None = None
    waiting: WaitingView | None = None
    day: DayView | None = None
    lane: LaneView = LaneView()
    new_token: NewTokenView = NewTokenView()
    offers: OfferView = OfferView()
    news: NewsView = NewsView()
