"""A year without a partition loses nothing, and gets one while everything goes on."""

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest

from server.jobs import housekeeping
from server.store import partitions
from server.store.engine import Database
from tests.db.job_runners import execute, services_of
from tests.site import Site

THIS_YEAR = datetime.now(UTC).year


def lose_partition(url: str, year: int) -> None:
    execute(url, f"ALTER TABLE tokens DETACH PARTITION tokens_y{year}; DROP TABLE tokens_y{year}")


def write_called_token(url: str, number: str, day: str) -> None:
    """A token with a call, which is what holds a partition fast."""
    execute(
        url,
        "WITH token AS (INSERT INTO tokens (id, organization_id, service_day, number, customer_type,"
        " place_at, source, created_at, status)"
        " SELECT gen_random_uuid(), id, %s, %s, 'instant', now(), 'staff', now(), 'completed'"
        " FROM organizations RETURNING *)"
        " INSERT INTO token_calls (id, organization_id, token_id, service_day, number, customer_type,"
        " counter_id, place_at, called_at, announced_at, announced_revision)"
        " SELECT gen_random_uuid(), t.organization_id, t.id, t.service_day, t.number, t.customer_type,"
        " (SELECT id FROM counters LIMIT 1), now(), now(), now(),"
        " (SELECT count(*) + 1 FROM token_calls) FROM token t",
        day,
        number,
    )


def places(url: str) -> dict[str, str]:
    """Each token's number, and the partition that it lies in."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT number, tableoid::regclass::text FROM tokens").fetchall())


def shape(url: str) -> set[tuple[str, str, str]]:
    """The constraints and indexes of the tokens, their partitions, and whatever refers to them."""
    with psycopg.connect(url) as connection:
        constraints = connection.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(oid)"
            " || convalidated FROM pg_constraint WHERE contype IN ('f', 'u', 'p', 'c') AND"
            " (conrelid::regclass::text ~ '^tokens' OR confrelid::regclass::text ~ '^tokens')"
        ).fetchall()
        indexes = connection.execute(
            "SELECT inhparent::regclass::text, indrelid::regclass::text, indisvalid::text"
            " FROM pg_index LEFT JOIN pg_inherits ON inhrelid = indexrelid"
            " WHERE indrelid::regclass::text ~ '^tokens'"
        ).fetchall()
    return {*constraints, *indexes}


class TestRepair:
    @pytest.fixture(autouse=True)
    def _site(self, site: Site) -> None:
        """Tokens need an organization and a counter."""

    async def test_moves_tokens_and_leaves_everything_as_if_the_partition_had_always_been(
        self, database: Database, database_url: str
    ) -> None:
        before = shape(database_url)
        lose_partition(database_url, THIS_YEAR + 1)
        write_called_token(database_url, "A001", f"{THIS_YEAR + 1}-01-01")
        write_called_token(database_url, "A002", f"{THIS_YEAR + 1}-12-31")
        write_called_token(database_url, "A003", f"{THIS_YEAR}-06-30")
        assert places(database_url)["A001"] == "tokens_default"
        await housekeeping.keep_partitions(services_of(database))
        assert places(database_url) == {
            "A001": f"tokens_y{THIS_YEAR + 1}",
            "A002": f"tokens_y{THIS_YEAR + 1}",
            "A003": f"tokens_y{THIS_YEAR}",
        }
        assert shape(database_url) == before

    async def test_afterwards_a_call_still_needs_its_token(
        self, database: Database, database_url: str
    ) -> None:
        lose_partition(database_url, THIS_YEAR)
        write_called_token(database_url, "A001", f"{THIS_YEAR}-01-01")
        await housekeeping.keep_partitions(services_of(database))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            execute(database_url, "DELETE FROM tokens")

    async def test_gives_years_long_past_a_partition_too(self, database: Database, database_url: str) -> None:
        write_called_token(database_url, "A001", "1999-12-31")
        await housekeeping.keep_partitions(services_of(database))
        assert places(database_url) == {"A001": "tokens_y1999"}

    async def test_leaves_what_a_wrong_clock_wrote(self, database: Database, database_url: str) -> None:
        write_called_token(database_url, "A001", "2150-01-01")
        write_called_token(database_url, "A002", "1999-12-31")
        await housekeeping.keep_partitions(services_of(database))
        assert places(database_url) == {"A001": "tokens_default", "A002": "tokens_y1999"}

    async def test_locks_nothing_where_there_is_nothing_to_move(
        self, database: Database, database_url: str
    ) -> None:
        write_called_token(database_url, "A001", f"{THIS_YEAR}-01-01")
        async with database.unit_of_work() as tx:
            assert await partitions.repair(tx, this_year=THIS_YEAR) == 0
            async with asyncio.timeout(2):
                await asyncio.to_thread(places, database_url)

    async def test_of_one_year_leaves_the_columns_that_are_computed(
        self, database: Database, database_url: str
    ) -> None:
        lose_partition(database_url, THIS_YEAR)
        write_called_token(database_url, "A001", f"{THIS_YEAR}-01-01")
        execute(database_url, "UPDATE tokens SET target_counter_id = (SELECT id FROM counters LIMIT 1)")
        await housekeeping.keep_partitions(services_of(database))
        async with database.unit_of_work() as tx:
            row = await tx.one("SELECT target_id, target_counter_id FROM tokens")
        assert row is not None
        assert row["target_id"] == row["target_counter_id"]
        assert row["target_id"] is not None


class TestEnsure:
    async def test_makes_the_years_ahead(self, database: Database, database_url: str) -> None:
        for year in (THIS_YEAR + 1, THIS_YEAR + 2):
            lose_partition(database_url, year)
        async with database.unit_of_work() as tx:
            await partitions.ensure(tx, this_year=THIS_YEAR)
        with psycopg.connect(database_url) as connection:
            found = connection.execute("SELECT to_regclass(%s)", (f"tokens_y{THIS_YEAR + 2}",)).fetchone()
        assert found == (f"tokens_y{THIS_YEAR + 2}",)

    async def test_goes_on_where_one_cannot_be_made(
        self, database: Database, site: Site, database_url: str
    ) -> None:
        lose_partition(database_url, THIS_YEAR)
        lose_partition(database_url, THIS_YEAR + 2)
        write_called_token(database_url, "A001", f"{THIS_YEAR}-01-01")
        async with database.unit_of_work() as tx:
            await partitions.ensure(tx, this_year=THIS_YEAR)
        with psycopg.connect(database_url) as connection:
            found = connection.execute("SELECT to_regclass(%s)", (f"tokens_y{THIS_YEAR + 2}",)).fetchone()
        assert found == (f"tokens_y{THIS_YEAR + 2}",)
