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
        waiting: how many this counter would call: of those types, or sent to it.
        next: the likely next of them.
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
    """The types a counter serves now, by who sits there; all of them for none."""
    chosen = frozenset((counter.serves or counter.customer_types) if counter is not None else ())
    person = state.people.get(counter.opened_by) if counter is not None and counter.opened_by else None
    skills = frozenset(person.customer_types if person is not None else ())
    served = chosen or frozenset(state.customer_types)
    return served & skills if skills else served


def is_meant_for(token: LiveToken, counter: LiveCounter | None) -> bool:
    """Whether a token was sent to this very counter, or to who sits there."""
    if counter is None:
        return False
    if token.target_counter_id is not None:
        return token.target_counter_id == counter.id
    return token.target_user_id is not None and token.target_user_id == counter.opened_by


def is_for_anybody(token: LiveToken) -> bool:
    """Whether a token waits for no counter and no person in particular."""
    return token.target_counter_id is None and token.target_user_id is None


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
    ordered = tuple(sorted(state.waiting, key=lambda token: _likely_order(token, counter)))
    mine = [token for token in ordered if _is_called_here(token, served, counter)]
    return Line(
        ordered=ordered,
        served=served,
        waiting=len(mine),
        next=mine[0] if mine else None,
        rule=_rule(mine, counter),
        by_type=by_type,
    )


def _is_called_here(token: LiveToken, served: frozenset[TypeKey], counter: LiveCounter | None) -> bool:
    # What is meant for a counter or its person is theirs, of whatever type.
    if is_meant_for(token, counter):
        return True
    return token.customer_type in served and (is_for_anybody(token) or counter is None)


def _rule(mine: list[LiveToken], counter: LiveCounter | None) -> ChoiceRule:
    if not mine:
        return ChoiceRule.OLDEST
    first = mine[0]
    if first.emergency is not None:
        return ChoiceRule.STRICT
    if is_meant_for(first, counter):
        return ChoiceRule.MEANT
    is_oldest = place_of(first) == min(place_of(token) for token in mine)
    return ChoiceRule.OLDEST if is_oldest else ChoiceRule.HEAD_START


def _likely_order(token: LiveToken, counter: LiveCounter | None) -> tuple[int, float, datetime, str]:
    place = place_of(token)
    if token.emergency is not None:
        return (0, place.timestamp(), place, token.number)
    group = 1 if is_meant_for(token, counter) else 2
    return (group, place.timestamp() - 60 * (token.priority or 0), place, token.number)
