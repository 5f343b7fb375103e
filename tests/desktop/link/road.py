"""A road between apps and a server that can be cut, and that loses answers on request."""

import asyncio
import random
from contextlib import suppress
from typing import Self


class Road:
    """Carries bytes from a port of its own to the server's.

    Attributes:
        loss: the share of answers that are lost, and their connection with them.
    """

    def __init__(self, server_port: int, dice: random.Random) -> None:
        self._dice = dice
        self._server_port = server_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.loss = 0.0
        self.answers_lost = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()
        await asyncio.gather(*self._carrying, return_exceptions=True)
        await self._listener.wait_closed()

    def cut(self) -> None:
        """Break every connection that is open now."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(self._pump(reader, far_writer, answers=False)),
                    asyncio.create_task(self._pump(far_reader, writer, answers=True)),
                ]
            )
        finally:
            self._writers -= {writer, far_writer}
            self._carrying.discard(task)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                is_answer = answers and data.startswith(b"HTTP/1.1 20")
                if is_answer and self._dice.random() < self.loss:
                    self.answers_lost += 1
                    break
                writer.write(data)
                await writer.drain()
        writer.close()
