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
from shared.ids import TokenId, TypeKey
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
        mine: those sent to this counter or its person, whatever their type.
        others: those sent to another counter or person.
        telling: those of whom more than type and time is to be said: sent to somebody, an emergency, or
            with a visitor's name.
    """

    ordered: tuple[LiveToken, ...]
    served: frozenset[TypeKey]
    waiting: int
    next: LiveToken | None
    rule: ChoiceRule
    by_type: Mapping[TypeKey, TypeLine]
    mine: frozenset[TokenId] = frozenset()
    others: frozenset[TokenId] = frozenset()
    telling: tuple[LiveToken, ...] = ()


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
    sent = [token for token in ordered if not is_for_anybody(token)]
    mine = frozenset(token.id for token in sent if is_meant_for(token, counter))
    others = frozenset(token.id for token in sent if token.id not in mine) if counter else frozenset()

    def is_called_here(token: LiveToken) -> bool:
        # What is meant for a counter or its person is theirs, of whatever type.
        return token.id in mine or (token.customer_type in served and token.id not in others)

    first = next((token for token in ordered if is_called_here(token)), None)
    oldest = next((token for token in state.waiting if is_called_here(token)), None)
    of_types = sum(of_type.waiting for key, of_type in by_type.items() if key in served)
    return Line(
        ordered=ordered,
        served=served,
        waiting=of_types
        - sum(token.id in others and token.customer_type in served for token in sent)
        + sum(token.id in mine and token.customer_type not in served for token in sent),
        next=first,
        rule=_rule(first, oldest, mine),
        by_type=by_type,
        mine=mine,
        others=others,
        telling=tuple(
            token for token in ordered if token.visitor or token.emergency or not is_for_anybody(token)
        ),
    )


def _rule(first: LiveToken | None, oldest: LiveToken | None, mine: frozenset[TokenId]) -> ChoiceRule:
    if first is None or oldest is None:
        return ChoiceRule.OLDEST
    if first.emergency is not None:
        return ChoiceRule.STRICT
    if first.id in mine:
        return ChoiceRule.MEANT
    return ChoiceRule.OLDEST if place_of(first) == place_of(oldest) else ChoiceRule.HEAD_START


def _likely_order(token: LiveToken, counter: LiveCounter | None) -> tuple[int, float, datetime, str]:
    place = place_of(token)
    since_s = place.timestamp()
    if token.emergency is not None:
        return (0, since_s, place, token.number)
    group = 1 if is_meant_for(token, counter) else 2
    return (group, since_s - 60 * (token.priority or 0), place, token.number)
