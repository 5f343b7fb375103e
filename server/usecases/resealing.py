"""After the master key was changed, everything is sealed anew with the new one, in the background."""

import structlog

from server.infra.crypto import MasterKey, SealError
from server.store import sealed as sealed_store
from server.store.engine import Database
from server.store.sealed import SEALED_COLUMNS, SealedColumn

AT_ONCE = 500
"""Rows of one transaction: a crash loses that much work, and nobody waits for longer."""

_log = structlog.get_logger(__name__)


async def reseal(database: Database, master_key: MasterKey) -> int:
    """Seal with the present master key what the former one had sealed.

    What neither opens stays as it is, and is told.

    Returns:
        How many values were sealed anew.

    Raises:
        DatabaseUnavailable
    """
    if master_key.former is None:
        return 0
    done = sum([await _reseal_column(database, master_key, each) for each in SEALED_COLUMNS])
    if done:
        _log.info("sealed_anew", values=done)
    return done


async def left_to_reseal(database: Database, master_key: MasterKey) -> dict[str, int]:
    """How many values of each column are sealed with another key than the present one.

    Raises:
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        return {
            each.name: await sealed_store.count_not_sealed_with(tx, each, master_key.key.id)
            for each in SEALED_COLUMNS
        }


async def _reseal_column(database: Database, master_key: MasterKey, column: SealedColumn) -> int:
    done, after = 0, None
    while True:
        async with database.unit_of_work() as tx:
            rows = await sealed_store.not_sealed_with(
                tx, column, master_key.key.id, after=after, at_most=AT_ONCE
            )
            for row in rows:
                about, after = column.about(row), row[column.id.name]
                try:
                    value = master_key.open(bytes(row[column.column.name]), associated_data=about)
                except SealError as error:
                    _log.error("does_not_open", column=column.name, id=str(after), error=str(error))
                    continue
                await sealed_store.write(tx, column, after, master_key.seal(value, associated_data=about))
                done += 1
        if len(rows) < AT_ONCE:
            return done
