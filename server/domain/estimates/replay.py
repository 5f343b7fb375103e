"""A past day as it was known at each arrival: what calibration and the bench promise on.

Nothing after the arrival is handed out. That is by construction: tokens are added as they arrive, and of
calls and opening intervals only those that have begun are seen, without their ends.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from server.domain.estimates.facts import (
    CounterHours,
    OpenCounter,
    PastCall,
    PastDay,
    PastToken,
    QueueFacts,
    WaitingToken,
)


def replay(day: PastDay, *, first: int = 0, every: int = 1) -> Iterator[tuple[PastToken, QueueFacts]]:
    """Each token of the day, or every so many from the `first`, with the facts of the moment it was taken."""
    calls: dict[str, list[PastCall]] = defaultdict(list)
    for call in day.calls:
        calls[call.counter].append(call)
    waiting: list[tuple[PastToken, WaitingToken]] = []
    for number, token in enumerate(day.tokens):
        now = token.arrived_at
        if number % every == first % every:
            waiting = [each for each in waiting if _still_waits(each[0], now)]
            yield (
                token,
                QueueFacts(
                    now=now,
                    customer_type=token.customer_type,
                    head_start_s=token.head_start_s,
                    waiting=tuple(shown for _, shown in waiting),
                    counters=tuple(_counters(day.opened, calls, now)),
                    plan=day.plan,
                ),
            )
        waiting.append((token, _waiting(token)))


def _still_waits(token: PastToken, now: datetime) -> bool:
    return (token.called_at is None or token.called_at > now) and (
        token.left_at is None or token.left_at > now
    )


def _waiting(token: PastToken) -> WaitingToken:
    return WaitingToken(
        customer_type=token.customer_type, head_start_s=token.head_start_s, place_at=token.arrived_at
    )


def _counters(
    opened: tuple[CounterHours, ...], calls: dict[str, list[PastCall]], now: datetime
) -> Iterator[OpenCounter]:
    for hours in opened:
        own = calls[hours.counter]
        # A call of this very moment is the newcomer's own.
        at = bisect_left(own, now, key=_called_at)
        busy = own[at - 1] if at and own[at - 1].ended_at > now else None
        if busy or any(i.opens_at <= now < i.closes_at for i in hours.open):
            yield OpenCounter(
                counter=hours.counter,
                serves=hours.serves,
                busy_since=busy.called_at if busy else None,
                busy_with=busy.customer_type if busy else None,
            )


def _called_at(call: PastCall) -> datetime:
    return call.called_at
