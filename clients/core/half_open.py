"""Sockets whose TLS handshake is broken off, by a stop of the app or by a deadline."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpcore


@asynccontextmanager
async def closing_half_open() -> AsyncIterator[dict[str, Any]]:
    """Extensions of one httpx request whose socket is closed though it is cancelled in the handshake.

    WORKAROUND: httpcore closes it there for exceptions alone, and a cancellation is none of them:
    https://github.com/encode/httpcore/pull/443
    """
    half_open: list[httpcore.AsyncNetworkStream] = []

    async def watch(event: str, details: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            half_open.append(details["return_value"])
        elif event == "connection.start_tls.complete":
            half_open.clear()

    try:
        yield {"trace": watch}
    except BaseException:
        for stream in half_open:
            await stream.aclose()
        raise
