"""Jobs that do in each organization what nobody's hand does."""

from server.jobs.organizations import every_organization, in_each_organization
from server.jobs.services import JobServices
from server.usecases import announcing, cleaning
from shared.ids import OrganizationId


async def tend(services: JobServices) -> None:
    """Wake parked tokens, let meant ones fall back, and close lost counters.

    No counter is called lost before the worker has watched for as long as a counter may be silent: while
    server or database were away, nobody could be heard.
    """
    watched_for = services.clock() - services.working_since()

    async def tend_one(organization_id: OrganizationId) -> None:
        await cleaning.wake_parked(services.commands, organization_id)
        await cleaning.fall_back(services.commands, organization_id)
        if watched_for >= cleaning.LOST_AFTER:
            await cleaning.close_lost_counters(services.commands, organization_id)

    await in_each_organization(await cleaning.organizations_to_tend(services.database), tend_one)


async def end_days(services: JobServices) -> None:
    """Cancel what waits since an earlier service day, where tokens are not kept overnight."""

    async def end_one(organization_id: OrganizationId) -> None:
        await cleaning.end_days(services.commands, organization_id)

    await in_each_organization(await every_organization(services), end_one)


async def end_announcements(services: JobServices) -> None:
    """Switch off announcements whose time is over."""

    async def end_those_of(organization_id: OrganizationId) -> None:
        await announcing.switch_off_ended(services.commands, organization_id)

    await in_each_organization(await announcing.organizations_with_ended(services.database), end_those_of)
