"""Identifiers and enumerations. Each member says what it means and where it leads."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

OrganizationId = NewType("OrganizationId", UUID)
UserId = NewType("UserId", UUID)
TokenId = NewType("TokenId", UUID)
CallId = NewType("CallId", UUID)
CounterId = NewType("CounterId", UUID)
DeviceId = NewType("DeviceId", UUID)
AnnouncementId = NewType("AnnouncementId", UUID)
RequestId = NewType("RequestId", UUID)
Epoch = NewType("Epoch", UUID)
"""Changes when a database is restored or forked: another epoch means a new snapshot."""

Revision = NewType("Revision", int)
"""An organization's event number: +1 an event, no gaps, visible in order."""

TypeKey = NewType("TypeKey", str)
"""The key of a customer type within an organization ("instant")."""


class TokenStatus(StrEnum):
    """The state of a token."""

    WAITING = "waiting"  # in its lane -> called, cancelled
    CALLED = "called"  # asked to a counter -> serving, no_show, waiting (return), cancelled
    SERVING = "serving"  # the visitor is at the counter -> completed, parked, waiting (transfer)
    COMPLETED = "completed"  # served; an end
    CANCELLED = "cancelled"  # will not be served; an end
    NO_SHOW = "no_show"  # called and did not come -> waiting, by reinstate
    PARKED = "parked"  # set aside with a reason -> called (resume), waiting (return), cancelled


LIVE_STATUSES = frozenset({TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.SERVING, TokenStatus.PARKED})
"""Tokens in these states are in every snapshot; in any other state they leave the screens."""

ACTIVE_STATUSES = frozenset({TokenStatus.CALLED, TokenStatus.SERVING})
"""A counter has at most one token in these states."""


class TokenCommand(StrEnum):
    """What can be asked of a token."""

    CREATE = "create"  # - -> waiting
    CALL = "call"  # waiting -> called
    RECALL = "recall"  # called -> called; the displays announce again
    START = "start"  # called -> serving
    COMPLETE = "complete"  # serving -> completed
    NO_SHOW = "no_show"  # called -> no_show
    CANCEL = "cancel"  # waiting, called, parked -> cancelled
    RETURN = "return"  # called, parked -> waiting, at its place
    TRANSFER = "transfer"  # waiting, called, serving, parked -> waiting, in another lane
    PARK = "park"  # called, serving -> parked
    RESUME = "resume"  # parked -> called
    REINSTATE = "reinstate"  # no_show -> waiting, behind some of its lane
    CHANGE = "change"  # any live state: priority, emergency, visitor and notes
    FALL_BACK = "fall_back"  # waiting -> waiting: its counter or person went off duty
    UNDO = "undo"  # the state before the last command


class TokenSource(StrEnum):
    """Who took the token."""

    STAFF = "staff"  # a person at a counter, for the visitor
    ADMIN = "admin"  # from the admin console
    API = "api"  # another system
    KIOSK = "kiosk"  # the visitor, at a ticket machine


class CallOutcome(StrEnum):
    """How a visit to a counter ended."""

    COMPLETED = "completed"  # served to the end
    NO_SHOW = "no_show"  # the visitor did not come
    CANCELLED = "cancelled"  # cancelled while called
    RETURNED = "returned"  # went back into its lane
    TRANSFERRED = "transferred"  # sent on to another type, counter or person
    PARKED = "parked"  # set aside
    UNDONE = "undone"  # the call was taken back; as if it never was


class UserRole(StrEnum):
    """A person's role in one organization, through a membership."""

    STAFF = "staff"  # serves visitors at a counter
    ADMIN = "admin"  # sets the organization up and watches it
    SUPER_ADMIN = "super_admin"  # also deletes, configures the system and backs it up


class Permission(StrEnum):
    """An action on a resource; `domain/access.py` says which role has which."""

    TOKENS_CREATE = "tokens:create"
    TOKENS_READ = "tokens:read"
    TOKENS_UPDATE = "tokens:update"
    TOKENS_DELETE = "tokens:delete"
    USERS_CREATE = "users:create"
    USERS_READ = "users:read"
    USERS_READ_SELF = "users:read:self"
    USERS_UPDATE = "users:update"
    USERS_DELETE = "users:delete"
    QUEUES_READ = "queues:read"
    QUEUES_UPDATE = "queues:update"
    COUNTERS_READ = "counters:read"
    COUNTERS_UPDATE = "counters:update"
    COUNTERS_OPERATE = "counters:operate"  # open, close and work at one
    ANNOUNCEMENTS_UPDATE = "announcements:update"
    DEVICES_READ = "devices:read"
    DEVICES_UPDATE = "devices:update"
    SETTINGS_READ = "settings:read"
    SETTINGS_READ_LIMITED = "settings:read:limited"
    SETTINGS_UPDATE = "settings:update"
    ANALYTICS_READ = "analytics:read"
    ANALYTICS_READ_LIMITED = "analytics:read:limited"  # one's own figures
    ANALYTICS_EXPORT = "analytics:export"
    SYSTEM_CONFIGURE = "system:configure"
    SYSTEM_MONITOR = "system:monitor"
    SYSTEM_BACKUP = "system:backup"
    BOARD_READ = "board:read"  # what a lobby display shows, and nothing more


class Audience(StrEnum):
    """Who looks: each sees its own projection of the live state."""

    DISPLAY = "display"  # numbers and counters; never names, notes or who serves
    STAFF = "staff"
    ADMIN = "admin"


class Room(StrEnum):
    """A subject within an audience's channel; a client may ask for some of them."""

    QUEUE_UPDATES = "queue_updates"  # display: tokens and calls
    SYSTEM_ANNOUNCEMENTS = "system_announcements"  # display: announcements, maintenance
    QUEUE_MANAGEMENT = "queue_management"  # staff: tokens, calls, counters
    STAFF_NOTIFICATIONS = "staff_notifications"  # staff: receipts, alerts, assigned tokens
    ADMIN_DASHBOARD = "admin_dashboard"  # admin: tokens, calls, counters, receipts
    SYSTEM_MONITORING = "system_monitoring"  # admin: metrics and alerts


ROOMS: dict[Audience, frozenset[Room]] = {
    Audience.DISPLAY: frozenset({Room.QUEUE_UPDATES, Room.SYSTEM_ANNOUNCEMENTS}),
    Audience.STAFF: frozenset({Room.QUEUE_MANAGEMENT, Room.STAFF_NOTIFICATIONS}),
    Audience.ADMIN: frozenset({Room.ADMIN_DASHBOARD, Room.SYSTEM_MONITORING}),
}
