"""Asking a running app over its demo socket: grab the window, press a button, tell what was painted.

The other end is `clients/qt_kit/remote.py`.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.demo.processes import DemoError, Started

POLL_S = 0.05
ANSWER_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that happened in an app. `at_ns` is on the machine's monotonic clock."""

    kind: str
    at_ns: int
    facts: dict[str, Any]


class RemoteControl:
    """A connection to one app."""

    def __init__(self, app: Started, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._app = app
        self._reader = reader
        self._writer = writer
        self._asking = asyncio.Lock()

    async def grab(self, path: Path) -> None:
        """Save the window as it is now.

        Raises:
            DemoError: it was not saved.
        """
        answer = await self._ask(grab=str(path))
        if answer.get("grabbed") is not True:
            raise DemoError(f"The window of {self._app.name} could not be saved as {path}.")

    async def press(self, name: str) -> bool:
        """Press what the app has registered under a name; False where there is nothing of that name."""
        return "error" not in await self._ask(press=name)

    async def notes(self) -> list[Note]:
        """What happened since this was asked last."""
        answer = await self._ask(notes=True)
        return [
            Note(
                kind=note["kind"],
                at_ns=note["at_ns"],
                facts={key: value for key, value in note.items() if key not in {"kind", "at_ns"}},
            )
            for note in answer["notes"]
        ]

    async def _ask(self, **question: object) -> dict[str, Any]:
        async with self._asking:
            try:
                self._writer.write(json.dumps(question).encode() + b"\n")
                await self._writer.drain()
                line = await asyncio.wait_for(self._reader.readline(), ANSWER_S)
            except (OSError, TimeoutError) as error:
                raise DemoError(f"{self._app.name} does not answer: {error!r}") from error
        if not line:
            raise DemoError(f"{self._app.name} ended early:\n{self._app.last_words()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


async def connect(app: Started, path: Path, *, within_s: float) -> RemoteControl:
    """Reach an app that is starting.

    Raises:
        DemoError: it ended, or nobody listens in time.
    """
    if sys.platform == "win32":
        raise DemoError("Running headless needs Linux or macOS.")
    give_up_at = asyncio.get_running_loop().time() + within_s
    while True:
        try:
            return RemoteControl(app, *await asyncio.open_unix_connection(str(path), limit=2**24))
        except OSError as error:
            if app.ended.done():
                raise DemoError(f"{app.name} ended early:\n{app.last_words()}") from error
            if asyncio.get_running_loop().time() > give_up_at:
                raise DemoError(f"{app.name} does not start:\n{app.last_words()}") from error
        await asyncio.sleep(POLL_S)
