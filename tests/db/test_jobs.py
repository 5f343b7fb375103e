"""Background work: every tick once, failures again, and nothing that dies keeps the next from running."""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic
from uuid import uuid4

import psycopg
import pytest
from alembic.script import ScriptDirectory
from croniter import croniter
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager

from server.infra.embedded_postgres import EmbeddedPostgres
from server.jobs import housekeeping
from server.jobs.organizations import SomeOrganizationsFailed, in_each_organization
from server.jobs.services import JobServices
from server.jobs.timetable import TIMETABLE, Entry
from server.store import migrate
from server.store.engine import Database
from server.store.errors import DatabaseUnavailable
from shared.ids import OrganizationId
from tests.db.job_runners import (
    EVERY_SECOND,
    HURRY,
    entry,
    eventually,
    execute,
    once,
    running,
    runs_of,
    services_of,
)
from tests.postgres import make_test_postgres, temporary_data_dir
from tests.site import Site


class TestSchema:
    def test_the_installed_procrastinate_has_no_newer_scripts_than_we_apply(self) -> None:
        scripts = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
        applied = ScriptDirectory(str(migrate._MIGRATIONS)).get_revision("0003").module
        assert scripts[-1] == applied.PROCRASTINATE_UP_TO, "a migration of ours must apply the newer ones"

    def test_it_is_the_one_that_procrastinate_makes_itself(
        self, postgres_server: EmbeddedPostgres, database_url: str
    ) -> None:
        with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE made_by_procrastinate")
        try:
            with psycopg.connect(
                postgres_server.superuser_url_for("made_by_procrastinate"), autocommit=True
            ) as connection:
                connection.execute(SchemaManager.get_schema())
                theirs = objects_of_procrastinate(connection)
        finally:
            with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
                connection.execute("DROP DATABASE made_by_procrastinate")
        with psycopg.connect(database_url) as connection:
            ours = objects_of_procrastinate(connection)
        assert len(ours) > 60
        assert ours == theirs


def objects_of_procrastinate(connection: psycopg.Connection) -> set[tuple[str, ...]]:
    """Its columns, indexes, constraints, triggers, functions and enum members, in words."""
    query = """
        SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
        FROM information_schema.columns
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
        FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', ''
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'function', proname, pg_get_function_arguments(oid), prosrc,
        prorettype::regtype::text, '' FROM pg_proc
        UNION ALL SELECT 'member', enumtypid::regtype::text, enumlabel, '', '', '' FROM pg_enum
    """
    return {row for row in connection.execute(query) if row[1].startswith("procrastinate")}


class TestTimetable:
    def test_names_are_unique(self) -> None:
        assert max(Tally(each.name for each in TIMETABLE).values()) == 1

    @pytest.mark.parametrize("each", TIMETABLE, ids=lambda each: each.name)
    async def test_each_entry_has_a_time_and_does_its_work(
        self, each: Entry, database: Database, site: Site, database_url: str
    ) -> None:
        assert croniter.is_valid(each.cron)
        async with running(database_url, entry(each.work, once())):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["succeeded"])


class TestForgetAnswers:
    async def test_forgets_the_old_ones_however_many_and_keeps_the_young(
        self, database: Database, site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(housekeeping, "FORGET_AT_ONCE", 2)
        insert = (
            "INSERT INTO idempotency_keys SELECT id, gen_random_uuid(), gen_random_uuid(), '', '{}',"
            " now() - interval '%s hours' FROM organizations, generate_series(1, %s)"
        )
        execute(database_url, insert % (3, 5))
        execute(database_url, insert % (1, 3))
        await housekeeping.forget_answers(services_of(database, idempotency_keep_h=2))
        async with database.unit_of_work() as tx:
            left = await tx.all("SELECT now() - created_at AS age FROM idempotency_keys")
        assert len(left) == 3
        assert all(row["age"] < timedelta(hours=2) for row in left)


class TestRefreshDailyStats:
    async def test_counts_what_came_since(self, database: Database, site: Site) -> None:
        person = await site.add_person()
        for _ in range(3):
            await site.take(person)
        services = services_of(database)
        await housekeeping.refresh_daily_stats(services)
        assert await counted(database) == [3]
        await site.take(person)
        assert await counted(database) == [3]
        await housekeeping.refresh_daily_stats(services)
        assert await counted(database) == [4]

    async def test_readers_do_not_wait_for_it(self, database: Database, site: Site) -> None:
        async with database.unit_of_work() as tx:
            await tx.execute("SELECT refresh_daily_stats()")
            async with asyncio.timeout(2):
                assert await counted(database) == []


async def counted(database: Database) -> list[int]:
    async with database.unit_of_work() as tx:
        return [row["total_tokens"] for row in await tx.all("SELECT total_tokens FROM daily_queue_stats")]


class TestForgetRuns:
    async def test_keeps_successes_for_two_days_failures_for_a_week_and_what_has_not_ended(
        self, database_url: str
    ) -> None:
        for name, status, days in (
            ("old", "succeeded", 3), ("old", "failed", 8), ("old", "aborted", 8), ("young", "failed", 6),
            ("young", "succeeded", 1), ("hanging", "doing", 8),
        ):  # fmt: skip
            execute(
                database_url,
                "WITH run AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
                " VALUES ('default', %s, %s) RETURNING id)"
                " INSERT INTO procrastinate_events (job_id, type, at)"
                " SELECT id, 'started', now() - make_interval(days => %s) FROM run",
                name,
                status,
                days,
            )
        async with running(database_url, entry(housekeeping.forget_runs, once())):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["succeeded"])
        assert runs_of(database_url, "old") == []
        assert len(runs_of(database_url, "young")) == 2
        assert len(runs_of(database_url, "hanging")) == 1


class TestTick:
    async def test_is_one_run_however_many_workers_there_are_and_runs_do_not_overlap(
        self, database_url: str
    ) -> None:
        done, at_work, most = 0, 0, 0

        async def work(services: JobServices) -> None:
            nonlocal done, at_work, most
            at_work += 1
            most = max(most, at_work)
            try:
                # Longer than a tick, so that the next would like to begin.
                await asyncio.sleep(1.3)
            finally:
                at_work -= 1
            done += 1

        often = entry(work, EVERY_SECOND)
        async with running(database_url, often), running(database_url, often), running(database_url, often):
            await eventually(lambda: done >= 3, within_s=20)
        runs = runs_of(database_url)
        succeeded = [run["args"]["timestamp"] for run in runs if run["status"] == "succeeded"]
        assert most == 1
        assert len(succeeded) == done
        assert len(set(succeeded)) == len(succeeded), "a tick was run twice"

    async def test_missed_by_everybody_is_made_up_for_once(self, database_url: str) -> None:
        async def work(services: JobServices) -> None:
            pass

        nightly = entry(work, once())
        for _ in range(2):
            async with running(database_url, nightly):
                await eventually(lambda: any(run["status"] == "succeeded" for run in runs_of(database_url)))
                await asyncio.sleep(0.5)
        assert len(runs_of(database_url)) == 1

    async def test_of_seconds_comes_by_the_clock(self, database_url: str) -> None:
        async def work(services: JobServices) -> None:
            pass

        async with running(database_url, entry(work, "* * * * * */2")):
            await eventually(lambda: len(runs_of(database_url)) >= 3)
        stamps = [run["args"]["timestamp"] for run in runs_of(database_url)]
        assert {stamp % 2 for stamp in stamps} == {0}
        assert [b - a for a, b in pairwise(stamps)] == [2] * (len(stamps) - 1)


class TestFailure:
    async def test_is_tried_again_after_longer_and_longer_pauses(self, database_url: str) -> None:
        tried_at: list[float] = []

        async def work(services: JobServices) -> None:
            tried_at.append(monotonic())
            if len(tried_at) < 4:
                raise ValueError("not yet")

        async with running(database_url, entry(work, once())):
            await eventually(lambda: runs_of(database_url)[-1:] != [] and len(tried_at) == 4, within_s=30)
            await eventually(lambda: runs_of(database_url)[-1]["status"] == "succeeded")
        assert [run["status"] for run in runs_of(database_url)] == ["failed", "failed", "failed", "succeeded"]
        pauses = [later - earlier for earlier, later in pairwise(tried_at)]
        assert [pause >= least for pause, least in zip(pauses, (0.2, 0.8, 3.2), strict=True)] == [True] * 3

    async def test_that_stays_is_given_up(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("server.jobs.runner.MOST_ATTEMPTS", 3)

        async def work(services: JobServices) -> None:
            raise ValueError("never")

        async with running(database_url, entry(work, once())):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["failed"] * 3)
            await asyncio.sleep(1.0)
        assert len(runs_of(database_url)) == 3

    async def test_is_not_tried_again_where_the_next_tick_is_sooner(self, database_url: str) -> None:
        async def work(services: JobServices) -> None:
            raise ValueError("never")

        slowly = replace(HURRY, first_retry_s=1.5)
        async with running(database_url, entry(work, EVERY_SECOND), pace=slowly):
            await eventually(lambda: len(runs_of(database_url)) >= 3)
        assert {run["args"].get("attempt", 0) for run in runs_of(database_url)} == {0}

    async def test_while_the_next_waits_leaves_nothing_under_way(self, database_url: str) -> None:
        begun = 0

        async def work(services: JobServices) -> None:
            nonlocal begun
            begun += 1
            if begun == 1:
                execute(
                    database_url,
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)"
                    " VALUES ('default', 'job', 'job', 'job', '{\"timestamp\": 1}')",
                )
                raise ValueError("not yet")

        async with running(database_url, entry(work, once())):
            await eventually(
                lambda: [run["status"] for run in runs_of(database_url)] == ["failed", "succeeded"]
            )

    async def test_by_hanging_is_broken_off(self, database_url: str) -> None:
        begun = 0

        async def work(services: JobServices) -> None:
            nonlocal begun
            begun += 1
            if begun == 1:
                await asyncio.Event().wait()

        async with running(database_url, entry(work, once(), at_most_s=0.3)):
            await eventually(
                lambda: [run["status"] for run in runs_of(database_url)] == ["failed", "succeeded"]
            )


class TestStop:
    async def test_lets_a_short_run_finish(self, database_url: str) -> None:
        begun = asyncio.Event()

        async def work(services: JobServices) -> None:
            begun.set()
            await asyncio.sleep(0.2)

        async with running(database_url, entry(work, once())):
            await asyncio.wait_for(begun.wait(), 10)
        assert [run["status"] for run in runs_of(database_url)] == ["succeeded"]

    async def test_puts_a_long_run_back_for_whoever_comes_next(self, database_url: str) -> None:
        begun = asyncio.Event()

        async def work(services: JobServices) -> None:
            if not begun.is_set():
                begun.set()
                await asyncio.Event().wait()

        nightly = entry(work, once())
        async with running(database_url, nightly):
            await asyncio.wait_for(begun.wait(), 10)
        assert [run["status"] for run in runs_of(database_url)] == ["aborted", "todo"]
        async with running(database_url, nightly):
            await eventually(
                lambda: [run["status"] for run in runs_of(database_url)] == ["aborted", "succeeded"]
            )


class TestAbandoned:
    """Runs that are under way according to the database alone."""

    async def test_by_a_dead_worker_is_run_again(self, database_url: str) -> None:
        write_run(database_url, "doing")

        async def work(services: JobServices) -> None:
            pass

        async with running(database_url, entry(work, "0 0 29 2 *")):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["succeeded"])

    async def test_while_the_next_waits_gives_way_to_it(self, database_url: str) -> None:
        write_run(database_url, "doing")
        write_run(database_url, "todo")

        async def work(services: JobServices) -> None:
            pass

        async with running(database_url, entry(work, "0 0 29 2 *")):
            await eventually(
                lambda: [run["status"] for run in runs_of(database_url)] == ["aborted", "succeeded"]
            )

    async def test_again_and_again_is_given_up(self, database_url: str) -> None:
        write_run(database_url, "doing", attempts=4)

        async def work(services: JobServices) -> None:
            pass

        async with running(database_url, entry(work, "0 0 29 2 *")):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["failed"])

    async def test_by_a_worker_that_lives_and_could_not_write_down_its_end(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finish, failures = JobManager.finish_job, 0

        async def fail_once(self: JobManager, job: Job, status: Status, delete_job: bool) -> None:
            nonlocal failures
            if not failures:
                failures += 1
                raise ConnectorException
            await finish(self, job, status, delete_job)

        monkeypatch.setattr(JobManager, "finish_job", fail_once)
        done = 0

        async def work(services: JobServices) -> None:
            nonlocal done
            done += 1

        async with running(database_url, entry(work, once())):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["succeeded"])
        assert done == 2

    async def test_is_not_what_takes_long(self, database_url: str) -> None:
        done = 0

        async def work(services: JobServices) -> None:
            nonlocal done
            await asyncio.sleep(2.5)  # longer than a dead worker is waited for
            done += 1

        nightly = entry(work, once())
        async with running(database_url, nightly), running(database_url, nightly):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)] == ["succeeded"])
        assert done == 1
        assert runs_of(database_url)[0]["attempts"] == 1


def write_run(url: str, status: str, *, attempts: int = 0) -> None:
    execute(
        url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, attempts)"
        " VALUES ('default', 'job', 'job', 'job', '{\"timestamp\": 1}', %s, %s)",
        status,
        attempts,
    )


class TestDatabaseLost:
    @pytest.fixture
    async def own_postgres(self) -> AsyncIterator[EmbeddedPostgres]:
        """A cluster to be stopped, migrated."""
        with temporary_data_dir() as folder:
            postgres = make_test_postgres(folder)
            await postgres.start_async()
            try:
                await asyncio.to_thread(migrate.upgrade, postgres.url)
                yield postgres
            finally:
                await asyncio.to_thread(postgres.destroy)

    async def test_the_worker_goes_on_when_it_is_back(self, own_postgres: EmbeddedPostgres) -> None:
        async def work(services: JobServices) -> None:
            pass

        def succeeded() -> int:
            return sum(run["status"] == "succeeded" for run in runs_of(own_postgres.url))

        async with running(lambda: own_postgres.url, entry(work, EVERY_SECOND)):
            await eventually(lambda: succeeded() >= 1)
            await own_postgres.stop_async()
            await asyncio.sleep(1.5)
            await own_postgres.start_async()
            before = succeeded()
            await eventually(lambda: succeeded() >= before + 2, within_s=40)

    async def test_the_worker_can_be_stopped_while_it_is_away(self, own_postgres: EmbeddedPostgres) -> None:
        begun = asyncio.Event()

        async def work(services: JobServices) -> None:
            begun.set()
            await asyncio.Event().wait()

        async with running(lambda: own_postgres.url, entry(work, once())):
            await asyncio.wait_for(begun.wait(), 10)
            await own_postgres.stop_async()
            stopped_at = monotonic()
        assert monotonic() - stopped_at < 20

    async def test_every_connection_at_once_is_survived(self, database_url: str) -> None:
        async def work(services: JobServices) -> None:
            pass

        def succeeded() -> int:
            return sum(run["status"] == "succeeded" for run in runs_of(database_url))

        async with running(database_url, entry(work, EVERY_SECOND)):
            for _ in range(3):
                before = succeeded()
                execute(
                    database_url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                await eventually(lambda before=before: succeeded() >= before + 1, within_s=30)  # type: ignore[misc]


class TestInEachOrganization:
    async def test_those_that_fail_keep_no_other_from_its_turn(self) -> None:
        ids = [OrganizationId(uuid4()) for _ in range(5)]
        done: list[OrganizationId] = []

        async def work(organization_id: OrganizationId) -> None:
            if organization_id == ids[1]:
                raise ValueError("broken")
            if organization_id == ids[3]:
                raise DatabaseUnavailable("locked")
            done.append(organization_id)

        with pytest.raises(SomeOrganizationsFailed, match="2 of 5") as failure:
            await in_each_organization(ids, work)
        assert failure.value.failed == (ids[1], ids[3])
        assert done == [ids[0], ids[2], ids[4]]

    async def test_a_database_that_is_away_is_not_asked_for_all_of_them(self) -> None:
        asked = 0

        async def work(organization_id: OrganizationId) -> None:
            nonlocal asked
            asked += 1
            raise DatabaseUnavailable("away")

        with pytest.raises(DatabaseUnavailable):
            await in_each_organization([OrganizationId(uuid4()) for _ in range(5)], work)
        assert asked == 3
