"""Learning an organization's waiting times and usual opening of counters from its recent days."""

import asyncio
from datetime import date, datetime, time, timedelta

from server.domain.estimates import learn
from server.domain.estimates.facts import CounterPlan, History, PastDay
from server.store import counter_plans, estimate_models, history
from server.store import counters as counter_store
from server.store import organizations as organization_store
from server.store.engine import Database, Tx
from server.store.organizations import Organization
from server.usecases.planning import written_plan_of
from shared.ids import OrganizationId

LEARN_FROM = timedelta(days=120)
"""Far enough back that eighty working days are found, over holidays too."""


async def learn_if_due(database: Database, organization_id: OrganizationId) -> bool:
    """Learn once a service day, and every time it is asked while a site has no finished day yet.

    Returns:
        Whether it was due.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        learned_at = await estimate_models.learned_at(tx, organization_id)
        model = await estimate_models.load(tx, organization_id)
        today = organization.service_day(await tx.now())
    knows_days = learned_at is not None and model is not None and model.days > 0
    if knows_days and learned_at is not None and organization.service_day(learned_at) >= today:
        return False
    await learn_site(database, organization_id)
    return True


async def learn_site(database: Database, organization_id: OrganizationId) -> None:
    """Learn from the last weeks, today included, and keep it in the place of what was known.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        now = await tx.now()
        days = await days_to_learn_from(tx, organization, now=now)
    local = now.astimezone(organization.time_zone)
    # Seconds of arithmetic: sockets and commands must not wait for it.
    model = await asyncio.to_thread(learn, History(days=tuple(days)), now=local)
    async with database.unit_of_work() as tx:
        await estimate_models.save(tx, organization_id, model, now=now)


async def days_to_learn_from(tx: Tx, organization: Organization, *, now: datetime) -> list[PastDay]:
    """The last weeks, today included, each day with the plan that an admin had written for it."""
    written = await counter_plans.load(tx, organization.id)
    counters = await counter_store.all_of(tx, organization.id)
    today = organization.service_day(now)

    def planned(day: date) -> CounterPlan | None:
        noon = datetime.combine(day, time(12), tzinfo=organization.time_zone)
        return written_plan_of(written, counters, noon)

    return await history.past_days(
        tx,
        organization.id,
        from_day=today - LEARN_FROM,
        until_day=today,
        time_zone=organization.time_zone,
        now=now,
        planned=planned,
    )
