"""The figures per day that reports read instead of the tokens."""

from server.store.engine import Tx


async def refresh(tx: Tx) -> None:
    """Count the days anew; who reads meanwhile sees the figures of before.

    Raises:
        DatabaseUnavailable: another transaction counts them just now.
    """
    await tx.execute("SET LOCAL statement_timeout = '10min'")
    await tx.execute("SELECT refresh_daily_stats()")
