"""A plain websocket client for tests: frames in, frames out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shared.frames import (
    SERVER_FRAME_ADAPTER,
    Ack,
    ClientHeartbeat,
    Events,
    Hello,
    Resync,
    ServerFrame,
    ShownReceipt,
    SpokenReceipt,
    Welcome,
)

Frame = TypeVar("Frame")


class Client:
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, frame: Hello | Ack | ShownReceipt | SpokenReceipt | ClientHeartbeat) -> None:
        """Send a frame."""
        await self.socket.send(frame.model_dump_json(exclude_none=True))

    async def hear(self, within_s: float = 10.0) -> ServerFrame:
        """The next frame, whatever it is."""
        async with asyncio.timeout(within_s):
            return SERVER_FRAME_ADAPTER.validate_json(await self.socket.recv())

    async def hear_a(self, kind: type[Frame], within_s: float = 10.0) -> Frame:
        """The next frame of a kind; others are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                frame = await self.hear(within_s)
                if isinstance(frame, kind):
                    return frame

    async def greet(self, credential: str, **known: Any) -> tuple[Welcome, Events | Resync | None]:
        """Say hello; the welcome, and what comes with it (None where nothing was missed)."""
        await self.say(Hello(credential=credential, app_version="test", **known))
        welcome = await self.hear_a(Welcome)
        if known.get("last_revision") == welcome.revision and known.get("epoch") == welcome.epoch:
            return welcome, None
        follows = await self.hear()
        assert isinstance(follows, Events | Resync), follows
        return welcome, follows

    async def close_code(self, within_s: float = 10.0) -> int:
        """The code with which the server closes."""
        async with asyncio.timeout(within_s):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code or 1006


@asynccontextmanager
async def client(url: str, audience: str, **options: Any) -> AsyncIterator[Client]:
    """A connected socket of an audience."""
    async with connect(f"{url}/ws/{audience}", **options) as socket:
        yield Client(socket)
