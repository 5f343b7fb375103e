"""The yearly partitions of the tokens."""

import psycopg
import structlog

from server.store.engine import Tx

YEARS_AHEAD = 2

_log = structlog.get_logger(__name__)


async def ensure(tx: Tx, *, this_year: int) -> None:
    """Have the partitions of last year up to two years ahead.

    A missing one loses nothing: the default partition takes its tokens.
    """
    for year in range(this_year - 1, this_year + YEARS_AHEAD + 1):
        try:
            async with tx.connection.transaction():
                await tx.execute("SELECT ensure_token_partitions(%(year)s, %(year)s)", {"year": year})
        except psycopg.errors.CheckViolation:
            # The default partition has tokens of that year already and goes on taking them, until
            # it is mended.
            _log.error("partition_not_made", year=year)


async def repair(tx: Tx, *, this_year: int) -> int:
    """Give the tokens of the default partition the partitions of their years; returns how many moved.

    Tokens of years too far ahead stay where they are: a clock was wrong. Where there is something to
    move, nobody reads or writes tokens until the transaction ends, and every reference to a token is
    checked anew.

    Raises:
        DatabaseUnavailable: the tokens were in use for longer than a command waits. Nothing was moved.
    """
    await tx.execute("SET LOCAL statement_timeout = '10min'")
    row = await tx.one(
        "SELECT repair_token_partitions(%(last_year)s) AS moved", {"last_year": this_year + YEARS_AHEAD}
    )
    assert row is not None, "a function gives a row"
    return int(row["moved"])
