"""What background work needs of the database beyond procrastinate's own queries."""

from server.store.engine import Tx


async def hold_recovery(tx: Tx) -> bool:
    """Be the only one that looks after abandoned runs until the transaction ends; False if another is."""
    row = await tx.one("SELECT pg_try_advisory_xact_lock(hashtext('callboard abandoned jobs')) AS mine")
    return row is not None and bool(row["mine"])
