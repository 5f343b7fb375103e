"""Jobs that keep the database in order."""

from datetime import timedelta

import structlog

from server.domain.accounts import FORGOTTEN_AFTER
from server.jobs.services import JobServices
from server.store import daily_stats, journal, partitions, sign_in_failures, undo
from server.usecases import pairing, resealing, signing_keys
from server.usecases.undoing import UNDO_WITHIN

FORGET_AT_ONCE = 5000
"""Rows; a longer statement would hold its locks longer."""

KEEP_SUCCEEDED_H = 48
"""Two days: the last run of a nightly job is always there, and what runs every few seconds fills no disk."""

KEEP_ENDED_H = 7 * 24
"""A week: who comes back on Monday still sees what failed on Friday."""

_log = structlog.get_logger(__name__)


async def forget_answers(services: JobServices) -> None:
    """Forget stored answers that nobody will ask for again."""
    keep = timedelta(hours=services.settings.idempotency_keep_h)
    while True:
        async with services.database.unit_of_work() as tx:
            forgotten = await journal.forget_answers(tx, older_than=keep, at_most=FORGET_AT_ONCE)
        if forgotten < FORGET_AT_ONCE:
            return


async def change_signing_keys(services: JobServices) -> None:
    """Announce a new signing key when it is time, and retire those of which nothing holds any more."""
    await signing_keys.change(
        services.database,
        services.master_key,
        signed_for=timedelta(seconds=services.settings.refresh_ttl_s),
        if_older_than=signing_keys.CHANGED_AFTER,
    )


async def reseal(services: JobServices) -> None:
    """Seal with the present master key what the former one had sealed."""
    await resealing.reseal(services.database, services.master_key)


async def keep_partitions(services: JobServices) -> None:
    """Have the tokens' partitions two years ahead, and empty the default one into them."""
    this_year = services.clock().year
    async with services.database.unit_of_work() as tx:
        moved = await partitions.repair(tx, this_year=this_year)
    if moved:
        _log.warning("partitions_repaired", tokens=moved)
    async with services.database.unit_of_work() as tx:
        await partitions.ensure(tx, this_year=this_year)


async def refresh_daily_stats(services: JobServices) -> None:
    """Count the figures per day anew."""
    async with services.database.unit_of_work() as tx:
        await daily_stats.refresh(tx)


async def forget_runs(services: JobServices) -> None:
    """Forget runs that succeeded after two days, and those that did not after a week."""
    await services.job_manager.delete_old_jobs(KEEP_SUCCEEDED_H)
    await services.job_manager.delete_old_jobs(
        KEEP_ENDED_H, include_failed=True, include_cancelled=True, include_aborted=True
    )


async def forget_undo_steps(services: JobServices) -> None:
    """Forget what can no longer be taken back: it holds copies of tokens."""
    async with services.database.unit_of_work() as tx:
        await undo.forget_old(tx, older_than=2 * UNDO_WITHIN)


async def forget_pairings(services: JobServices) -> None:
    """Forget codes that are out of time, with what hangs on them."""
    await pairing.forget_over(services.database, services.commands)


async def forget_sign_in_failures(services: JobServices) -> None:
    """Forget wrong passwords of a day ago: names that nobody has would stay for ever."""
    async with services.database.unit_of_work() as tx:
        await sign_in_failures.forget(tx, older_than=FORGOTTEN_AFTER)
