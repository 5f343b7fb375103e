"""The job that learns of each organization what its waiting times rest on."""

from server.jobs.organizations import every_organization, in_each_organization
from server.jobs.services import JobServices
from server.usecases import learning
from shared.ids import OrganizationId


async def learn(services: JobServices) -> None:
    """Learn waiting times and the counter plan anew, once an organization's day is over."""

    async def learn_one(organization_id: OrganizationId) -> None:
        await learning.learn_if_due(services.database, organization_id)

    await in_each_organization(await every_organization(services), learn_one)
