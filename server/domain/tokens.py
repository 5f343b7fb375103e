"""Tokens: their states and transitions. The table of what is legal is `ALLOWED`, and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from server.domain.errors import TokenNotInState
from shared.ids import (
    CallId,
    CallOutcome,
    CounterId,
    OrganizationId,
    Revision,
    TokenCommand,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
)
from shared.tokens import Why

ALLOWED: dict[TokenCommand, frozenset[TokenStatus]] = {
    TokenCommand.CALL: frozenset({TokenStatus.WAITING}),
    TokenCommand.RECALL: frozenset({TokenStatus.CALLED}),
    TokenCommand.START: frozenset({TokenStatus.CALLED}),
    TokenCommand.COMPLETE: frozenset({TokenStatus.SERVING}),
    TokenCommand.NO_SHOW: frozenset({TokenStatus.CALLED}),
    TokenCommand.CANCEL: frozenset({TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.PARKED}),
}
"""From which states a command may come."""

COMPLETE_UNCONFIRMED = frozenset({TokenStatus.SERVING, TokenStatus.CALLED})
"""From which complete may come where the organization does not confirm arrival."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One visit of a token to a counter, a row of its own.

    Args:
        called_at: when it was called the first time.
        announced_at: when it was last called or recalled.
        announced_revision: the event by which it was last called or recalled.
        place_at: the token's place when it was called; tells later who was passed over.
    """

    id: CallId
    token_id: TokenId
    number: str
    customer_type: TypeKey
    counter_id: CounterId
    user_id: UserId | None
    place_at: datetime
    called_at: datetime
    announced_at: datetime
    announced_revision: Revision
    recall_count: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: CallOutcome | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Token:
    """A visitor's place in the queue.

    Args:
        priority: head start in minutes.
        place_at: what orders its lane; the arrival time, unless a command moved it.
        service_s: seconds of service so far, over all its visits.
        wait_s: seconds from arrival to the first call; None before it.
        call: the open visit to a counter, while called or serving.
    """

    id: TokenId
    organization_id: OrganizationId
    service_day: date
    number: str
    customer_type: TypeKey
    status: TokenStatus
    priority: int
    place_at: datetime
    created_at: datetime
    source: TokenSource
    called_at: datetime | None = None
    served_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    counter_id: CounterId | None = None
    served_by: UserId | None = None
    wait_s: int | None = None
    service_s: int | None = None
    why: Why | None = None
    call: Call | None = None


def require(token: Token, command: TokenCommand, *, confirms_arrival: bool = True) -> None:
    """Refuse a command that the token's state does not allow.

    Raises:
        TokenNotInState: naming state and command.
    """
    allowed = ALLOWED[command]
    if command is TokenCommand.COMPLETE and not confirms_arrival:
        allowed = COMPLETE_UNCONFIRMED
    if token.status not in allowed:
        raise TokenNotInState(number=token.number, status=token.status, command=command)


def call(
    token: Token,
    *,
    call_id: CallId,
    counter_id: CounterId,
    user_id: UserId | None,
    why: Why,
    revision: Revision,
    now: datetime,
) -> Token:
    """A waiting token goes to a counter."""
    require(token, TokenCommand.CALL)
    visit = Call(
        id=call_id,
        token_id=token.id,
        number=token.number,
        customer_type=token.customer_type,
        counter_id=counter_id,
        user_id=user_id,
        place_at=token.place_at,
        called_at=now,
        announced_at=now,
        announced_revision=revision,
    )
    first_wait = _seconds(token.created_at, now) if token.wait_s is None else token.wait_s
    return replace(
        token,
        status=TokenStatus.CALLED,
        called_at=now,
        counter_id=counter_id,
        served_by=user_id,
        wait_s=first_wait,
        why=why,
        call=visit,
    )


def recall(token: Token, *, revision: Revision, now: datetime) -> Token:
    """A called token is announced once more; counted."""
    require(token, TokenCommand.RECALL)
    visit = _open_call(token)
    again = replace(
        visit,
        announced_at=now,
        announced_revision=revision,
        recall_count=visit.recall_count + 1,
    )
    return replace(token, call=again)


def start(token: Token, *, now: datetime) -> Token:
    """The visitor stands at the counter."""
    require(token, TokenCommand.START)
    return replace(
        token,
        status=TokenStatus.SERVING,
        served_at=now,
        call=replace(_open_call(token), started_at=now),
    )


def complete(token: Token, *, confirms_arrival: bool, now: datetime) -> Token:
    """The visitor was served. Without confirmed arrivals the service began with the call."""
    require(token, TokenCommand.COMPLETE, confirms_arrival=confirms_arrival)
    visit = _open_call(token)
    started = visit.started_at or visit.called_at
    ended = replace(visit, started_at=started, ended_at=now, outcome=CallOutcome.COMPLETED)
    return replace(
        token,
        status=TokenStatus.COMPLETED,
        served_at=token.served_at or started,
        completed_at=now,
        service_s=(token.service_s or 0) + _seconds(started, now),
        call=ended,
    )


def no_show(token: Token, *, now: datetime) -> Token:
    """The visitor did not come. When this may be said is `calling.require_no_show_open`."""
    require(token, TokenCommand.NO_SHOW)
    ended = replace(_open_call(token), ended_at=now, outcome=CallOutcome.NO_SHOW)
    return replace(token, status=TokenStatus.NO_SHOW, call=ended)


def cancel(token: Token, *, now: datetime) -> Token:
    """The token will not be served; a call under way is withdrawn from the screens."""
    require(token, TokenCommand.CANCEL)
    ended = token.call and replace(token.call, ended_at=now, outcome=CallOutcome.CANCELLED, withdrawn=True)
    return replace(token, status=TokenStatus.CANCELLED, cancelled_at=now, call=ended)


def _open_call(token: Token) -> Call:
    if token.call is None:
        raise AssertionError(f"{token.number} is {token.status} without a call")
    return token.call


def _seconds(start: datetime, end: datetime) -> int:
    # The clock may have been set back between the two; a duration is never negative.
    return max(0, round((end - start).total_seconds()))
