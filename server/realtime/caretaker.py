"""What open sockets need from time to time: heartbeats, presence, fresh figures, an end.

Runs once a second; each duty has its own interval.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

import structlog

from server.realtime.hub import Hub, by_organization
from server.store.engine import Database
from server.store.errors import DatabaseUnavailable
from server.usecases import queues, receipts
from shared.frames import CloseCode, QueuesFrame, ServerHeartbeat
from shared.ids import Audience, OrganizationId

TICK_S = 1.0
PRESENCE_S = 10.0  # a third of what a screen counts as connected for
FIGURES_S = 5.0
SILENT_HEARTBEATS = 2.5
"""A client that said nothing for so many heartbeats is closed; pings have found it alive, but it hangs."""

_log = structlog.get_logger(__name__)
_EVERYONE = frozenset(Audience)


class Caretaker:
    """Looks after the sockets of one server."""

    def __init__(self, database: Database, hub: Hub, *, heartbeat_s: float) -> None:
        self._database = database
        self._hub = hub
        self._heartbeat_s = heartbeat_s
        self._due: dict[str, float] = {}
        self._figures: dict[OrganizationId, str] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after them until the block ends."""
        task = asyncio.create_task(self._run(), name="caretaker")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def newest_figures(self, organization_id: OrganizationId) -> str | None:
        """The last figures sent in an organization, for who has just joined."""
        return self._figures.get(organization_id)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(min(TICK_S, self._heartbeat_s))
            self._close_silent_and_expired()
            if self._is_due("heartbeat", self._heartbeat_s):
                self._beat()
            try:
                if self._is_due("presence", PRESENCE_S):
                    await self._say_present()
                if self._is_due("figures", FIGURES_S):
                    await self._send_figures()
            except DatabaseUnavailable as error:
                _log.warning("caretaker_interrupted", error=str(error))

    def _is_due(self, duty: str, interval_s: float) -> bool:
        now = monotonic()
        if self._due.get(duty, 0.0) > now:
            return False
        self._due[duty] = now + interval_s
        return True

    def _close_silent_and_expired(self) -> None:
        now, silent_since = datetime.now(UTC), monotonic() - SILENT_HEARTBEATS * self._heartbeat_s
        for subscriber in self._hub.subscribers():
            if subscriber.expires_at is not None and subscriber.expires_at <= now:
                subscriber.close(CloseCode.UNAUTHORIZED)
            elif subscriber.heard_at < silent_since:
                subscriber.close(CloseCode.SILENT)

    def _beat(self) -> None:
        for organization_id, subscribers in by_organization(self._hub.subscribers()).items():
            channel = self._hub.known_channel(organization_id)
            text = ServerHeartbeat(revision=channel.revision, now=datetime.now(UTC)).model_dump_json()
            for subscriber in subscribers:
                subscriber.tell(text)

    async def _say_present(self) -> None:
        devices = {each.device_id for each in self._hub.subscribers() if each.device_id}
        await receipts.screens_present(self._database, list(devices))

    async def _send_figures(self) -> None:
        for organization_id in self._hub.organizations:
            report = await queues.report(self._database, organization_id)
            text = QueuesFrame(report=report).model_dump_json(exclude_none=True)
            self._figures[organization_id] = text
            self._hub.tell(organization_id, _EVERYONE, text)
