"""Runs one PostgreSQL and sees to it that it does not outlive the server.

    guard.py [--user UID --group GID] [--pg-ctl PROGRAM --data FOLDER] -- postgres ARGUMENTS

A process between the server and PostgreSQL. Its standard input is a pipe whose other end only the server
holds: the line "fast" or "immediate" asks for that kind of shutdown, and the end of the pipe means that
the server is gone, `kill -9` included. It ends when PostgreSQL ends, with PostgreSQL's exit code.

Should the guard itself be killed, the Linux kernel sends PostgreSQL a SIGINT (a fast shutdown); the
server notices the guard's end and starts both anew. The kernel ties that signal to the *thread* that
started the process, which is why the server's own threads cannot simply ask for it.

MUST import nothing but the standard library: it runs as a plain script without site-packages, and stays
in memory for as long as PostgreSQL does.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

# A fast shutdown writes a checkpoint; on a slow disk that takes seconds.
FAST_SHUTDOWN_S = 20.0
IMMEDIATE_SHUTDOWN_S = 5.0

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str] | None = None) -> int:
    """Run PostgreSQL to its end and return its exit code (128 + signal number if a signal ended it)."""
    options = _parsed(arguments)
    # Standard output and error are PostgreSQL's log already, opened by the server.
    postgres = subprocess.Popen(
        options.command,
        stdin=subprocess.DEVNULL,
        # Safe here: this process has no other thread yet.
        preexec_fn=_dying_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
        **_user(options),
    )
    stop = _stopper(postgres, options)
    if sys.platform != "win32":
        # systemd and init send SIGTERM to everyone; PostgreSQL itself would then wait for its clients.
        signal.signal(signal.SIGTERM, lambda *_: stop("fast"))
        signal.signal(signal.SIGINT, lambda *_: stop("fast"))
    threading.Thread(target=_obey, args=(postgres, stop), daemon=True).start()
    code: int = postgres.wait()
    return code if code >= 0 else 128 - code


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="postgres-guard")
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("--pg-ctl")
    parser.add_argument("--data")
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def _user(options: argparse.Namespace) -> dict[str, Any]:
    if options.user is None:
        return {}
    return {"user": options.user, "group": options.group, "extra_groups": []}


def _dying_with(guard_pid: int) -> Callable[[], None]:
    import ctypes  # Linux only, and only here: it costs a megabyte elsewhere.

    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_for_the_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != guard_pid:  # it died before the kernel knew
            os._exit(1)

    return ask_for_the_signal


def _stopper(postgres: subprocess.Popen[bytes], options: argparse.Namespace) -> Callable[[str], None]:
    def by_signal(mode: str) -> None:
        # It may end between the look and the signal; Popen then sends nothing.
        postgres.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)

    def by_pg_ctl(mode: str) -> None:
        subprocess.run([options.pg_ctl, "stop", "-D", options.data, "-m", mode, "-W"], check=False)

    return by_pg_ctl if sys.platform == "win32" else by_signal


def _obey(postgres: subprocess.Popen[bytes], stop: Callable[[str], None]) -> None:
    # os.read, since a buffered file that a thread waits on cannot be closed at the interpreter's end.
    while request := os.read(sys.stdin.fileno(), 64):
        for mode in request.decode().split():
            stop(mode)
    for mode, patience_s in (("fast", FAST_SHUTDOWN_S), ("immediate", IMMEDIATE_SHUTDOWN_S)):
        stop(mode)
        with contextlib.suppress(subprocess.TimeoutExpired):
            postgres.wait(patience_s)
            return
    postgres.kill()


if __name__ == "__main__":
    sys.exit(main())
