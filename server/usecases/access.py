"""Whether a credential still holds: what was taken away is gone within seconds, on every way in.

Commands ask the database each time, inside their transaction (`commanding.py`). Reads ask at most
every few seconds a person; open sockets are asked about together.
"""

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

from server.domain.access import Actor, confirmed
from server.domain.errors import Unauthenticated
from server.store import access as access_store
from server.store.engine import Database
from shared.ids import DeviceId, OrganizationId, UserId

FRESH_FOR_S = 3.0
"""So long what was asked is believed. With the sweep of sockets it stays below the promised five seconds."""

_MOST_KNOWN = 4096

_Key = tuple[UserId, OrganizationId, UUID | None, int]


class AccessNow:
    """Knows who may still do what, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[_Key, tuple[float, Actor]] = {}

    async def actor(self, claimed: Actor, *, at_once: bool = False) -> Actor:
        """The person behind a verified access JWT, as they are now.

        Args:
            at_once: ask, whatever was asked a moment ago.

        Raises:
            Unauthenticated: the account, membership, session or version is gone.
            DatabaseUnavailable
        """
        key, now = _key(claimed), monotonic()
        known = self._known.get(key)
        if known is not None and known[0] > now and not at_once:
            return known[1]
        self._known.pop(key, None)
        async with self._database.unit_of_work() as tx:
            [standing] = await access_store.standings(tx, [claimed])
        actor = confirmed(claimed, standing)
        if len(self._known) >= _MOST_KNOWN:
            self._known = {each: known for each, known in self._known.items() if known[0] > now}
        if len(self._known) < _MOST_KNOWN:
            self._known[key] = (now + FRESH_FOR_S, actor)
        return actor

    async def lost(self, people: Sequence[Actor], devices: Sequence[DeviceId]) -> set[Actor | DeviceId]:
        """Those of these whose access has been taken away.

        Raises:
            DatabaseUnavailable
        """
        async with self._database.unit_of_work() as tx:
            standings = await access_store.standings(tx, people) if people else []
            live = await access_store.live_devices(tx, devices) if devices else set()
        gone: set[Actor | DeviceId] = {each for each in devices if each not in live}
        for person, standing in zip(people, standings, strict=True):
            try:
                confirmed(person, standing)
            except Unauthenticated:
                gone.add(person)
        return gone


def _key(actor: Actor) -> _Key:
    return actor.user_id, actor.organization_id, actor.session_id, actor.access_version
