"""Where a page of accounts goes on."""

import base64
import binascii
from uuid import UUID

from server.domain.errors import NotFound
from shared.users import UserAccount


def cursor_of(account: UserAccount) -> str:
    """What leads to the page after this account."""
    return base64.urlsafe_b64encode(f"{account.id}{account.username}".encode()).decode()


def read_cursor(cursor: str) -> tuple[str, UUID]:
    """The user name and id after which a page begins.

    Raises:
        NotFound: it is none that this server gave.
    """
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        username, user_id = text[36:], UUID(text[:36])
    except (binascii.Error, ValueError) as error:
        raise NotFound(what="page", id=cursor) from error
    if "\0" in username:
        raise NotFound(what="page", id=cursor)
    return username, user_id
