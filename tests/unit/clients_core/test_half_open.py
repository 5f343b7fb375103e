"""A handshake that is broken off leaves no socket behind."""

import asyncio

import pytest

from clients.core.http_api import HttpApi


async def test_a_request_cancelled_in_its_handshake_closes_its_socket() -> None:
    """The server takes the connection and never answers the handshake."""
    connected, ended = asyncio.Event(), asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)  # the client's hello
        connected.set()
        await reader.read()  # until the client is gone
        ended.set()
        writer.close()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    async with server:
        api = HttpApi(server=f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        asking = asyncio.create_task(api.sign_in("marta", "a password"))
        await connected.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(5):
            await ended.wait()
        await api.aclose()
