"""Wrong passwords for one user name: each further one waits longer, whoever gives it and from wherever.

How many tries one address gets is another count, kept elsewhere.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from server.domain.accounts import FORGOTTEN_AFTER, normal_username, waits_until
from server.domain.errors import TryLater
from server.store import sign_in_failures
from server.store.engine import Database, Tx
from server.usecases.account_keys import AccountKeys


@dataclass(frozen=True, kw_only=True)
class Try:
    """One that began, and what was known of the name before it."""

    name_hash: bytes
    began_at: datetime
    failures: int
    failed_at: datetime


class Tries:
    """Counts them in one database. A name is kept as a keyed hash: some people type a password there."""

    def __init__(self, database: Database, keys: AccountKeys) -> None:
        self._database = database
        self._keys = keys

    async def begin(self, username: str) -> Try:
        """A try for a user name, known or not, begins.

        It counts as failed until it is cleared: of a hundred that come at once, no more are looked at
        than of a hundred one after the other.

        Raises:
            TryLater: the last failure was too short a time ago; the try is not looked at, and not counted.
        """
        async with self._database.unit_of_work() as tx:
            keys = await self._keys.of(tx)
            name_hash = keys.blind(normal_username(username), about="sign-in")
            known = await sign_in_failures.lock(tx, name_hash)
            is_old = known.now - known.failed_at > FORGOTTEN_AFTER
            failures = 0 if is_old else known.failures
            until = waits_until(failures, known.failed_at)
            if until is None or until <= known.now:
                await sign_in_failures.count(tx, name_hash, failures + 1, known.now)
                return Try(
                    name_hash=name_hash, began_at=known.now, failures=failures, failed_at=known.failed_at
                )
            wait_s = math.ceil((until - known.now).total_seconds())
        raise TryLater(retry_after_s=wait_s)

    async def clear(self, tx: Tx, begun: Try) -> None:
        """It was a good one: all before it are forgotten."""
        await sign_in_failures.clear(tx, begun.name_hash)

    async def take_back(self, tx: Tx, begun: Try) -> None:
        """It was half of one: it neither counts nor makes the ones before it forgotten."""
        await sign_in_failures.take_back(
            tx,
            begun.name_hash,
            failures=begun.failures,
            failed_at=begun.failed_at,
            counted_at=begun.began_at,
        )
