"""What the lobby board shows, as values. Pure: no Qt, no clock; the presenter writes every text of time."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class FocusCall:
    """A call that fills the focus panel.

    Args:
        call_id: tells two calls apart, and a recall from its call: a new id is announced again.
        token: the number on the ticket, "A012".
        counter: what stands on the counter's plate, "3".
        type_name: the customer type's name in the board's language.
        fresh: yellow, for 30 s or until the next call; otherwise settled.
    """

    call_id: str
    token: str
    counter: str
    type_name: str
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class RecentRow:
    """An earlier call, newest first in its list."""

    call_id: str
    token: str
    counter: str


@dataclass(frozen=True, kw_only=True)
class TypeTile:
    """How many wait for a customer type.

    Args:
        prefix: the letter on the tickets.
        name: the type's name.
        waiting: how many.
        estimate: minutes from and to for a new arrival; None leaves the line out.
    """

    prefix: str
    name: str
    waiting: int
    estimate: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class StaleInfo:
    """The server is out of reach: nothing here is current.

    Args:
        since: clock time of the last news, "10:42".
    """

    since: str


@dataclass(frozen=True, kw_only=True)
class BoardState:
    """Everything on the board.

    Args:
        revision: the organization's revision that this shows; comes back in `Board.painted`.
        organization: its name.
        date: "Tuesday 14 October".
        clock: "10:43"; runs on while stale.
        focus: none, one or two calls, newest first. A third waits with the presenter.
        recent: earlier calls, newest first; those that do not fit are left out.
        types: in the organization's order.
        ticker: announcements; without any the board says what to do when called.
        stale: set while the server is out of reach.
        loading: nothing has arrived yet.
        connecting_to: the server's address, shown while loading.
        icon: Lucide name of the organization's icon.
    """

    revision: int = 0
    organization: str = ""
    date: str = ""
    clock: str = ""
    focus: tuple[FocusCall, ...] = ()
    recent: tuple[RecentRow, ...] = ()
    types: tuple[TypeTile, ...] = ()
    ticker: tuple[str, ...] = ()
    stale: StaleInfo | None = None
    loading: bool = False
    connecting_to: str = ""
    icon: str = "landmark"


@dataclass(frozen=True, kw_only=True)
class PairingStep:
    """One of the steps at the bottom of the pairing screen."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class PairingState:
    """What a screen shows that belongs to no organization yet.

    Args:
        title: what this is about ("Connect this screen", "Approved").
        text: one sentence below.
        icon: Lucide name of what stands above the title where there is no code; "" draws none.
        code: eight letters, drawn as two groups of four plates; "" draws none.
        code_left_s: seconds until a new code; 0 draws no bar.
        code_total_s: how long a code holds.
        steps: what to do, at most three.
        machine: this machine's name.
        screen: what it is ("landscape, 1920 × 1080").
        server: the address it talks to; with "https:" it is drawn with a lock.
        reaches_server: False shows that the server is out of reach.
        clock: "10:43".
    """

    title: str
    text: str
    icon: str = ""
    code: str = ""
    code_left_s: int = 0
    code_total_s: int = 600
    steps: tuple[PairingStep, ...] = field(default=())
    machine: str
    screen: str
    server: str
    reaches_server: bool = True
    clock: str = ""
