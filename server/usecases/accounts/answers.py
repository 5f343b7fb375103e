"""The answers of commands on accounts. Stored, they hold what is personal or secret in them sealed."""

from base64 import b64decode, b64encode
from collections.abc import Iterable

import structlog
from pydantic import BaseModel

from server.infra.crypto import SealError
from server.store import accounts as account_store
from server.store.accounts import Listed
from server.store.engine import Database, Tx
from server.usecases.account_keys import AccountKeys, OpenedKeys
from server.usecases.commanding import Desk
from shared.base import Shown
from shared.ids import OrganizationId, RequestId, Revision, UserId
from shared.users import AccountConfigured, UserAccount

_log = structlog.get_logger(__name__)


class StoredAnswer(Shown):
    """An answer as it lies in the database.

    Args:
        sealed: the e-mail address and the one-time password.
        elsewhere: the other organizations that are told next.
    """

    revision: Revision
    user: UserAccount | None = None
    sealed: str | None = None
    elsewhere: tuple[OrganizationId, ...] = ()


class _Secret(BaseModel):
    email: str | None = None
    one_time_password: str | None = None


def about_email(user_id: UserId) -> str:
    """What a sealed e-mail address is, and whose."""
    return f"e-mail {user_id}"


def with_email(keys: OpenedKeys, listed: Listed) -> UserAccount:
    """An account with its address, as admins see it."""
    if listed.email is None:
        return listed.shown
    try:
        email = keys.open(listed.email, about=about_email(listed.shown.id))
    except SealError:
        # One changed row must not keep an admin from the list of all people.
        _log.error("email_does_not_open", user_id=str(listed.shown.id))
        return listed.shown
    return listed.shown.model_copy(update={"email": email})


async def to_store(
    desk: Desk,
    keys: OpenedKeys,
    request_id: RequestId,
    user_id: UserId,
    *,
    one_time_password: str | None = None,
    elsewhere: Iterable[OrganizationId] = (),
) -> StoredAnswer:
    """The answer to a command, after everything was saved and told."""
    listed = await account_store.one(desk.tx, desk.organization_id, user_id)
    email = with_email(keys, listed).email if listed is not None else None
    secret = _Secret(email=email, one_time_password=one_time_password)
    sealed = None
    if secret != _Secret():
        sealed = b64encode(keys.seal(secret.model_dump_json(), about=_about(request_id))).decode()
    return StoredAnswer(
        revision=desk.last_revision,
        user=listed.shown if listed is not None else None,
        sealed=sealed,
        elsewhere=tuple(elsewhere),
    )


async def from_store(
    database: Database, account_keys: AccountKeys, request_id: RequestId, stored: StoredAnswer
) -> AccountConfigured:
    """The answer as who asked gets it."""
    secret = _Secret()
    if stored.sealed is not None:
        async with database.unit_of_work() as tx:
            keys = await account_keys.of(tx)
        text = keys.open(b64decode(stored.sealed), about=_about(request_id))
        secret = _Secret.model_validate_json(text)
    user = stored.user and stored.user.model_copy(update={"email": secret.email})
    return AccountConfigured(revision=stored.revision, user=user, one_time_password=secret.one_time_password)


async def page_of(tx: Tx, account_keys: AccountKeys, listed: Iterable[Listed]) -> list[UserAccount]:
    """Accounts with their addresses."""
    keys = await account_keys.of(tx)
    return [with_email(keys, each) for each in listed]


def _about(request_id: RequestId) -> str:
    return f"answer {request_id}"
