"""Wrong passwords in a row, by the hash of the user name, known or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.store.engine import Tx


@dataclass(frozen=True, kw_only=True)
class Failures:
    """How often somebody failed in a row, and when last; `now` is the database's clock."""

    failures: int
    failed_at: datetime
    now: datetime


async def lock(tx: Tx, account_hash: bytes) -> Failures:
    """What is known of a user name, locked: two tries for it come one after the other."""
    await tx.execute(
        "INSERT INTO sign_in_failures (account_hash, failures, failed_at)"
        " VALUES (%(account_hash)s, 0, clock_timestamp()) ON CONFLICT (account_hash) DO NOTHING",
        {"account_hash": account_hash},
    )
    row = await tx.one(
        "SELECT failures, failed_at FROM sign_in_failures WHERE account_hash = %(account_hash)s FOR UPDATE",
        {"account_hash": account_hash},
    )
    if row is None:
        # Somebody has just signed in, which cleared it; the next try is the first again.
        return Failures(failures=0, failed_at=await tx.now(), now=await tx.now())
    return Failures(**row, now=await tx.now())


async def count(tx: Tx, account_hash: bytes, failures: int, now: datetime) -> None:
    """A try has begun; it counts as failed until it is cleared."""
    await tx.execute(
        "INSERT INTO sign_in_failures (account_hash, failures, failed_at)"
        " VALUES (%(account_hash)s, %(failures)s, %(now)s) ON CONFLICT (account_hash)"
        " DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at",
        {"account_hash": account_hash, "failures": failures, "now": now},
    )


async def take_back(
    tx: Tx, account_hash: bytes, *, failures: int, failed_at: datetime, counted_at: datetime
) -> None:
    """A try that had been counted was no failure: as it was before it, unless another one came since."""
    await tx.execute(
        "UPDATE sign_in_failures SET failures = %(failures)s, failed_at = %(failed_at)s"
        " WHERE account_hash = %(account_hash)s AND failed_at = %(counted_at)s",
        {
            "account_hash": account_hash,
            "failures": failures,
            "failed_at": failed_at,
            "counted_at": counted_at,
        },
    )


async def clear(tx: Tx, account_hash: bytes) -> None:
    """The right password was given."""
    await tx.execute(
        "DELETE FROM sign_in_failures WHERE account_hash = %(account_hash)s", {"account_hash": account_hash}
    )


async def forget(tx: Tx, *, older_than: timedelta) -> int:
    """Forget names that nobody tried for long; returns how many."""
    return await tx.execute(
        "DELETE FROM sign_in_failures WHERE failed_at < now() - %(older_than)s", {"older_than": older_than}
    )
