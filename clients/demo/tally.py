"""How many tokens were taken, called and completed while the demonstration played, by the server's record."""

import json
from collections import Counter
from dataclasses import dataclass

from server.store import journal
from server.store.engine import Database
from shared.ids import OrganizationId, Revision

_EVERYTHING = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What happened."""

    created: int
    called: int
    completed: int


class Tally:
    """Counts the events of one organization after a revision."""

    def __init__(self, database: Database, organization_id: OrganizationId, after: Revision) -> None:
        self._database = database
        self._organization_id = organization_id
        self._after = after

    async def counts(self) -> Counts:
        """What happened until now."""
        async with self._database.reading() as tx:
            events = await journal.events_after(tx, self._organization_id, self._after, limit=_EVERYTHING)
        types = Counter(json.loads(event)["type"] for event in events)
        return Counts(
            created=types["token_created"],
            called=types["token_called"],
            completed=types["service_completed"],
        )


async def tally_from_now(database: Database, organization_id: OrganizationId) -> Tally:
    """Begin to count."""
    async with database.reading() as tx:
        _, revision = (await journal.revisions(tx, [organization_id]))[organization_id]
    return Tally(database, organization_id, revision)
