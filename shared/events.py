"""The events of an organization: one class each, tagged by `type`.

An event carries what it changed, whole, as it is afterwards: who applies it replaces the token, the
call, the counter it names. Applying one twice is the same as once.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.announcements import Announcement, Reader
from shared.base import Instant, Shown
from shared.counters import LiveCounter
from shared.ids import Audience, DeviceId, Revision, Room, TokenCommand
from shared.live import LiveOrganization
from shared.queues import CustomerType
from shared.tokens import LiveToken, RecentCall
from shared.users import Person


class _Event(Shown):
    revision: Revision
    at: Instant
    token: LiveToken | None = None
    call: RecentCall | None = None
    counter: LiveCounter | None = None
    customer_type: CustomerType | None = None
    organization: LiveOrganization | None = None
    person: Person | None = None
    announcement: Announcement | None = None


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


class ReturnCause(StrEnum):
    """Why a token is back in its lane."""

    ASKED = "asked"  # staff returned it
    WOKEN = "woken"  # it was parked until now
    COUNTER_LOST = "counter_lost"  # its counter has been silent for long


class TokenReturned(_Event):
    """A called or parked token is back in its lane, at its place."""

    type: Literal["token_returned"] = "token_returned"
    token: LiveToken
    cause: ReturnCause = ReturnCause.ASKED


class TokenTransferred(_Event):
    """A token waits for another type, counter or person. `call` is set when a visit ended by it."""

    type: Literal["token_transferred"] = "token_transferred"
    token: LiveToken


class TokenFellBack(_Event):
    """The counter or person that a token was meant for is off duty: it waits for anybody."""

    type: Literal["token_fell_back"] = "token_fell_back"
    token: LiveToken


class TokenParked(_Event):
    """A token was set aside."""

    type: Literal["token_parked"] = "token_parked"
    token: LiveToken
    call: RecentCall


class TokenReinstated(_Event):
    """A late visitor is back in the line, behind some of its lane."""

    type: Literal["token_reinstated"] = "token_reinstated"
    token: LiveToken


class TokenChanged(_Event):
    """Priority, emergency, visitor or notes of a token are others."""

    type: Literal["token_changed"] = "token_changed"
    token: LiveToken


class CommandUndone(_Event):
    """A command was taken back: token and call are as they were before it."""

    type: Literal["command_undone"] = "command_undone"
    token: LiveToken
    command: TokenCommand


class CounterOpened(_Event):
    """A person opened a counter, or took it over."""

    type: Literal["counter_opened"] = "counter_opened"
    counter: LiveCounter


class CounterClosed(_Event):
    """A counter was closed."""

    type: Literal["counter_closed"] = "counter_closed"
    counter: LiveCounter


class CounterPaused(_Event):
    """Who works at a counter takes a break."""

    type: Literal["counter_paused"] = "counter_paused"
    counter: LiveCounter


class CounterUnpaused(_Event):
    """The break at a counter is over."""

    type: Literal["counter_unpaused"] = "counter_unpaused"
    counter: LiveCounter


class CounterConfigured(_Event):
    """A counter was made, edited or switched off."""

    type: Literal["counter_configured"] = "counter_configured"
    counter: LiveCounter


class QueueConfigured(_Event):
    """A customer type was made, edited or switched off."""

    type: Literal["queue_configured"] = "queue_configured"
    customer_type: CustomerType


class OrganizationConfigured(_Event):
    """The organization's settings are others, or its day was closed or opened again."""

    type: Literal["organization_configured"] = "organization_configured"
    organization: LiveOrganization


class PersonConfigured(_Event):
    """A person joined, left, or was edited."""

    type: Literal["person_configured"] = "person_configured"
    person: Person


class AnnouncementConfigured(_Event):
    """An announcement was written, edited or switched off."""

    type: Literal["announcement_configured"] = "announcement_configured"
    announcement: Announcement


class DeviceConfigured(_Event):
    """A display was paired, renamed or revoked."""

    type: Literal["device_configured"] = "device_configured"
    device_id: DeviceId


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
    | TokenReturned
    | TokenTransferred
    | TokenFellBack
    | TokenParked
    | TokenReinstated
    | TokenChanged
    | CommandUndone
    | CounterOpened
    | CounterClosed
    | CounterPaused
    | CounterUnpaused
    | CounterConfigured
    | QueueConfigured
    | OrganizationConfigured
    | PersonConfigured
    | AnnouncementConfigured
    | DeviceConfigured
    | QueueUpdated,
    Field(discriminator="type"),
]

EVENT_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)

ANNOUNCED = (TokenCalled, TokenRecalled)
"""The events that a display announces with light, chime and voice."""


NOT_FOR_DISPLAYS = "-"
"""What stands in the place of a text that only staff may read."""


def project(event: Event, audience: Audience) -> Event:
    """The event as this audience may see it."""
    if audience is not Audience.DISPLAY:
        return event
    seen = event.announcement
    shown = {
        "token": event.token and event.token.for_display(),
        "counter": event.counter and event.counter.for_display(),
        "organization": event.organization and event.organization.for_display(),
    }
    if isinstance(event, ANNOUNCED):
        return event.model_copy(update=shown)
    return QueueUpdated(
        revision=event.revision,
        at=event.at,
        call=event.call,
        customer_type=event.customer_type,
        announcement=seen and for_visitors(seen),
        **shown,
    )


def for_visitors(announcement: Announcement) -> Announcement:
    """An announcement as a display may see it: one for staff alone is switched off, and says nothing.

    It is not left out, since it may have been for visitors until this edit.
    """
    settings = announcement.settings
    if Reader.VISITORS in settings.readers:
        return announcement
    hidden = settings.model_copy(
        update={"is_active": False, "texts": dict.fromkeys(settings.texts, NOT_FOR_DISPLAYS)}
    )
    return announcement.model_copy(update={"settings": hidden})


def room_of(event: Event, audience: Audience) -> Room:
    """The room of its audience's channel in which an event is heard."""
    if audience is Audience.DISPLAY and event.announcement is not None:
        return Room.SYSTEM_ANNOUNCEMENTS
    return {
        Audience.DISPLAY: Room.QUEUE_UPDATES,
        Audience.STAFF: Room.QUEUE_MANAGEMENT,
        Audience.ADMIN: Room.ADMIN_DASHBOARD,
    }[audience]
