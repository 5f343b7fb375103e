"""A job that looks after organizations does it one by one."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from server.jobs.services import JobServices
from server.store import organizations
from server.store.errors import DatabaseUnavailable
from shared.ids import OrganizationId

AWAY_AFTER = 3
"""So many organizations in a row whose database did not answer: it is the database, not the organization."""

_log = structlog.get_logger(__name__)


class SomeOrganizationsFailed(Exception):
    """The job was not done for some organizations, and was for all others; the log says why."""

    def __init__(self, failed: Sequence[OrganizationId], of: int) -> None:
        self.failed = tuple(failed)
        self.of = of
        ids = ", ".join(str(id_) for id_ in failed[:5])
        super().__init__(f"It failed for {len(failed)} of {of} organizations: {ids}")


async def every_organization(services: JobServices) -> list[OrganizationId]:
    """All organizations of the database, by name."""
    async with services.database.reading() as tx:
        return [organization.id for organization in await organizations.all_of(tx)]


async def in_each_organization(
    organization_ids: Sequence[OrganizationId], work: Callable[[OrganizationId], Awaitable[object]]
) -> None:
    """Work in each of these organizations; one that fails keeps no other from its turn.

    Args:
        work: makes its own transaction, so that an organization is locked for its own turn only. It is
            run again for all organizations when it failed for one.

    Raises:
        SomeOrganizationsFailed: after all had their turn.
        DatabaseUnavailable: nothing answers; who had no turn gets it at the next run.
    """
    failed: list[OrganizationId] = []
    unanswered = 0
    for organization_id in organization_ids:
        try:
            await work(organization_id)
        except DatabaseUnavailable as error:
            # One may be locked by a command that hangs.
            unanswered += 1
            if unanswered == AWAY_AFTER:
                raise
            failed.append(organization_id)
            _log.warning("organization_failed", organization_id=str(organization_id), error=str(error))
        except Exception as error:  # noqa: BLE001 - the others must have their turn
            unanswered = 0
            failed.append(organization_id)
            _log.error("organization_failed", organization_id=str(organization_id), exc_info=error)
        else:
            unanswered = 0
    if failed:
        raise SomeOrganizationsFailed(failed, len(organization_ids))
