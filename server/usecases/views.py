"""Domain values as they are shown."""

from server.domain.counters import Counter
from server.domain.tokens import Call, Token
from server.store.organizations import Organization
from shared.counters import LiveCounter
from shared.ids import ACTIVE_STATUSES, TokenStatus
from shared.live import LiveOrganization
from shared.tokens import LiveToken, RecentCall


def token_view(token: Token) -> LiveToken:
    """A token as staff and admin see it.

    What belongs to its call is shown while the call lasts: an ended call is history.
    """
    call = token.call if token.status in ACTIVE_STATUSES else None
    return LiveToken(
        id=token.id,
        number=token.number,
        customer_type=token.customer_type,
        status=token.status,
        created_at=token.created_at,
        counter_id=call and call.counter_id,
        call_id=call and call.id,
        called_at=call and call.called_at,
        served_at=call and call.started_at,
        announced_revision=call and call.announced_revision,
        recall_count=call.recall_count if call else 0,
        priority=token.priority,
        place_at=token.place_at,
        source=token.source,
        # Who set a visitor aside is whom a colleague asks about them.
        served_by=token.served_by if token.status is TokenStatus.PARKED else call and call.user_id,
        why=token.why if call else None,
        target_counter_id=token.target.counter_id,
        target_user_id=token.target.user_id,
        emergency=token.emergency,
        park_reason=token.park_reason,
        parked_at=token.parked_at,
        wake_at=token.wake_at,
        promise=token.promise,
        sealed=token.visitor,
    )


def organization_view(organization: Organization) -> LiveOrganization:
    """An organization as staff and admin see it."""
    settings = organization.settings
    return LiveOrganization(
        id=organization.id,
        name=settings.name,
        time_zone=settings.time_zone,
        confirms_arrival=settings.confirms_arrival,
        priority_levels=settings.priority_levels,
        languages=settings.languages,
        park_reasons=settings.park_reasons,
        break_reasons=settings.break_reasons,
        cancel_reasons=settings.cancel_reasons,
        closed_day=organization.closed_day,
    )


def call_view(call: Call) -> RecentCall:
    """A call as the lobby lists it."""
    return RecentCall(
        id=call.id,
        token_id=call.token_id,
        number=call.number,
        customer_type=call.customer_type,
        counter_id=call.counter_id,
        called_at=call.called_at,
        announced_at=call.announced_at,
        announced_revision=call.announced_revision,
        recall_count=call.recall_count,
        outcome=call.outcome,
        withdrawn=call.withdrawn,
    )


def counter_view(counter: Counter) -> LiveCounter:
    """A counter as staff and admin see it."""
    return LiveCounter(
        id=counter.id,
        label=counter.label,
        name=counter.name,
        position=counter.position,
        customer_types=counter.customer_types,
        serves=counter.serves,
        opened_at=counter.opened_at,
        opened_by=counter.opened_by,
        closed_at=counter.closed_at,
        break_since=counter.break_since,
        break_reason=counter.break_reason,
        is_active=counter.is_active,
    )
