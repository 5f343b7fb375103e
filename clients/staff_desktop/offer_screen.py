"""What the organization offers and tells: types, counters, people, reasons, announcements. Pure."""

from clients.core.queue_state import active_at
from clients.staff_desktop import words
from clients.staff_desktop.facts import Facts
from clients.staff_desktop.view_parts import TypeView
from clients.staff_desktop.view_state import CounterView, NewsView, OfferView, PersonView
from shared.announcements import AnnouncementSettings, Reader, Urgency
from shared.counters import LiveCounter
from shared.ids import UserId
from shared.queues import CustomerType


def type_view(customer_type: CustomerType) -> TypeView:
    """A customer type as it is shown."""
    return TypeView(
        key=customer_type.key,
        prefix=customer_type.prefix,
        name=customer_type.name,
        limit_s=customer_type.wait_limit_min * 60,
    )


def type_views(facts: Facts) -> tuple[TypeView, ...]:
    """Every customer type, in the organization's order."""
    known = facts.state.customer_types.values() if facts.state else ()
    return tuple(type_view(each) for each in known)


def counter_view(facts: Facts, counter: LiveCounter) -> CounterView:
    """A counter as one may choose it, or send a visitor to it."""
    assert facts.state is not None
    active = active_at(facts.state, counter.id)
    allowed = frozenset(counter.customer_types)
    return CounterView(
        id=counter.id,
        label=counter.label,
        name=counter.name,
        person=_person(facts, counter.opened_by),
        number=active.number if active else "",
        types=tuple(each for each in type_views(facts) if not allowed or each.key in allowed),
    )


def _person(facts: Facts, user_id: UserId | None) -> str:
    if user_id is None or facts.state is None:
        return ""
    found = facts.state.people.get(user_id)
    return found.display_name if found else words.translate("staff", "A colleague")


def offer_view(facts: Facts) -> OfferView:
    """What the dialogs offer."""
    state = facts.state
    assert state is not None
    organization = state.organization
    sits_at = {each.opened_by: each.name for each in state.counters.values() if each.opened_by}
    return OfferView(
        types=tuple(type_view(each) for each in state.customer_types.values() if each.is_active),
        counters=tuple(counter_view(facts, each) for each in state.counters.values()),
        people=tuple(
            PersonView(
                id=person.id,
                name=person.display_name,
                counter=sits_at.get(person.id, ""),
                types=frozenset(person.customer_types),
            )
            for person in state.people.values()
            if person.is_active and (facts.me is None or person.id != facts.me.id)
        ),
        own_counter=facts.counter.id if facts.counter else None,
        levels=organization.priority_levels,
        park_reasons=organization.park_reasons,
        break_reasons=organization.break_reasons,
        cancel_reasons=organization.cancel_reasons,
        now=facts.local(facts.now),
    )


def news_view(facts: Facts) -> NewsView:
    """The present announcements for staff."""
    assert facts.state is not None
    current = [
        each.settings
        for each in facts.state.announcements.values()
        if Reader.STAFF in each.settings.readers and each.is_current(facts.now)
    ]
    current.sort(key=lambda settings: -settings.priority)  # stable: among equals as they came
    return NewsView(
        texts=tuple(_text(facts, settings) for settings in current),
        is_urgent=bool(current) and current[0].priority is Urgency.URGENT,
    )


def _text(facts: Facts, settings: AnnouncementSettings) -> str:
    """In the language of the app, or else in the first of the organization's that it has."""
    assert facts.state is not None
    wanted = (facts.language, *facts.state.organization.languages, *settings.texts)
    return next(settings.texts[language] for language in wanted if language in settings.texts)
