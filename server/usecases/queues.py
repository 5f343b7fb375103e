"""The figures of all queues at one moment: side facts, outside the revision."""

import asyncio
from datetime import timedelta
from time import monotonic

from server.domain.counters import Counter
from server.domain.estimates import wait_of_newcomer
from server.store import counters as counter_store
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store.engine import Database, Tx
from server.store.queues import Figures, Queue
from shared.ids import CounterId, OrganizationId, TypeKey
from shared.queues import QueueReport, QueueStatus, UsualTimes, WaitRange
from shared.tokens import Promise

LEARN_FROM = timedelta(days=14)
"""Service times are learned from the last two weeks: long enough for a spread, short enough to follow."""


class FreshReports:
    """The newest figures of each organization, made at most every few seconds, for all who ask.

    Args:
        fresh_for_s: how old a report may be, in seconds, to be given again.
    """

    def __init__(self, database: Database, *, fresh_for_s: float = 5.0) -> None:
        self._database = database
        self._fresh_for_s = fresh_for_s
        self._known: dict[OrganizationId, tuple[float, QueueReport]] = {}
        self._locks: dict[OrganizationId, asyncio.Lock] = {}

    async def get(self, organization_id: OrganizationId) -> QueueReport:
        """The figures of all queues, a few seconds old at most.

        Raises:
            NotFound, DatabaseUnavailable
        """
        async with self._locks.setdefault(organization_id, asyncio.Lock()):
            known = self._known.get(organization_id)
            if known is None or monotonic() - known[0] > self._fresh_for_s:
                made = await report(self._database, organization_id)
                known = self._known[organization_id] = (monotonic(), made)
            return known[1]

    async def promise(self, organization_id: OrganizationId, key: TypeKey) -> Promise | None:
        """The wait to promise to who takes a token of this type now; None while too little is known.

        Raises:
            NotFound, DatabaseUnavailable
        """
        for queue in (await self.get(organization_id)).queues:
            if queue.customer_type == key and queue.estimate is not None:
                return Promise.model_validate(queue.estimate.model_dump())
        return None


async def report(database: Database, organization_id: OrganizationId) -> QueueReport:
    """The figures of all queues now.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        return await _report(tx, organization_id)


async def _report(tx: Tx, organization_id: OrganizationId) -> QueueReport:
    organization = await organization_store.load(tx, organization_id)
    now = await tx.now()
    today = organization.service_day(now)
    queues = await queue_store.all_of(tx, organization_id)
    counters = [c for c in await counter_store.all_of(tx, organization_id) if c.is_open]
    busy = await token_store.busy_counters(tx, organization_id)
    figures = await queue_store.figures(tx, organization_id, from_day=today - LEARN_FROM, today=today)
    waits = await queue_store.oldest_places(tx, organization_id, types=[queue.shown.key for queue in queues])
    return QueueReport(
        at=now,
        queues=tuple(
            _status(
                queue,
                queues=queues,
                counters=counters,
                busy=busy,
                figures=figures,
                longest_wait_s=round(waits.get(queue.shown.key, 0.0)),
            )
            for queue in queues
        ),
    )


def _status(
    queue: Queue,
    *,
    queues: list[Queue],
    counters: list[Counter],
    busy: set[CounterId],
    figures: dict[TypeKey, Figures],
    longest_wait_s: int,
) -> QueueStatus:
    own = figures.get(queue.shown.key, Figures())
    serving = [c for c in counters if c.serves_now(queue.shown.key)]
    quartiles = own.quartiles_s
    return QueueStatus(
        customer_type=queue.shown.key,
        waiting=queue.waiting,
        longest_wait_s=longest_wait_s,
        counters_open=len(serving),
        served_today=own.served_today,
        estimate=_estimate(queues, serving, busy, figures),
        usual_service=quartiles
        and UsualTimes(low_s=round(quartiles[0]), median_s=round(quartiles[1]), high_s=round(quartiles[2])),
    )


def _estimate(
    queues: list[Queue],
    serving: list[Counter],
    busy: set[CounterId],
    figures: dict[TypeKey, Figures],
) -> WaitRange | None:
    """The wait of a newcomer behind everyone whom the same counters will call first.

    A waiting visitor of another type counts by the share of that type's counters that are also
    this type's.
    """
    ahead, occupied_s, weight = 0.0, 0.0, 0.0
    spread = 0.0
    for queue in queues:
        shared = sum(counter.serves_now(queue.shown.key) for counter in serving)
        past = figures.get(queue.shown.key)
        if not shared or past is None or past.mean_s is None or past.cv is None:
            continue
        share = queue.waiting * shared / len(serving)
        ahead += share
        # A little of every served type, so that an empty queue has a service time too.
        part = share + 1 / len(queues)
        occupied_s += part * past.mean_s
        spread += part * past.cv
        weight += part
    if weight == 0:
        return None
    return wait_of_newcomer(
        ahead=round(ahead),
        free_counters=sum(counter.id not in busy for counter in serving),
        open_counters=len(serving),
        service_mean_s=occupied_s / weight,
        service_cv=spread / weight,
    )
