"""The yearly partitions of the tokens."""

from datetime import UTC, datetime

import psycopg
import structlog

from server.store.engine import Tx

YEARS_AHEAD = 2

_log = structlog.get_logger(__name__)


async def ensure(tx: Tx) -> None:
    """Have the partitions of last year up to two years ahead.

    A missing one loses nothing: the default partition takes its tokens.
    """
    this_year = datetime.now(UTC).year
    for year in range(this_year - 1, this_year + YEARS_AHEAD + 1):
        try:
            async with tx.connection.transaction():
                await tx.execute("SELECT ensure_token_partitions(%(year)s, %(year)s)", {"year": year})
        except psycopg.errors.CheckViolation:
            # The default partition has tokens of that year already and goes on taking them.
            _log.error("partition_not_made", year=year)
