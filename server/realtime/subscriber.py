"""One socket's outbox: it never makes another socket wait.

The first frame is written at once; what comes while it is being written is joined into the next.
Who has more than 64 KiB waiting behind a frame that the network does not take is cut off, and comes
back by revision. A burst alone cuts nobody off.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

from server.domain.access import Actor
from server.realtime.frames import Piece, events_frame
from shared.frames import CloseCode
from shared.ids import Audience, DeviceId, OrganizationId, Revision, Room, UserId

MAX_UNSENT = 64 * 1024
STALLED_S = 1.0
"""A frame that has been on its way this long is stuck: the client or its network does not read."""

MAX_BURST = 4 * 1024 * 1024
"""More than this is not kept for anybody. The texts are shared by all sockets of an audience."""

SendText = Callable[[str], Awaitable[None]]


class Subscriber:
    """A connected client.

    Args:
        send: writes one text frame; may wait for a slow network.
        expires_at: when its credential ends; None for a device key.
        actor: the person; None for a display.
        address: where it connects from; None where that is not known.

    Attributes:
        closing: set when the socket must be closed, and with which code.
        heard_at: when the client last said anything, on the monotonic clock.
    """

    def __init__(
        self,
        *,
        organization_id: OrganizationId,
        audience: Audience,
        rooms: frozenset[Room],
        send: SendText,
        expires_at: datetime | None = None,
        actor: Actor | None = None,
        device_id: DeviceId | None = None,
        address: str | None = None,
    ) -> None:
        self.organization_id = organization_id
        self.audience = audience
        self.rooms = rooms
        self.expires_at = expires_at
        self.actor = actor
        self.device_id = device_id
        self.address = address
        self.closing: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()
        self.heard_at = monotonic()
        self.acked = Revision(0)
        self._send = send
        self._pieces: list[Piece] = []
        self._texts: list[str] = []
        self._unsent = 0
        self._sending_since: float | None = None
        self._wake = asyncio.Event()

    @property
    def user_id(self) -> UserId | None:
        """The person's id; None for a display."""
        return self.actor.user_id if self.actor is not None else None

    def hear(self) -> None:
        """The client said something."""
        self.heard_at = monotonic()

    def give(self, piece: Piece) -> None:
        """New events, in order."""
        self._pieces.append(piece)
        self._count(piece.size)

    def tell(self, text: str) -> None:
        """A frame of its own: a side fact, a heartbeat."""
        self._texts.append(text)
        self._count(len(text))

    def close(self, code: CloseCode) -> None:
        """Ask for the socket to be closed; the first reason counts."""
        if not self.closing.done():
            self.closing.set_result(code)

    def start_over(self, text: str) -> None:
        """Another epoch: what was not sent yet is of the old one, and goes."""
        self._pieces = []
        self.tell(text)

    def is_stuck(self) -> bool:
        """Whether too much waits behind a frame that is not taken."""
        since = self._sending_since
        is_stalled = since is not None and monotonic() - since > STALLED_S
        return self._unsent > (MAX_UNSENT if is_stalled else MAX_BURST)

    async def write(self) -> None:
        """Write what comes, until cancelled. Run as a task once the greeting has been sent."""
        while True:
            await self._wake.wait()
            pieces, texts = self._pieces, self._texts
            self._pieces, self._texts, self._unsent = [], [], 0
            self._wake.clear()
            self._sending_since = monotonic()
            # Events first: a receipt speaks of a call that the client must know.
            if pieces:
                await self._send(pieces[0].frame if len(pieces) == 1 else events_frame(pieces))
            for text in texts:
                await self._send(text)
            self._sending_since = None

    def _count(self, size: int) -> None:
        self._unsent += size
        if self.is_stuck():
            self.close(CloseCode.TOO_SLOW)
            self._pieces, self._texts, self._unsent = [], [], 0
        self._wake.set()
