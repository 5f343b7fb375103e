"""Somebody who does nothing wrong: a clerk who takes tokens, and a display that hears of it.

A process of its own: what holds it up is the server, not the fuzzer beside it.

    python -m tests.security.bystander      # credentials on stdin, the end of stdin ends it
"""

import asyncio
import json
import subprocess
import sys
from time import monotonic
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from shared.frames import ClientHeartbeat, Events, Resync
from tests.realtime.client import Client, client
from tests.security.fuzzed_server import FuzzedServer, Lobby

PAUSE_S = 0.2
PATIENCE_S = 10.0
"""Far longer than anybody waits: a busy machine is no finding, a server that is held up is."""


class Bystander:
    """Runs from `__enter__` to `__exit__`, which raises what went wrong.

    Attributes:
        heard: how many events came; known at the end.
        slowest_s: the longest time from a command's answer to its event; known at the end.
    """

    def __init__(self, server: FuzzedServer, lobby: Lobby) -> None:
        self._told = {"url": server.url, **lobby.credentials}
        self.heard = 0
        self.slowest_s = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.security.bystander"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._told) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "greeted\n", self._process.communicate()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        said, complained = self._process.communicate(timeout=60)
        if error is None:
            assert self._process.returncode == 0, f"the healthy client was disturbed: {complained[-3000:]}"
            result = json.loads(said)
            self.heard, self.slowest_s = result["heard"], result["slowest_s"]

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self._process.poll() is not None:
            raise AssertionError(
                f"the healthy client was disturbed: {self._process.communicate()[1][-3000:]}"
            )


class _Life:
    """One connection of each, and what they heard."""

    def __init__(self, display: Client, clerk: httpx.AsyncClient) -> None:
        self._display = display
        self._clerk = clerk
        self.heard = 0
        self.slowest_s = 0.0

    async def live_until(self, end: asyncio.Future[Any]) -> None:
        """Take a token and cancel it, again and again."""
        while not end.done():
            token = (await self._command("/tokens", customer_type="instant", override=True))["token"]
            await self._command(f"/tokens/{token['id']}/cancel", reason="left")
            await asyncio.sleep(PAUSE_S)

    async def _command(self, path: str, **body: object) -> dict[str, Any]:
        answer = await self._clerk.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code < 300, answer.text
        answered_at, answered = monotonic(), answer.json()
        while True:
            said = await self._display.hear(PATIENCE_S)
            # After somebody claims to know more than there is, all are told to look again: no harm is done.
            if isinstance(said, Events | Resync) and said.revision >= answered["revision"]:
                break
        self.heard += 1
        self.slowest_s = max(self.slowest_s, monotonic() - answered_at)
        await self._display.say(ClientHeartbeat(revision=said.revision))
        return answered  # type: ignore[no-any-return]  # JSON


async def main() -> None:
    """Live until the end of stdin."""
    told = json.loads(sys.stdin.readline())
    loop = asyncio.get_running_loop()
    async with (
        client(told["url"].replace("http", "ws", 1), "display") as display,
        httpx.AsyncClient(
            base_url=f"{told['url']}/api/v1",
            headers={"Authorization": f"Bearer {told['staff']}"},
            timeout=PATIENCE_S,
        ) as clerk,
    ):
        await display.greet(told["display"])
        print("greeted", flush=True)
        life = _Life(display, clerk)
        await life.live_until(loop.run_in_executor(None, sys.stdin.read))
    print(json.dumps({"heard": life.heard, "slowest_s": life.slowest_s}))


if __name__ == "__main__":
    asyncio.run(main())
