"""Domain values for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from server.domain import tokens as rules
from server.domain.tokens import Token
from shared.ids import (
    CallId,
    CounterId,
    OrganizationId,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
)
from shared.tokens import ChoiceRule, Why

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CALLED_AT = NOW + timedelta(minutes=5)
COUNTER = CounterId(UUID(int=3))
PERSON = UserId(UUID(int=7))
WHY = Why(rule=ChoiceRule.OLDEST, waiting=1, waited_s=60)


def minutes(number: float) -> timedelta:
    """A duration."""
    return timedelta(minutes=number)


def waiting_token(**changes: object) -> Token:
    """A token that has waited since NOW."""
    token = Token(
        id=TokenId(uuid4()),
        organization_id=OrganizationId(UUID(int=1)),
        service_day=date(2026, 3, 10),
        number="A001",
        customer_type=TypeKey("instant"),
        status=TokenStatus.WAITING,
        priority=0,
        place_at=NOW,
        created_at=NOW,
        source=TokenSource.STAFF,
    )
    return replace(token, **changes)


def called_token(at: datetime = CALLED_AT) -> Token:
    """A token that was called five minutes after it came."""
    return rules.call(
        waiting_token(),
        call_id=CallId(uuid4()),
        counter_id=COUNTER,
        user_id=PERSON,
        why=WHY,
        revision=Revision(2),
        now=at,
    )


def token_in(status: TokenStatus) -> Token:
    """A token in any state."""
    called = called_token()
    serving = rules.start(called, now=NOW + minutes(6))
    return {
        TokenStatus.WAITING: waiting_token(),
        TokenStatus.CALLED: called,
        TokenStatus.SERVING: serving,
        TokenStatus.COMPLETED: rules.complete(serving, confirms_arrival=True, now=NOW + minutes(9)),
        TokenStatus.NO_SHOW: rules.no_show(called, now=NOW + minutes(9)),
        TokenStatus.CANCELLED: rules.cancel(called, reason="left", now=NOW + minutes(9)),
        TokenStatus.PARKED: waiting_token(status=TokenStatus.PARKED),
    }[status]
