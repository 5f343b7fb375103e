"""A websocket whose bytes are ours: what a well-behaved library refuses to send can be sent.

What comes back is read by a well-behaved library.
"""

import contextlib
import socket
import struct
from types import TracebackType
from typing import Self

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

ANSWERED_WITHIN_S = 20.0
_HAVE_YOU_READ = b"have you read it?"


class RawSocket:
    """One connection, open from `__enter__` on.

    Attributes:
        texts: what the server has said.
    """

    def __init__(self, port: int, audience: str) -> None:
        self._protocol = ClientProtocol(parse_uri(f"ws://127.0.0.1:{port}/ws/{audience}"), max_size=None)
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWERED_WITHIN_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.texts: list[bytes] = []
        self._has_read = False

    def __enter__(self) -> Self:
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while self._protocol.state is State.CONNECTING:
            assert self._read(), "the server hung up during the handshake"
        assert self._protocol.handshake_exc is None, self._protocol.handshake_exc
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send these bytes as they are; a server that has hung up meanwhile is none the worse."""
        # `end` finds out what it said before.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(data)

    def hear(self) -> bytes:
        """The next text of the server."""
        heard = len(self.texts)
        while len(self.texts) == heard:
            assert self._read(), f"the server hung up: {self._close_code()}"
        return self.texts[heard]

    def wait_until_read(self) -> None:
        """Until the server has taken all that was sent so far, or has hung up.

        Its answer to a ping says so: it reads no further while a message waits for the application.
        """
        self.send(frame(Opcode.PING, _HAVE_YOU_READ))
        while not self._has_read and self._read():
            pass
        self._has_read = False

    def end(self) -> int | None:
        """Read until the server ends it; gives its close code, None where it said none.

        Raises:
            TimeoutError: it does not end.
        """
        while self._read():
            pass
        return self._close_code()

    def _close_code(self) -> int | None:
        close = self._protocol.close_rcvd
        return close.code if close else None

    def _read(self) -> bool:
        try:
            data = self._socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self.texts.append(bytes(event.data))
            elif isinstance(event, Frame) and event.opcode is Opcode.PONG:
                self._has_read |= event.data == _HAVE_YOU_READ
        self._flush()  # pongs, and the answer to a close
        return bool(data)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.send(data)


def frame(
    opcode: int,
    data: bytes,
    *,
    fin: bool = True,
    reserved: int = 0,
    mask: bool = True,
    length: int | None = None,
) -> bytes:
    """A frame as it goes over the wire (RFC 6455, 5.2), however wrong.

    Args:
        reserved: the three reserved bits.
        length: what the header claims; None for the truth.
    """
    claimed = len(data) if length is None else length
    first = (0x80 if fin else 0) | (reserved & 7) << 4 | opcode & 15
    bit = 0x80 if mask else 0
    if claimed < 126:
        header = struct.pack("!BB", first, bit | claimed)
    elif claimed < 1 << 16:
        header = struct.pack("!BBH", first, bit | 126, claimed)
    else:
        header = struct.pack("!BBQ", first, bit | 127, claimed)
    if not mask:
        return header + data
    key = b"\x9c\x31\x05\xe7"  # the same each time, so that a session can be lived again
    repeated = (key * (len(data) // 4 + 1))[: len(data)]
    masked = (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(data), "big")
    return header + key + masked
