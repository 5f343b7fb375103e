"""Visitors' personal data: sealed with their service day's data key, opened only for who may read it.

A token, its events, its stored answers and its undo steps hold one sealed text. Destroying the day's key
forgets them all at once; what cannot be opened any more is shown as if nothing had been said.
"""

from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from time import monotonic

import structlog

from server.infra import crypto
from server.infra.crypto import MasterKey, SealingKey
from server.store import keys as key_store
from server.store.engine import Tx
from server.store.keys import about_key
from shared.ids import OrganizationId, TokenId
from shared.tokens import LiveToken, Visitor

_log = structlog.get_logger(__name__)

_PURPOSE = "visitors"
_REMEMBERED = 1_000
"""Data keys held in memory: the open days of as many organizations."""

_TRUSTED_FOR_S = 60.0
"""A key is looked for anew after so long: one that was destroyed must not live on in a server's memory."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A data key, and when it was last seen in the database."""

    key: SealingKey
    read_at: float


class VisitorKeys:
    """Seals and opens visitors' data.

    Args:
        master_key: seals the data keys.
        stopwatch: seconds that only grow.
    """

    def __init__(self, master_key: MasterKey, *, stopwatch: Callable[[], float] = monotonic) -> None:
        self._master_key = master_key
        self._stopwatch = stopwatch
        self._keys: OrderedDict[str, _Known] = OrderedDict()

    async def seal(
        self, tx: Tx, organization_id: OrganizationId, day: date, token_id: TokenId, visitor: Visitor
    ) -> str | None:
        """The sealed text of a visitor's data; None where nothing was said.

        The first visitor of a service day gets it its key, in this transaction.

        Args:
            day: the token's service day.
        """
        if visitor == Visitor():
            return None
        key = await self._key_of_day(tx, organization_id, day)
        text = visitor.model_dump_json(exclude_none=True)
        sealed = crypto.seal(key, text.encode(), associated_data=_about_visitor(token_id))
        return b64encode(sealed).decode()

    async def learn(self, tx: Tx, tokens: Iterable[LiveToken]) -> None:
        """Have the keys at hand with which these tokens' data was sealed, as far as they still exist."""
        kids = {_kid_of(token.sealed) for token in tokens if token.sealed is not None}
        wanted = {kid for kid in kids if not self._is_fresh(kid)}
        if not wanted:
            return
        found = {key.kid: key for key in await key_store.of_kids(tx, wanted)}
        for kid in wanted - found.keys():
            self._keys.pop(kid, None)
        for key in found.values():
            self._remember(key)

    def reveal(self, token: LiveToken) -> LiveToken:
        """The token with its visitor in the place of the sealed text; `learn` comes first."""
        if token.sealed is None:
            return token
        return token.model_copy(update={"sealed": None, "visitor": self._open(token.id, token.sealed)})

    def open(self, token_id: TokenId, sealed: str | None) -> Visitor:
        """A visitor's data; empty where nothing was said, or its key is gone. `learn` comes first."""
        return (sealed and self._open(token_id, sealed)) or Visitor()

    def _open(self, token_id: TokenId, sealed: str) -> Visitor | None:
        known = self._keys.get(_kid_of(sealed))
        if known is None:
            return None
        try:
            text = crypto.unseal(known.key, b64decode(sealed), associated_data=_about_visitor(token_id))
        except crypto.SealError:
            # One changed row must not keep the whole site's screens from their snapshot.
            _log.error("visitor_does_not_open", token_id=str(token_id))
            return None
        return Visitor.model_validate_json(text)

    async def _key_of_day(self, tx: Tx, organization_id: OrganizationId, day: date) -> SealingKey:
        known = await key_store.of_day(tx, _PURPOSE, organization_id, day)
        if known is not None:
            # Read from the database, so it will be there; one just made may still be rolled back.
            return self._remember(known)
        made = SealingKey.random()
        kid = made.id.hex()
        await key_store.add(
            tx,
            kid=kid,
            purpose=_PURPOSE,
            sealed=self._master_key.seal(made.secret, associated_data=about_key(_PURPOSE, kid)),
            organization_id=organization_id,
            service_day=day,
        )
        return made

    def _is_fresh(self, kid: str) -> bool:
        known = self._keys.get(kid)
        return known is not None and self._stopwatch() - known.read_at < _TRUSTED_FOR_S

    def _remember(self, sealed: key_store.SealedKey) -> SealingKey:
        """Keep a key that was just read from the database."""
        known = self._keys.get(sealed.kid)
        if known is not None:
            key = known.key
        else:
            about = about_key(_PURPOSE, sealed.kid)
            key = SealingKey(secret=self._master_key.open(sealed.sealed, associated_data=about))
        self._keys[sealed.kid] = _Known(key=key, read_at=self._stopwatch())
        self._keys.move_to_end(sealed.kid)
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        return key


def _kid_of(sealed: str) -> str:
    return crypto.sealed_with(b64decode(sealed)).hex()


def _about_visitor(token_id: TokenId) -> bytes:
    return f"callboard visitor {token_id}".encode()
