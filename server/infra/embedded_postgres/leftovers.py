"""PostgreSQL processes that an earlier server left behind.

Every process of a cluster, postmaster and backends, has the cluster's data folder as its working
directory. That finds them all, whatever the pid file says: it may name a pid that now belongs to somebody
else, or be gone while backends still run.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil

PID_FILE = "postmaster.pid"
_STATUS_LINE = 7  # src/include/utils/pidfile.h, LOCK_FILE_LINE_PM_STATUS

_NO_LONGER_THERE = (psutil.NoSuchProcess, psutil.ZombieProcess)


def cluster_processes(data: Path) -> list[psutil.Process]:
    """The running processes of the cluster in `data`."""
    return [process for process in psutil.process_iter() if _belongs(process, data)]


def _belongs(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and os.path.samefile(process.cwd(), data)  # noqa: PTH121
    except (psutil.Error, OSError):
        # It ended meanwhile, or belongs to somebody whose folders are closed to us: not ours.
        return False


def says_ready(data: Path) -> bool:
    """Whether the postmaster of this cluster has written that it takes connections."""
    try:
        lines = (data / PID_FILE).read_text(errors="replace").splitlines()
    except OSError:
        return False  # not written yet
    # pid, folder, start time, port, sockets, address, shared memory, status
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def stop_leftovers(data: Path, *, fast_s: float = 10.0, immediate_s: float = 5.0) -> int:
    """Stop whatever still runs on this cluster, and remove its pid file. Returns how many there were.

    The caller MUST own the cluster (`OwnerLock`): nobody else's PostgreSQL may be stopped.
    fast_s, immediate_s: how long each kind of shutdown may take before the next, harder one.
    """
    if not (data / PID_FILE).exists():
        return 0
    processes = cluster_processes(data)
    postmaster = _postmaster(processes)
    if postmaster is not None:
        for ask, patience_s in ((_interrupt, fast_s), (_quit, immediate_s)):
            ask(postmaster)
            if not psutil.wait_procs(processes, timeout=patience_s)[1]:
                break
    for process in cluster_processes(data):
        _kill(process)
    psutil.wait_procs(processes, timeout=immediate_s)
    # Nobody is left, so this cannot defeat the check for backends that still use the shared memory.
    (data / PID_FILE).unlink(missing_ok=True)
    return len(processes)


def _postmaster(processes: list[psutil.Process]) -> psutil.Process | None:
    pids = {process.pid for process in processes}
    return next((process for process in processes if _parent_pid(process) not in pids), None)


def _parent_pid(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except _NO_LONGER_THERE:
        return -1


def _interrupt(process: psutil.Process) -> None:
    _signal(process, "SIGINT")


def _quit(process: psutil.Process) -> None:
    _signal(process, "SIGQUIT")


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except _NO_LONGER_THERE:
        return


def _signal(process: psutil.Process, name: str) -> None:
    number = getattr(signal, name, None)
    try:
        # Windows has neither signal; there the guard dies with the server and this ends the rest.
        process.kill() if number is None or psutil.WINDOWS else process.send_signal(number)
    except _NO_LONGER_THERE:
        return
