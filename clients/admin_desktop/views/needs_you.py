"""What needs somebody, worked out from what is known: nothing here is entered or dismissed."""

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.view_state import (
    CallIsUnanswered,
    CounterCard,
    CounterState,
    DisplayIsOffline,
    DisplayRow,
    NeedsYou,
    TypeIsLate,
)
from clients.admin_desktop.views.counters import labels_serving
from clients.core.queue_state import waiting_of_type
from shared.queues import CustomerType

UNANSWERED_S = 60  # then a no-show is allowed whatever the screens say: the visitor had the time to come


def needs_you(
    facts: Facts, cards: tuple[CounterCard, ...], displays: tuple[DisplayRow, ...]
) -> tuple[NeedsYou, ...]:
    """Late types first, the latest of them on top; then displays, then calls."""
    late = [found for each in facts.state.customer_types.values() if (found := _late(facts, each))]
    late.sort(key=lambda found: found.waited_s, reverse=True)
    offline = [
        DisplayIsOffline(id=row.id, name=row.name, last_seen=row.last_seen)
        for row in displays
        if not row.is_online and row.last_seen is not None
    ]
    calls = [
        CallIsUnanswered(
            counter_id=card.id,
            counter=card.label,
            number=card.number,
            elapsed_s=card.elapsed_s,
            recalls=card.recalls,
        )
        for card in cards
        if card.state is CounterState.CALLED and card.elapsed_s is not None and card.elapsed_s > UNANSWERED_S
    ]
    calls.sort(key=lambda found: found.elapsed_s, reverse=True)
    return (*late, *offline, *calls)


def _late(facts: Facts, each: CustomerType) -> TypeIsLate | None:
    limit_s = each.wait_limit_min * 60
    late = [
        token
        for token in waiting_of_type(facts.state, each.key)
        if 0 < limit_s < facts.age_s(token.created_at)
    ]
    if not late:
        return None
    oldest = min(late, key=lambda token: token.created_at)
    return TypeIsLate(
        key=each.key,
        name=each.name,
        number=oldest.number,
        waited_s=facts.age_s(oldest.created_at),
        late=len(late),
        counters=labels_serving(facts, each.key),
        open_counters=sum(counter.opened_at is not None for counter in facts.state.counters.values()),
    )
