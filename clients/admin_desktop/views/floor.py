"""The floor page: figures, counters, queues, displays, and what needs somebody."""

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.view_state import (
    CounterCard,
    CounterState,
    DayFigures,
    FloorView,
    Kpis,
    LongestWait,
    TypeRow,
)
from clients.admin_desktop.views.counters import counter_cards, labels_serving
from clients.admin_desktop.views.displays import display_rows
from clients.admin_desktop.views.needs_you import needs_you
from clients.admin_desktop.views.tokens import counter_menus, floor_choices
from clients.admin_desktop.words import not_allowed
from clients.core.messages import Fetch
from clients.core.queue_state import waiting, waiting_of_type
from shared.ids import Permission
from shared.queues import CustomerType
from shared.tokens import LiveToken

SECONDS_PER_MINUTE = 60
SCALE_ROOM = 1.15  # beyond the longest bar, so that a full track does not look like an end


def floor_view(facts: Facts) -> FloorView:
    """The floor page."""
    cards = counter_cards(facts)
    rows = type_rows(facts)
    displays = display_rows(facts)
    return FloorView(
        kpis=_kpis(facts, cards),
        counters=cards,
        types=rows,
        needs_you=needs_you(facts, cards, displays or ()),
        displays=displays,
        displays_error=facts.errors.get(Fetch.DEVICES, ""),
        menus=counter_menus(facts),
        choices=floor_choices(facts),
        barred="" if Permission.COUNTERS_UPDATE in facts.permissions else not_allowed(),
    )


def type_rows(facts: Facts) -> tuple[TypeRow, ...]:
    """The active customer types by position, and those that still have somebody waiting."""
    by_type = facts.state.counts.waiting_by_type
    shown = [
        each for each in facts.state.customer_types.values() if each.is_active or by_type.get(each.key, 0)
    ]
    oldest = {each.key: _oldest(waiting_of_type(facts.state, each.key)) for each in shown}
    waits = [facts.age_s(token.created_at) for token in oldest.values() if token]
    limits = [each.wait_limit_min * SECONDS_PER_MINUTE for each in shown]
    scale_s = int(max([*waits, *limits], default=0) * SCALE_ROOM)
    return tuple(_type_row(facts, each, oldest[each.key], scale_s) for each in shown)


def _type_row(facts: Facts, each: CustomerType, oldest: LiveToken | None, scale_s: int) -> TypeRow:
    reports = facts.queues.queues if facts.queues else ()
    estimates = [report.estimate for report in reports if report.customer_type == each.key]
    estimate = estimates[0] if estimates else None
    return TypeRow(
        key=each.key,
        prefix=each.prefix,
        name=each.name,
        waiting=facts.state.counts.waiting_by_type.get(each.key, 0),
        longest_s=facts.age_s(oldest.created_at) if oldest else None,
        limit_s=each.wait_limit_min * SECONDS_PER_MINUTE,
        scale_s=scale_s,
        estimate_s=(estimate.low_s, estimate.high_s) if estimate else None,
        counters=labels_serving(facts, each.key),
    )


def _kpis(facts: Facts, cards: tuple[CounterCard, ...]) -> Kpis:
    tokens = waiting(facts.state)
    is_open = [card for card in cards if card.state is not CounterState.CLOSED]
    return Kpis(
        waiting=len(tokens),
        late=sum(_is_late(facts, token) for token in tokens),
        longest=_longest(facts, _oldest(tokens)),
        open_counters=len(is_open),
        counters=len(cards),
        ready=sum(card.state is CounterState.READY for card in cards),
        day=_day(facts),
        day_error=facts.errors.get(Fetch.TODAY, ""),
    )


def _day(facts: Facts) -> DayFigures | None:
    if facts.day is None:
        return None
    return DayFigures(
        served=facts.day.served,
        no_shows=facts.day.no_shows,
        cancelled=facts.day.cancelled,
        average_wait_s=facts.day.average_wait_s,
    )


def _longest(facts: Facts, token: LiveToken | None) -> LongestWait | None:
    if token is None:
        return None
    return LongestWait(
        number=token.number,
        waited_s=facts.age_s(token.created_at),
        limit_min=_limit_min(facts, token),
    )


def _oldest(tokens: tuple[LiveToken, ...]) -> LiveToken | None:
    return min(tokens, key=lambda token: token.created_at, default=None)


def _is_late(facts: Facts, token: LiveToken) -> bool:
    limit_s = _limit_min(facts, token) * SECONDS_PER_MINUTE
    return 0 < limit_s < facts.age_s(token.created_at)


def _limit_min(facts: Facts, token: LiveToken) -> int:
    known = facts.state.customer_types.get(token.customer_type)
    return known.wait_limit_min if known else 0
