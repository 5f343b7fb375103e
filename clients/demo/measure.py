"""How long it takes from the staff app's command until the lobby display has painted it."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from clients.core.http_api import HttpApi
from clients.demo.remote_control import Note, RemoteControl
from shared.ids import ACTIVE_STATUSES, Audience, CounterId, Revision, TokenStatus
from shared.tokens import LiveToken

PAINTED, PRESSED = "painted", "pressed"
LOOK_EVERY_S = 0.1
NOTHING_HAPPENS_S = 2.0
PAUSE_S = 1.0  # unhurried enough for the lobby to stay full
RECALLS = 2  # for each call: two more measurements that take nobody out of the queue


@dataclass(kw_only=True)
class Repaints:
    """From each command to its repaint, in milliseconds."""

    measured_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float | None:
        """The smallest measured value that at least this share of them does not exceed."""
        return percentile(self.measured_ms, share)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def first_paint_of(notes: Sequence[Note], revision: Revision, *, after_ns: int) -> Note | None:
    """The first paint that shows a revision."""
    paints = (
        note
        for note in notes
        if note.kind == PAINTED and note.facts["revision"] >= revision and note.at_ns >= after_ns
    )
    return next(paints, None)


class RemoteClerk:
    """Works at the counter of the staff app by pressing its buttons, and watches the display.

    Args:
        api: signed in as anybody who may see the queue; tells which call a press has made.
    """

    def __init__(
        self, *, staff: RemoteControl, display: RemoteControl, api: HttpApi, counter_id: CounterId
    ) -> None:
        self.repaints = Repaints()
        self._staff = staff
        self._display = display
        self._api = api
        self._counter_id = counter_id

    async def work(self) -> None:
        """Call, recall, start, complete, again and again, until cancelled."""
        while True:
            await self._call()
            for _ in range(RECALLS):
                await asyncio.sleep(PAUSE_S)
                await self._announce("recall")
            await asyncio.sleep(PAUSE_S)
            await self._press_until("start", TokenStatus.SERVING)
            await asyncio.sleep(PAUSE_S)
            await self._press_until("complete", None)

    async def end_with_a_call(self) -> None:
        """Finish whoever is here, and leave the counter with a visitor called."""
        token = await self._active()
        if token is not None and token.status is TokenStatus.CALLED:
            return
        if token is not None:
            await self._press_until("complete", None)
        await self._call()

    async def _call(self) -> None:
        while not await self._announce("call_next"):
            pass  # nobody waits; each try takes a while

    async def _announce(self, press: str) -> bool:
        """Press what makes the lobby show a number, and measure until it does; False if nothing comes."""
        before = await self._active()
        await self._staff.notes()
        await self._staff.press(press)
        announced = await self._until(
            lambda token: token is not None and token.announced_revision != _announced(before)
        )
        revision = _announced(announced)
        if revision is None or revision == _announced(before):
            return False
        pressed_ns = next(note.at_ns for note in await self._staff.notes() if note.kind == PRESSED)
        for _ in range(round(NOTHING_HAPPENS_S / LOOK_EVERY_S)):
            paint = first_paint_of(await self._display.notes(), revision, after_ns=pressed_ns)
            if paint is not None:
                self.repaints.measured_ms.append((paint.at_ns - pressed_ns) / 1e6)
                break
            await asyncio.sleep(LOOK_EVERY_S)
        return True

    async def _press_until(self, press: str, status: TokenStatus | None) -> None:
        """Press until the counter's token is in a state; None: until there is none."""

        def is_there(token: LiveToken | None) -> bool:
            return (token and token.status) == status

        while not is_there(await self._active()):
            await self._staff.press(press)
            await self._until(is_there)

    async def _until(self, condition: Callable[[LiveToken | None], bool]) -> LiveToken | None:
        """What is active at the counter once a condition holds, or when nothing has come for a while."""
        token = None
        for _ in range(round(NOTHING_HAPPENS_S / LOOK_EVERY_S)):
            await asyncio.sleep(LOOK_EVERY_S)
            token = await self._active()
            if condition(token):
                break
        return token

    async def _active(self) -> LiveToken | None:
        snapshot = await self._api.snapshot(Audience.STAFF)
        here = (token for token in snapshot.tokens if token.counter_id == self._counter_id)
        return next((token for token in here if token.status in ACTIVE_STATUSES), None)


def _announced(token: LiveToken | None) -> Revision | None:
    return token.announced_revision if token is not None else None
