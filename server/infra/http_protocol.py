"""uvicorn's HTTP, with bounds on the head of a request.

uvicorn on httptools keeps every header line that comes, and waits for the next one for ever: one client
could fill the memory, and a thousand that send a byte a minute all connections. Bodies are bounded by
`api/body_limit.py`, since only the application knows that.
"""

import asyncio
from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
"""Request line and header fields; ours are below 6 KiB, an access JWT included."""

HEAD_WITHIN_S = 10.0
"""From the connection or the first byte of a later request to the end of the head."""


class BoundedHttp(HttpToolsProtocol):
    """Closes a connection whose request has no end to its head, in bytes or in time."""

    _head_bytes = 0
    _is_in_head = True
    _too_late: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Called when a connection is made."""
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called when a connection has ended."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called when bytes have come."""
        self._head_bytes += len(data)
        super().data_received(data)
        # What came with the end of the head is no part of it, and is not counted: a read has a bound.
        if self._is_in_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Called by the parser at the first byte of a request."""
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        """Called by the parser at the end of the head."""
        self._end_head()
        super().on_headers_complete()

    def _begin_head(self) -> None:
        self._end_head()
        self._head_bytes = 0
        self._is_in_head = True
        self._too_late = self.loop.call_later(HEAD_WITHIN_S, self._refuse, b"408 Request Timeout")

    def _end_head(self) -> None:
        self._is_in_head = False
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _refuse(self, status: bytes) -> None:
        self._end_head()
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            self.transport.close()
