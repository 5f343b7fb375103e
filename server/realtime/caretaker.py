"""What open sockets need from time to time: heartbeats, presence, fresh figures, an end.

Each duty is a task of its own: a slow one does not hold up the others, a failing one goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from server.realtime.hub import Hub, by_organization
from server.realtime.upkeep import kept_running
from server.store.engine import Database
from server.usecases import counters, receipts
from server.usecases.access import AccessNow
from server.usecases.queues import FreshReports
from shared.frames import CloseCode, QueuesFrame, ServerHeartbeat
from shared.ids import Audience, OrganizationId

TICK_S = 1.0
PRESENCE_S = 10.0  # a third of what a screen counts as connected for
FIGURES_S = 5.0
ACCESS_S = 2.0  # with the time that closing takes, far below the promised five
SILENT_HEARTBEATS = 2.5
"""A client that said nothing for so many heartbeats is closed; pings have found it alive, but it hangs."""

_EVERYONE = frozenset(Audience)


@dataclass(frozen=True, kw_only=True)
class _Figures:
    """An encoded report, and when it was made on the monotonic clock."""

    text: str
    at: float


class Caretaker:
    """Looks after the sockets of one server.

    Args:
        reports: the figures that are sent round.
        access: who may still follow.
        heartbeat_s: how often each socket hears from the server.
    """

    def __init__(
        self, database: Database, hub: Hub, reports: FreshReports, access: AccessNow, *, heartbeat_s: float
    ) -> None:
        self._database = database
        self._access = access
        self._reports = reports
        self._hub = hub
        self._heartbeat_s = heartbeat_s
        self._figures: dict[OrganizationId, _Figures] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after them until the block ends."""
        duties = [self._watch, self._beat, self._say_present, self._send_figures, self._check_access]
        async with kept_running(duties):
            yield

    def newest_figures(self, organization_id: OrganizationId) -> str | None:
        """The last figures sent in an organization, for who has just joined."""
        known = self._figures.get(organization_id)
        return known.text if known else None

    async def _watch(self) -> None:
        """Close who is silent, stuck, or whose credential has ended."""
        await asyncio.sleep(min(TICK_S, self._heartbeat_s))
        now, silent_since = datetime.now(UTC), monotonic() - SILENT_HEARTBEATS * self._heartbeat_s
        for subscriber in self._hub.subscribers():
            if subscriber.expires_at is not None and subscriber.expires_at <= now:
                subscriber.close(CloseCode.UNAUTHORIZED)
            elif subscriber.heard_at < silent_since:
                subscriber.close(CloseCode.SILENT)
            elif subscriber.is_stuck():
                subscriber.close(CloseCode.TOO_SLOW)

    async def _beat(self) -> None:
        await asyncio.sleep(self._heartbeat_s)
        for organization_id, subscribers in by_organization(self._hub.subscribers()).items():
            revision = self._hub.known_channel(organization_id).revision
            text = ServerHeartbeat(revision=revision, now=datetime.now(UTC)).model_dump_json()
            for subscriber in subscribers:
                subscriber.tell(text)

    async def _say_present(self) -> None:
        await asyncio.sleep(PRESENCE_S)
        devices = {each.device_id for each in self._hub.subscribers() if each.device_id}
        await receipts.screens_present(self._database, list(devices))
        at_work = [each for each in self._hub.subscribers() if each.audience is not Audience.DISPLAY]
        people = {each.user_id for each in at_work if each.user_id is not None}
        await counters.people_present(self._database, list(people))

    async def _check_access(self) -> None:
        """Close who may no longer follow: disabled, demoted, signed out, revoked."""
        await asyncio.sleep(ACCESS_S)
        followers = list(self._hub.subscribers())
        people = {each.actor for each in followers if each.actor is not None}
        devices = {each.device_id for each in followers if each.device_id is not None}
        if not people and not devices:
            return
        lost = await self._access.lost(list(people), list(devices))
        for follower in followers:
            if (follower.actor or follower.device_id) in lost:
                # A display is paired again; a person signs in again.
                follower.close(CloseCode.UNAUTHORIZED if follower.actor else CloseCode.REVOKED)

    async def _send_figures(self) -> None:
        """Every few seconds; at once in an organization that somebody has just begun to follow."""
        await asyncio.sleep(min(TICK_S, self._heartbeat_s))
        followed = set(self._hub.organizations)
        self._figures = {id_: known for id_, known in self._figures.items() if id_ in followed}
        for organization_id in followed:
            known = self._figures.get(organization_id)
            if known is not None and monotonic() - known.at < FIGURES_S:
                continue
            report = await self._reports.get(organization_id)
            text = QueuesFrame(report=report).model_dump_json(exclude_none=True)
            self._figures[organization_id] = _Figures(text=text, at=monotonic())
            self._hub.tell(organization_id, _EVERYONE, text)
