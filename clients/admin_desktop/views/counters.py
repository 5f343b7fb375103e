"""The counters: cards on the floor, and rows of their page."""

from datetime import datetime
from uuid import UUID

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.forms.subject import Item
from clients.admin_desktop.subjects.counters import COUNTERS
from clients.admin_desktop.view_state import CounterCard, CounterRow, CounterState, CountersView, NamedType
from clients.core.queue_state import active_at
from shared.counters import CounterSettings, LiveCounter
from shared.ids import CounterId, TokenStatus, TypeKey


def counter_cards(facts: Facts) -> tuple[CounterCard, ...]:
    """All counters by position."""
    return tuple(_card(facts, counter) for counter in facts.state.counters.values())


def counters_view(facts: Facts) -> CountersView:
    """The counters page."""
    edited = facts.edited.get(COUNTERS, Edited(items=None))
    live = facts.state.counters
    off = (_switched_off(item) for item in edited.items or () if not item.settings.is_active)
    counters = (*live.values(), *(counter for counter in off if counter.id not in live))
    rows = (_row(facts, counter) for counter in counters)
    return CountersView(
        edited=edited,
        rows=tuple(sorted(rows, key=lambda row: (row.position, row.card.name.casefold()))),
        types=named_types(facts),
    )


def named_types(facts: Facts) -> tuple[NamedType, ...]:
    """All customer types to choose from, by position."""
    return tuple(
        NamedType(key=key, name=each.name, is_active=each.is_active)
        for key, each in facts.state.customer_types.items()
    )


def _row(facts: Facts, counter: LiveCounter) -> CounterRow:
    names = {key: each.name for key, each in facts.state.customer_types.items()}
    return CounterRow(
        card=_card(facts, counter),
        position=counter.position,
        types=tuple(name for key, name in names.items() if key in (counter.customer_types or names)),
        all_types=not counter.customer_types,
        is_active=counter.is_active,
    )


def _switched_off(item: Item) -> LiveCounter:
    """A counter that left the live state."""
    settings: CounterSettings = item.settings
    return LiveCounter(
        id=CounterId(UUID(item.key)),
        label=settings.label,
        name=settings.name,
        position=settings.position,
        customer_types=tuple(map(TypeKey, settings.customer_types)),
        is_active=False,
    )


def served_types(facts: Facts, counter: LiveCounter) -> frozenset[TypeKey]:
    """The types an open counter serves; for a closed one, those it may serve."""
    chosen = counter.serves if counter.opened_at is not None else ()
    return frozenset(chosen or counter.customer_types or facts.state.customer_types)


def labels_serving(facts: Facts, key: TypeKey) -> tuple[str, ...]:
    """The plates of the open counters that serve a type, by position."""
    return tuple(
        counter.label
        for counter in facts.state.counters.values()
        if counter.opened_at is not None and key in served_types(facts, counter)
    )


def _card(facts: Facts, counter: LiveCounter) -> CounterCard:
    token = active_at(facts.state, counter.id)
    by_type = facts.state.counts.waiting_by_type
    state, since = _standing(facts, counter)
    return CounterCard(
        id=counter.id,
        label=counter.label,
        name=counter.name,
        state=state,
        person=facts.name_of(counter.opened_by) if counter.opened_by else None,
        number=token.number if token else "",
        elapsed_s=None if since is None else facts.age_s(since),
        since=None if since is None else facts.local(since),
        recalls=token.recall_count if token else 0,
        waiting=sum(by_type.get(key, 0) for key in served_types(facts, counter)),
        break_reason=counter.break_reason or "",
    )


def _standing(facts: Facts, counter: LiveCounter) -> tuple[CounterState, datetime | None]:
    """What happens at a counter, and since when."""
    token = active_at(facts.state, counter.id)
    if token is not None and token.status is TokenStatus.SERVING:
        return CounterState.SERVING, token.served_at
    if token is not None:
        return CounterState.CALLED, token.called_at
    seen = facts.quiet_since.get(counter.id)
    if counter.opened_at is None:
        return CounterState.CLOSED, seen
    if counter.break_since is not None:
        return CounterState.BREAK, counter.break_since
    return CounterState.READY, seen or _untouched_since(facts, counter)


def _untouched_since(facts: Facts, counter: LiveCounter) -> datetime | None:
    """When a ready counter was opened, if it has called nobody since; otherwise nobody told us."""
    has_called = any(
        call.counter_id == counter.id
        and counter.opened_at is not None
        and call.called_at >= counter.opened_at
        for call in facts.state.recent_calls
    )
    return None if has_called else counter.opened_at
