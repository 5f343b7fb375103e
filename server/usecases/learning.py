"""Learning an organization's waiting times and usual opening of counters from its recent days."""

import asyncio
from datetime import timedelta

from server.domain.estimates import learn
from server.domain.estimates.facts import History
from server.store import estimate_models, history
from server.store import organizations as organization_store
from server.store.engine import Database
from shared.ids import OrganizationId

LEARN_FROM = timedelta(days=90)
"""Far enough back that forty working days are found, over holidays too."""


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
        today = organization.service_day(now)
        days = await history.past_days(
            tx,
            organization_id,
            from_day=today - LEARN_FROM,
            until_day=today,
            time_zone=organization.time_zone,
            now=now,
        )
    local = now.astimezone(organization.time_zone)
    # Seconds of arithmetic: sockets and commands must not wait for it.
    model = await asyncio.to_thread(learn, History(days=tuple(days)), now=local)
    async with database.unit_of_work() as tx:
        await estimate_models.save(tx, organization_id, model, now=now)
