"""Works the timetable off with procrastinate, beside a server or alone; any number of them side by side.

Each tick becomes one run, whoever writes it down first: unique in the database. A job's name is its
lock twice over: one run waits at most, and one is under way at most, on all workers together.

procrastinate leaves three things to its user, which are done here:

- It ends when the database goes away: it is started again.
- A run that fails while the next waits already cannot go back to waiting (a unique index forbids it) and
  would be under way for ever. So nothing is retried by the library: a failed run ends as failed, and
  another is written down for later, or the next tick is the retry.
- Runs of a worker that was killed stay under way for ever: `abandoned.py`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import psycopg
import structlog
from croniter import croniter
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from psycopg_pool import AsyncConnectionPool

from server.infra.crypto import MasterKey
from server.jobs.abandoned import MOST_ATTEMPTS, UnderWay
from server.jobs.services import Clock, JobServices
from server.jobs.timetable import TIMETABLE, Entry
from server.realtime.upkeep import PAUSE_S, kept_running
from server.settings import Settings
from server.store import jobs
from server.store.engine import KEEPALIVE, Conninfo, Database
from server.store.errors import DatabaseUnavailable
from server.usecases.commanding import Commands

AT_ONCE = 3
"""Runs under way in one worker: a nightly one must not hold up what is done every few seconds."""

DATABASE_SIZE = AT_ONCE + 1
"""Connections that jobs need: one each, and one to look for abandoned runs."""

_BOOKKEEPING_SIZE = 2  # procrastinate's own, beside the one that it listens on
_ANSWERS_WITHIN_S = 3.0  # it is asked three times on the way out

_MADE_UP_FOR_S = 25 * 3600.0
"""How old a missed tick may be: a day, so that nightly work is done by servers that sleep at night."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How quickly a worker notices things, in seconds. Tests are in more of a hurry.

    Attributes:
        poll_s: runs that are due are looked for this often; a new one is told of at once.
        heartbeat_s: a worker says that it lives this often.
        lost_after_s: one that said nothing for so long is dead, and its runs are put back.
        look_s: abandoned runs are looked for this often.
        first_retry_s: the pause before a second attempt; each later one is four times as long.
        finish_s: how long runs may go on when the worker is stopped.
    """

    poll_s: float = 5.0
    heartbeat_s: float = 10.0
    lost_after_s: float = 30.0
    look_s: float = 15.0
    first_retry_s: float = 5.0
    finish_s: float = 5.0


class JobRunner:
    """A worker, within `running`.

    Args:
        conninfo: where the database is; procrastinate gets connections of its own.
        database: the jobs' own pool, at least DATABASE_SIZE connections, open while this runs.
    """

    def __init__(
        self,
        conninfo: Conninfo,
        *,
        database: Database,
        commands: Commands,
        settings: Settings,
        master_key: MasterKey,
        clock: Clock,
        timetable: Sequence[Entry] = TIMETABLE,
        pace: Pace | None = None,
    ) -> None:
        self._conninfo = conninfo
        self._pace = pace or Pace()
        self._app = App(connector=PsycopgConnector(), periodic_defaults={"max_delay": _MADE_UP_FOR_S})
        manager = self._app.job_manager
        self._under_way = UnderWay(manager, lost_after_s=self._pace.lost_after_s)
        self._working_since = clock()
        self._services = JobServices(
            database=database,
            commands=commands,
            settings=settings,
            master_key=master_key,
            clock=clock,
            working_since=lambda: self._working_since,
            job_manager=manager,
        )
        for entry in timetable:
            self._register(entry)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block ends; then runs may finish for some seconds, or are put back."""
        # Three lines a run; `job_done` says it in one.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        pool = AsyncConnectionPool(
            self._conninfo,
            min_size=1,
            max_size=_BOOKKEEPING_SIZE,
            open=False,
            timeout=_ANSWERS_WITHIN_S,
            reconnect_timeout=3.0,
            check=AsyncConnectionPool.check_connection,
            kwargs=KEEPALIVE,
            name="callboard-jobs",
        )
        async with pool:
            await self._app.open_async(pool)
            async with kept_running([self._work, self._look_for_abandoned]):
                yield

    def _register(self, entry: Entry) -> None:
        async def run(context: JobContext, timestamp: int, attempt: int = 0) -> None:
            await self._run(entry, context, timestamp=timestamp, attempt=attempt)

        task = self._app.task(name=entry.name, lock=entry.name, queueing_lock=entry.name, pass_context=True)
        self._app.periodic(cron=entry.cron)(task(run))

    async def _run(self, entry: Entry, context: JobContext, *, timestamp: int, attempt: int) -> None:
        begun_at = monotonic()
        self._under_way.begin(context.job)
        try:
            async with asyncio.timeout(entry.at_most.total_seconds()):
                await entry.work(self._services)
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.SHUTDOWN:
                await self._write_down(context.job, timestamp=timestamp, attempt=attempt, wait=timedelta())
            raise
        except Exception:
            wait = self._wait_after(entry, attempt)
            if wait is not None:
                await self._write_down(context.job, timestamp=timestamp, attempt=attempt + 1, wait=wait)
            raise
        finally:
            self._under_way.end(context.job)
        _log.debug("job_done", job=entry.name, duration_s=round(monotonic() - begun_at, 3))

    def _wait_after(self, entry: Entry, attempt: int) -> timedelta | None:
        """How long before a failed run is tried again; None where it is not, or the next tick is sooner."""
        wait = timedelta(seconds=self._pace.first_retry_s * 4**attempt)
        now = self._services.clock()
        next_tick = croniter(entry.cron, now).get_next(type(now))
        return None if attempt + 1 >= MOST_ATTEMPTS or now + wait >= next_tick else wait

    async def _write_down(self, run: Job, *, timestamp: int, attempt: int, wait: timedelta) -> None:
        """Have another run in place of one that is about to end."""
        at = self._services.clock() + wait if wait else None
        deferrer = self._app.tasks[run.task_name].configure(schedule_at=at)
        try:
            await deferrer.defer_async(timestamp=timestamp, attempt=attempt)
        except AlreadyEnqueued:
            pass  # the next tick's run waits already
        except ConnectorException as error:
            # The end of this run cannot be written down either, so it is put back later.
            _log.warning("job_not_written_down", job=run.task_name, error=str(error.__cause__))

    async def _work(self) -> None:
        # Each try: the one that does not fail is the one when the database was there again.
        self._working_since = self._services.clock()
        try:
            await self._app.run_worker_async(
                concurrency=AT_ONCE,
                fetch_job_polling_interval=self._pace.poll_s,
                shutdown_graceful_timeout=self._pace.finish_s,
                update_heartbeat_interval=self._pace.heartbeat_s,
                stalled_worker_timeout=self._pace.lost_after_s,
                install_signal_handlers=False,
            )
        except ConnectorException as error:
            _reraise(error)
        # It ends like this when the database was away for a moment only.
        await asyncio.sleep(PAUSE_S)

    async def _look_for_abandoned(self) -> None:
        await asyncio.sleep(self._pace.look_s)
        async with self._services.database.unit_of_work() as tx:
            if not await jobs.hold_recovery(tx):
                return
            try:
                await self._under_way.put_back_abandoned()
            except ConnectorException as error:
                _reraise(error)


def _reraise(error: ConnectorException) -> None:
    """Say what went wrong with the database in our own words.

    Raises:
        CancelledError: the worker was being stopped. Its failing goodbye must not hide that.
        DatabaseUnavailable: it does not answer.
        ConnectorException: anything else.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error
    if isinstance(error.__cause__, psycopg.OperationalError):
        raise DatabaseUnavailable("The database does not answer.") from error
    raise error
