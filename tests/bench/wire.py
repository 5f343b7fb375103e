"""One keep-alive HTTP connection on a raw socket: httpx would cost more than the server does."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, Self, TypeVar, cast
from urllib.parse import urlsplit

import httptools

Result = TypeVar("Result")


class Wire(asyncio.Protocol):
    """A connection to the server, used by one caller: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Connect to `http://host:port`."""
        address = urlsplit(url)
        assert address.hostname is not None, url
        _, wire = await asyncio.get_running_loop().create_connection(
            cls, address.hostname, address.port or 80
        )
        return wire

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; gives status and body.

        Raises:
            ConnectionError: the server hung up.
        """
        assert self._transport is not None, "connected"
        if self._closed.done():
            raise ConnectionError("the server hung up")
        self._parser = httptools.HttpResponseParser(self)
        self._body.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    async def close(self) -> None:
        """Hang up."""
        assert self._transport is not None, "connected"
        self._transport.close()
        await self._closed

    # Called by asyncio and httptools

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass of it.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        assert self._parser is not None, "only asked servers answer"
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._closed.set_result(None)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        assert self._parser is not None, "parsing"
        assert self._answer is not None, "asked"
        self._answer.set_result((self._parser.get_status_code(), b"".join(self._body)))


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run on the kind of event loop that the server uses."""
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop  # it does not exist on Windows

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
