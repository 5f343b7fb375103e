"""The live state of one organization as one app knows it, and how events change it.

Pure: values in, values out. A state is never changed; `apply` gives the next one. Entries are replaced
whole, so applying an event twice is the same as once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from shared.announcements import Announcement
from shared.counters import LiveCounter
from shared.events import Event
from shared.frames import Events
from shared.ids import (
    ACTIVE_STATUSES,
    LIVE_STATUSES,
    AnnouncementId,
    Audience,
    CounterId,
    Epoch,
    Revision,
    TokenId,
    TokenStatus,
    TypeKey,
    UserId,
)
from shared.live import RECENT_CALLS, LiveOrganization, Snapshot
from shared.queues import CustomerType
from shared.tokens import LiveToken, RecentCall
from shared.users import Person


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many tokens are in each live state, and how many wait per customer type."""

    waiting: int
    called: int
    serving: int
    parked: int
    waiting_by_type: Mapping[TypeKey, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class QueueState:
    """An organization's live state at an epoch and revision.

    Compared by identity: a state of thousands of tokens is not walked to see that nothing changed.

    Args:
        customer_types: by key, in order of position.
        counters: by id, in order of position.
        tokens: those waiting, called, serving or parked, by id, in no order that means anything.
        recent_calls: newest announcement first, at most `RECENT_CALLS`, withdrawn ones included.
        people: colleagues by id; empty for displays.
        announcements: those that are switched on, by id, also those still to come; `is_current` tells.
    """

    audience: Audience
    epoch: Epoch
    revision: Revision
    organization: LiveOrganization
    customer_types: Mapping[TypeKey, CustomerType]
    counters: Mapping[CounterId, LiveCounter]
    tokens: Mapping[TokenId, LiveToken]
    recent_calls: tuple[RecentCall, ...]
    people: Mapping[UserId, Person]
    announcements: Mapping[AnnouncementId, Announcement]

    # What several widgets ask of the same state is worked out once a state.

    @cached_property
    def waiting(self) -> tuple[LiveToken, ...]:
        """All waiting tokens by place, then number; a display, which knows no places, by arrival."""
        found = (token for token in self.tokens.values() if token.status is TokenStatus.WAITING)
        return tuple(sorted(found, key=_place))

    @cached_property
    def active(self) -> Mapping[CounterId, LiveToken]:
        """The tokens called to or served at counters."""
        return {
            token.counter_id: token
            for token in self.tokens.values()
            if token.counter_id is not None and token.status in ACTIVE_STATUSES
        }

    @cached_property
    def counts(self) -> Counts:
        """How many tokens wait, are called, served or parked."""
        by_status = Counter(token.status for token in self.tokens.values())
        by_type = Counter(token.customer_type for token in self.waiting)
        return Counts(
            waiting=by_status[TokenStatus.WAITING],
            called=by_status[TokenStatus.CALLED],
            serving=by_status[TokenStatus.SERVING],
            parked=by_status[TokenStatus.PARKED],
            waiting_by_type=MappingProxyType({key: by_type[key] for key in {*self.customer_types, *by_type}}),
        )


def from_snapshot(snapshot: Snapshot) -> QueueState:
    """The state that a snapshot tells of."""
    return QueueState(
        audience=snapshot.audience,
        epoch=snapshot.epoch,
        revision=snapshot.revision,
        organization=snapshot.organization,
        customer_types=MappingProxyType({each.key: each for each in snapshot.customer_types}),
        counters=MappingProxyType({counter.id: counter for counter in snapshot.counters}),
        tokens=MappingProxyType({token.id: token for token in snapshot.tokens}),
        recent_calls=snapshot.recent_calls,
        people=MappingProxyType({person.id: person for person in snapshot.people}),
        announcements=MappingProxyType({each.id: each for each in snapshot.announcements}),
    )


def to_snapshot(state: QueueState, *, now: datetime) -> Snapshot:
    """The snapshot a server would give at this state, at its time `now`."""
    return Snapshot(
        audience=state.audience,
        epoch=state.epoch,
        revision=state.revision,
        now=now,
        organization=state.organization,
        customer_types=tuple(state.customer_types.values()),
        counters=tuple(state.counters.values()),
        tokens=tuple(sorted(state.tokens.values(), key=lambda token: token.id)),
        recent_calls=state.recent_calls,
        people=tuple(state.people.values()),
        announcements=tuple(state.announcements.values()),
    )


def apply(state: QueueState, event: Event) -> QueueState:
    """The state after one event; an event that the state already holds changes nothing."""
    return _advance(state, (event,), event.revision)


def apply_frame(state: QueueState, frame: Events) -> QueueState:
    """The state after a frame, which may be seen by this audience only in part, or not at all."""
    return _advance(state, frame.events, frame.revision)


def waiting(state: QueueState) -> tuple[LiveToken, ...]:
    """All waiting tokens by place, then number; a display, which knows no places, by arrival."""
    return state.waiting


def waiting_of_type(state: QueueState, key: TypeKey) -> tuple[LiveToken, ...]:
    """The waiting tokens of one customer type, in the order of `waiting`."""
    return tuple(token for token in state.waiting if token.customer_type == key)


def active_at(state: QueueState, counter_id: CounterId) -> LiveToken | None:
    """The token called to or served at a counter, if there is one."""
    return state.active.get(counter_id)


def counts(state: QueueState) -> Counts:
    """How many tokens wait, are called, served or parked."""
    return state.counts


def _place(token: LiveToken) -> tuple[datetime, str]:
    return (token.place_at or token.created_at, token.number)


def _advance(state: QueueState, events: Iterable[Event], revision: Revision) -> QueueState:
    # One copy a frame, not one an event: copying the mapping of 10,000 tokens is what costs.
    news = [event for event in events if event.revision > state.revision]
    if revision <= state.revision:
        return state
    return replace(
        state,
        revision=revision,
        tokens=_with_tokens(state.tokens, [event.token for event in news if event.token]),
        counters=_with_counters(state.counters, [event.counter for event in news if event.counter]),
        organization=next(
            (event.organization for event in reversed(news) if event.organization), state.organization
        ),
        customer_types=_with_types(
            state.customer_types, [event.customer_type for event in news if event.customer_type]
        ),
        people=_with_people(state.people, [event.person for event in news if event.person]),
        announcements=_with_announcements(
            state.announcements, [event.announcement for event in news if event.announcement]
        ),
        recent_calls=_with_calls(state.recent_calls, [event.call for event in news if event.call]),
    )


def _with_tokens(
    known: Mapping[TokenId, LiveToken], changed: Iterable[LiveToken]
) -> Mapping[TokenId, LiveToken]:
    changes = list(changed)
    if not changes:
        return known
    tokens = known.copy() if isinstance(known, MappingProxyType) else dict(known)
    for token in changes:
        if token.status in LIVE_STATUSES:
            tokens[token.id] = token
        else:
            tokens.pop(token.id, None)
    return MappingProxyType(tokens)


def _with_counters(
    known: Mapping[CounterId, LiveCounter], changed: Iterable[LiveCounter]
) -> Mapping[CounterId, LiveCounter]:
    changes = {counter.id: counter for counter in changed}
    if not changes:
        return known
    there = [counter for counter in {**known, **changes}.values() if counter.is_active]
    # As a snapshot orders them.
    there.sort(key=lambda counter: (counter.position, counter.label))
    return MappingProxyType({counter.id: counter for counter in there})


def _with_types(
    known: Mapping[TypeKey, CustomerType], changed: Iterable[CustomerType]
) -> Mapping[TypeKey, CustomerType]:
    changes = {each.key: each for each in changed}
    if not changes:
        return known
    ordered = sorted({**known, **changes}.values(), key=lambda each: (each.position, each.key))
    return MappingProxyType({each.key: each for each in ordered})


def _with_people(known: Mapping[UserId, Person], changed: Iterable[Person]) -> Mapping[UserId, Person]:
    changes = {person.id: person for person in changed}
    if not changes:
        return known
    there = [person for person in {**known, **changes}.values() if person.is_member]
    ordered = sorted(there, key=lambda person: (person.display_name, person.id))
    return MappingProxyType({person.id: person for person in ordered})


def _with_announcements(
    known: Mapping[AnnouncementId, Announcement], changed: Iterable[Announcement]
) -> Mapping[AnnouncementId, Announcement]:
    changes = {each.id: each for each in changed}
    if not changes:
        return known
    there = [each for each in {**known, **changes}.values() if each.settings.is_active]
    # Stable: the most urgent first, and among equals the older.
    there.sort(key=lambda each: -each.settings.priority)
    return MappingProxyType({each.id: each for each in there})


def _with_calls(known: tuple[RecentCall, ...], changed: Iterable[RecentCall]) -> tuple[RecentCall, ...]:
    changes = {call.id: call for call in changed}
    if not changes:
        return known
    calls = {**{call.id: call for call in known}, **changes}
    newest_first = sorted(calls.values(), key=lambda call: call.announced_revision, reverse=True)
    return tuple(newest_first[:RECENT_CALLS])
