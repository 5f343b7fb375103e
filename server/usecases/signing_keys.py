"""The signing keys of this database: made once, sealed by the master key, shared by all servers."""

from uuid import uuid4

from server.infra import crypto
from server.infra.jwt import JwtKeys, new_private_key
from server.store import keys as key_store
from server.store.engine import Database

_PURPOSE = "jwt"


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
            return JwtKeys({key.kid: _unseal(master_key, key) for key in sealed})
        kid, pem = uuid4().hex, new_private_key()
        await key_store.add(
            tx,
            kid=kid,
            purpose=_PURPOSE,
            sealed=crypto.seal(master_key.key, pem, associated_data=_about(kid)),
        )
        return JwtKeys({kid: pem})


def _unseal(master_key: crypto.MasterKey, key: key_store.SealedKey) -> bytes:
    try:
        return crypto.unseal(master_key.key, key.sealed, associated_data=_about(key.kid))
    except crypto.SealError as error:
        raise crypto.MasterKeyError(
            f"The master key of {master_key.origin} is not the one that sealed this database's keys: "
            "give this server the master key of the server that made the database."
        ) from error


def _about(kid: str) -> bytes:
    return f"callboard {_PURPOSE} key {kid}".encode()
