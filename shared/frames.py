"""The websocket frames, JSON, tagged by `type`."""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from shared.base import Asked, Instant, Shown
from shared.events import Event
from shared.ids import CallId, CounterId, Epoch, OrganizationId, Revision, Room, TokenId
from shared.problems import Problem
from shared.queues import QueueReport

MAX_INBOUND_BYTES = 64 * 1024
HELLO_TIMEOUT_S = 5.0

Credential = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
"""An access JWT or a device key."""

RevisionNumber = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Hello(Asked):
    """The first frame of a client. Without epoch and last_revision it asks for a snapshot."""

    type: Literal["hello"] = "hello"
    credential: Credential
    app_version: Annotated[str, StringConstraints(max_length=40)]
    epoch: Epoch | None = None
    last_revision: RevisionNumber | None = None
    rooms: tuple[Room, ...] | None = None


class Renew(Asked):
    """A fresh credential of the same person or device, before the present one ends."""

    type: Literal["renew"] = "renew"
    credential: Credential


class Ack(Asked):
    """Everything up to this revision has been applied."""

    type: Literal["ack"] = "ack"
    revision: RevisionNumber


class ShownReceipt(Asked):
    """A display has painted the call that was announced by this revision."""

    type: Literal["shown"] = "shown"
    revision: RevisionNumber


class SpokenReceipt(Asked):
    """A display has spoken the call that was announced by this revision."""

    type: Literal["spoken"] = "spoken"
    revision: RevisionNumber


class ClientHeartbeat(Asked):
    """I am here, at this revision."""

    type: Literal["heartbeat"] = "heartbeat"
    revision: RevisionNumber


ClientFrame = Annotated[
    Hello | Renew | Ack | ShownReceipt | SpokenReceipt | ClientHeartbeat,
    Field(discriminator="type"),
]
CLIENT_FRAME_ADAPTER: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)


class Welcome(Shown):
    """The server's first frame; `now` is its clock, which every age is measured by."""

    type: Literal["welcome"] = "welcome"
    organization_id: OrganizationId
    epoch: Epoch
    revision: Revision
    now: Instant
    heartbeat_s: float
    server_version: str


class Resync(Shown):
    """Take a new snapshot; what follows on this socket comes after it or is in it."""

    type: Literal["resync"] = "resync"
    epoch: Epoch
    revision: Revision


class Events(Shown):
    """All that happened after `after` up to `revision`, as far as this audience and room see it."""

    type: Literal["events"] = "events"
    after: Revision
    revision: Revision
    events: tuple[Event, ...]


class Receipts(Shown):
    """Side fact: on how many of the connected screens that show this counter the call was painted."""

    type: Literal["receipts"] = "receipts"
    call_id: CallId
    token_id: TokenId
    counter_id: CounterId
    announced_revision: Revision
    shown: int
    screens: int


class QueuesFrame(Shown):
    """Side fact: the figures and estimates of all queues."""

    type: Literal["queues"] = "queues"
    report: QueueReport


class ServerHeartbeat(Shown):
    """I am here, and this is the newest revision."""

    type: Literal["heartbeat"] = "heartbeat"
    revision: Revision
    now: Instant


class Refused(Shown):
    """Why the server closes this socket."""

    type: Literal["refused"] = "refused"
    problem: Problem


ServerFrame = Annotated[
    Welcome | Resync | Events | Receipts | QueuesFrame | ServerHeartbeat | Refused,
    Field(discriminator="type"),
]
SERVER_FRAME_ADAPTER: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)


class CloseCode(IntEnum):
    """Why a socket was closed, as close codes (RFC 6455, 4000-4999 are private)."""

    NO_HELLO = 4400  # no hello in time, or a frame that is none
    UNAUTHORIZED = 4401  # the credential is missing, wrong or has ended
    REVOKED = 4402  # an admin has taken this display's key back: pair again
    FORBIDDEN = 4403  # the credential does not reach this channel
    TOO_SLOW = 4408  # too much unsent; come back by revision
    TOO_MANY = 4429  # this address or credential has too many sockets; come back later
    TRY_AGAIN = 1013  # the database is away, or too many arrive at once
    SILENT = 4410  # nothing heard for too long
    GOING_AWAY = 1001  # the server stops
