"""The yearly partitions of the tokens."""

from datetime import UTC, datetime

from server.store.engine import Tx

YEARS_AHEAD = 2


async def ensure(tx: Tx) -> None:
    """Have the partitions of last year up to two years ahead.

    A missing one loses nothing: the default partition takes its tokens.
    """
    year = datetime.now(UTC).year
    await tx.execute(
        "SELECT ensure_token_partitions(%(first)s, %(last)s)",
        {"first": year - 1, "last": year + YEARS_AHEAD},
    )
