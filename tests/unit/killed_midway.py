"""Does one thing to copies of a data directory, and is killed at each of its steps in turn.

    python -m tests.unit.killed_midway FOLDER tidy|renew|take-over

FOLDER/before is copied to FOLDER/0, 1, 2 …; in copy n the n-th step on a file of the tls folder never
happens: the process is killed by SIGKILL before it. The last copy is the one that got through.
"""

import os
import shutil
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.infra.tls import Names
from server.infra.tls_files import OVERLAP, Home

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = Names.of(("localhost", "127.0.0.1", "queue.city.example"))
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.truncate"}


def do(what: str, home: Home) -> None:
    """The thing itself."""
    match what:
        case "tidy":
            home.tidy(NAMES, now=NOW)
        case "renew":
            home.renew_authority(NAMES, now=NOW)
        case "take-over":
            home.tidy(NAMES, now=NOW + OVERLAP + timedelta(minutes=1))


def _die_at(step: int) -> None:
    left = step

    def on_event(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and f"{os.sep}tls" in str(arguments[0]):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(on_event)


def main(folder: Path, what: str) -> None:
    """Kill at the first step, the second, and so on, until one gets through."""
    step, killed = 0, True
    while killed:
        copy = folder / str(step)
        shutil.copytree(folder / "before", copy)
        child = os.fork()
        if child == 0:
            _die_at(step)
            do(what, Home(copy))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        if not killed and os.WEXITSTATUS(status):
            raise SystemExit(f"step {step} failed instead of being killed")
        step += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
