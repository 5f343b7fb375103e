"""What must never happen, looked for in the answers and in the database after a load.

The database has constraints against most of this; here they are not taken at their word.
"""

from collections import Counter as Tally
from typing import LiteralString

import psycopg

from tests.bench.load import Log

_OVERLAPPING: LiteralString = """
SELECT count(*) FROM (
    SELECT called_at < max(coalesce(ended_at, 'infinity')) OVER (
        PARTITION BY {} ORDER BY called_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS is_double
    FROM token_calls WHERE NOT withdrawn
) AS call WHERE is_double
"""

_QUERIES: dict[str, LiteralString] = {
    "calls of one token at the same time": _OVERLAPPING.format("token_id"),
    "calls to one counter at the same time": _OVERLAPPING.format("counter_id"),
    "numbers given twice in a service day": """
        SELECT count(*) FROM (
            SELECT FROM tokens GROUP BY organization_id, service_day, number HAVING count(*) > 1
        ) AS given""",
    "counters with two active tokens": """
        SELECT count(*) FROM (
            SELECT FROM tokens WHERE status IN ('called', 'serving')
            GROUP BY counter_id HAVING count(*) > 1
        ) AS busy""",
    "types whose count of the waiting is wrong": """
        SELECT count(*) FROM queue_configurations q WHERE waiting_count <> (
            SELECT count(*) FROM tokens t WHERE t.organization_id = q.organization_id
                AND t.customer_type = q.customer_type AND t.status = 'waiting')""",
    "gaps between the revisions of an organization": """
        SELECT count(*) FROM (
            SELECT revision - lag(revision) OVER (PARTITION BY organization_id ORDER BY revision) AS step
            FROM events
        ) AS event WHERE step <> 1""",
}


def doubles_in_database(database_url: str) -> dict[str, int]:
    """What must not be and is, with how often; empty when all is well."""
    with psycopg.connect(database_url) as connection:
        counts = {what: _count(connection, query) for what, query in _QUERIES.items()}
    return {what: count for what, count in counts.items() if count}


def doubles_in_answers(log: Log) -> dict[str, int]:
    """The same of what the callers were answered: no visitor of a load is called twice."""
    counts = {
        "tokens answered to two calls": _repeated(log.called),
        "numbers answered to two visitors": _repeated(log.numbers),
    }
    return {what: count for what, count in counts.items() if count}


def assert_no_doubles(database_url: str, answered: Log) -> None:
    """Fail when anything happened twice, in these answers or in the whole database."""
    assert doubles_in_answers(answered) == {}
    assert doubles_in_database(database_url) == {}


def stored_answers(database_url: str) -> int:
    """How many commands the database says it has executed."""
    with psycopg.connect(database_url) as connection:
        return _count(connection, "SELECT count(*) FROM idempotency_keys")


def _count(connection: psycopg.Connection, query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None, "an aggregate has a row"
    return int(row[0])


def _repeated(things: list[str] | list[tuple[str, str, str]]) -> int:
    return sum(count - 1 for count in Tally(things).values())
