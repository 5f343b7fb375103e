"""How a server learns that an organization has new events.

Its own commits wake it at once. Other servers' commits come by NOTIFY, joined and sent after the
commit from a side connection (inside the transaction it would halve the commits a second). A poll
every two seconds guarantees what a lost notification would miss.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from server.realtime.hub import Hub
from server.realtime.upkeep import kept_running
from server.store.engine import Conninfo
from shared.frames import Receipts
from shared.ids import Audience, OrganizationId, Revision

EVENTS_CHANNEL = "callboard_events"
SIDE_CHANNEL = "callboard_side"
POLL_S = 2.0
_FACTS_KEPT = 1000  # while the database is away; side facts are worth nothing later
_IDS_A_NOTICE = 200  # a notification holds less than 8,000 bytes, an id 36 and a comma

_log = structlog.get_logger(__name__)
_STAFF = frozenset({Audience.STAFF, Audience.ADMIN})


class Relay:
    """Wakes the hub. Runs within `running`; `committed` may be called from anywhere in the loop."""

    def __init__(self, conninfo: Conninfo, hub: Hub) -> None:
        self._conninfo = conninfo
        self._hub = hub
        self._changed: set[OrganizationId] = set()
        self._to_announce: set[OrganizationId] = set()
        self._side_facts: deque[str] = deque(maxlen=_FACTS_KEPT)
        self._poll_at = monotonic() + POLL_S
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
        async with kept_running([self._deliver, self._listen, self._notify]):
            yield

    async def _deliver(self) -> None:
        """Hand on what is new: at once where a commit was told of, and every organization by and by."""
        await self._wait()
        changed, self._changed = self._changed, set()
        if monotonic() >= self._poll_at:
            # Its own deadline: a busy organization must not keep the others from being looked at.
            self._poll_at = monotonic() + POLL_S
            changed.update(self._hub.organizations)
        while changed:
            organization_id = changed.pop()
            try:
                await self._hub.catch_up(organization_id)
            except BaseException:
                # The rest is not forgotten; the failing one comes again with the poll.
                self._changed |= changed
                raise

    async def _wait(self) -> None:
        remaining = self._poll_at - monotonic()
        if not self._changed and remaining > 0:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(remaining):
                    await self._wake.wait()

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(f"LISTEN {EVENTS_CHANNEL}")
            await connection.execute(f"LISTEN {SIDE_CHANNEL}")
            # A connection that was lost may have been to a server that another took the place of.
            await self._hub.renew_epochs_if_moved()
            self.listening = True
            try:
                async for notice in connection.notifies():
                    self._hear(notice.channel, notice.payload)
            finally:
                self.listening = False

    def _hear(self, channel: str, payload: str) -> None:
        try:
            if channel == SIDE_CHANNEL:
                fact: dict[str, Any] = json.loads(payload)
                self._hub.tell(OrganizationId(UUID(fact["organization_id"])), _STAFF, fact["text"])
                return
            self._changed.update(OrganizationId(UUID(text)) for text in payload.split(","))
        except (ValueError, KeyError, TypeError):
            # Whoever may connect to the database may notify.
            _log.warning("notice_not_understood", channel=channel)
        self._wake.set()

    async def _notify(self) -> None:
        async with await self._connect() as connection:
            while True:
                await self._announce.wait()
                self._announce.clear()
                while self._to_announce:
                    ids = list(self._to_announce)[:_IDS_A_NOTICE]
                    payload = ",".join(map(str, ids))
                    await connection.execute("SELECT pg_notify(%s, %s)", (EVENTS_CHANNEL, payload))
                    # Only now: what could not be sent is sent by the next connection. A commit in
                    # between announces itself again, which is harmless.
                    self._to_announce.difference_update(ids)
                while self._side_facts:
                    await connection.execute("SELECT pg_notify(%s, %s)", (SIDE_CHANNEL, self._side_facts[0]))
                    self._side_facts.popleft()

    async def _connect(self) -> AsyncConnection[Any]:
        conninfo = self._conninfo if isinstance(self._conninfo, str) else self._conninfo()
        return await AsyncConnection.connect(conninfo, autocommit=True, connect_timeout=5)
