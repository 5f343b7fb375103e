"""What every measurement checks afterwards: each check sees the damage that it is for, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.bench.doubles import doubles_in_answers, doubles_in_database
from tests.bench.load import Log
from tests.site import Site

_DAMAGES: dict[str, tuple[LiteralString, ...]] = {
    "calls of one token at the same time": (
        "UPDATE token_calls SET token_id = (SELECT min(token_id::text)::uuid FROM token_calls),"
        " called_at = now() - interval '1 minute', ended_at = NULL",
    ),
    "calls to one counter at the same time": (
        "UPDATE token_calls SET counter_id = (SELECT min(id::text)::uuid FROM counters),"
        " called_at = now() - interval '1 minute', ended_at = NULL",
    ),
    "numbers given twice in a service day": (
        "ALTER TABLE tokens DROP CONSTRAINT tokens_number_key",
        "UPDATE tokens SET number = 'A001'",
    ),
    "counters with two active tokens": (
        "UPDATE tokens SET status = 'serving', counter_id = (SELECT min(id::text)::uuid FROM counters)"
        " WHERE status <> 'waiting'",
    ),
    "types whose count of the waiting is wrong": (
        "UPDATE queue_configurations SET waiting_count = waiting_count + 1 WHERE customer_type = 'retail'",
    ),
    "gaps between the revisions of an organization": ("DELETE FROM events WHERE revision = 2",),
}


async def two_visits(site: Site) -> None:
    """One that has ended, one under way at another counter; a third visitor waits."""
    first, second = await site.person_at(0), await site.person_at(1)
    for desk in (first, second, second):
        await desk.take()
    called = (await first.call_next()).token
    assert called is not None
    await first.start(called.id)
    await first.complete(called.id)
    await second.call_next()


@contextmanager
def without_constraints(postgres: EmbeddedPostgres, database_url: str) -> Iterator[psycopg.Connection]:
    """A connection that may write what the schema forbids."""
    name = urlsplit(database_url).path.removeprefix("/")
    with psycopg.connect(postgres.superuser_url_for(name)) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


class TestDoublesInDatabase:
    async def test_none_after_real_commands(self, site: Site, database_url: str) -> None:
        await two_visits(site)
        assert doubles_in_database(database_url) == {}

    @pytest.mark.parametrize("what", _DAMAGES)
    async def test_sees_damage(
        self, what: str, site: Site, database_url: str, postgres_server: EmbeddedPostgres
    ) -> None:
        await two_visits(site)
        with without_constraints(postgres_server, database_url) as connection:
            for statement in _DAMAGES[what]:
                connection.execute(statement)
        assert set(doubles_in_database(database_url)) == {what}


class TestDoublesInAnswers:
    def test_none_where_all_differ(self) -> None:
        log = Log(called=["a", "b"], numbers=[("x", "2026-01-01", "A001"), ("x", "2026-01-02", "A001")])
        assert doubles_in_answers(log) == {}

    def test_sees_a_token_called_twice(self) -> None:
        assert doubles_in_answers(Log(called=["a", "b", "a"])) == {"tokens answered to two calls": 1}

    def test_sees_a_number_given_twice(self) -> None:
        number = ("x", "2026-01-01", "A001")
        assert doubles_in_answers(Log(numbers=[number, number])) == {"numbers answered to two visitors": 1}
