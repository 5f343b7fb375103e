"""A worker to be killed in the middle of a run: `python -m tests.e2e.job_worker URL`.

Its only job notes that it began in the table `witness`. The first time it never ends.
"""

import asyncio
import sys

from server.jobs.services import JobServices
from tests.db.job_runners import entry, once, running


async def work(services: JobServices) -> None:
    async with services.database.unit_of_work() as tx:
        row = await tx.one("INSERT INTO witness DEFAULT VALUES RETURNING id")
    assert row is not None
    if row["id"] == 1:
        await asyncio.Event().wait()


async def main(url: str) -> None:
    async with running(url, entry(work, once())):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
