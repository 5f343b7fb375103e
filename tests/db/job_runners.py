"""Workers for tests: in a hurry, with a timetable of the test's own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.rows import dict_row

from server.jobs.runner import DATABASE_SIZE, JobRunner, Pace
from server.jobs.services import JobServices
from server.jobs.timetable import Entry, Work
from server.settings import Settings
from server.store.engine import Conninfo, Database
from server.usecases.commanding import Commands
from tests.site import MASTER_KEY, VISITORS

EVERY_SECOND = "* * * * * *"

_DATA_DIR = TemporaryDirectory(prefix="callboard-jobs-")  # gone with the process

HURRY = Pace(poll_s=0.1, heartbeat_s=0.2, lost_after_s=1.0, look_s=0.3, first_retry_s=0.2, finish_s=0.5)


def once() -> str:
    """A cron line whose last tick is half a day ago: made up for at the start, and then not for hours."""
    return f"0 {(datetime.now(UTC) - timedelta(hours=12)).hour} * * *"


def entry(work: Work, cron: str, *, name: str = "job", at_most_s: float = 60.0) -> Entry:
    return Entry(name=name, cron=cron, work=work, why="a test", at_most=timedelta(seconds=at_most_s))


def make_runner(conninfo: Conninfo, database: Database, *timetable: Entry, pace: Pace = HURRY) -> JobRunner:
    return JobRunner(
        conninfo,
        database=database,
        commands=Commands(database, visitors=VISITORS, committed=lambda organization_id, revision: None),
        settings=Settings(data_dir=Path(_DATA_DIR.name)),
        master_key=MASTER_KEY,
        clock=lambda: datetime.now(UTC),
        timetable=timetable,
        pace=pace,
    )


@contextlib.asynccontextmanager
async def running(conninfo: Conninfo, *timetable: Entry, pace: Pace = HURRY) -> AsyncIterator[JobRunner]:
    """A worker, with a pool of its own."""
    database = Database(conninfo, size=DATABASE_SIZE)
    await database.open()
    try:
        runner = make_runner(conninfo, database, *timetable, pace=pace)
        async with runner.running():
            yield runner
    finally:
        await database.close()


def services_of(database: Database, **settings: Any) -> JobServices:
    """What a job is given, for calling it without a worker."""
    services = make_runner("", database)._services
    return replace(services, settings=Settings(**{"data_dir": Path(_DATA_DIR.name), **settings}))


def runs_of(url: str, name: str = "job") -> list[dict[str, Any]]:
    """What the database knows about the runs of a job, oldest first."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(
            "SELECT id, status::text, attempts, args FROM procrastinate_jobs WHERE task_name = %s"
            " ORDER BY id",
            (name,),
        ).fetchall()


def execute(url: str, statement: str, *parameters: object) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, parameters or None)  # type: ignore[arg-type]


async def eventually(condition: Callable[[], bool], *, within_s: float = 15.0) -> None:
    """Wait until it holds; whatever the database does meanwhile is no answer."""
    async with asyncio.timeout(within_s):
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                if await asyncio.to_thread(condition):
                    return
            await asyncio.sleep(0.05)
