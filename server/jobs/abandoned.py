"""Runs that nobody works on any more, though the database says that they are under way.

Their worker was killed, or their end could not be written down. They are put back to wait: not by a job,
since that job could be among them.
"""

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

MOST_ATTEMPTS = 5
"""After so many a run ends as failed; the next tick is another chance."""

_log = structlog.get_logger(__name__)


class UnderWay:
    """What one worker really works on, and a look at what the database says.

    Args:
        lost_after_s: a worker that said nothing for so many seconds is dead.
    """

    def __init__(self, manager: JobManager, *, lost_after_s: float) -> None:
        self._manager = manager
        self._lost_after_s = lost_after_s
        self._runs: set[int] = set()
        self._worker_ids: set[int] = set()
        self._suspects: set[int] = set()

    def begin(self, run: Job) -> None:
        """This worker begins a run."""
        assert run.id is not None, "it came from the database"
        assert run.worker_id is not None, "a worker fetched it"
        self._runs.add(run.id)
        self._worker_ids.add(run.worker_id)

    def end(self, run: Job) -> None:
        """It has ended, well or not; that may not be written down yet."""
        assert run.id is not None, "it came from the database"
        self._runs.discard(run.id)

    async def put_back_abandoned(self) -> None:
        """Put back what is under way according to the database alone. One process at a time.

        Raises:
            ConnectorException
        """
        for run in await self._abandoned():
            _log.warning("job_abandoned", job=run.task_name, attempts=run.attempts)
            await self._put_back(run)

    async def _abandoned(self) -> list[Job]:
        lost = list(await self._manager.get_stalled_jobs(seconds_since_heartbeat=self._lost_after_s))
        doing = await self._manager.list_jobs_async(status=Status.DOING.value)
        ours = {run.id: run for run in doing if run.id is not None and run.worker_id in self._worker_ids}
        # Between being fetched and being begun, and between its end and its being written down, a run
        # is rightly under way in the database alone, for a moment: hence twice in a row.
        suspects = ours.keys() - self._runs
        forgotten = {id_: ours[id_] for id_ in suspects & self._suspects}
        self._suspects = suspects
        return [*forgotten.values(), *(run for run in lost if run.id not in forgotten)]

    async def _put_back(self, run: Job) -> None:
        try:
            if run.attempts + 1 >= MOST_ATTEMPTS:
                # Perhaps it is what kills the workers.
                await self._manager.finish_job(run, Status.FAILED, delete_job=False)
            else:
                await self._manager.retry_job(run)
        except UniqueViolation:
            # The next tick's run waits already, in its place.
            await self._manager.finish_job(run, Status.ABORTED, delete_job=False)
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise
            # It has ended in the meantime.
