"""Who is next, and why.

Only the heads of the lanes are read: within a lane the order is by place, so no other token can be
next. The effective priority of a head is `priority + multiplier × minutes waited`, ties to the older
(an accumulating priority queue: Kleinrock 1964; Stanford, Taylor and Ziedins 2014). With the
multiplier 1 the priority is a head start in minutes, and nobody is passed by anyone who came later
than that head start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.errors import NobodyWaiting
from shared.ids import TokenId, TypeKey
from shared.tokens import ChoiceRule


@dataclass(frozen=True, kw_only=True)
class LaneHead:
    """The first waiting token of a lane. `place_at` orders it, `priority` is its head start in minutes."""

    token_id: TokenId
    number: str
    customer_type: TypeKey
    priority: int
    place_at: datetime


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The lane head to call, and the rule that decided."""

    head: LaneHead
    rule: ChoiceRule


def effective_priority(head: LaneHead, *, multiplier: float, now: datetime) -> float:
    """Minutes waited times the multiplier, plus the head start."""
    waited_min = (now - head.place_at).total_seconds() / 60
    return head.priority + multiplier * waited_min


def choose(heads: Sequence[LaneHead], *, multipliers: Mapping[TypeKey, float], now: datetime) -> Choice:
    """The token to call next.

    Args:
        heads: the first waiting token of each lane that the counter serves.
        multipliers: how fast a type's priority grows, a minute waited; 1 where not named.

    Raises:
        NobodyWaiting: there is no head.
    """
    if not heads:
        raise NobodyWaiting()

    def rank(head: LaneHead) -> tuple[float, datetime, str]:
        multiplier = multipliers.get(head.customer_type, 1.0)
        # Rounded to the millisecond: a float's last bits must not decide between equals.
        priority = round(effective_priority(head, multiplier=multiplier, now=now) * 60_000)
        return (-priority, head.place_at, head.number)

    best = min(heads, key=rank)
    oldest = min(heads, key=lambda head: (head.place_at, head.number))
    rule = ChoiceRule.OLDEST if best.place_at == oldest.place_at else ChoiceRule.HEAD_START
    return Choice(head=best, rule=rule)
