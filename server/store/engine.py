"""The connection pool and the unit of work.

MUST: commands lock their organization's revision first and look at anything else in a later
statement. One connection, one transaction, one command.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Any, Generic, LiteralString, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlalchemy.sql import ClauseElement

from server.store.errors import DatabaseUnavailable, refusal_of

Row = Mapping[str, Any]
Query = LiteralString | ClauseElement

_PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s")

_DIALECT: Dialect = psycopg_dialect.dialect()  # type: ignore[no-untyped-call]
_TRUSTED_FOR_S = 1.0
"""A pooled connection that was used within this time is taken to be alive without asking."""

_ANSWERS_WITHIN_S = 5.0
"""How long a request waits for a connection before it is told that the database is away."""


KEEPALIVE: dict[str, Any] = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "connect_timeout": 5,
}
"""For every connection: a machine that vanished is noticed within seconds instead of two hours."""

# Whoever holds an organization's lock and is lost must not take everybody's connections along: its
# commands are told that the database is away, and the others go on.
# A command's statements find one row or a lane's head, whatever the values: planning them anew each time
# would cost more than running them, which PostgreSQL, asked to decide itself, does for the larger ones.
_BOUNDS = """
SELECT set_config('lock_timeout', '4s', false), set_config('statement_timeout', '30s', false),
       set_config('idle_in_transaction_session_timeout', '15s', false),
       set_config('plan_cache_mode', 'force_generic_plan', false)
"""

_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    # In the middle of a fail-over the server that answers may be one that only reads.
    psycopg.errors.ReadOnlySqlTransaction,
    PoolTimeout,
)

Conninfo = str | Callable[[], str]
"""A `postgresql://` URL, or where to ask for it: an embedded one may come back on another port."""


T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[T]):
    """A question to the database, apart from the asking: two of them may go in one trip.

    Args:
        parse: makes the answer of the rows.
    """

    query: Query
    params: Row
    parse: Callable[[list[DictRow]], T]


class Tx:
    """One transaction. Queries are SQL text with named parameters, or SQLAlchemy Core statements.

    Each statement is a trip to the database, in which this process waits and, worse, works: sending,
    polling and waking cost it more than most statements cost PostgreSQL. So statements that do not need
    each other's answers go together (`read_both`), and a write whose answer nobody waits for goes with
    the next statement or the commit (`postpone`). Their order stays, and each sees what the ones before
    it did; what fails keeps those after it from being executed, the commit too.
    """

    def __init__(self, connection: AsyncConnection[DictRow]) -> None:
        self.connection = connection
        self._postponed: list[tuple[Query, Row | None]] = []

    async def read(self, reading: Reading[T]) -> T:
        """Ask one question."""
        return reading.parse(await self.all(reading.query, reading.params))

    async def read_both(self, first: Reading[T], second: Reading[U]) -> tuple[T, U]:
        """Ask two questions in one trip, the second after the first."""
        cursors = await self._run_together((first.query, first.params), (second.query, second.params))
        return first.parse(await cursors[0].fetchall()), second.parse(await cursors[1].fetchall())

    def postpone(self, query: Query, params: Row) -> None:
        """Write together with the next statement, or with the commit.

        What it raises comes from there. How many rows it touched is not asked: where that matters, the
        statement itself must fail.
        """
        self._postponed.append((query, params))

    async def commit(self) -> None:
        """Write what was postponed, and commit."""
        if self._postponed:
            await self._run_together(("COMMIT", None))
        else:
            await self.connection.commit()

    async def execute(self, query: Query, params: Row | None = None) -> int:
        """Run a statement; returns how many rows it touched."""
        cursor = await self._run(query, params)
        return cursor.rowcount

    async def one(self, query: Query, params: Row | None = None) -> Row | None:
        """The first row, or None."""
        cursor = await self._run(query, params)
        return await cursor.fetchone()

    async def all(self, query: Query, params: Row | None = None) -> list[DictRow]:
        """All rows."""
        cursor = await self._run(query, params)
        return await cursor.fetchall()

    async def now(self) -> datetime:
        """The database's clock, one for all servers."""
        row = await self.one("SELECT clock_timestamp() AS now")
        assert row is not None, "a clock has a time"
        now = row["now"]
        assert isinstance(now, datetime), "a clock has a time"
        return now

    async def _run(self, query: Query, params: Row | None) -> AsyncCursor[DictRow]:
        if not self._postponed:
            return await self._send(query, params)
        [cursor] = await self._run_together((query, params))
        return cursor

    async def _run_together(self, *statements: tuple[Query, Row | None]) -> list[AsyncCursor[DictRow]]:
        """Send what was postponed, and these after it, in one trip."""
        postponed, self._postponed = self._postponed, []
        async with self.connection.pipeline():
            for query, params in postponed:
                await self._send(query, params)
            return [await self._send(query, params) for query, params in statements]

    async def _send(self, query: Query, params: Row | None) -> AsyncCursor[DictRow]:
        text: str
        if isinstance(query, ClauseElement):
            compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
            text, params = str(compiled), compiled.construct_params(params)
        else:
            text = query
        numbered, names = _numbered(text)
        values = [(params or {})[name] for name in names]
        return await self.connection.execute(numbered, values)


@lru_cache(maxsize=512)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """A query with `$1` for `%(name)s`, and the names in that order.

    psycopg would do the same for each execution of a statement of more than 50 parameters or 4 KiB,
    which the two that every command runs are: a third of a millisecond each.
    """
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${names.setdefault(match[1], len(names) + 1)}"

    return _PLACEHOLDER.sub(number, text), tuple(names)


class Database:
    """A pool of connections to one PostgreSQL. Usable after `open`, until `close`.

    Args:
        conninfo: where the database is, asked again for each new connection.
        size: the most connections it holds.
    """

    def __init__(self, conninfo: Conninfo, *, size: int) -> None:
        self.conninfo = conninfo
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            conninfo,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=_ANSWERS_WITHIN_S,
            # The pool doubles its pauses while it tries; so it gives up soon and is asked again.
            reconnect_timeout=3.0,
            check=_check,
            kwargs={
                "row_factory": dict_row,
                "cursor_factory": AsyncRawCursor,
                "autocommit": False,
                **KEEPALIVE,
            },
            configure=_configure,
            name="callboard",
        )

    async def open(self) -> None:
        """Connect.

        Raises:
            DatabaseUnavailable: nobody answers.
        """
        try:
            await self._pool.open(wait=True, timeout=30.0)
        except PoolTimeout as error:
            await self._pool.close()
            raise DatabaseUnavailable("The database does not answer.") from error

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseUnavailable: the connection failed; whether it was committed is unknown.
        """
        try:
            async with self._pool.connection() as connection:
                tx = Tx(connection)
                yield tx
                await tx.commit()
                _mark_used(connection)
        except _AWAY as error:
            raise DatabaseUnavailable("The database does not answer.") from error
        except psycopg.errors.UniqueViolation as error:
            raise refusal_of(error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A read-only transaction that sees one moment.

        Raises:
            DatabaseUnavailable
        """
        async with self.unit_of_work() as tx:
            await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield tx


async def _configure(connection: AsyncConnection[DictRow]) -> None:
    # Every statement of the hot path comes again: prepare it at its second use.
    connection.prepare_threshold = 1
    await connection.execute(_BOUNDS)
    await connection.commit()
    _mark_used(connection)


async def _check(connection: AsyncConnection[DictRow]) -> None:
    """Ask an idle connection whether it lives; a busy one has just shown it."""
    if monotonic() - getattr(connection, "_callboard_used_at", 0.0) > _TRUSTED_FOR_S:
        await AsyncConnectionPool.check_connection(connection)


def _mark_used(connection: AsyncConnection[DictRow]) -> None:
    connection._callboard_used_at = monotonic()  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
