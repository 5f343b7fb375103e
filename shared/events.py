"""The events of an organization: one class each, tagged by `type`.

An event carries what it changed, whole, as it is afterwards: who applies it replaces the token, the
call, the counter it names. Applying one twice is the same as once.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.base import Instant, Shown
from shared.counters import LiveCounter
from shared.ids import Audience, Revision, Room
from shared.tokens import LiveToken, RecentCall


class _Event(Shown):
    revision: Revision
    at: Instant
    token: LiveToken | None = None
    call: RecentCall | None = None
    counter: LiveCounter | None = None


class TokenCreated(_Event):
    """A visitor took a token."""

    type: Literal["token_created"] = "token_created"
    token: LiveToken


class TokenCalled(_Event):
    """A token was called to a counter; displays announce it."""

    type: Literal["token_called"] = "token_called"
    token: LiveToken
    call: RecentCall


class TokenRecalled(_Event):
    """A called token was called again; displays announce it again."""

    type: Literal["token_recalled"] = "token_recalled"
    token: LiveToken
    call: RecentCall


class ServiceStarted(_Event):
    """The visitor stands at the counter."""

    type: Literal["service_started"] = "service_started"
    token: LiveToken
    call: RecentCall


class ServiceCompleted(_Event):
    """The visitor was served."""

    type: Literal["service_completed"] = "service_completed"
    token: LiveToken
    call: RecentCall


class TokenNoShow(_Event):
    """A called visitor did not come."""

    type: Literal["token_no_show"] = "token_no_show"
    token: LiveToken
    call: RecentCall


class TokenCancelled(_Event):
    """A token will not be served. `call` is set when it was called; that call is withdrawn."""

    type: Literal["token_cancelled"] = "token_cancelled"
    token: LiveToken
    reason: str | None = None


class CounterOpened(_Event):
    """A person opened a counter, or took it over."""

    type: Literal["counter_opened"] = "counter_opened"
    counter: LiveCounter


class CounterClosed(_Event):
    """A counter was closed."""

    type: Literal["counter_closed"] = "counter_closed"
    counter: LiveCounter


class QueueUpdated(_Event):
    """What a display sees of every event that is not a call."""

    type: Literal["queue_updated"] = "queue_updated"


Event = Annotated[
    TokenCreated
    | TokenCalled
    | TokenRecalled
    | ServiceStarted
    | ServiceCompleted
    | TokenNoShow
    | TokenCancelled
    | CounterOpened
    | CounterClosed
    | QueueUpdated,
    Field(discriminator="type"),
]

EVENT_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)

ANNOUNCED = (TokenCalled, TokenRecalled)
"""The events that a display announces with light, chime and voice."""


def project(event: Event, audience: Audience) -> Event:
    """The event as this audience may see it."""
    if audience is not Audience.DISPLAY:
        return event
    shown = {
        "token": event.token.for_display() if event.token else None,
        "counter": event.counter.for_display() if event.counter else None,
    }
    if isinstance(event, ANNOUNCED):
        return event.model_copy(update=shown)
    return QueueUpdated(revision=event.revision, at=event.at, call=event.call, **shown)


def room_of(event: Event, audience: Audience) -> Room:
    """The room of its audience's channel in which an event is heard."""
    return {
        Audience.DISPLAY: Room.QUEUE_UPDATES,
        Audience.STAFF: Room.QUEUE_MANAGEMENT,
        Audience.ADMIN: Room.ADMIN_DASHBOARD,
    }[audience]
