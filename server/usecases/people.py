"""Reading who belongs to an organization."""

import base64
import binascii
from uuid import UUID

from server.domain.errors import NotFound
from server.store import users as user_store
from server.store.engine import Database
from shared.ids import OrganizationId
from shared.users import UserAccount, UserPage


async def list_users(
    database: Database, organization_id: OrganizationId, *, cursor: str | None, limit: int
) -> UserPage:
    """A page of accounts after a cursor.

    Raises:
        NotFound: the cursor is none that this server gave.
    """
    after = _read_cursor(cursor) if cursor else None
    async with database.unit_of_work() as tx:
        accounts = await user_store.accounts(tx, organization_id, after=after, limit=limit + 1)
    page, more = accounts[:limit], len(accounts) > limit
    return UserPage(items=tuple(page), next_cursor=_cursor(page[-1]) if more else None)


def _cursor(account: UserAccount) -> str:
    return base64.urlsafe_b64encode(f"{account.id}{account.username}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, UUID]:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        username, user_id = text[36:], UUID(text[:36])
    except (binascii.Error, ValueError) as error:
        raise NotFound(what="page", id=cursor) from error
    if "\0" in username:
        raise NotFound(what="page", id=cursor)
    return username, user_id
