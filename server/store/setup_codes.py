"""What the code of an empty server follows from, and how often a wrong one was given."""

from dataclasses import dataclass

from server.store.engine import Tx


@dataclass(frozen=True, kw_only=True)
class SetupCode:
    """The present one: its nonce, and the wrong tries since."""

    nonce: bytes
    tries: int


async def lock(tx: Tx) -> None:
    """Organizations are made, and codes looked at, one after the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('callboard setup'))")


async def load(tx: Tx) -> SetupCode | None:
    """The present one, if one was made."""
    row = await tx.one("SELECT nonce, tries FROM setup_codes")
    return SetupCode(nonce=bytes(row["nonce"]), tries=row["tries"]) if row else None


async def keep(tx: Tx, code: SetupCode) -> None:
    """This one from now on."""
    await tx.execute(
        "INSERT INTO setup_codes (nonce, tries) VALUES (%(nonce)s, %(tries)s)"
        " ON CONFLICT (only_row) DO UPDATE SET nonce = excluded.nonce, tries = excluded.tries",
        {"nonce": code.nonce, "tries": code.tries},
    )


async def end(tx: Tx) -> None:
    """None is good any more."""
    await tx.execute("DELETE FROM setup_codes")
