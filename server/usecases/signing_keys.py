"""The signing keys of this database: sealed by the master key, shared by all servers, changed in time.

A new key is announced before it signs, so that every server knows it by then; an old one verifies until
all that it signed has ended. So a change signs nobody out. A key that may be in other hands is another
matter: then all go at once, and everybody signs in again.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import structlog

from server.infra import crypto
from server.infra.jwt import JwtKeys, new_private_key
from server.store import keys as key_store
from server.store.engine import Database, Tx
from server.store.keys import SealedKey, about_key

ANNOUNCED_FOR = timedelta(minutes=10)
"""A new key signs nothing before it is this old; until then every server has looked many times."""

CHANGED_AFTER = timedelta(days=90)
"""Well within the one to two years that NIST SP 800-57 (part 1, 5.3.6) gives a private signature key."""

LOOKED_FOR_EVERY_S = 30.0

_MARGIN = timedelta(days=1)
_PURPOSE = "jwt"

_log = structlog.get_logger(__name__)


async def load_or_create(database: Database, master_key: crypto.MasterKey) -> JwtKeys:
    """The keys that sign and verify JWTs.

    Raises:
        MasterKeyError: the keys were sealed by another master key.
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        await key_store.lock(tx, _PURPOSE)
        sealed = await key_store.of_purpose(tx, _PURPOSE)
        if sealed:
            return JwtKeys(_opened(master_key, sealed))
        kid, pem = await _add(tx, master_key)
        return JwtKeys({kid: pem})


async def reload(database: Database, master_key: crypto.MasterKey, keys: JwtKeys) -> None:
    """Learn of keys that came and went since.

    Raises:
        MasterKeyError, DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        sealed = await key_store.of_purpose(tx, _PURPOSE)
    if sealed:
        keys.replace(_opened(master_key, sealed))


async def keep_reloading(database: Database, master_key: crypto.MasterKey, keys: JwtKeys) -> None:
    """One round of a server's duty to know the newest keys."""
    await asyncio.sleep(LOOKED_FOR_EVERY_S)
    await reload(database, master_key, keys)


async def change(
    database: Database, master_key: crypto.MasterKey, *, signed_for: timedelta, if_older_than: timedelta
) -> bool:
    """Announce a new key, and retire those by which nothing holds any more.

    Args:
        signed_for: how long what a key signs may hold (a refresh JWT).
        if_older_than: the newest key's age from which it is time for another.

    Returns:
        Whether there is a new key.

    Raises:
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        await key_store.lock(tx, _PURPOSE)
        known = await key_store.of_purpose(tx, _PURPOSE)
        for newer, key in pairwise(known):
            if newer.age >= ANNOUNCED_FOR + signed_for + _MARGIN:
                await key_store.retire(tx, key.kid)
                _log.info("signing_key_retired", kid=key.kid)
        if known and known[0].age < if_older_than:
            return False
        kid, _ = await _add(tx, master_key)
    _log.info("signing_key_announced", kid=kid)
    return True


async def replace_all(database: Database, master_key: crypto.MasterKey) -> int:
    """A key may be in other hands: retire all and make a new one. Everybody signs in again.

    Returns:
        How many were retired.

    Raises:
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        await key_store.lock(tx, _PURPOSE)
        known = await key_store.of_purpose(tx, _PURPOSE)
        for key in known:
            await key_store.retire(tx, key.kid)
        await _add(tx, master_key)
    return len(known)


async def _add(tx: Tx, master_key: crypto.MasterKey) -> tuple[str, bytes]:
    kid, pem = uuid4().hex, await asyncio.to_thread(new_private_key)
    sealed = master_key.seal(pem, associated_data=about_key(_PURPOSE, kid))
    await key_store.add(tx, kid=kid, purpose=_PURPOSE, sealed=sealed)
    return kid, pem


def _opened(master_key: crypto.MasterKey, sealed: Sequence[SealedKey]) -> dict[str, bytes]:
    """PEM by kid, the one that signs first: the newest that was announced long enough."""
    announced = [key for key in sealed if key.age >= ANNOUNCED_FOR]
    signing = announced[0] if announced else sealed[-1]
    ordered = [signing, *(key for key in sealed if key is not signing)]
    return {key.kid: _unseal(master_key, key) for key in ordered}


def _unseal(master_key: crypto.MasterKey, key: SealedKey) -> bytes:
    try:
        return master_key.open(key.sealed, associated_data=about_key(_PURPOSE, key.kid))
    except crypto.SealError as error:
        raise crypto.MasterKeyError(
            f"The master key of {master_key.origin} is not the one that sealed this database's keys: "
            "give this server the master key of the server that made the database."
        ) from error
