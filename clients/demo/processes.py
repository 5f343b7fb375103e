"""The demonstration's side of its keeper: starting processes and hearing of their ends.

MUST: every process of the demonstration is started here, so that none is left behind.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO, Any, TypeVar

import psutil

from clients.demo import keeper

TAIL_LINES = 12
Result = TypeVar("Result")
_OF_OTHER_SERVERS = frozenset({"DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL"})


class DemoError(Exception):
    """The demonstration cannot go on; the text is a sentence for whoever started it."""


class Started:
    """A process that was started. `ended` resolves to its exit code."""

    def __init__(self, name: str, errors: Path) -> None:
        self.name = name
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._errors = errors

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        with contextlib.suppress(OSError):
            lines = self._errors.read_text(encoding="utf-8", errors="replace").splitlines()
            return "\n".join(lines[-TAIL_LINES:])
        return ""

    async def while_it_runs(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of something that needs this process.

        Raises:
            DemoError: the process ended first.
        """
        task = asyncio.ensure_future(work)
        either: list[asyncio.Future[Any]] = [task, self.ended]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            self.ended.result()  # raises where the keeper is gone
            raise DemoError(f"The {self.name} process ended early:\n{self.last_words()}")
        finally:
            task.cancel()
            # Seen: without the process it may fail in a way of its own.
            await asyncio.gather(task, return_exceptions=True)


class Processes:
    """The processes of one demonstration, in its throw-away folder.

    Args:
        orders: where the keeper listens.
        environment: what every process sees; settings of other Callboards are left out.
    """

    def __init__(self, folder: Path, orders: IO[bytes], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._orders = orders
        self._environment = {
            name: value
            for name, value in environment.items()
            if not name.startswith("CALLBOARD_") and name not in _OF_OTHER_SERVERS
        }
        self._started: dict[str, Started] = {}
        self._running: list[psutil.Process] = []

    def start(
        self,
        name: str,
        module: str,
        arguments: Sequence[str] = (),
        *,
        environment: Mapping[str, str | None] | None = None,
        output: Path | None = None,
    ) -> Started:
        """Start a module of Callboard as a process of its own.

        Args:
            environment: what it sees besides; None takes a variable away.
            output: where its standard output goes, readable by us alone.

        Raises:
            DemoError: the keeper is gone.
        """
        errors = self.folder / f"{name}.log"
        seen = {**self._environment, "PYTHONUNBUFFERED": "1", **(environment or {})}
        process = self._started[name] = Started(name, errors)
        order = {
            "start": name,
            # -P: no folder of whoever starts us is taken for one of ours.
            "command": [sys.executable, "-P", "-m", module, *arguments],
            "environment": {name: value for name, value in seen.items() if value is not None},
            "output": str(output or errors),
            "errors": str(errors),
        }
        try:
            self._orders.write(json.dumps(order).encode() + b"\n")
            self._orders.flush()
        except OSError as error:
            raise DemoError(_NO_KEEPER) from error
        return process

    async def run(
        self, name: str, module: str, arguments: Sequence[str] = (), *, output: Path | None = None
    ) -> None:
        """Start a module and wait until it has done its work.

        Raises:
            DemoError: it failed.
        """
        process = self.start(name, module, arguments, output=output)
        if await process.ended != 0:
            raise DemoError(f"{name} failed:\n{process.last_words()}")

    def hear(self, word: Mapping[str, Any]) -> None:
        """The keeper says something."""
        match word:
            case {"started": str(), "pid": int(pid)}:
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._running.append(psutil.Process(pid))
            case {"failed": str(name), "reason": str(reason)}:
                _resolve(self._started[name].ended, DemoError(f"{name} could not be started: {reason}"))
            case {"ended": str(name), "code": int(code)}:
                _resolve(self._started[name].ended, code)

    def hear_no_more(self) -> None:
        """The keeper has ended, or was killed."""
        for process in self._started.values():
            _resolve(process.ended, DemoError(_NO_KEEPER))

    def outlive(self) -> None:
        """Wait until no process is left; what does not end is killed. For when the keeper cannot do it."""
        everybody = [each for process in self._running for each in _family(process)]
        if not _end(everybody):
            for process in filter(_is_alive, self._running):
                process.kill()
            _end(everybody)


@contextlib.contextmanager
def throw_away_processes(environment: Mapping[str, str]) -> Iterator[Processes]:
    """A folder and processes in it, which are all gone when the block ends, however it ends.

    To be used inside a running event loop, in which `Started.ended` resolves.
    """
    folder = Path(tempfile.mkdtemp(prefix="callboard-demo-"))
    # PostgreSQL may run as another user, who must be able to walk through. What is private in here is 0600.
    folder.chmod(0o711)
    kept = subprocess.Popen(
        [sys.executable, "-I", "-S", keeper.__file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A Ctrl-C in the terminal is for us; we then stop the others in their order.
        start_new_session=True,
    )
    assert kept.stdin is not None, "it is a pipe"
    assert kept.stdout is not None, "it is a pipe"
    processes = Processes(folder, kept.stdin, environment)
    listener = Thread(target=_listen, args=(kept.stdout, processes, asyncio.get_running_loop()), daemon=True)
    listener.start()
    try:
        yield processes
    finally:
        with contextlib.suppress(BrokenPipeError):
            kept.stdin.close()
        # Blocking, so that a second Ctrl-C cannot leave half of it standing.
        kept.wait()
        listener.join()
        kept.stdout.close()
        if folder.exists():  # it was killed
            processes.outlive()
            keeper.remove(folder)


def _listen(words: IO[bytes], processes: Processes, loop: asyncio.AbstractEventLoop) -> None:
    for line in words:
        loop.call_soon_threadsafe(processes.hear, json.loads(line))
    loop.call_soon_threadsafe(processes.hear_no_more)


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _end(processes: Sequence[psutil.Process]) -> bool:
    """Whether all of them end in time."""
    give_up_at = time.monotonic() + keeper.PATIENCE_S
    while any(map(_is_alive, processes)):
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


def _is_alive(process: psutil.Process) -> bool:
    try:
        # Dead ones stay zombies where process 1 collects no orphans, as in many containers.
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _resolve(future: "asyncio.Future[int]", result: int | DemoError) -> None:
    if future.done():
        return
    if isinstance(result, DemoError):
        future.set_exception(result)
        future.exception()  # seen: not everybody waits for every process
    else:
        future.set_result(result)


_NO_KEEPER = "The process that keeps the others is gone."
