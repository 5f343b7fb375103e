"""How many sockets one address, person or display may have, over real sockets."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.infra.jwt import JwtKeys
from shared.frames import MAX_INBOUND_BYTES, CloseCode, Refused
from shared.problems import ProblemCode
from tests.live_server import LiveServer
from tests.realtime.client import Client, client
from tests.site import Site, TestPerson


@pytest.fixture
def served(database_url: str, signing_keys: JwtKeys, tmp_path: Path) -> Any:
    @contextmanager
    def serve(**settings: Any) -> Iterator[LiveServer]:
        given = {"trusted_proxies": "127.0.0.1", **settings}
        with LiveServer(database_url, signing_keys, tmp_path, **given) as server:
            yield server

    return serve


@pytest.fixture
async def staff(site: Site) -> TestPerson:
    return await site.add_person()


def of(address: str) -> dict[str, Any]:
    return {"additional_headers": {"X-Forwarded-For": address}}


async def refusal(peer: Client, code: CloseCode) -> str:
    """What a socket hears before it is closed with this code."""
    refused = await peer.hear_a(Refused)
    assert await peer.close_code() == code
    expected = ProblemCode.UNAVAILABLE if code is CloseCode.TRY_AGAIN else ProblemCode.TOO_MANY_REQUESTS
    assert refused.problem.code is expected
    return refused.problem.title


class TestPerAddress:
    async def test_one_more_hears_why_and_a_place_that_is_free_again_is_given(
        self, served: Any, site: Site
    ) -> None:
        with served(sockets_per_address=3) as server:
            async with AsyncExitStack() as stack:
                peers = [await stack.enter_async_context(client(server.ws_url, "display")) for _ in range(3)]
                for peer in peers:
                    await peer.greet(await site.add_device())
                async with client(server.ws_url, "display") as late:
                    title = await refusal(late, CloseCode.TOO_MANY)
                    assert title.startswith("There are 3 connections of your address already.")
                # Those that are in notice nothing, and other addresses come in.
                async with client(server.ws_url, "display", **of("203.0.113.9")) as other:
                    await other.greet(await site.add_device())
                await peers[0].socket.close()
                await until_let_in(server, await site.add_device())

    async def test_clients_of_a_proxy_are_counted_by_their_own_address(self, served: Any, site: Site) -> None:
        with served(sockets_per_address=1) as server:
            async with AsyncExitStack() as stack:
                for number in range(4):
                    address = of(f"203.0.113.{number}")
                    peer = await stack.enter_async_context(client(server.ws_url, "display", **address))
                    await peer.greet(await site.add_device())
                async with client(server.ws_url, "display", **of("203.0.113.3")) as late:
                    await refusal(late, CloseCode.TOO_MANY)


class TestPerCredential:
    async def test_one_more_is_refused_from_wherever(
        self, served: Any, site: Site, staff: TestPerson
    ) -> None:
        with served(sockets_per_credential=2) as server:
            credential = staff.access_jwt(server.keys)
            async with AsyncExitStack() as stack:
                for number in range(2):
                    peer = await stack.enter_async_context(
                        client(server.ws_url, "staff", **of(f"203.0.113.{number}"))
                    )
                    await peer.greet(credential)
                async with client(server.ws_url, "staff") as late:
                    await late.socket.send(hello(credential))
                    title = await refusal(late, CloseCode.TOO_MANY)
                    assert title.startswith("There are 2 connections of this sign-in already.")
                colleague = await site.add_person()
                async with client(server.ws_url, "staff") as other:
                    await other.greet(colleague.access_jwt(server.keys))


class TestWithoutHello:
    async def test_who_says_nothing_keeps_others_out_for_seconds_alone(
        self, served: Any, staff: TestPerson
    ) -> None:
        with served(sockets_without_hello=3) as server:
            credential = staff.access_jwt(server.keys)
            async with AsyncExitStack() as stack:
                silent = [
                    await stack.enter_async_context(
                        client(server.ws_url, "staff", **of(f"203.0.113.{number}"))
                    )
                    for number in range(3)
                ]
                async with client(server.ws_url, "staff") as late:
                    assert "Try again in a moment" in await refusal(late, CloseCode.TRY_AGAIN)
                for peer in silent:
                    assert await peer.close_code(within_s=9) == CloseCode.NO_HELLO
                async with client(server.ws_url, "staff") as late:
                    await late.greet(credential)

    async def test_who_is_refused_leaves_no_trace(self, served: Any, staff: TestPerson) -> None:
        with served(sockets_without_hello=2, sockets_per_address=2) as server:
            for _ in range(6):
                async with client(server.ws_url, "staff") as peer:
                    await peer.socket.send(hello("x.y.z"))
                    assert await peer.close_code() == CloseCode.UNAUTHORIZED
            async with client(server.ws_url, "staff") as peer:
                await peer.greet(staff.access_jwt(server.keys))


class TestFrames:
    async def test_one_of_64_kib_is_read_and_a_larger_one_is_not(self, served: Any) -> None:
        with served() as server:
            async with client(server.ws_url, "staff") as peer:
                await peer.socket.send("x" * MAX_INBOUND_BYTES)
                assert await peer.close_code() == CloseCode.NO_HELLO, "read, and no frame"
            async with client(server.ws_url, "staff") as peer:
                await peer.socket.send("x" * (MAX_INBOUND_BYTES + 1))
                assert await peer.close_code() == 1009

    async def test_a_larger_one_in_pieces_is_not_either(self, served: Any) -> None:
        with served() as server:
            async with client(server.ws_url, "staff") as peer:
                with contextlib.suppress(ConnectionClosed):
                    await peer.socket.send("x" * 8192 for _ in range(9))
                assert await peer.close_code() == 1009


class TestOrigins:
    @pytest.mark.parametrize(
        ("origin", "code"),
        [("https://intranet.example.org", None), ("https://evil.example.org", CloseCode.FORBIDDEN)],
    )
    async def test_a_page_of_a_named_origin_may_open_a_socket(
        self, served: Any, staff: TestPerson, origin: str, code: CloseCode | None
    ) -> None:
        with served(cors_origins="https://intranet.example.org") as server:
            async with connect(f"{server.ws_url}/ws/staff", origin=origin) as socket:
                peer = Client(socket)
                if code is None:
                    await peer.greet(staff.access_jwt(server.keys))
                else:
                    assert await peer.close_code() == code


def hello(credential: str) -> str:
    return json.dumps({"type": "hello", "credential": credential, "app_version": "test"})


async def until_let_in(server: LiveServer, key: str) -> None:
    """Come back until there is a place: the server learns of an end a moment after it."""
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(ConnectionClosed):
                async with client(server.ws_url, "display") as late:
                    await late.greet(key)
                    return
