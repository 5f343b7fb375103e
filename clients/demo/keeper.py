"""Runs the demonstration's processes and sees to it that none outlives it, its folder neither.

    keeper.py FOLDER

A process of its own beside the demonstration. Its standard input is a pipe whose other end only the
demonstration holds. It carries one JSON object a line, and the end of the pipe means that the
demonstration is over, `kill -9` included:

- `{"start": NAME, "command": [...], "environment": {...}, "output": PATH, "errors": PATH}`

On standard output it says `{"started": NAME, "pid": N}`, `{"failed": NAME, "reason": TEXT}` and
`{"ended": NAME, "code": N}`. At the end it stops what was started, the newest first, and removes FOLDER.
Should the keeper itself be killed, the Linux kernel stops its children, and the demonstration tidies up.

MUST import nothing but the standard library: it runs as a plain script without site-packages.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# An app closes at once, but a server finishes what it is answering and PostgreSQL writes a checkpoint.
PATIENCE_S = 10.0
ASKED_TIMES = 3
REMOVED_WITHIN_S = 30.0  # the PostgreSQL of a killed server ends a while after it
_PR_SET_PDEATHSIG = 1

_speaking = threading.Lock()


def main(folder: Path) -> None:
    """Obey until the pipe ends, then stop everything and remove the folder."""
    for number in _deadly_signals():
        # The pipe's end is the one order to stop: a Ctrl-C in the terminal goes to everybody in it.
        signal.signal(number, signal.SIG_IGN)
    children: list[subprocess.Popen[bytes]] = []
    # From this thread alone: the kernel ties the parent-death signal to the thread that started a child.
    for line in sys.stdin:
        child = _start(json.loads(line))
        if child is not None:
            children.append(child)
    for child in reversed(children):
        stop(child)
    remove(folder)


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it end."""
    for _ in range(ASKED_TIMES):
        # Again: a process that is just starting may lose the first signal.
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_S)
            return
    child.kill()
    child.wait()


def remove(folder: Path) -> None:
    """Remove the folder, and the cluster that the server put elsewhere because of it."""
    doomed = [folder]
    with contextlib.suppress(OSError, ValueError, KeyError):
        record = folder / "server" / "postgres" / "location.json"
        doomed.append(Path(json.loads(record.read_text(encoding="utf-8"))["cluster"]))
    give_up_at = time.monotonic() + REMOVED_WITHIN_S
    while time.monotonic() < give_up_at:
        for path in doomed:
            shutil.rmtree(path, ignore_errors=True)
        if not any(path.exists() for path in doomed):
            return
        time.sleep(0.1)  # something is still writing its last words


def _start(order: dict[str, Any]) -> subprocess.Popen[bytes] | None:
    name = order["start"]
    try:
        with _private(order["output"]) as output, _private(order["errors"]) as errors:
            child = subprocess.Popen(
                order["command"],
                env=order["environment"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                # The threads here only wait for children; they hold no lock that a child could miss.
                preexec_fn=_dying_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
            )
    except OSError as error:
        _say(failed=name, reason=str(error))
        return None
    _say(started=name, pid=child.pid)
    threading.Thread(target=_report, args=(name, child), daemon=True).start()
    return child


def _report(name: str, child: subprocess.Popen[bytes]) -> None:
    _say(ended=name, code=child.wait())


def _say(**words: object) -> None:
    # Nobody listens any more once the demonstration was killed.
    with _speaking, contextlib.suppress(OSError):
        print(json.dumps(words), flush=True)


def _private(path: str) -> IO[bytes]:
    # A device key is among what they say.
    return open(path, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))


def _dying_with(keeper_pid: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_for_the_signal() -> None:
        for number in _deadly_signals():
            signal.signal(number, signal.SIG_DFL)  # what is ignored would be inherited
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != keeper_pid:  # it died before the kernel knew
            os._exit(1)

    return ask_for_the_signal


def _deadly_signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
