"""A token and its calls, as they are shown."""

from enum import StrEnum

from shared.base import Instant, Shown
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


class ChoiceRule(StrEnum):
    """The rule by which a token was chosen; the apps put it into words."""

    OLDEST = "oldest"  # waited longest of all this counter serves
    HEAD_START = "head_start"  # its priority counts as minutes waited
    STRICT = "strict"  # an emergency: before all others
    MEANT = "meant"  # meant for this counter, or for the person there
    BOUND = "bound"  # overtaken as often as the organization allows
    RATIO = "ratio"  # its priority level's turn
    PICKED = "picked"  # a person called this very token


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
    event by which it was last called or recalled.
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

    def for_display(self) -> "LiveToken":
        """This token without anything that concerns only the staff."""
        return self.model_copy(
            update={
                "priority": None,
                "place_at": None,
                "source": None,
                "served_by": None,
                "why": None,
            }
        )


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
