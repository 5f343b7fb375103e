"""Requests that never end to come, in bytes or in time, over plain sockets."""

import contextlib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from server.api import body_limit
from server.infra import http_protocol
from tests.live_server import LiveServer


@contextmanager
def connected(server: LiveServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as peer:
        yield peer


def answer(peer: socket.socket) -> bytes:
    """All that comes until the server closes."""
    heard = b""
    try:
        while data := peer.recv(65_536):
            heard += data
    except ConnectionResetError:
        pass  # what was still being sent when it closed
    return heard


class TestHead:
    def test_header_lines_without_end(self, live_server: LiveServer) -> None:
        with connected(live_server) as peer:
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            sent = 0
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                while sent < 50_000_000:
                    sent += peer.send(b"X-Filler: " + b"x" * 1000 + b"\r\n")
            assert sent < 8_000_000, "it is cut off"
            heard = answer(peer)
            assert heard.startswith(b"HTTP/1.1 431 ") or not heard

    def test_one_line_without_end(self, live_server: LiveServer) -> None:
        with connected(live_server) as peer:
            peer.sendall(b"GET /")
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for _ in range(6):
                    peer.sendall(b"x" * 20_000)
                    time.sleep(0.05)  # one read after the other
            heard = answer(peer)
            assert heard.startswith(b"HTTP/1.1 431 ") or not heard

    def test_a_long_one_that_ends_is_read(self, live_server: LiveServer) -> None:
        headers = {f"X-Filler-{number}": "x" * 500 for number in range(60)}
        assert httpx.get(f"{live_server.url}/healthz", headers=headers).status_code == 200

    def test_one_that_drips(self, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http_protocol, "HEAD_WITHIN_S", 0.5)
        with connected(live_server) as silent, connected(live_server) as dripping:
            dripping.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
            began = time.monotonic()
            assert answer(silent).startswith(b"HTTP/1.1 408 ")
            assert answer(dripping).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - began < 10

    def test_a_second_request_that_drips(
        self, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http_protocol, "HEAD_WITHIN_S", 0.5)
        with connected(live_server) as peer:
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTT")
            heard = answer(peer)
            assert heard.startswith(b"HTTP/1.1 200 ")
            assert b"HTTP/1.1 408 " in heard

    def test_a_connection_that_is_kept_may_be_used_again(
        self, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http_protocol, "HEAD_WITHIN_S", 0.5)
        with httpx.Client(base_url=live_server.url) as http:
            for _ in range(3):
                assert http.get("/healthz").status_code == 200
                time.sleep(0.7)


class TestBody:
    HEAD = (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 40\r\nConnection: close\r\n\r\n"
    )

    def test_one_that_drips(self, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(body_limit, "BODY_WITHIN_S", 0.5)
        with connected(live_server) as peer:
            peer.sendall(self.HEAD + b'{"username"')
            heard = answer(peer)
        assert heard.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in heard
        assert b"x-content-type-options: nosniff" in heard

    def test_one_that_comes_in_pieces_is_read(self, live_server: LiveServer) -> None:
        body = b'{"username": "nobody", "password": "x"} '
        with connected(live_server) as peer:
            peer.sendall(self.HEAD)
            for letter in range(len(body)):
                peer.sendall(body[letter : letter + 1])
            assert answer(peer).startswith(b"HTTP/1.1 401 ")
