"""The demonstration from its first process to its last."""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from clients.core.errors import ClientError
from clients.demo import stage
from clients.demo.city_hall import HUMAN, RECEPTION
from clients.demo.measure import Repaints
from clients.demo.playing import cancel, play_headless, play_windowed
from clients.demo.preparing import Ready, prepared, start_server
from clients.demo.processes import DemoError, Processes, throw_away_processes
from clients.demo.robots import robots_of
from clients.demo.stage import Area, Stage
from clients.demo.tally import Counts, tally_from_now
from clients.demo.telling import tell, tell_how_to_sign_in
from server.domain.errors import Refusal
from server.infra.embedded_postgres import PostgresStartError
from server.store.errors import DatabaseUnavailable

HEADLESS_PLAYS_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says. `seconds`: how long to play; None: till the windows are closed."""

    headless: bool = False
    seconds: float | None = None
    screenshots: Path | None = None


class _Interrupted(Exception):
    """Somebody wants the demonstration to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run_demo(options: Options) -> int:
    """Run it to its end; gives the exit code. A headless run's result is one line on standard output."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    # A lost database is told once, by us.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            line = runner.run(_until_interrupted(options))
    except (DemoError, ClientError, DatabaseUnavailable, PostgresStartError, Refusal) as error:
        tell(f"callboard-demo: {error}")
        return 1
    except _Interrupted as interruption:
        # Ctrl-C is how one leaves a demonstration; a headless run owes its result.
        return 128 + interruption.number if options.headless else 0
    if line is not None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def _loop_factory() -> type[asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop  # psycopg needs it
    import uvloop  # it does not exist on Windows

    return uvloop.Loop


async def _until_interrupted(options: Options) -> str | None:
    """The demonstration; Ctrl-C and the like end it in order, from wherever it is."""
    task = asyncio.ensure_future(_run(options))
    got: list[int] = []

    def stop(number: int) -> None:
        got.append(number)
        task.cancel()

    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not got:
            raise
        raise _Interrupted(got[0]) from None


async def _run(options: Options) -> str | None:
    began_at = time.monotonic()
    async with AsyncExitStack() as stack:
        processes = stack.enter_context(throw_away_processes(os.environ))
        stack.callback(tell, "Stopping …")
        tell(f"Starting a server in {processes.folder} …")
        server = start_server(processes)
        screens = [] if options.headless else await _screens(processes)
        ready = await stack.enter_async_context(prepared(processes, server))
        robots = [
            asyncio.ensure_future(robot.live())
            for robot in robots_of(ready.hall, server=ready.url, door=RECEPTION, human=HUMAN)
        ]
        stack.push_async_callback(cancel, robots)
        scene = Stage(
            server=ready.url,
            areas=stage.side_by_side(screens) if screens else stage.HEADLESS_AREAS,
            is_headless=not screens,
        )
        tally = await tally_from_now(ready.database, ready.hall.id)
        apps = await stage.open_apps(processes, ready.hall, scene)
        tell_how_to_sign_in(ready.hall, server=ready.url, postgres_port=ready.postgres_port)
        tell(f"It took {time.monotonic() - began_at:.0f} s.")
        if screens:
            tell("Press F2 in the staff window to call the next visitor. Close the windows to end.")
            await play_windowed(ready, apps, robots, seconds=options.seconds)
            return None
        repaints = await play_headless(
            processes,
            ready,
            apps,
            robots,
            seconds=options.seconds or HEADLESS_PLAYS_S,
            screenshots=options.screenshots,
        )
        return _line(await tally.counts(), repaints, ready)


async def _screens(processes: Processes) -> list[Area]:
    reason = stage.no_screen_because(os.environ)
    screens = [] if reason else await stage.find_screens(processes)
    if not screens:
        tell(f"There is no screen here ({reason or 'Qt can open none'}): running headless.")
    return screens


def _line(counts: Counts, repaints: Repaints, ready: Ready) -> str:
    p50, p99 = repaints.percentile(0.5), repaints.percentile(0.99)
    return json.dumps(
        {
            "created": counts.created,
            "called": counts.called,
            "completed": counts.completed,
            "repaint_p50_ms": p50 and round(p50, 1),
            "repaint_p99_ms": p99 and round(p99, 1),
            "repaints": len(repaints.measured_ms),
            "tokens_in_history": ready.past_tokens,
        }
    )
