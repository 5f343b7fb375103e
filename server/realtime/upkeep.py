"""Background work that must not end: whatever it meets is logged, and it goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import structlog

from server.store.errors import DatabaseUnavailable

PAUSE_S = 0.5
"""After a failure; a database that went away is asked again this often."""

Work = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_running(works: Sequence[Work]) -> AsyncIterator[None]:
    """Run each of these, again and again, until the block ends."""
    tasks = [asyncio.create_task(_keep(work), name=_name(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(work: Work) -> None:
    while True:
        try:
            await work()
        except (DatabaseUnavailable, psycopg.OperationalError, OSError) as error:
            _log.warning("work_interrupted", work=_name(work), error=str(error))
            await asyncio.sleep(PAUSE_S)
        except Exception as error:  # noqa: BLE001 - a task that ended would be missed by nobody
            _log.error("work_failed", work=_name(work), exc_info=error)
            await asyncio.sleep(PAUSE_S)


def _name(work: Work) -> str:
    return getattr(work, "__qualname__", repr(work))
