"""What is personal or secret in accounts: sealed with a data key of its own, which the master key seals.

An e-mail address must be found without being opened, so that no two accounts have the same: it is, by a
keyed hash, a blind index, whose key is another one, since it outlives a change of the data key.
"""

import hmac
from dataclasses import dataclass, field

from server.infra import crypto
from server.infra.crypto import MasterKey, SealingKey
from server.store import keys as key_store
from server.store.engine import Tx
from server.store.keys import about_key

_PURPOSE = "accounts"
_INDEX_PURPOSE = "account_index"


@dataclass(frozen=True, kw_only=True)
class OpenedKeys:
    """The keys, opened."""

    sealing: SealingKey
    index: SealingKey
    older: tuple[SealingKey, ...] = field(default=())

    def seal(self, text: str, *, about: str) -> bytes:
        """Seal a text; `about` says what it is and whose, and is needed again to open it."""
        return crypto.seal(self.sealing, text.encode(), associated_data=_about(about))

    def open(self, sealed: bytes, *, about: str) -> str:
        """The text.

        Raises:
            SealError: it was sealed by none of these keys, or about something else.
        """
        kid = crypto.sealed_with(sealed)
        key = next((each for each in (self.sealing, *self.older) if each.id == kid), self.sealing)
        return crypto.unseal(key, sealed, associated_data=_about(about)).decode()

    def blind(self, text: str, *, about: str) -> bytes:
        """What a text is found by, without the text."""
        return hmac.digest(self.index.secret, _about(about) + b"\0" + text.encode(), "sha256")


class AccountKeys:
    """Has the keys of one database at hand.

    Args:
        master_key: seals them.
    """

    def __init__(self, master_key: MasterKey) -> None:
        self._master_key = master_key
        self._known: OpenedKeys | None = None

    async def of(self, tx: Tx) -> OpenedKeys:
        """The keys; made in this transaction where there are none yet.

        Raises:
            MasterKeyError: they were sealed by another master key.
        """
        if self._known is not None:
            return self._known
        sealing, sealing_is_new = await self._keys_of(tx, _PURPOSE)
        index, index_is_new = await self._keys_of(tx, _INDEX_PURPOSE)
        opened = OpenedKeys(sealing=sealing[0], older=tuple(sealing[1:]), index=index[0])
        # What was just made may still be rolled back.
        if not sealing_is_new and not index_is_new:
            self._known = opened
        return opened

    async def _keys_of(self, tx: Tx, purpose: str) -> tuple[list[SealingKey], bool]:
        found = await key_store.of_purpose(tx, purpose)
        if not found:
            await key_store.lock(tx, purpose)
            found = await key_store.of_purpose(tx, purpose)
        if found:
            return [self._opened(purpose, each) for each in found], False
        made = SealingKey.random()
        kid = made.id.hex()
        sealed = self._master_key.seal(made.secret, associated_data=about_key(purpose, kid))
        await key_store.add(tx, kid=kid, purpose=purpose, sealed=sealed)
        return [made], True

    def _opened(self, purpose: str, sealed: key_store.SealedKey) -> SealingKey:
        about = about_key(purpose, sealed.kid)
        try:
            return SealingKey(secret=self._master_key.open(sealed.sealed, associated_data=about))
        except crypto.SealError as error:
            raise crypto.MasterKeyError(
                f"The master key of {self._master_key.origin} is not the one that sealed this "
                "database's keys."
            ) from error


def _about(what: str) -> bytes:
    return f"callboard account {what}".encode()
