"""A token and its calls, as they are shown."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.base import Asked, Instant, Label, Shown, printable
from shared.ids import (
    CallId,
    CallOutcome,
    CounterId,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
)

Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9 ().\-/]{3,30}$")]
"""A telephone number as people write it."""

Notes = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    AfterValidator(printable),
]


class Visitor(Asked):
    """Who waits, as far as they said. Personal data: sealed wherever it is stored."""

    name: Label | None = None
    phone: Phone | None = None
    notes: Notes | None = None


class Promise(Shown):
    """The wait that was promised when the token was taken, in seconds: 5 %, median, 95 %."""

    low_s: int
    median_s: int
    high_s: int


class ChoiceRule(StrEnum):
    """The rule by which a token was chosen; the apps put it into words."""

    OLDEST = "oldest"  # waited longest of all this counter serves
    HEAD_START = "head_start"  # its priority counts as minutes waited
    STRICT = "strict"  # an emergency: before all others
    MEANT = "meant"  # meant for this counter, or for the person there
    BOUND = "bound"  # overtaken as often as the organization allows
    RATIO = "ratio"  # its priority level's turn
    PICKED = "picked"  # a person called this very token
    RESUMED = "resumed"  # it was parked, and a person took it up again


class Why(Shown):
    """Why this token was called, in data.

    Args:
        rule: the rule that decided.
        waiting: how many waited for this counter's types, this one included.
        waited_s: how long it had waited, in seconds.
        passed_over: how many later arrivals were called before it, by counters that serve its type.
        overtook: how many earlier arrivals, of lanes this counter serves, it was called before;
            None where that was not counted.
    """

    rule: ChoiceRule
    waiting: int
    waited_s: int
    passed_over: int = 0
    overtook: int | None = None


class LiveToken(Shown):
    """A token, as far as its audience may see it (None: not this audience's, or not yet).

    `place_at` orders a lane, `priority` is a head start in minutes, `announced_revision` is the
    event by which it was last called or recalled. A token is *meant* for a counter or a person when
    `target_counter_id` or `target_user_id` is set; `emergency` is the reason why it goes before all
    others. `visitor` is what `sealed` holds: on its way and at rest a token carries the sealed text,
    and whoever may read it gets the visitor in its place.
    """

    id: TokenId
    number: str
    customer_type: TypeKey
    status: TokenStatus
    created_at: Instant
    counter_id: CounterId | None = None
    call_id: CallId | None = None
    called_at: Instant | None = None
    served_at: Instant | None = None
    announced_revision: Revision | None = None
    recall_count: int = 0
    # For staff and admin only:
    priority: int | None = None
    place_at: Instant | None = None
    source: TokenSource | None = None
    served_by: UserId | None = None
    why: Why | None = None
    target_counter_id: CounterId | None = None
    target_user_id: UserId | None = None
    emergency: str | None = None
    park_reason: str | None = None
    parked_at: Instant | None = None
    wake_at: Instant | None = None
    promise: Promise | None = None
    visitor: Visitor | None = None
    sealed: str | None = None

    def for_display(self) -> "LiveToken":
        """This token without anything that concerns only the staff."""
        return self.model_copy(update=dict.fromkeys(_STAFF_ONLY))


_STAFF_ONLY = (
    "priority",
    "place_at",
    "source",
    "served_by",
    "why",
    "target_counter_id",
    "target_user_id",
    "emergency",
    "park_reason",
    "parked_at",
    "wake_at",
    "promise",
    "visitor",
    "sealed",
)


class Visit(Shown):
    """One visit of a token to a counter, from the call to its end."""

    call_id: CallId
    counter_id: CounterId
    customer_type: TypeKey
    user_id: UserId | None
    called_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    outcome: CallOutcome | None
    recall_count: int


class Deed(Shown):
    """Something that was done to a token: an action of the audit, when and by whom (None: by itself)."""

    action: str
    at: Instant
    user_id: UserId | None


class TokenDetails(Shown):
    """A token with its whole story, oldest first."""

    token: LiveToken
    visits: tuple[Visit, ...]
    deeds: tuple[Deed, ...]


class TokenPage(Shown):
    """A page of tokens, newest first; `next_cursor` is None on the last."""

    items: tuple[LiveToken, ...]
    next_cursor: str | None


class RecentCall(Shown):
    """A call, as the lobby lists it; newest announcement first.

    `withdrawn` calls keep their row, so that a list of the newest N is the same for who followed
    the events and for who takes a snapshot; screens leave them out.
    """

    id: CallId
    token_id: TokenId
    number: str
    customer_type: TypeKey
    counter_id: CounterId
    called_at: Instant
    announced_at: Instant
    announced_revision: Revision
    recall_count: int = 0
    outcome: CallOutcome | None = None
    withdrawn: bool = False
