"""A job that looks after every organization does it one by one."""

from collections.abc import Awaitable, Callable

import structlog

from server.jobs.services import JobServices
from server.store import organizations
from server.store.errors import DatabaseUnavailable
from server.store.organizations import Organization

AWAY_AFTER = 3
"""So many organizations in a row whose database did not answer: it is the database, not the organization."""

_log = structlog.get_logger(__name__)


class SomeOrganizationsFailed(Exception):
    """The job was not done for some organizations, and was for all others; the log says why."""

    def __init__(self, failed: list[Organization], of: int) -> None:
        self.failed = failed
        self.of = of
        names = ", ".join(each.name for each in failed[:5])
        super().__init__(f"It failed for {len(failed)} of {of} organizations: {names}")


async def in_each_organization(
    services: JobServices, work: Callable[[Organization], Awaitable[None]]
) -> None:
    """Work in every organization; one that fails keeps no other from its turn.

    Args:
        work: makes its own transaction, so that an organization is locked for its own turn only. It is
            run again for all organizations when it failed for one.

    Raises:
        SomeOrganizationsFailed: after all had their turn.
        DatabaseUnavailable: nothing answers; who had no turn gets it at the next run.
    """
    async with services.database.reading() as tx:
        everyone = await organizations.all_of(tx)
    failed: list[Organization] = []
    unanswered = 0
    for organization in everyone:
        try:
            await work(organization)
        except DatabaseUnavailable as error:
            # One may be locked by a command that hangs.
            unanswered += 1
            if unanswered == AWAY_AFTER:
                raise
            failed.append(organization)
            _log.warning("organization_failed", organization_id=str(organization.id), error=str(error))
        except Exception as error:  # noqa: BLE001 - the others must have their turn
            unanswered = 0
            failed.append(organization)
            _log.error("organization_failed", organization_id=str(organization.id), exc_info=error)
        else:
            unanswered = 0
    if failed:
        raise SomeOrganizationsFailed(failed, len(everyone))
