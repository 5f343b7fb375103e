"""The figures of all queues at one moment: side facts, outside the revision."""

from datetime import timedelta

from server.domain.counters import Counter
from server.domain.estimates import wait_of_newcomer
from server.domain.service_day import service_day
from server.store import counters as counter_store
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store.engine import Database, Tx
from server.store.queues import Figures, Queue
from shared.ids import CounterId, OrganizationId, TypeKey
from shared.queues import QueueReport, QueueStatus, UsualTimes, WaitRange

LEARN_FROM = timedelta(days=14)
"""Service times are learned from the last two weeks: long enough for a spread, short enough to follow."""


async def report(database: Database, organization_id: OrganizationId) -> QueueReport:
    """The figures of all queues now.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        return await _report(tx, organization_id)


async def _report(tx: Tx, organization_id: OrganizationId) -> QueueReport:
    organization = await organization_store.load(tx, organization_id)
    moment = await tx.one("SELECT clock_timestamp() AS now")
    assert moment is not None, "a clock has a time"
    today = service_day(moment["now"], time_zone=organization.time_zone, reset_time=organization.reset_time)
    queues = await queue_store.all_of(tx, organization_id)
    counters = [c for c in await counter_store.all_of(tx, organization_id) if c.is_open]
    busy = await token_store.busy_counters(tx, organization_id)
    figures = await queue_store.figures(tx, organization_id, from_day=today - LEARN_FROM, today=today)
    waits = await queue_store.oldest_places(tx, organization_id, types=[queue.shown.key for queue in queues])
    return QueueReport(
        at=moment["now"],
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
    serving = [c for c in counters if _serves(c, queue.shown.key)]
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
        shared = sum(_serves(counter, queue.shown.key) for counter in serving)
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


def _serves(counter: Counter, key: TypeKey) -> bool:
    return not counter.serving_types or key in counter.serving_types
