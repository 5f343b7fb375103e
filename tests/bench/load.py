"""Callers who take tokens, call and complete through HTTP, and the log of what was answered.

MUST: nothing here is slower than the server. Every measurement reports the processor time of both.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import uuid4

from tests.bench.wire import Wire


class Unexpected(Exception):
    """The server answered a request of the load with anything but success."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A signed-in person at an open counter of their organization."""

    organization_id: str
    counter_id: str
    access_jwt: str


@dataclass(kw_only=True)
class Log:
    """What was asked and answered.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: seconds, by kind of request.
        numbers: (organization, service day, number) of each token that was taken.
        called: the id of each token that was called.
    """

    seconds: float = 0.0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    numbers: list[tuple[str, str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered."""
        return sum(map(len, self.latencies.values()))

    @property
    def per_s(self) -> float:
        """Answered requests a second."""
        return self.requests / self.seconds

    def add(self, other: "Log") -> None:
        """Join what another log holds."""
        self.seconds += other.seconds
        for kind, latencies in other.latencies.items():
            self.latencies.setdefault(kind, []).extend(latencies)
        self.numbers += other.numbers
        self.called += other.called

    def quantile_ms(self, share: float, *kinds: str) -> float:
        """The latency, in milliseconds, below which this share of the requests (of these kinds) stayed."""
        chosen = [self.latencies[kind] for kind in kinds or self.latencies]
        ordered = sorted(latency for latencies in chosen for latency in latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Caller:
    """Commands on one wire, noted in a log."""

    def __init__(self, wire: Wire, log: Log) -> None:
        self._wire = wire
        self._log = log

    async def take(self, seat: Seat) -> None:
        """Take a token."""
        body = b'{"customer_type":"instant"}'
        token = (await self._command("create", seat.access_jwt, "/tokens", body))["token"]
        # The organizations of a load live in UTC, so this is their service day.
        day = token["created_at"][:10]
        self._log.numbers.append((seat.organization_id, day, token["number"]))

    async def call_next(self, seat: Seat) -> str:
        """Call the next visitor; gives the token's id."""
        path = f"/counters/{seat.counter_id}/call-next"
        answer = await self._command("call next", seat.access_jwt, path)
        token_id: str = answer["token"]["id"]
        self._log.called.append(token_id)
        return token_id

    async def complete(self, seat: Seat, token_id: str) -> None:
        """Complete the visit."""
        await self._command("complete", seat.access_jwt, f"/tokens/{token_id}/complete")

    async def visit(self, seat: Seat) -> None:
        """Somebody takes a token, and whoever is next is called and served."""
        await self.take(seat)
        await self.complete(seat, await self.call_next(seat))

    async def open_counter(self, access_jwt: str, counter_id: str) -> None:
        """Open a counter for every customer type."""
        await self._command("open", access_jwt, f"/counters/{counter_id}/open", b"{}")

    async def sign_in(self, username: str, password: str) -> str:
        """Sign in; gives the access JWT."""
        body = json.dumps({"username": username, "password": password}).encode()
        answer = await self._timed("sign in", _request("POST", "/api/v1/auth/login", body))
        access_jwt: str = answer["access_jwt"]
        return access_jwt

    async def healthz(self) -> None:
        """The least that the server can be asked."""
        await self._timed("healthz", _request("GET", "/healthz"))

    async def _command(self, kind: str, access_jwt: str, path: str, body: bytes = b"") -> dict[str, Any]:
        head = f"Authorization: Bearer {access_jwt}\r\nIdempotency-Key: {uuid4()}\r\n"
        return await self._timed(kind, _request("POST", f"/api/v1{path}", body, head))

    async def _timed(self, kind: str, request: bytes) -> dict[str, Any]:
        began = perf_counter()
        status, body = await self._wire.ask(request)
        self._log.latencies.setdefault(kind, []).append(perf_counter() - began)
        if not 200 <= status < 300:
            raise Unexpected(f"{kind}: {status} {body[:500]!r}")
        answer: dict[str, Any] = json.loads(body)
        return answer


def _request(method: str, path: str, body: bytes = b"", head: str = "") -> bytes:
    lines = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: callboard-bench\r\n{head}"
    if body:
        lines += "Content-Type: application/json\r\n"
    return f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


Work = Callable[[Caller], Coroutine[Any, Any, None]]


async def drive(url: str, works: Sequence[Work]) -> Log:
    """Let each work have a connection of its own, all at once; ends when the last has ended.

    Raises:
        ExceptionGroup: of Unexpected and ConnectionError.
    """
    log = Log()
    wires = await asyncio.gather(*(Wire.connect(url) for _ in works))
    try:
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            for work, wire in zip(works, wires, strict=True):
                group.create_task(work(Caller(wire, log)))
        log.seconds = perf_counter() - began
    finally:
        await asyncio.gather(*(wire.close() for wire in wires))
    return log


def repeated(once: Work, *, seconds: float) -> Work:
    """Work that begins again until the time is over; what was begun is finished."""

    async def work(caller: Caller) -> None:
        until = perf_counter() + seconds
        while perf_counter() < until:
            await once(caller)

    return work


def visits(seats: Sequence[Seat], *, seconds: float) -> Work:
    """One visit after another, at each of these counters in turn."""
    turns = itertools.cycle(seats)

    async def once(caller: Caller) -> None:
        await caller.visit(next(turns))

    return repeated(once, seconds=seconds)
