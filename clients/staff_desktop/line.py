"""The waiting line as one counter sees it: the likely order of calls, and each type's queue.

The server decides who is next; this is what it will most likely decide. With a head start in minutes
and the usual multiplier of 1 the order does not change while people wait, so it is worked out once a
state and not once a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clients.core.queue_state import QueueState
from shared.counters import LiveCounter
from shared.ids import TypeKey
from shared.tokens import ChoiceRule, LiveToken


@dataclass(frozen=True, kw_only=True)
class TypeLine:
    """Those who wait for one type: how many, and since when the oldest does."""

    waiting: int
    oldest_at: datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """Everybody who waits, as seen from one counter.

    Args:
        ordered: in the likely order of calls.
        served: the types this counter serves; all of them without a counter.
        waiting: how many wait for those.
        next: the likely next of those.
        rule: why it would be.
        by_type: only types for which somebody waits.
    """

    ordered: tuple[LiveToken, ...]
    served: frozenset[TypeKey]
    waiting: int
    next: LiveToken | None
    rule: ChoiceRule
    by_type: Mapping[TypeKey, TypeLine]


def place_of(token: LiveToken) -> datetime:
    """Since when a token waits."""
    return token.place_at or token.created_at


def waited_s(token: LiveToken, now: datetime) -> float:
    """How long a token has waited."""
    return max(0.0, (now - place_of(token)).total_seconds())


def served_types(state: QueueState, counter: LiveCounter | None) -> frozenset[TypeKey]:
    """The types a counter serves now; all of them for none."""
    chosen = (counter.serves or counter.customer_types) if counter is not None else ()
    return frozenset(chosen or state.customer_types)


def line_of(state: QueueState, counter: LiveCounter | None) -> Line:
    """The line as a counter sees it."""
    served = served_types(state, counter)
    by_type: dict[TypeKey, TypeLine] = {}
    for token in state.waiting:  # oldest place first
        known = by_type.get(token.customer_type)
        by_type[token.customer_type] = TypeLine(
            waiting=known.waiting + 1 if known else 1,
            oldest_at=known.oldest_at if known else place_of(token),
        )
    ordered = tuple(sorted(state.waiting, key=_likely_order))
    first = next((token for token in ordered if token.customer_type in served), None)
    oldest = next((token for token in state.waiting if token.customer_type in served), None)
    is_oldest = first is None or oldest is None or place_of(first) == place_of(oldest)
    return Line(
        ordered=ordered,
        served=served,
        waiting=sum(of_type.waiting for key, of_type in by_type.items() if key in served),
        next=first,
        rule=ChoiceRule.OLDEST if is_oldest else ChoiceRule.HEAD_START,
        by_type=by_type,
    )


def _likely_order(token: LiveToken) -> tuple[float, datetime, str]:
    place = place_of(token)
    return (place.timestamp() - 60 * (token.priority or 0), place, token.number)
