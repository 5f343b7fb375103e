"""What is sealed with the master key, wherever it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from server.store import tables
from server.store.engine import Row, Tx
from server.store.keys import about_key


@dataclass(frozen=True, kw_only=True)
class SealedColumn:
    """A column of sealed values.

    Args:
        id: what tells the table's rows apart, in an order.
        about: the associated data with which a row's value was sealed.
    """

    column: sa.Column[bytes]
    id: sa.Column[object]
    about: Callable[[Row], bytes]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.column.table.name}.{self.column.name}"


SEALED_COLUMNS = (
    SealedColumn(
        column=tables.keys.c.sealed,
        id=tables.keys.c.kid,
        about=lambda row: about_key(row["purpose"], row["kid"]),
    ),
)
"""All that the master key seals. A column that is missing here is lost when the key is changed."""


async def not_sealed_with(
    tx: Tx, sealed: SealedColumn, key_id: bytes, *, after: object | None, at_most: int
) -> Sequence[Row]:
    """The next rows whose value another key has sealed; nobody else gets them until the commit."""
    query = (
        sa.select(sealed.column.table)
        .where(sa.func.length(sealed.column) > 0, sa.func.substring(sealed.column, 2, 8) != key_id)
        .order_by(sealed.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return await tx.all(query if after is None else query.where(sealed.id > after))


async def count_not_sealed_with(tx: Tx, sealed: SealedColumn, key_id: bytes) -> int:
    """How many values another key has sealed."""
    row = await tx.one(
        sa.select(sa.func.count().label("values")).where(
            sa.func.length(sealed.column) > 0, sa.func.substring(sealed.column, 2, 8) != key_id
        )
    )
    assert row is not None, "an aggregate has a row"
    return int(row["values"])


async def write(tx: Tx, sealed: SealedColumn, id_: object, value: bytes) -> None:
    """The same value, sealed anew."""
    await tx.execute(
        sa.update(sealed.column.table).where(sealed.id == id_).values({sealed.column.name: value})
    )
