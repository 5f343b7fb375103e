"""Fan-out: each organization's events, read in order, to each of its sockets.

MUST: a channel's revision only moves over events that were read from the database, in order; who
joins is told that revision and gets every later piece.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

import structlog

from server.realtime.frames import Piece, encode_events, piece_of
from server.realtime.subscriber import Subscriber
from server.store import journal
from server.store.engine import Database
from server.usecases.visitors import VisitorKeys
from shared.events import EVENT_ADAPTER, Event
from shared.frames import Resync
from shared.ids import Audience, Epoch, OrganizationId, Revision, Room

MAX_MISSED = 1000
"""Who missed more events than this takes a snapshot: it is smaller than the events."""

RENEW_AT_MOST_EVERY_S = 60.0

_log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Channel:
    """One organization's live channel on this server."""

    organization_id: OrganizationId
    epoch: Epoch
    revision: Revision
    subscribers: set[Subscriber] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hub:
    """All channels of this server.

    Args:
        visitors: opens visitors' data for those who may read it.
    """

    def __init__(self, database: Database, visitors: VisitorKeys) -> None:
        self._database = database
        self._visitors = visitors
        self._channels: dict[OrganizationId, Channel] = {}
        self._opening = asyncio.Lock()
        self._renewed_at: dict[OrganizationId, float] = {}

    @property
    def organizations(self) -> list[OrganizationId]:
        """The organizations that somebody here follows."""
        return [id_ for id_, channel in self._channels.items() if channel.subscribers]

    def subscribers(self) -> Iterable[Subscriber]:
        """Every connected client of this server."""
        return [each for channel in self._channels.values() for each in channel.subscribers]

    async def channel(self, organization_id: OrganizationId) -> Channel:
        """The channel of an organization, at the newest revision or later."""
        async with self._opening:
            channel = self._channels.get(organization_id)
            if channel is None:
                epoch, revision = await self._read_revision(organization_id)
                channel = Channel(organization_id=organization_id, epoch=epoch, revision=revision)
                self._channels[organization_id] = channel
        await self.catch_up(organization_id)
        return channel

    def known_channel(self, organization_id: OrganizationId) -> Channel:
        """The channel of an organization that somebody here follows."""
        return self._channels[organization_id]

    async def catch_up(self, organization_id: OrganizationId) -> None:
        """Read what is new in an organization and hand it to its sockets."""
        channel = self._channels.get(organization_id)
        if channel is None:
            return
        async with channel.lock:
            epoch, newest = await self._read_revision(organization_id)
            if epoch == channel.epoch and newest < channel.revision:
                # Commits were lost: the numbers will be given again, to other events.
                epoch = await self._renew(organization_id, channel.revision) or epoch
            if epoch != channel.epoch or newest < channel.revision:
                self._start_over(channel, epoch, newest)
                return
            while channel.revision < newest:
                if not await self._publish_next(channel):
                    self._start_over(channel, epoch, newest)

    async def missed(
        self, organization_id: OrganizationId, after: Revision, until: Revision
    ) -> list[Event] | None:
        """The events after one revision up to another; None where they are not all kept."""
        if until - after > MAX_MISSED:
            return None
        events = await self._events_after(organization_id, after, limit=max(0, until - after))
        return events if len(events) == until - after else None

    def tell(self, organization_id: OrganizationId, audiences: frozenset[Audience], text: str) -> None:
        """Send a side fact to all sockets of these audiences."""
        channel = self._channels.get(organization_id)
        for subscriber in channel.subscribers if channel else ():
            if subscriber.audience in audiences:
                subscriber.tell(text)

    async def renew_epoch(self, organization_id: OrganizationId, known: Revision) -> None:
        """A client knows a revision that this database does not have: begin a new epoch.

        The database was restored or forked without its identity having changed. Looked at again
        under the lock, since the revision may have just been committed.
        """
        last = self._renewed_at.get(organization_id, float("-inf"))
        if monotonic() - last < RENEW_AT_MOST_EVERY_S:
            # Whoever says so again takes a snapshot, alone: one screen must not make all start over.
            return
        if await self._renew(organization_id, known) is not None:
            self._renewed_at[organization_id] = monotonic()
        await self.catch_up(organization_id)

    async def renew_epochs_if_moved(self) -> None:
        """Begin new epochs if the database is not the cluster that it was."""
        async with self._database.unit_of_work() as tx:
            moved = await journal.renew_epochs_if_moved(tx)
        if moved:
            _log.warning("database_moved")
            for organization_id in self.organizations:
                await self.catch_up(organization_id)

    async def _renew(self, organization_id: OrganizationId, known: Revision) -> Epoch | None:
        async with self._database.unit_of_work() as tx:
            _, revision = await journal.lock(tx, organization_id)
            if known <= revision:
                return None
            _log.warning("epoch_renewed", organization_id=str(organization_id), known=known)
            return await journal.renew_epoch(tx, organization_id)

    async def _publish_next(self, channel: Channel) -> bool:
        """Hand on what follows a channel's revision; False where it is not kept any more."""
        events = await self._events_after(channel.organization_id, channel.revision, limit=MAX_MISSED)
        encoded = encode_events(events)
        after = channel.revision
        if not events or encoded[Audience.DISPLAY][0].revision != after + 1:
            return False
        revision = encoded[Audience.DISPLAY][-1].revision
        pieces: dict[tuple[Audience, frozenset[Room]], Piece] = {}
        for subscriber in channel.subscribers:
            key = (subscriber.audience, subscriber.rooms)
            if key not in pieces:
                pieces[key] = piece_of(
                    encoded[subscriber.audience], subscriber.rooms, after=after, revision=revision
                )
            subscriber.give(pieces[key])
        channel.revision = revision
        return True

    async def _events_after(
        self, organization_id: OrganizationId, revision: Revision, *, limit: int
    ) -> list[Event]:
        """The events after a revision, with visitors' data opened; each audience's projection comes later."""
        async with self._database.unit_of_work() as tx:
            payloads = await journal.events_after(tx, organization_id, revision, limit=limit)
            events = [EVENT_ADAPTER.validate_json(payload) for payload in payloads]
            await self._visitors.learn(tx, [event.token for event in events if event.token])
        return [self._revealed(event) for event in events]

    def _revealed(self, event: Event) -> Event:
        if event.token is None or event.token.sealed is None:
            return event
        return event.model_copy(update={"token": self._visitors.reveal(event.token)})

    def _start_over(self, channel: Channel, epoch: Epoch, revision: Revision) -> None:
        channel.epoch, channel.revision = epoch, revision
        text = Resync(epoch=epoch, revision=revision).model_dump_json()
        for subscriber in channel.subscribers:
            subscriber.start_over(text)

    async def _read_revision(self, organization_id: OrganizationId) -> tuple[Epoch, Revision]:
        async with self._database.unit_of_work() as tx:
            return (await journal.revisions(tx, [organization_id]))[organization_id]


def by_organization(
    subscribers: Iterable[Subscriber],
) -> dict[OrganizationId, list[Subscriber]]:
    """Subscribers grouped by their organization."""
    grouped: dict[OrganizationId, list[Subscriber]] = defaultdict(list)
    for subscriber in subscribers:
        grouped[subscriber.organization_id].append(subscriber)
    return grouped
