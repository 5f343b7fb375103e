"""The tokens of the floor, and what may be done with each."""

from datetime import datetime

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.token_views import (
    CounterChoice,
    CounterMenu,
    CounterVerb,
    FloorChoices,
    Section,
    TokenRow,
    TokensView,
    TokenVerb,
)
from clients.admin_desktop.words import not_allowed
from clients.core.queue_state import active_at, waiting
from shared.counters import LiveCounter
from shared.ids import CounterId, Permission, TokenStatus
from shared.tokens import LiveToken

_VERBS = {
    TokenStatus.WAITING: (
        TokenVerb.CALL,
        TokenVerb.TRANSFER,
        TokenVerb.PRIORITY,
        TokenVerb.VISITOR,
        TokenVerb.CANCEL,
    ),
    TokenStatus.CALLED: (
        TokenVerb.RECALL,
        TokenVerb.START,
        TokenVerb.NO_SHOW,
        TokenVerb.RETURN,
        TokenVerb.TRANSFER,
        TokenVerb.PARK,
        TokenVerb.PRIORITY,
        TokenVerb.VISITOR,
        TokenVerb.CANCEL,
    ),
    TokenStatus.SERVING: (
        TokenVerb.COMPLETE,
        TokenVerb.TRANSFER,
        TokenVerb.PARK,
        TokenVerb.PRIORITY,
        TokenVerb.VISITOR,
    ),
    TokenStatus.PARKED: (
        TokenVerb.RESUME,
        TokenVerb.RETURN,
        TokenVerb.TRANSFER,
        TokenVerb.PRIORITY,
        TokenVerb.VISITOR,
        TokenVerb.CANCEL,
    ),
    TokenStatus.NO_SHOW: (TokenVerb.REINSTATE,),
}
_SECTIONS = {
    TokenStatus.WAITING: Section.WAITING,
    TokenStatus.CALLED: Section.AT_COUNTERS,
    TokenStatus.SERVING: Section.AT_COUNTERS,
    TokenStatus.PARKED: Section.PARKED,
    TokenStatus.NO_SHOW: Section.NO_SHOWS,
}


def tokens_view(facts: Facts) -> TokensView:
    """The tokens page."""
    live = facts.state.tokens.values()
    others = [token for token in live if token.status is not TokenStatus.WAITING]
    # One that waits again is not among those who did not come, whatever was heard before.
    gone = [token for token in facts.no_shows or () if token.id not in facts.state.tokens]
    others.sort(key=lambda token: _since(token) or token.created_at)
    return TokensView(
        rows=tuple(token_row(facts, token) for token in (*waiting(facts.state), *others, *gone)),
        has_no_shows=facts.no_shows is not None,
        no_shows_error=facts.no_shows_error,
        choices=floor_choices(facts),
        barred="" if Permission.TOKENS_UPDATE in facts.permissions else not_allowed(),
    )


def token_row(facts: Facts, token: LiveToken) -> TokenRow:
    """A token as it is listed."""
    known = facts.state.customer_types.get(token.customer_type)
    since = _since(token)
    counter = facts.state.counters.get(token.counter_id) if token.counter_id else None
    waited_s = facts.age_s(token.created_at)
    limit_s = known.wait_limit_min * 60 if known else 0
    is_waiting = token.status is TokenStatus.WAITING
    at_counter = _SECTIONS.get(token.status) is Section.AT_COUNTERS
    return TokenRow(
        id=token.id,
        number=token.number,
        section=_SECTIONS[token.status],
        type_key=token.customer_type,
        type_name=known.name if known else token.customer_type,
        is_serving=token.status is TokenStatus.SERVING,
        since=facts.local(since) if since else None,
        since_s=facts.age_s(since) if since else None,
        counter=counter.label if counter and at_counter else "",
        person=_served_by(facts, token) if at_counter else "",
        meant_for=_meant_for(facts, token),
        priority=token.priority or 0,
        emergency=token.emergency or "",
        is_late=is_waiting and 0 < limit_s < waited_s,
        park_reason=token.park_reason or "",
        wake_at=facts.local(token.wake_at) if token.wake_at else None,
        visitor=token.visitor,
        verbs=token_verbs(facts, token),
    )


def token_verbs(facts: Facts, token: LiveToken) -> tuple[TokenVerb, ...]:
    """What may be done with a token in its state."""
    verbs = _VERBS.get(token.status, ())
    if token.status is TokenStatus.CALLED and not facts.state.organization.confirms_arrival:
        return (*verbs[:2], TokenVerb.COMPLETE, *verbs[2:])
    return verbs


def counter_menu(facts: Facts, counter: LiveCounter) -> CounterMenu:
    """What can be done at a counter; nothing with one that is closed."""
    token = active_at(facts.state, counter.id)
    verbs: list[CounterVerb] = []
    if counter.opened_at is not None:
        verbs.append(CounterVerb.UNDO)
        if counter.break_since is not None:
            verbs.append(CounterVerb.END_BREAK)
        elif token is None:
            verbs.append(CounterVerb.BREAK)
        if token is None:  # a visitor is not left standing
            verbs.append(CounterVerb.CLOSE)
    return CounterMenu(
        counter_id=counter.id,
        name=counter.name,
        verbs=tuple(verbs),
        token=token_row(facts, token) if token else None,
    )


def counter_menus(facts: Facts) -> dict[CounterId, CounterMenu]:
    """The menus of all counters."""
    return {counter.id: counter_menu(facts, counter) for counter in facts.state.counters.values()}


def floor_choices(facts: Facts) -> FloorChoices:
    """What the dialogs offer."""
    state = facts.state
    organization = state.organization
    return FloorChoices(
        now=facts.local(facts.at),
        counters=tuple(_choice(facts, counter) for counter in state.counters.values()),
        types=tuple((each.key, each.name) for each in state.customer_types.values() if each.is_active),
        people=tuple((each.id, each.display_name) for each in state.people.values() if each.is_active),
        levels=organization.priority_levels,
        park_reasons=organization.park_reasons,
        break_reasons=organization.break_reasons,
        cancel_reasons=organization.cancel_reasons,
    )


def _choice(facts: Facts, counter: LiveCounter) -> CounterChoice:
    works = counter.opened_at is not None and counter.break_since is None
    return CounterChoice(
        id=counter.id,
        label=counter.label,
        name=counter.name,
        person=(facts.name_of(counter.opened_by) or "") if counter.opened_by else "",
        is_free=works and active_at(facts.state, counter.id) is None,
    )


def _since(token: LiveToken) -> datetime | None:
    return {
        TokenStatus.WAITING: token.created_at,
        TokenStatus.CALLED: token.called_at,
        TokenStatus.SERVING: token.served_at,
        TokenStatus.PARKED: token.parked_at,
        TokenStatus.NO_SHOW: token.called_at,
    }.get(token.status)


def _served_by(facts: Facts, token: LiveToken) -> str:
    counter = facts.state.counters.get(token.counter_id) if token.counter_id else None
    person = token.served_by or (counter.opened_by if counter else None)
    return (facts.name_of(person) or "") if person else ""


def _meant_for(facts: Facts, token: LiveToken) -> str:
    if token.target_counter_id is not None and token.target_counter_id in facts.state.counters:
        return facts.state.counters[token.target_counter_id].name
    return (facts.name_of(token.target_user_id) or "") if token.target_user_id else ""
