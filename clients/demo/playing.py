"""The play itself, once City Hall is ready: with a person at the windows, or by remote control."""

import asyncio
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from clients.core.http_api import HttpApi
from clients.demo.city_hall import ADMIN, HUMAN_COUNTER
from clients.demo.measure import PAINTED, RemoteClerk, Repaints
from clients.demo.preparing import Ready
from clients.demo.processes import DemoError, Processes, Started
from clients.demo.remote_control import RemoteControl, connect
from clients.demo.stage import demo_socket
from clients.demo.telling import tell

APPS_START_S = 60.0
SETTLE_S = 5.5  # calls before it have had their five seconds on the display, and the receipts are back
LAST_CALL_S = 8.0
POLL_S = 0.1


async def play_windowed(
    ready: Ready, apps: dict[str, Started], robots: Sequence["asyncio.Future[None]"], *, seconds: float | None
) -> None:
    """Play on until all windows are closed, or the time is over.

    Raises:
        DemoError: the server ended.
    """
    closed = asyncio.ensure_future(_until_all_closed(apps.values()))
    try:
        async with asyncio.timeout(seconds):
            await _first_of(closed, watched=[ready.server], robots=robots)
    except TimeoutError:
        tell(f"{seconds:g} seconds are over.")
    finally:
        closed.cancel()


async def play_headless(
    processes: Processes,
    ready: Ready,
    apps: dict[str, Started],
    robots: Sequence["asyncio.Future[None]"],
    *,
    seconds: float,
    screenshots: Path | None,
) -> Repaints:
    """Work the staff app by remote control for a while, then save what the windows show.

    Raises:
        DemoError: a process ended early, or an app does not come up.
    """
    performance = asyncio.ensure_future(_perform(processes, ready, apps, seconds, screenshots))
    try:
        await _first_of(performance, watched=[ready.server, *apps.values()], robots=robots)
        return performance.result()
    finally:
        performance.cancel()


async def _perform(
    processes: Processes, ready: Ready, apps: dict[str, Started], seconds: float, screenshots: Path | None
) -> Repaints:
    controls = {
        name: await connect(app, demo_socket(processes, name), within_s=APPS_START_S)
        for name, app in apps.items()
    }
    async with HttpApi(server=ready.url) as api:
        await api.sign_in(ADMIN, ready.hall.passwords[ADMIN])
        await _until_everybody_is_there(api, controls["display"])
        clerk = RemoteClerk(
            staff=controls["staff"],
            display=controls["display"],
            api=api,
            counter_id=ready.hall.counters[HUMAN_COUNTER],
        )
        tell(f"Playing for {seconds:g} seconds …")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await clerk.work()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_CALL_S):
                await clerk.end_with_a_call()
    if screenshots is not None:
        await asyncio.sleep(SETTLE_S)
        for name, control in controls.items():
            await control.grab((screenshots / f"{name}.png").absolute())
    return clerk.repaints


async def _until_everybody_is_there(api: HttpApi, display: RemoteControl) -> None:
    give_up_at = time.monotonic() + APPS_START_S
    has_painted = is_open = False
    while not (has_painted and is_open):
        if time.monotonic() > give_up_at:
            late = "display shows no board" if is_open else f"staff app does not open counter {HUMAN_COUNTER}"
            raise DemoError(f"The {late}.")
        has_painted = has_painted or any(note.kind == PAINTED for note in await display.notes())
        counters = await api.counters()
        is_open = any(each.label == HUMAN_COUNTER and each.opened_by is not None for each in counters)
        await asyncio.sleep(POLL_S)


async def _until_all_closed(apps: Collection[Started]) -> None:
    waiting = {app.ended: app for app in apps}
    while waiting:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for ended in done:
            app = waiting.pop(ended)
            if ended.result() != 0:
                tell(f"The {app.name} app ended with code {ended.result()}:\n{app.last_words()}")


async def _first_of(
    goal: "asyncio.Future[Any]", *, watched: Collection[Started], robots: Sequence["asyncio.Future[None]"]
) -> None:
    """Wait for the goal; whatever should have lasted longer and did not is an error."""
    waited: list[asyncio.Future[Any]] = [goal, *robots, *(process.ended for process in watched)]
    done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    for future in done:
        future.result()
    if goal not in done:
        ended = next(process for process in watched if process.ended in done)
        raise DemoError(f"The {ended.name} process ended early:\n{ended.last_words()}")


async def cancel(robots: Sequence["asyncio.Future[None]"]) -> None:
    """Send the robots home."""
    for robot in robots:
        robot.cancel()
    await asyncio.gather(*robots, return_exceptions=True)
