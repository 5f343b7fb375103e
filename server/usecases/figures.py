"""The figures of the present service day."""

from server.store import organizations as organization_store
from server.store import reports
from server.store.engine import Database
from shared.analytics import Day
from shared.ids import OrganizationId, UserId


async def today(database: Database, organization_id: OrganizationId, *, user_id: UserId | None = None) -> Day:
    """The day so far, of everyone or of one person."""
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        day = organization.service_day(await tx.now())
        return await reports.day(
            tx,
            organization_id,
            service_day=day,
            time_zone=str(organization.time_zone),
            user_id=user_id,
        )
