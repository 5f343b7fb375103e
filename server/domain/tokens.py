"""Tokens: their states and transitions. The table of what is legal is `ALLOWED`, and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.domain.errors import TokenNotInState, TokenOfAnotherDay
from shared.ids import (
    ACTIVE_STATUSES,
    LIVE_STATUSES,
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
from shared.tokens import Promise, Why

_NO_EVENT = Revision(0)

ALLOWED: dict[TokenCommand, frozenset[TokenStatus]] = {
    TokenCommand.CALL: frozenset({TokenStatus.WAITING}),
    TokenCommand.RECALL: frozenset({TokenStatus.CALLED}),
    TokenCommand.START: frozenset({TokenStatus.CALLED}),
    TokenCommand.COMPLETE: frozenset({TokenStatus.SERVING}),
    TokenCommand.NO_SHOW: frozenset({TokenStatus.CALLED}),
    TokenCommand.CANCEL: frozenset({TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.PARKED}),
    TokenCommand.RETURN: frozenset({TokenStatus.CALLED, TokenStatus.PARKED}),
    TokenCommand.TRANSFER: LIVE_STATUSES,
    TokenCommand.PARK: frozenset({TokenStatus.CALLED, TokenStatus.SERVING}),
    TokenCommand.RESUME: frozenset({TokenStatus.PARKED}),
    TokenCommand.REINSTATE: frozenset({TokenStatus.NO_SHOW}),
    TokenCommand.CHANGE: LIVE_STATUSES,
    TokenCommand.FALL_BACK: frozenset({TokenStatus.WAITING}),
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
    priority: int = 0
    why: Why | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom a token is meant for: a counter, a person, or (neither) anybody."""

    counter_id: CounterId | None = None
    user_id: UserId | None = None

    def __post_init__(self) -> None:
        if self.counter_id is not None and self.user_id is not None:
            raise ValueError("a token is meant for a counter or for a person, not for both")

    def __bool__(self) -> bool:
        return self.counter_id is not None or self.user_id is not None


ANYBODY = Target()


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The waiting tokens of one target, one customer type and one priority level, by place."""

    customer_type: TypeKey
    priority: int
    target: Target = ANYBODY


@dataclass(frozen=True, kw_only=True)
class Token:
    """A visitor's place in the queue.

    Args:
        priority: head start in minutes.
        place_at: what orders its lane; the arrival time, unless a command moved it.
        service_s: seconds of service so far, over all its visits.
        wait_s: seconds from arrival to the first call; None before it.
        target: whom it is meant for; `targeted_at` is since when.
        emergency: why it goes before all others; None for everyone else.
        wake_at: when a parked token goes back into its lane by itself.
        visitor: the sealed name, phone and notes; opaque here.
        promise: the wait that was promised when it was taken.
        call: the open visit to a counter, while called or serving.
        revision, changed_by: its newest event, and who caused that (None: the server itself).
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
    target: Target = ANYBODY
    targeted_at: datetime | None = None
    emergency: str | None = None
    park_reason: str | None = None
    parked_at: datetime | None = None
    wake_at: datetime | None = None
    cancel_reason: str | None = None
    visitor: str | None = None
    promise: Promise | None = None
    why: Why | None = None
    call: Call | None = None
    revision: Revision = _NO_EVENT
    changed_by: UserId | None = None

    @property
    def lane(self) -> Lane:
        """The lane it waits in, or would."""
        return Lane(customer_type=self.customer_type, priority=self.priority, target=self.target)


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
    return _to_counter(
        token, call_id=call_id, counter_id=counter_id, user_id=user_id, why=why, revision=revision, now=now
    )


def resume(
    token: Token,
    *,
    call_id: CallId,
    counter_id: CounterId,
    user_id: UserId | None,
    why: Why,
    revision: Revision,
    now: datetime,
) -> Token:
    """A parked token goes to a counter."""
    require(token, TokenCommand.RESUME)
    return _to_counter(
        _taken_up(token),
        call_id=call_id,
        counter_id=counter_id,
        user_id=user_id,
        why=why,
        revision=revision,
        now=now,
    )


def _to_counter(
    token: Token,
    *,
    call_id: CallId,
    counter_id: CounterId,
    user_id: UserId | None,
    why: Why,
    revision: Revision,
    now: datetime,
) -> Token:
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
        priority=token.priority,
        why=why,
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


def cancel(token: Token, *, reason: str, now: datetime) -> Token:
    """The token will not be served; a call under way is withdrawn from the screens."""
    require(token, TokenCommand.CANCEL)
    ended = token.call and replace(token.call, ended_at=now, outcome=CallOutcome.CANCELLED, withdrawn=True)
    return replace(
        _taken_up(token), status=TokenStatus.CANCELLED, cancelled_at=now, cancel_reason=reason, call=ended
    )


def return_to_lane(token: Token, *, now: datetime) -> Token:
    """A called or parked token goes back to its place."""
    require(token, TokenCommand.RETURN)
    return replace(_left_counter(token, CallOutcome.RETURNED, now=now), status=TokenStatus.WAITING)


def transfer(
    token: Token, *, customer_type: TypeKey, target: Target, place_at: datetime, now: datetime
) -> Token:
    """A token waits in another lane.

    Args:
        place_at: its place there: `token.place_at`, or `before` the first of that lane.
    """
    require(token, TokenCommand.TRANSFER)
    return replace(
        _left_counter(token, CallOutcome.TRANSFERRED, now=now),
        status=TokenStatus.WAITING,
        customer_type=customer_type,
        target=target,
        targeted_at=now if target else None,
        place_at=place_at,
    )


def park(token: Token, *, reason: str, wake_at: datetime | None, now: datetime) -> Token:
    """The visitor is set aside; at `wake_at` the token goes back into its lane by itself."""
    require(token, TokenCommand.PARK)
    return replace(
        _left_counter(token, CallOutcome.PARKED, now=now),
        status=TokenStatus.PARKED,
        park_reason=reason,
        parked_at=now,
        wake_at=wake_at,
    )


def reinstate(token: Token, *, behind: datetime | None, today: date) -> Token:
    """A late visitor is back in the line.

    Args:
        behind: the place of the last token that goes first; None when its lane is empty.
        today: the service day; a token of another day does not come back.

    Raises:
        TokenNotInState, TokenOfAnotherDay
    """
    require(token, TokenCommand.REINSTATE)
    if token.service_day != today:
        raise TokenOfAnotherDay(number=token.number)
    # Never better than the place it had: being late wins nothing.
    place_at = token.place_at if behind is None else max(token.place_at, after(behind))
    return replace(token, status=TokenStatus.WAITING, place_at=place_at, call=None)


def fall_back(token: Token) -> Token:
    """The counter or person it was meant for is off duty: it waits for anybody."""
    require(token, TokenCommand.FALL_BACK)
    return replace(token, target=ANYBODY, targeted_at=None)


def change(token: Token, *, priority: int, emergency: str | None, visitor: str | None) -> Token:
    """Another priority, emergency or (sealed) visitor."""
    require(token, TokenCommand.CHANGE)
    return replace(token, priority=priority, emergency=emergency, visitor=visitor)


def undo(now_is: Token, *, before: Token | None, now: datetime) -> Token:
    """The token as it was before its last command; a call that this command made is as if it never was.

    Args:
        now_is: the token after the command.
        before: the token before it; None when the command created it, which undo cancels.
    """
    made = now_is.call if before is None or before.call is None else None
    undone = made and replace(made, ended_at=now, outcome=CallOutcome.UNDONE, withdrawn=True)
    if before is None:
        return replace(
            now_is,
            status=TokenStatus.CANCELLED,
            cancelled_at=now,
            cancel_reason="undone",
            call=undone,
        )
    if before.call is None or now_is.call is None:
        return replace(before, call=before.call or undone)
    # An announcement that was made stays where it stands in the list of recent calls: what it pushed off
    # that list is gone from the screens that followed, and a newcomer must see the same.
    announced = now_is.call.announced_revision
    return replace(before, call=replace(before.call, announced_revision=announced))


def after(place: datetime) -> datetime:
    """The place just behind another."""
    return place + timedelta(microseconds=1)


def before(place: datetime) -> datetime:
    """The place just in front of another."""
    return place - timedelta(microseconds=1)


def _taken_up(token: Token) -> Token:
    """Nothing of its parking is left."""
    return replace(token, park_reason=None, parked_at=None, wake_at=None)


def _left_counter(token: Token, outcome: CallOutcome, *, now: datetime) -> Token:
    """Its visit, if there is one, has ended; a visitor who had not come yet is called back."""
    token = _taken_up(token)
    visit = token.call
    if visit is None or token.status not in ACTIVE_STATUSES:
        return token
    ended = replace(visit, ended_at=now, outcome=outcome, withdrawn=visit.started_at is None)
    if visit.started_at is None:
        return replace(token, call=ended)
    served_s = (token.service_s or 0) + _seconds(visit.started_at, now)
    return replace(token, call=ended, service_s=served_s)


def _open_call(token: Token) -> Call:
    if token.call is None:
        raise AssertionError(f"{token.number} is {token.status} without a call")
    return token.call


def _seconds(start: datetime, end: datetime) -> int:
    # The clock may have been set back between the two; a duration is never negative.
    return max(0, round((end - start).total_seconds()))
