"""The figures of the present service day."""

from server.domain.service_day import service_day
from server.store import organizations as organization_store
from server.store import reports
from server.store.engine import Database
from shared.analytics import Day
from shared.ids import OrganizationId, UserId


async def today(database: Database, organization_id: OrganizationId, *, user_id: UserId | None = None) -> Day:
    """The day so far, of everyone or of one person."""
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        moment = await tx.one("SELECT clock_timestamp() AS now")
        assert moment is not None, "a clock has a time"
        day = service_day(moment["now"], time_zone=organization.time_zone, reset_time=organization.reset_time)
        return await reports.day(
            tx,
            organization_id,
            service_day=day,
            time_zone=str(organization.time_zone),
            user_id=user_id,
        )
