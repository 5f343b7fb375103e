"""Drives a `Session` over real sockets: opens what it asks for, reports what happened.

Lives in one event loop; nothing here is called from another thread.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit, urlunsplit

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from clients.core.addresses import is_loopback, is_secured
from clients.core.clock import elapsed_s
from clients.core.errors import ClientError, Refusal
from clients.core.session import Actions, Session
from clients.core.session_actions import (
    CloseSocket,
    Delivery,
    FetchSnapshot,
    OpenSocket,
    RenewCredential,
    SendFrame,
)
from clients.core.tasks import Tasks
from clients.core.trust import Trust
from shared.frames import SERVER_FRAME_ADAPTER, ClientFrame
from shared.ids import Audience
from shared.live import Snapshot

PING_EVERY_S = 3.0  # a wall screen must know within 10 s; three pongs may be lost on the way
CLOSE_TIMEOUT_S = 1.0
MAX_FRAME_BYTES = 16 * 1024 * 1024  # many joined events; a snapshot never comes over the socket

log = logging.getLogger(__name__)
_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.INFO)  # below, the library logs each frame: the hello holds a credential


def socket_address(server: str, audience: Audience) -> str:
    """The websocket address of an audience's channel; it carries no credential."""
    parts = urlsplit(server)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"/ws/{audience.value}", "", ""))


class LiveSocket:
    """The live channel of one app, until it is stopped.

    Args:
        fetch_snapshot: raises a `ClientError`.
        renew_credential: gives a fresh credential, or raises a `ClientError`.
        deliver: gets what concerns the app, in order.
        trust: whom it takes for the server.
    """

    def __init__(
        self,
        *,
        address: str,
        session: Session,
        fetch_snapshot: Callable[[], Awaitable[Snapshot]],
        renew_credential: Callable[[], Awaitable[str]],
        deliver: Callable[[Delivery], None],
        trust: Trust,
        clock: Callable[[], float] = elapsed_s,
    ) -> None:
        self._address = address
        self._session = session
        self._fetch_snapshot = fetch_snapshot
        self._renew_credential = renew_credential
        self._deliver = deliver
        self._trust = trust
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._socket: ClientConnection | None = None
        self._socket_task: asyncio.Task[None] | None = None
        self._tasks = Tasks()

    def start(self, credential: str) -> None:
        """Connect and stay connected."""
        self._perform(self._session.start(self._clock(), credential))

    def renew(self, credential: str) -> None:
        """Go on with a fresh credential."""
        self._perform(self._session.credential_renewed(self._clock(), credential))

    def retry_now(self) -> None:
        """Try at once instead of when planned."""
        self._perform(self._session.retry_now(self._clock()))

    def act(self, ask: Callable[[Session], Actions]) -> None:
        """Let the session decide about something else, and do it."""
        self._perform(ask(self._session))

    async def stop(self) -> None:
        """Close the socket; nothing is delivered afterwards but the last status."""
        closing = self._socket_task
        self._perform(self._session.stop(self._clock()))
        if closing is not None:
            await asyncio.wait([closing], timeout=CLOSE_TIMEOUT_S + 1.0)
        await self._tasks.cancel_all()

    # What the session asks for

    def _perform(self, actions: Actions) -> None:
        for action in actions:
            match action:
                case OpenSocket():
                    self._socket_task = self._tasks.start(self._run_socket())
                case SendFrame(frame=frame):
                    self._tasks.start(self._send(self._socket, frame))
                case CloseSocket(reason=reason):
                    self._close_socket(reason)
                case FetchSnapshot(serial=serial):
                    self._tasks.start(self._take_snapshot(serial))
                case RenewCredential():
                    self._tasks.start(self._take_credential())
                case _:
                    self._deliver(action)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wake_at = self._session.wake_at
        if wake_at is not None:
            delay_s = max(0.0, wake_at - self._clock())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_time)

    def _on_time(self) -> None:
        self._perform(self._session.tick(self._clock()))

    # The socket

    async def _run_socket(self) -> None:
        this = asyncio.current_task()
        try:
            reason, code = await self._follow_trusted()
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            reason, code = f"{type(error).__name__}: {error}", None
        except Exception as error:
            # A fault of ours or the library's. A wall screen has nobody to restart it: try again.
            log.exception("the socket ended by a fault")
            reason, code = repr(error), None
        if self._socket_task is this:  # else the session has given this socket up
            self._socket = self._socket_task = None
            self._perform(self._session.socket_lost(self._clock(), reason, code))

    async def _follow_trusted(self) -> tuple[str, int | None]:
        """`_follow`; where the certificate is refused, why, or that the next try will be better."""
        used = self._trust.context
        try:
            return await self._follow(used)
        except ssl.SSLCertVerificationError as error:
            distrust = await self._trust.mend(error, used)
            return (str(distrust) if distrust else "another authority is trusted from now on"), None

    async def _follow(self, context: ssl.SSLContext | None) -> tuple[str, int | None]:
        """Open a socket and report all it brings; gives why it ended, and the close code."""
        socket = await connect(
            self._address,
            ssl=context if is_secured(self._address) else None,
            logger=_wire_log,
            compression=None,  # frames are small, and a local network is faster than zlib
            max_size=MAX_FRAME_BYTES,
            open_timeout=10.0,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,  # `_ping` reports each pong, which the library keeps to itself
            proxy=None if is_loopback(self._address) else True,
        )
        self._socket = socket
        pinging = asyncio.create_task(self._ping(socket))
        try:
            self._perform(self._session.socket_opened(self._clock()))
            await self._read(socket)
            await socket.close()
        finally:
            pinging.cancel()
            # Whoever is cancelled in the middle of the closing handshake leaves no connection behind.
            socket.transport.abort()
        return f"closed with {socket.close_code} {socket.close_reason}", socket.close_code

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self._receive(message)
                if self._socket is not socket:
                    return  # the session has given it up because of this message
        except ConnectionClosed:
            return  # told by the close code, like an orderly end

    def _receive(self, message: str | bytes) -> None:
        try:
            frame = SERVER_FRAME_ADAPTER.validate_json(message)
        except ValidationError:
            # A newer server's frame, or nonsense. If it held events, the gap rule brings them.
            log.warning("a frame that this app cannot read was left out")
            self._perform(self._session.heard(self._clock()))
            return
        self._perform(self._session.frame_received(self._clock(), frame))

    async def _ping(self, socket: ClientConnection) -> None:
        try:
            while True:
                await asyncio.sleep(PING_EVERY_S)
                await (await socket.ping())
                self._perform(self._session.heard(self._clock()))
        except ConnectionClosed:
            return  # the reader tells it

    async def _send(self, socket: ClientConnection | None, frame: ClientFrame) -> None:
        if socket is None:
            return
        try:
            await socket.send(frame.model_dump_json(exclude_none=True))
        except ConnectionClosed:
            return  # the reader tells it

    def _close_socket(self, reason: str) -> None:
        log.info("the socket is given up: %s", reason)
        socket, task = self._socket, self._socket_task
        self._socket = self._socket_task = None
        if socket is not None:
            # Its reader ends with it. A peer that does not answer the goodbye gets a second.
            self._tasks.start(socket.close())
        elif task is not None:
            task.cancel()

    # What else the session asks for

    async def _take_snapshot(self, serial: int) -> None:
        try:
            snapshot = await self._fetch_snapshot()
        except Refusal as refusal:
            problem = refusal.problem
            actions = self._session.snapshot_failed(self._clock(), serial, problem.title, problem)
        except ClientError as error:
            actions = self._session.snapshot_failed(self._clock(), serial, str(error))
        else:
            actions = self._session.snapshot_received(self._clock(), serial, snapshot)
        self._perform(actions)

    async def _take_credential(self) -> None:
        try:
            credential = await self._renew_credential()
        except Refusal as refusal:
            actions = self._session.credential_refused(self._clock(), refusal.problem)
        except ClientError as error:
            actions = self._session.socket_lost(self._clock(), str(error))
        else:
            actions = self._session.credential_renewed(self._clock(), credential)
        self._perform(actions)
