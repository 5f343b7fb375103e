"""What is seen of tokens, and what an admin may do with them and with counters, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.ids import CounterId, TokenId, TypeKey, UserId
from shared.tokens import Visitor


class TokenVerb(StrEnum):
    """What can be done with a token; those with an ellipsis in their words ask something first."""

    CALL = "call"  # to a counter
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    RESUME = "resume"  # at a counter
    RETURN = "return"
    REINSTATE = "reinstate"
    TRANSFER = "transfer"
    PARK = "park"
    PRIORITY = "priority"
    VISITOR = "visitor"
    CANCEL = "cancel"


AT_ONCE = frozenset(
    {
        TokenVerb.RECALL,
        TokenVerb.START,
        TokenVerb.COMPLETE,
        TokenVerb.NO_SHOW,
        TokenVerb.RETURN,
        TokenVerb.REINSTATE,
    }
)
"""Done when pressed: the message that follows can take them back."""


class CounterVerb(StrEnum):
    """What can be done with a counter that is open."""

    BREAK = "break"
    END_BREAK = "end_break"
    UNDO = "undo"
    CLOSE = "close"


class Section(StrEnum):
    """Where a token is, as the list has it."""

    WAITING = "waiting"
    AT_COUNTERS = "at_counters"
    PARKED = "parked"
    NO_SHOWS = "no_shows"


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """A token.

    Args:
        since: since when it is where it is: taken, called, begun, set aside.
        since_s: how long that is; None where it is not known.
        counter, person: the plate and who serves, "" for none.
        meant_for: the counter or person it waits for, "" for anybody.
        is_late: whether it waits longer than its type promises.
        wake_at: when it goes back by itself.
        verbs: what may be done with it now.
    """

    id: TokenId
    number: str
    section: Section
    type_key: TypeKey
    type_name: str
    is_serving: bool = False
    since: datetime | None = None
    since_s: int | None = None
    counter: str = ""
    person: str = ""
    meant_for: str = ""
    priority: int = 0
    emergency: str = ""
    is_late: bool = False
    park_reason: str = ""
    wake_at: datetime | None = None
    visitor: Visitor | None = None
    verbs: tuple[TokenVerb, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CounterChoice:
    """A counter to send somebody to. `is_free`: it is open, at work, and has nobody."""

    id: CounterId
    label: str
    name: str
    person: str
    is_free: bool


@dataclass(frozen=True, kw_only=True)
class FloorChoices:
    """What the dialogs of the floor offer."""

    now: datetime
    counters: tuple[CounterChoice, ...]
    types: tuple[tuple[TypeKey, str], ...]
    people: tuple[tuple[UserId, str], ...]
    levels: tuple[int, ...]
    park_reasons: tuple[str, ...]
    break_reasons: tuple[str, ...]
    cancel_reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CounterMenu:
    """What can be done at a counter: with itself, and with the token that is there."""

    counter_id: CounterId
    name: str
    verbs: tuple[CounterVerb, ...]
    token: TokenRow | None


@dataclass(frozen=True, kw_only=True)
class TokensView:
    """The tokens page.

    Args:
        rows: of all sections; those waiting by place, the others by since when they are there.
        no_shows_error: why those who did not come are not listed, "" where they are or will be.
        barred: why nothing can be done now, "" where it can.
    """

    rows: tuple[TokenRow, ...]
    has_no_shows: bool
    no_shows_error: str
    choices: FloorChoices
    barred: str = ""
