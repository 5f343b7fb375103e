"""Frames that no client sends, byte by byte."""

import logging

import pytest

from shared.frames import CloseCode
from tests.live_server import LiveServer
from tests.realtime.raw_socket import RawSocket, frame

TEXT, BINARY, CLOSE = 1, 2, 8
NO_UTF_8 = b'{"type": "\xff"}'


class TestTextThatIsNoUtf8:
    def test_is_refused_like_any_other_nonsense(self, live_server: LiveServer) -> None:
        with RawSocket(live_server.port, "display") as socket:
            socket.send(frame(TEXT, NO_UTF_8))
            assert socket.end() == CloseCode.NO_HELLO

    def test_nothing_breaks_where_the_client_closes_in_the_same_packet(
        self, live_server: LiveServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING), RawSocket(live_server.port, "display") as socket:
            socket.send(frame(TEXT, NO_UTF_8) + frame(CLOSE, b"\x03\xe8"))
            assert socket.end() == 1000
        assert caplog.records == []

    def test_a_character_may_lie_in_two_fragments(self, live_server: LiveServer) -> None:
        text = '{"type": "hello", "credential": "é", "app_version": "1"}'.encode()
        middle = text.index(b"\xa9")
        with RawSocket(live_server.port, "display") as socket:
            socket.send(frame(TEXT, text[:middle], fin=False) + frame(0, text[middle:]))
            assert socket.end() == CloseCode.UNAUTHORIZED
