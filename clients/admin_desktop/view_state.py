"""What the console shows, as values. No Qt, and no words beyond names: `words.py` makes the sentences.

Moments are in the organization's time zone; durations in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from clients.admin_desktop.account_values import AccountBars, OneTimeView
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.notices import NoticeView
from clients.admin_desktop.pairing_views import PairingView
from clients.admin_desktop.setup_view import SetupView
from clients.admin_desktop.skill_views import SkillsView
from clients.admin_desktop.token_views import CounterMenu, FloorChoices
from clients.core.commands import AccountCommand
from clients.qt_kit.sign_in_state import SignInState
from shared.ids import CounterId, DeviceId, Permission, TypeKey, UserId, UserRole
from shared.queues import QueueSettings


class CounterState(StrEnum):
    """What happens at a counter."""

    CLOSED = "closed"  # nobody works there
    READY = "ready"  # open, and no visitor called
    CALLED = "called"  # a visitor is on the way
    SERVING = "serving"  # a visitor is there
    BREAK = "break"  # open, and who works there is away for a while


class Link(StrEnum):
    """How the console stands with its server."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"


# The floor


@dataclass(frozen=True, kw_only=True)
class CounterCard:
    """One counter on the floor.

    Args:
        label: what stands on its plate.
        person: who works there; None while it is closed.
        number: the token called or served, "" for none.
        elapsed_s: how long it is in this state; None where that is not known.
        since: since when it is in this state; None where that is not known.
        waiting: how many wait for the types it serves.
        break_reason: why who works there is away, "" for no reason or no break.
    """

    id: CounterId
    label: str
    name: str
    state: CounterState
    person: str | None = None
    number: str = ""
    elapsed_s: int | None = None
    since: datetime | None = None
    recalls: int = 0
    waiting: int = 0
    break_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class LongestWait:
    """The visitor who has waited longest."""

    number: str
    waited_s: int
    limit_min: int


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """The service day so far; `average_wait_s` is None before the first call."""

    served: int
    no_shows: int
    cancelled: int
    average_wait_s: float | None


@dataclass(frozen=True, kw_only=True)
class Kpis:
    """The strip of figures. `day` is None until it has come; `day_error` says why it has not."""

    waiting: int
    late: int
    longest: LongestWait | None
    open_counters: int
    counters: int
    ready: int
    day: DayFigures | None
    day_error: str = ""


@dataclass(frozen=True, kw_only=True)
class TypeRow:
    """One customer type's queue.

    Args:
        longest_s: the longest wait; None while nobody waits.
        scale_s: the end of every gauge in view, so that bars compare.
        estimate_s: low and high of a new arrival's wait; None while too little is known.
        counters: the plates of the open counters that serve it.
    """

    key: TypeKey
    prefix: str
    name: str
    waiting: int
    longest_s: int | None
    limit_s: int
    scale_s: int
    estimate_s: tuple[int, int] | None
    counters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A call that every connected screen has painted."""

    number: str
    counter: str


@dataclass(frozen=True, kw_only=True)
class DisplayRow:
    """A lobby display.

    Args:
        last_seen: None for one that never connected.
        offline_s: for how long it has not been connected; None while it is, or never was.
        shows: what is on it, as far as its receipts tell.
        address: where it was connected from last, "" for nowhere yet.
    """

    id: DeviceId
    name: str
    is_online: bool
    last_seen: datetime | None
    offline_s: int | None = None
    shows: Shown | None = None
    address: str = ""
    added: datetime


@dataclass(frozen=True, kw_only=True)
class TypeIsLate:
    """A type whose longest wait is beyond its limit. `late` counts all of its visitors beyond it."""

    key: TypeKey
    name: str
    number: str
    waited_s: int
    late: int
    counters: tuple[str, ...]
    open_counters: int


@dataclass(frozen=True, kw_only=True)
class DisplayIsOffline:
    """A display that was connected once and is not now."""

    id: DeviceId
    name: str
    last_seen: datetime


@dataclass(frozen=True, kw_only=True)
class CallIsUnanswered:
    """A visitor who was called and has not come for long."""

    counter_id: CounterId
    counter: str
    number: str
    elapsed_s: int
    recalls: int


NeedsYou = TypeIsLate | DisplayIsOffline | CallIsUnanswered


@dataclass(frozen=True, kw_only=True)
class FloorView:
    """The floor page.

    Args:
        displays: None until they have come; `displays_error` says why not.
        menus: what can be done at each counter, and `choices` what the dialogs offer for it.
        barred: why nothing can be done by this person, "" where it can.
    """

    kpis: Kpis
    counters: tuple[CounterCard, ...]
    types: tuple[TypeRow, ...]
    needs_you: tuple[NeedsYou, ...]
    displays: tuple[DisplayRow, ...] | None
    displays_error: str = ""
    menus: Mapping[CounterId, CounterMenu] = field(default_factory=dict)
    choices: FloorChoices | None = None
    barred: str = ""


# The tables


@dataclass(frozen=True, kw_only=True)
class NamedType:
    """A customer type to choose."""

    key: TypeKey
    name: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class CounterRow:
    """A counter in the list, also one that is switched off.

    Args:
        position: its place among the counters.
        types: the names of those it may serve, `all_types` if all.
    """

    card: CounterCard
    position: int
    types: tuple[str, ...]
    all_types: bool
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """A person in the list.

    Args:
        counter: the plate of the counter they have open, "" for none.
        types: the names of the customer types they serve; none means all.
        must_change_password: whether they have not signed in yet with a password of their own.
    """

    id: UserId
    username: str
    name: str
    role: UserRole
    is_active: bool
    counter: str
    last_login: datetime | None
    added: datetime
    types: tuple[str, ...] = ()
    must_change_password: bool = False


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """A customer type in the list, also one that is switched off. `waiting` counts who waits now."""

    key: str
    settings: QueueSettings
    waiting: int


@dataclass(frozen=True, kw_only=True)
class QueuesView:
    """The customer types page. `rows` is None until they have come."""

    edited: Edited
    rows: tuple[QueueRow, ...] | None


@dataclass(frozen=True, kw_only=True)
class CountersView:
    """The counters page. `types` are all customer types, by position."""

    edited: Edited
    rows: tuple[CounterRow, ...]
    types: tuple[NamedType, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleView:
    """The people page. `rows` is None until they have come; `error` says why they have not.

    Args:
        types: all customer types, by position.
        skills: the dialog about what a person serves, while it is open.
        bars: what may not be done to the person in the editor; None without one, or for a new one.
        roles: those that who is signed in may give, and `mine` what they may do.
        one_time: a password that was made just now, until it is read.
        busy: what is under way beside an edit.
    """

    rows: tuple[PersonRow, ...] | None
    error: str = ""
    types: tuple[NamedType, ...] = ()
    skills: SkillsView | None = None
    edited: Edited = field(default_factory=lambda: Edited(items=None))
    bars: AccountBars | None = None
    roles: frozenset[UserRole] = frozenset()
    mine: frozenset[Permission] = frozenset()
    one_time: OneTimeView | None = None
    busy: tuple[AccountCommand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DisplaysView:
    """The displays page. `rows` is None until they have come; `error` says why they have not.

    Args:
        pairing: the dialog that pairs one, while it is open.
    """

    edited: Edited
    rows: tuple[DisplayRow, ...] | None
    error: str = ""
    pairing: PairingView | None = None


# Around the pages


@dataclass(frozen=True, kw_only=True)
class TypeChoice:
    """A type that a new token can be of."""

    key: TypeKey
    prefix: str
    name: str
    waiting: int


@dataclass(frozen=True, kw_only=True)
class CreatedToken:
    """What the visitor is told. `ahead` counts who waits before it in its queue."""

    number: str
    type_name: str
    ahead: int
    estimate_s: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class NewTokenView:
    """The new-token dialog.

    Args:
        levels: the head starts that a token may have, in minutes; the first one is chosen at first.
        created: the token it made last, None before.
    """

    types: tuple[TypeChoice, ...]
    is_live: bool
    levels: tuple[int, ...] = (0,)
    busy: bool = False
    error: str = ""
    created: CreatedToken | None = None


@dataclass(frozen=True, kw_only=True)
class ConsoleView:
    """Somebody is signed in.

    Args:
        now: the organization's clock; None before its time zone is known.
        offline_since: since when there is no connection; None while there is, or never was.
        has_figures: whether anything of the floor is known, live or from before.
        page: the key of the page in front, and `page_view` what it shows (None: loading).
        notice: what has just happened, and whether it can be undone.
    """

    organization: str
    person: str
    role: UserRole
    is_remembered: bool
    link: Link
    now: datetime | None
    offline_since: datetime | None
    has_figures: bool
    page: str
    page_view: object | None
    new_token: NewTokenView | None = None
    notice: NoticeView | None = None


@dataclass(frozen=True, kw_only=True)
class AdminView:
    """The whole window: one of the three."""

    setup: SetupView | None = None
    sign_in: SignInState | None = None
    console: ConsoleView | None = None
