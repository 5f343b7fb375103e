"""The websocket protocol with one client: hello, welcome, what it missed, and then what comes.

MUST: no credential in a URL; nothing is sent before a valid hello; what is not understood closes the
socket with a reason.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

import server
from server.domain.access import Actor
from server.domain.errors import (
    CredentialExpired,
    DeviceRevoked,
    Forbidden,
    TooManySockets,
    Unauthenticated,
)
from server.realtime.bounds import Crowded, SocketBounds
from server.realtime.caretaker import Caretaker
from server.realtime.frames import encode_events, piece_of
from server.realtime.hub import Hub
from server.realtime.relay import Relay
from server.realtime.subscriber import Subscriber
from server.store.engine import Database
from server.store.errors import DatabaseUnavailable
from server.usecases import receipts
from server.usecases.access import AccessNow
from server.usecases.auditing import RefusalLog
from server.usecases.signing_in import DEVICE_KEY_PREFIX, Caller, SigningIn
from shared.frames import (
    CLIENT_FRAME_ADAPTER,
    HELLO_TIMEOUT_S,
    Ack,
    ClientFrame,
    CloseCode,
    Hello,
    Refused,
    Renew,
    Resync,
    ShownReceipt,
    SpokenReceipt,
    Welcome,
)
from shared.ids import (
    ROOMS,
    Audience,
    DeviceId,
    Epoch,
    OrganizationId,
    Permission,
    Revision,
    Room,
)
from shared.problems import Problem, ProblemCode

_log = structlog.get_logger(__name__)

_PERMISSION = {
    Audience.DISPLAY: Permission.BOARD_READ,
    Audience.STAFF: Permission.TOKENS_READ,
    Audience.ADMIN: Permission.USERS_READ,
}


_STATUS = {
    CloseCode.NO_HELLO: 400,
    CloseCode.UNAUTHORIZED: 401,
    CloseCode.REVOKED: 401,
    CloseCode.FORBIDDEN: 403,
    CloseCode.TOO_MANY: 429,
    CloseCode.TRY_AGAIN: 503,
}


class NotUnderstood(Exception):
    """What came is no frame, or not the one that may come now."""


class ForeignOrigin(Exception):
    """A page of another site, in somebody's browser, speaks."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who is at the other end: a person or a display. `expires_at` is None for a device key."""

    organization_id: OrganizationId
    expires_at: datetime | None
    actor: Actor | None = None
    device_id: DeviceId | None = None

    @property
    def name(self) -> str:
        """Tells people and displays apart."""
        return str(self.actor.user_id if self.actor else self.device_id)


class Gateway:
    """Serves the sockets of one server.

    Args:
        origins: pages that may open sockets from a browser, besides the server's own.
    """

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        relay: Relay,
        caretaker: Caretaker,
        signing_in: SigningIn,
        access: AccessNow,
        refusals: RefusalLog,
        bounds: SocketBounds,
        heartbeat_s: float,
        origins: Collection[str] = (),
    ) -> None:
        self._database = database
        self._hub = hub
        self._relay = relay
        self._caretaker = caretaker
        self._signing_in = signing_in
        self._access = access
        self._refusals = refusals
        self._bounds = bounds
        self._heartbeat_s = heartbeat_s
        self._origins = frozenset(origins)

    async def serve(self, socket: WebSocket, audience: Audience, caller: Caller) -> None:
        """Speak with one client until either side ends it.

        Args:
            caller: where it comes from, for the audit.
        """
        await socket.accept()
        try:
            self._require_own_origin(socket)
            with self._bounds.arrived(caller.address) as place:
                hello = await self._receive_hello(socket)
                identity = await self._identify(hello.credential, audience, caller)
                place.greeted(identity.name)
                await self._follow(socket, audience, hello, identity, caller.address)
        except WebSocketDisconnect:
            return
        except NotUnderstood as error:
            await _refuse(socket, CloseCode.NO_HELLO, ProblemCode.MALFORMED, str(error))
        except (Unauthenticated, CredentialExpired) as error:
            await _refuse(socket, CloseCode.UNAUTHORIZED, error.code, error.sentence)
        except DeviceRevoked as error:
            await _refuse(socket, CloseCode.REVOKED, error.code, error.sentence)
        except Forbidden as error:
            await _refuse(socket, CloseCode.FORBIDDEN, error.code, error.sentence)
        except ForeignOrigin as error:
            await _refuse(socket, CloseCode.FORBIDDEN, ProblemCode.FORBIDDEN, str(error))
        except TooManySockets as error:
            await _refuse(socket, CloseCode.TOO_MANY, error.code, error.sentence)
        except (DatabaseUnavailable, Crowded) as error:
            await _refuse(socket, CloseCode.TRY_AGAIN, ProblemCode.UNAVAILABLE, str(error))

    def _require_own_origin(self, socket: WebSocket) -> None:
        """Refuse browsers on other sites' behalf; the apps send no Origin at all."""
        origin = socket.headers.get("origin")
        if origin is None or origin in self._origins:
            return
        if urlsplit(origin).netloc != socket.headers.get("host"):
            raise ForeignOrigin("This page belongs to another site.")

    async def _receive_hello(self, socket: WebSocket) -> Hello:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                frame = await _receive(socket)
        except TimeoutError as error:
            raise NotUnderstood("No hello came in time.") from error
        if not isinstance(frame, Hello):
            raise NotUnderstood("The first frame must be a hello.")
        return frame

    async def _identify(self, credential: str, audience: Audience, caller: Caller) -> Identity:
        if credential.startswith(DEVICE_KEY_PREFIX):
            device = await self._signing_in.device_of(credential)
            if audience is not Audience.DISPLAY or _PERMISSION[audience] not in device.scopes:
                raise Forbidden(permission=_PERMISSION[audience])
            return Identity(organization_id=device.organization_id, expires_at=None, device_id=device.id)
        claimed, expires_at = self._signing_in.actor_of(credential)
        actor = await self._access.actor(claimed, at_once=True)
        try:
            actor.require(_PERMISSION[audience])
        except Forbidden as error:
            await self._refusals.note(
                actor, error.permission, caller=caller, at=datetime.now(UTC), socket=audience.value
            )
            raise
        return Identity(organization_id=actor.organization_id, expires_at=expires_at, actor=actor)

    async def _follow(
        self,
        socket: WebSocket,
        audience: Audience,
        hello: Hello,
        identity: Identity,
        address: str | None,
    ) -> None:
        organization_id = identity.organization_id
        channel = await self._hub.channel(organization_id)
        if hello.epoch == channel.epoch and (hello.last_revision or 0) > channel.revision:
            await self._hub.renew_epoch(organization_id, Revision(hello.last_revision or 0))
        subscriber = Subscriber(
            organization_id=organization_id,
            audience=audience,
            rooms=_rooms(hello, audience),
            send=socket.send_text,
            expires_at=identity.expires_at,
            actor=identity.actor,
            device_id=identity.device_id,
            address=address,
        )
        # From here on, without a pause, every later piece goes into its outbox.
        channel.subscribers.add(subscriber)
        epoch, revision = channel.epoch, channel.revision
        try:
            await self._greet(socket, hello, subscriber, epoch=epoch, revision=revision)
            await self._converse(socket, subscriber)
        finally:
            channel.subscribers.discard(subscriber)
            await self._left(subscriber)

    async def _greet(
        self,
        socket: WebSocket,
        hello: Hello,
        subscriber: Subscriber,
        *,
        epoch: Epoch,
        revision: Revision,
    ) -> None:
        """Say where the organization stands, and what the client missed."""
        welcome = Welcome(
            organization_id=subscriber.organization_id,
            epoch=epoch,
            revision=revision,
            now=datetime.now(UTC),
            heartbeat_s=self._heartbeat_s,
            server_version=server.__version__,
        )
        await socket.send_text(welcome.model_dump_json())
        missed = None
        if hello.epoch == epoch and hello.last_revision is not None:
            after = Revision(hello.last_revision)
            missed = await self._hub.missed(subscriber.organization_id, after, revision)
        if missed is None:
            resync = Resync(epoch=epoch, revision=revision)
            await socket.send_text(resync.model_dump_json())
        elif missed:
            encoded = encode_events(missed)[subscriber.audience]
            piece = piece_of(encoded, subscriber.rooms, after=after, revision=revision)
            await socket.send_text(piece.frame)
        if subscriber.device_id is not None:
            await receipts.screens_present(self._database, [subscriber.device_id], address=subscriber.address)
        figures = self._caretaker.newest_figures(subscriber.organization_id)
        if figures is not None:
            subscriber.tell(figures)

    async def _converse(self, socket: WebSocket, subscriber: Subscriber) -> None:
        """Read and write until one of the two ends, or the socket must be closed."""
        reading = asyncio.create_task(self._read(socket, subscriber))
        writing = asyncio.create_task(subscriber.write())
        try:
            ends: list[asyncio.Future[Any]] = [reading, writing, subscriber.closing]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writing.cancel()
            if not reading.done():
                reading.cancel()
            results = await asyncio.gather(reading, writing, return_exceptions=True)
        if subscriber.closing.done():
            await _close(socket, subscriber.closing.result())
            return
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _read(self, socket: WebSocket, subscriber: Subscriber) -> None:
        while True:
            frame = await _receive(socket)
            subscriber.hear()
            await self._take(frame, subscriber)

    async def _take(self, frame: ClientFrame, subscriber: Subscriber) -> None:
        match frame:
            case Ack(revision=revision):
                subscriber.acked = Revision(revision)
            case ShownReceipt(revision=revision):
                await self._receipt(subscriber, Revision(revision), spoken=False)
            case SpokenReceipt(revision=revision):
                await self._receipt(subscriber, Revision(revision), spoken=True)
            case Renew(credential=credential):
                await self._renew(subscriber, credential)
            case Hello():
                raise NotUnderstood("A hello comes once.")

    async def _receipt(self, subscriber: Subscriber, revision: Revision, *, spoken: bool) -> None:
        if subscriber.device_id is None:
            # A person who looks at the board in a window is no screen of the lobby.
            return
        given = await receipts.give_receipt(
            self._database,
            subscriber.organization_id,
            subscriber.device_id,
            revision,
            spoken=spoken,
        )
        if given is not None and given.is_first:
            self._relay.receipts_changed(subscriber.organization_id, given.receipts)

    async def _renew(self, subscriber: Subscriber, credential: str) -> None:
        # Where it comes from was noted at the hello.
        identity = await self._identify(credential, subscriber.audience, Caller())
        user_id = identity.actor and identity.actor.user_id
        same = (subscriber.organization_id, subscriber.user_id, subscriber.device_id)
        if same != (identity.organization_id, user_id, identity.device_id):
            raise Unauthenticated()
        subscriber.actor, subscriber.expires_at = identity.actor, identity.expires_at

    async def _left(self, subscriber: Subscriber) -> None:
        device_id = subscriber.device_id
        if device_id is None:
            return
        if any(each.device_id == device_id for each in self._hub.subscribers()):
            return
        try:
            await receipts.screen_gone(self._database, device_id)
        except DatabaseUnavailable:
            # It then counts as connected a little longer; a no-show waits for it at most a minute.
            _log.warning("screen_gone_unsaid", device_id=str(device_id))


def _rooms(hello: Hello, audience: Audience) -> frozenset[Room]:
    allowed = ROOMS[audience]
    return allowed if hello.rooms is None else allowed & frozenset(hello.rooms)


async def _receive(socket: WebSocket) -> ClientFrame:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006), message.get("reason"))
    text = message.get("text")
    if text is None:
        raise NotUnderstood("Frames are text.")
    try:
        return CLIENT_FRAME_ADAPTER.validate_json(text)
    except ValidationError as error:
        raise NotUnderstood("This is no frame that a client sends.") from error


async def _refuse(socket: WebSocket, close: CloseCode, code: ProblemCode, title: str) -> None:
    refused = Refused(problem=Problem(title=title, status=_STATUS[close], code=code))
    try:
        await socket.send_text(refused.model_dump_json(exclude_none=True))
    except (WebSocketDisconnect, RuntimeError):
        return
    await _close(socket, close)


async def _close(socket: WebSocket, code: CloseCode) -> None:
    try:
        # A peer that reads nothing must not keep us here: the close frame waits behind its buffer.
        async with asyncio.timeout(2.0):
            await socket.close(int(code))
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        _log.info("socket_closed_hard", code=int(code))
