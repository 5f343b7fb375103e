"""What a job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from procrastinate.manager import JobManager

from server.infra.crypto import MasterKey
from server.settings import Settings
from server.store.engine import Database
from server.usecases.commanding import Commands

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class JobServices:
    """What every job is given.

    Attributes:
        database: a small pool of the jobs' own: they never wait for requests, nor requests for them.
        commands: runs commands; what they commit is announced to every screen.
        settings: the server's.
        master_key: what seals keys.
        clock: this machine's time, aware.
        working_since: since when this worker has had its database without a break.
        job_manager: procrastinate's list of runs.
    """

    database: Database
    commands: Commands
    settings: Settings
    master_key: MasterKey
    clock: Clock
    working_since: Clock
    job_manager: JobManager
