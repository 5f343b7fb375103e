"""Second factors: the sealed secret, the step of the newest code, what stands in for a lost phone.

MUST: the account is locked (`users.lock`): of two who send the same code at once, one is let in.
"""

from collections.abc import Sequence

from server.store.engine import Tx
from shared.ids import UserId


async def offer(tx: Tx, user_id: UserId, sealed: bytes) -> None:
    """A secret was shown; it is not in use yet."""
    await tx.execute(
        "UPDATE users SET second_factor_offered = %(sealed)s WHERE id = %(id)s",
        {"id": user_id, "sealed": sealed},
    )


async def begin(tx: Tx, user_id: UserId, sealed: bytes, *, step: int) -> None:
    """It is in use from now on; `step` is of the code that proved it."""
    await tx.execute(
        "UPDATE users SET second_factor = %(sealed)s, second_factor_step = %(step)s,"
        " second_factor_offered = NULL WHERE id = %(id)s",
        {"id": user_id, "sealed": sealed, "step": step},
    )


async def use_step(tx: Tx, user_id: UserId, step: int) -> bool:
    """A code of this step was given; whether it is newer than every one before."""
    touched = await tx.execute(
        "UPDATE users SET second_factor_step = %(step)s WHERE id = %(id)s"
        " AND (second_factor_step IS NULL OR second_factor_step < %(step)s)",
        {"id": user_id, "step": step},
    )
    return touched == 1


async def end(tx: Tx, user_id: UserId) -> None:
    """It is not in use any more, nor is what stands in for it."""
    await tx.execute(
        "UPDATE users SET second_factor = NULL, second_factor_step = NULL, second_factor_offered = NULL"
        " WHERE id = %(id)s",
        {"id": user_id},
    )
    await replace_recovery_codes(tx, user_id, [])


async def replace_recovery_codes(tx: Tx, user_id: UserId, hashes: Sequence[bytes]) -> None:
    """Other recovery codes, in the place of those that are left."""
    await tx.execute("DELETE FROM recovery_codes WHERE user_id = %(id)s", {"id": user_id})
    await tx.execute(
        "INSERT INTO recovery_codes (user_id, code_hash) SELECT %(id)s, unnest(%(hashes)s::bytea[])",
        {"id": user_id, "hashes": list(hashes)},
    )


async def use_recovery_code(tx: Tx, user_id: UserId, code_hash: bytes) -> bool:
    """A recovery code was given; whether it was one that is left. It is gone then."""
    touched = await tx.execute(
        "DELETE FROM recovery_codes WHERE user_id = %(id)s AND code_hash = %(code_hash)s",
        {"id": user_id, "code_hash": code_hash},
    )
    return touched == 1
