"""What each organization gets done without anybody's hand, by a worker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.jobs import tending
from server.jobs.organizations import SomeOrganizationsFailed
from server.store.engine import Database
from tests.db.job_runners import EVERY_SECOND, entry, eventually, execute, running, runs_of, services_of
from tests.site import Site, make_site


class TestTend:
    @pytest.fixture
    async def silent_counter(self, site: Site, database_url: str) -> None:
        """An open counter of which nothing was heard for long."""
        await site.person_at(0)
        execute(database_url, "UPDATE counters SET seen_at = now() - interval '20 minutes'")

    async def test_closes_a_counter_that_was_silent_while_the_worker_listened(
        self, database: Database, database_url: str, silent_counter: None
    ) -> None:
        started_at = datetime.now(UTC) - timedelta(minutes=16)
        await tending.tend(replace(services_of(database), working_since=lambda: started_at))
        assert await open_counters(database) == 0

    async def test_after_an_outage_waits_for_counters_to_come_back(
        self, database: Database, database_url: str, silent_counter: None
    ) -> None:
        async with running(database_url, entry(tending.tend, EVERY_SECOND)):
            await eventually(lambda: [run["status"] for run in runs_of(database_url)].count("succeeded") >= 2)
        assert await open_counters(database) == 1

    async def test_one_broken_organization_keeps_no_other_from_its_turn(
        self, database: Database, database_url: str
    ) -> None:
        sites = [await make_site(database, name=name) for name in ("Archive", "Bank", "Clinic")]
        for each in sites:
            await each.person_at(0)
        execute(database_url, "UPDATE counters SET seen_at = now() - interval '20 minutes'")
        execute(
            database_url,
            "UPDATE organizations SET time_zone = 'Nowhere/Land' WHERE name = 'Bank'",
        )
        started_at = datetime.now(UTC) - timedelta(minutes=16)
        with pytest.raises(SomeOrganizationsFailed, match=str(sites[1].organization_id)):
            await tending.tend(replace(services_of(database), working_since=lambda: started_at))
        assert await open_counters(database) == 1


async def open_counters(database: Database) -> int:
    async with database.unit_of_work() as tx:
        row = await tx.one("SELECT count(*) AS number FROM counters WHERE opened_by IS NOT NULL")
    assert row is not None
    return int(row["number"])


class TestEndDays:
    async def test_cancels_what_waits_since_yesterday(
        self, database: Database, site: Site, database_url: str
    ) -> None:
        person = await site.add_person()
        await site.take(person)
        yesterday = (
            "UPDATE tokens SET service_day = service_day - 1, created_at = created_at - interval '1 day'"
        )
        execute(database_url, yesterday)
        await site.take(person)
        execute(
            database_url, """UPDATE organizations SET settings = settings || '{"keeps_overnight": false}'"""
        )
        await tending.end_days(services_of(database))
        async with database.unit_of_work() as tx:
            statuses = await tx.all("SELECT status::text FROM tokens ORDER BY service_day")
        assert [row["status"] for row in statuses] == ["cancelled", "waiting"]
