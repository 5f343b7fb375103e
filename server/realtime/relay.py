"""How a server learns that an organization has new events.

Its own commits wake it at once. Other servers' commits come by NOTIFY, joined and sent after the
commit from a side connection (inside the transaction it would halve the commits a second). A poll
every two seconds guarantees what a lost notification would miss.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection

from server.realtime.hub import Hub
from server.store.errors import DatabaseUnavailable
from shared.frames import Receipts
from shared.ids import Audience, OrganizationId, Revision

EVENTS_CHANNEL = "callboard_events"
SIDE_CHANNEL = "callboard_side"
POLL_S = 2.0
_IDS_A_NOTICE = 200  # a notification holds less than 8,000 bytes, an id 36 and a comma

_log = structlog.get_logger(__name__)
_STAFF = frozenset({Audience.STAFF, Audience.ADMIN})


class Relay:
    """Wakes the hub. Runs within `running`; `committed` may be called from anywhere in the loop."""

    def __init__(self, conninfo: str, hub: Hub) -> None:
        self._conninfo = conninfo
        self._hub = hub
        self._changed: set[OrganizationId] = set()
        self._to_announce: set[OrganizationId] = set()
        self._side_facts: list[str] = []
        self._wake = asyncio.Event()
        self._announce = asyncio.Event()
        self.listening = False

    def committed(self, organization_id: OrganizationId, revision: Revision) -> None:
        """This server has committed events of an organization."""
        self._changed.add(organization_id)
        self._to_announce.add(organization_id)
        self._wake.set()
        self._announce.set()

    def receipts_changed(self, organization_id: OrganizationId, receipts: Receipts) -> None:
        """A screen has shown a call; every server tells its staff and admins."""
        fact = {"organization_id": str(organization_id), "text": receipts.model_dump_json()}
        self._side_facts.append(json.dumps(fact))
        self._announce.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Relay until the block ends."""
        tasks = [
            asyncio.create_task(self._forever(work), name=work.__name__)
            for work in (self._deliver, self._listen, self._notify)
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a part again and again: a database that went away comes back."""
        while True:
            try:
                await work()
            except (DatabaseUnavailable, psycopg.Error, OSError) as error:
                _log.warning("relay_interrupted", part=work.__name__, error=str(error))
                await asyncio.sleep(0.5)

    async def _deliver(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_S):
                    await self._wake.wait()
                changed, self._changed = self._changed, set()
            except TimeoutError:
                changed = set(self._hub.organizations)
            self._wake.clear()
            for organization_id in changed:
                await self._hub.catch_up(organization_id)

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(f"LISTEN {EVENTS_CHANNEL}")
            await connection.execute(f"LISTEN {SIDE_CHANNEL}")
            self.listening = True
            try:
                async for notice in connection.notifies():
                    self._hear(notice.channel, notice.payload)
            finally:
                self.listening = False

    def _hear(self, channel: str, payload: str) -> None:
        if channel == SIDE_CHANNEL:
            fact: dict[str, Any] = json.loads(payload)
            self._hub.tell(OrganizationId(UUID(fact["organization_id"])), _STAFF, fact["text"])
            return
        self._changed.update(OrganizationId(UUID(text)) for text in payload.split(","))
        self._wake.set()

    async def _notify(self) -> None:
        async with await self._connect() as connection:
            while True:
                await self._announce.wait()
                self._announce.clear()
                ids, self._to_announce = list(self._to_announce), set()
                facts, self._side_facts = self._side_facts, []
                for start in range(0, len(ids), _IDS_A_NOTICE):
                    payload = ",".join(map(str, ids[start : start + _IDS_A_NOTICE]))
                    await connection.execute("SELECT pg_notify(%s, %s)", (EVENTS_CHANNEL, payload))
                for fact in facts:
                    await connection.execute("SELECT pg_notify(%s, %s)", (SIDE_CHANNEL, fact))

    async def _connect(self) -> AsyncConnection[Any]:
        return await AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
