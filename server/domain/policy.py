"""Who is next, and why.

Only the heads of the lanes are read: within a lane the order is by place, so no other token can be
next. In this order:

1. emergencies, the oldest first;
2. tokens meant for this counter or for the person there;
3. all others, as the organization's `CallingPolicy` says.

By default that is the highest *effective priority*: `priority + multiplier × minutes waited`, ties to
the older (an accumulating priority queue: Kleinrock 1964; Stanford, Taylor and Ziedins 2014). With the
multiplier 1 the priority is a head start in minutes, and nobody is passed by anyone who came later
than that head start.

`BOUND` lets a head that was overtaken as often as the bound says go first, the oldest of them first.
Calling the oldest of them overtakes none of the others, and who stands behind a head was overtaken no
more often than that head: so step 3 overtakes nobody more often than the bound, however many reach it
at once. Steps 1 and 2 and people who pick a token may.

`RATIO` gives the turn to the level that has had the least of its weight in the last round: the smallest
`(2 × calls + 1) / weight`, Webster's rule of apportionment, which spreads the turns evenly (Balinski and
Young, Fair Representation, 1982; Bautista, Companys and Corominas 1996 for schedules). A round is the
calls of the waiting levels, as many as their weights add up to. The level on turn has always had fewer
calls in it than its weight; therefore each round that is called while the same levels wait holds exactly
each level's weight. A level with nobody waiting is passed by, and has no claim to catch up later.
"""

from collections import Counter as Count
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from server.domain.errors import NobodyWaiting
from shared.ids import TokenId, TypeKey
from shared.policy import CallingMode, CallingPolicy
from shared.tokens import ChoiceRule

BY_HEAD_START = CallingPolicy()

_MICROSECOND = timedelta(microseconds=1)

_Age = tuple[datetime, str, TokenId]


@dataclass(frozen=True, kw_only=True)
class LaneHead:
    """The first waiting token of a lane, as one counter sees it.

    Args:
        priority: its level, a head start in minutes.
        place_at: what orders its lane.
        is_strict: it is an emergency.
        is_meant: its lane's target is this counter or the person there.
        overtaken: how many tokens of a later place were called by counters that serve its type. Read
            in the mode `BOUND` alone.
    """

    token_id: TokenId
    number: str
    customer_type: TypeKey
    priority: int
    place_at: datetime
    is_strict: bool = False
    is_meant: bool = False
    overtaken: int = 0


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The lane head to call, and the rule that decided."""

    head: LaneHead
    rule: ChoiceRule


def choose(
    heads: Sequence[LaneHead],
    *,
    multipliers: Mapping[TypeKey, float],
    now: datetime,
    policy: CallingPolicy = BY_HEAD_START,
    recent_levels: Iterable[int] = (),
) -> Choice:
    """The token to call next.

    Args:
        heads: the first waiting token of each lane that the counter serves, in any order.
        multipliers: how fast a type's priority grows, a minute waited; 1 where not named. Two decimals
            count.
        recent_levels: in the mode `RATIO`, the priority of the latest calls of *this counter*, newest
            first; `round_length` says how many matter. With the calls of all counters, one that serves
            other types could use up a level's turns, and its people here would wait for ever.

    Raises:
        NobodyWaiting: there is no head.
    """
    if not heads:
        raise NobodyWaiting()

    def rank(head: LaneHead) -> tuple[int, _Age]:
        multiplier = multipliers.get(head.customer_type, 1.0)
        return (-effective_priority(head, multiplier=multiplier, now=now), _age(head))

    if strict := [head for head in heads if head.is_strict]:
        return Choice(head=min(strict, key=_age), rule=ChoiceRule.STRICT)
    if meant := [head for head in heads if head.is_meant]:
        return Choice(head=min(meant, key=rank), rule=ChoiceRule.MEANT)
    if policy.mode is CallingMode.BOUND and (due := _due(heads, policy.bound)):
        return Choice(head=min(due, key=_age), rule=ChoiceRule.BOUND)
    if policy.mode is CallingMode.RATIO and len({head.priority for head in heads}) > 1:
        had = _had_of_its_weight(heads, policy.ratio, recent_levels)
        turn = min(heads, key=lambda head: (had[head.priority], rank(head)))
        return Choice(head=turn, rule=ChoiceRule.RATIO)
    best = min(heads, key=rank)
    oldest = min(heads, key=_age)
    rule = ChoiceRule.OLDEST if best.place_at == oldest.place_at else ChoiceRule.HEAD_START
    return Choice(head=best, rule=rule)


def effective_priority(head: LaneHead, *, multiplier: float, now: datetime) -> int:
    """The head start plus the minutes waited times the multiplier, in hundredths of a microsecond.

    A whole number, as the multiplier has two decimals: a float's last bits must not decide between equals.
    """
    waited_us = (now - head.place_at) // _MICROSECOND
    return head.priority * 60_000_000 * 100 + round(multiplier * 100) * waited_us


def round_length(policy: CallingPolicy, levels: Iterable[int]) -> int:
    """How many of a counter's latest calls `choose` has to know, for an organization of these levels."""
    if policy.mode is not CallingMode.RATIO:
        return 0
    return sum(policy.ratio.get(level, 1) for level in set(levels)) - 1


def _age(head: LaneHead) -> _Age:
    return (head.place_at, head.number, head.token_id)


def _due(heads: Sequence[LaneHead], bound: int) -> list[LaneHead]:
    return [head for head in heads if head.overtaken >= bound]


def _had_of_its_weight(
    heads: Sequence[LaneHead], ratio: Mapping[int, int], recent_levels: Iterable[int]
) -> dict[int, float]:
    """By level that waits: how much of its weight it has had in the last round."""
    weights = {head.priority: ratio.get(head.priority, 1) for head in heads}
    ours = (level for level in recent_levels if level in weights)
    calls = Count(islice(ours, sum(weights.values()) - 1))
    return {level: (2 * calls[level] + 1) / weight for level, weight in weights.items()}
