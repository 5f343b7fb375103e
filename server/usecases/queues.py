"""The figures of all queues at one moment: side facts, outside the revision."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic

from server.domain import opening_hours
from server.domain.counters import Counter
from server.domain.estimates import estimate, wait_of_newcomer
from server.domain.estimates.facts import CounterPlan, OpenCounter, QueueFacts, WaitingToken
from server.domain.estimates.model import Model
from server.domain.tokens import Token
from server.store import counter_plans, estimate_models, history
from server.store import counters as counter_store
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store.engine import Database, Tx
from server.store.organizations import Organization
from server.store.queues import Figures, Queue
from server.usecases.opening import schedule_of
from server.usecases.planning import written_plan_of
from shared.ids import CounterId, OrganizationId, TypeKey
from shared.queues import PromisesKept, QueueReport, QueueStatus, UsualTimes, WaitRange
from shared.tokens import Promise

FIGURES_FROM = timedelta(days=14)
"""Usual service times are those of the last two weeks: long enough for a spread, short enough to follow."""

SCORED_OVER = timedelta(days=30)
"""The share of promises kept is that of the last month."""

PAST_HOLDS_FOR_S = 600.0
"""What the past tells changes slowly, and reading it costs as much as everything else."""

USUAL_BREAK = timedelta(minutes=15)
"""Nobody says when they will be back; so long after they left is assumed."""

SOON = timedelta(minutes=2)
"""Who is away for longer than usual is expected any moment."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What an organization's last weeks tell.

    Args:
        model: what was learned; None where nothing was yet.
        figures: service times by customer type.
        kept: how the promises did; None where none came to a call.
    """

    model: Model | None
    figures: Mapping[TypeKey, Figures]
    kept: PromisesKept | None


@dataclass(frozen=True, kw_only=True)
class _Moment:
    """Everything that the figures of this moment are made of."""

    now: datetime
    today: date
    organization: Organization
    past: Past
    queues: list[Queue]
    counters: list[Counter]
    active: Mapping[CounterId, Token]
    waiting: list[WaitingToken]
    served_today: Mapping[TypeKey, int]
    plan: CounterPlan | None
    oldest: Mapping[TypeKey, float]


class FreshReports:
    """The newest figures of each organization, made at most every few seconds, for all who ask.

    Args:
        fresh_for_s: how old a report may be, in seconds, to be given again.
    """

    def __init__(self, database: Database, *, fresh_for_s: float = 5.0) -> None:
        self._database = database
        self._fresh_for_s = fresh_for_s
        self._known: dict[OrganizationId, tuple[float, QueueReport]] = {}
        self._past: dict[OrganizationId, tuple[float, Past]] = {}
        self._locks: dict[OrganizationId, asyncio.Lock] = {}

    async def get(
        self, organization_id: OrganizationId, *, at_most_old_s: float | None = None
    ) -> QueueReport:
        """The figures of all queues.

        Args:
            at_most_old_s: how old they may be, in seconds; None is as old as `fresh_for_s`.

        Raises:
            NotFound, DatabaseUnavailable
        """
        async with self._locks.setdefault(organization_id, asyncio.Lock()):
            known = self._known.get(organization_id)
            allowed_s = self._fresh_for_s if at_most_old_s is None else at_most_old_s
            if known is None or monotonic() - known[0] > allowed_s:
                async with self._database.reading() as tx:
                    past = await self._past_of(tx, organization_id)
                    made = await report(tx, organization_id, past)
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

    async def _past_of(self, tx: Tx, organization_id: OrganizationId) -> Past:
        known = self._past.get(organization_id)
        if known is None or monotonic() - known[0] > PAST_HOLDS_FOR_S:
            known = self._past[organization_id] = (monotonic(), await read_past(tx, organization_id))
        return known[1]


async def read_past(tx: Tx, organization_id: OrganizationId) -> Past:
    """What an organization's last weeks tell.

    Raises:
        NotFound
    """
    organization = await organization_store.load(tx, organization_id)
    today = organization.service_day(await tx.now())
    waits, inside = await history.kept(tx, organization_id, from_day=today - SCORED_OVER, until_day=today)
    return Past(
        model=await estimate_models.load(tx, organization_id),
        figures=await queue_store.figures(
            tx, organization_id, from_day=today - FIGURES_FROM, until_day=today
        ),
        kept=PromisesKept(days=SCORED_OVER.days, waits=waits, inside=inside) if waits else None,
    )


async def report(tx: Tx, organization_id: OrganizationId, past: Past) -> QueueReport:
    """The figures of all queues now.

    Raises:
        NotFound
    """
    moment = await _moment(tx, organization_id, past)
    return QueueReport(
        at=moment.now,
        queues=tuple(_status(queue, moment) for queue in moment.queues),
        promises_kept=past.kept,
    )


async def _moment(tx: Tx, organization_id: OrganizationId, past: Past) -> _Moment:
    organization = await organization_store.load(tx, organization_id)
    now = await tx.now()
    today = organization.service_day(now)
    queues = await queue_store.all_of(tx, organization_id)
    counters = await counter_store.all_of(tx, organization_id)
    return _Moment(
        now=now,
        today=today,
        organization=organization,
        past=past,
        queues=queues,
        counters=[counter for counter in counters if counter.is_open],
        active=await token_store.active(tx, organization_id),
        waiting=await history.waiting_now(tx, organization_id, time_zone=organization.time_zone),
        served_today=await queue_store.served_on(tx, organization_id, today),
        plan=await _written_plan(tx, organization, counters, now),
        oldest=await queue_store.oldest_places(
            tx, organization_id, types=[queue.shown.key for queue in queues]
        ),
    )


async def _written_plan(
    tx: Tx, organization: Organization, counters: list[Counter], now: datetime
) -> CounterPlan | None:
    written = await counter_plans.load(tx, organization.id)
    return written_plan_of(written, counters, now.astimezone(organization.time_zone))


def _status(queue: Queue, moment: _Moment) -> QueueStatus:
    key = queue.shown.key
    settings, closed_day = moment.organization.settings, moment.organization.closed_day
    schedule = schedule_of(settings, queue, closed_day=closed_day, now=moment.now)
    is_open = opening_hours.is_open(schedule, moment.now)
    quartiles = moment.past.figures.get(key, Figures()).quartiles_s
    return QueueStatus(
        customer_type=key,
        waiting=queue.waiting,
        longest_wait_s=round(moment.oldest.get(key, 0.0)),
        counters_open=sum(counter.serves_now(key) for counter in moment.counters),
        served_today=moment.served_today.get(key, 0),
        estimate=_estimate(queue, moment),
        usual_service=quartiles
        and UsualTimes(low_s=round(quartiles[0]), median_s=round(quartiles[1]), high_s=round(quartiles[2])),
        is_open=is_open,
        opens_at=None if is_open else opening_hours.next_opening(schedule, moment.now),
        closes_at=opening_hours.closes_at(schedule, moment.now) if is_open else None,
        taken_today=queue.taken_on(moment.today),
    )


def _estimate(queue: Queue, moment: _Moment) -> WaitRange | None:
    """The wait of a newcomer; until something was learned, from nothing but the usual service times."""
    model = moment.past.model
    if model is None or not (model.days or model.occupations):
        return _simple_estimate(queue, moment)
    return estimate(
        model,
        QueueFacts(
            now=moment.now.astimezone(moment.organization.time_zone),
            customer_type=queue.shown.key,
            waiting=tuple(moment.waiting),
            counters=tuple(_open_counter(counter, moment) for counter in moment.counters),
            plan=moment.plan,
        ),
    )


def _open_counter(counter: Counter, moment: _Moment) -> OpenCounter:
    zone = moment.organization.time_zone
    token = moment.active.get(counter.id)
    back_at = None
    if counter.break_since is not None:
        back_at = max(counter.break_since + USUAL_BREAK, moment.now + SOON).astimezone(zone)
    serves = frozenset(queue.shown.key for queue in moment.queues if counter.serves_now(queue.shown.key))
    return OpenCounter(
        counter=str(counter.id),
        # Every type is written as none, as in what was learned.
        serves=frozenset() if len(serves) == len(moment.queues) else serves,
        busy_since=token.call.called_at.astimezone(zone) if token and token.call else None,
        busy_with=token.customer_type if token else None,
        on_break_until=back_at,
    )


def _simple_estimate(queue: Queue, moment: _Moment) -> WaitRange | None:
    """The wait of a newcomer behind everyone whom the same counters will call first.

    A waiting visitor of another type counts by the share of that type's counters that are also
    this type's.
    """
    serving = [counter for counter in moment.counters if counter.serves_now(queue.shown.key)]
    ahead, occupied_s, weight = 0.0, 0.0, 0.0
    spread = 0.0
    for other in moment.queues:
        shared = sum(counter.serves_now(other.shown.key) for counter in serving)
        past = moment.past.figures.get(other.shown.key)
        if not shared or past is None or past.mean_s is None or past.cv is None:
            continue
        share = other.waiting * shared / len(serving)
        ahead += share
        # A little of every served type, so that an empty queue has a service time too.
        part = share + 1 / len(moment.queues)
        occupied_s += part * past.mean_s
        spread += part * past.cv
        weight += part
    if weight == 0:
        return None
    return wait_of_newcomer(
        ahead=round(ahead),
        free_counters=sum(counter.id not in moment.active for counter in serving),
        open_counters=len(serving),
        service_mean_s=occupied_s / weight,
        service_cv=spread / weight,
    )
