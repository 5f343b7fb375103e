"""Looking tokens up, of today and of the past."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from server.domain.errors import InvalidField
from server.store import organizations as organization_store
from server.store import token_stories
from server.store import tokens as token_store
from server.store.engine import Database, Tx
from server.usecases.ending import BULK_ACTIONS
from server.usecases.views import token_view
from server.usecases.visitors import VisitorKeys
from shared.ids import OrganizationId, TokenId, TokenStatus, TypeKey
from shared.tokens import LiveToken, TokenDetails, TokenPage


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tokens are looked for.

    Args:
        day: their service day; None is today.
        statuses: only in these states; none means any.
        number: how the number begins.
    """

    day: date | None = None
    statuses: tuple[TokenStatus, ...] = ()
    customer_type: TypeKey | None = None
    number: str | None = None


async def list_tokens(
    database: Database,
    visitors: VisitorKeys,
    organization_id: OrganizationId,
    wanted: Wanted,
    *,
    cursor: str | None,
    limit: int,
) -> TokenPage:
    """A page of a service day's tokens, newest first.

    Args:
        cursor: `next_cursor` of the page before.

    Raises:
        NotFound, InvalidField, DatabaseUnavailable
    """
    for field, text in (("number", wanted.number), ("customer_type", wanted.customer_type)):
        # PostgreSQL refuses NUL in text.
        if text is not None and not text.isprintable():
            raise InvalidField(field=field, sentence="This text has characters that cannot be shown.")
    after = _position(cursor) if cursor is not None else None
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        found = await token_stories.page(
            tx,
            organization_id,
            service_day=wanted.day or organization.service_day(await tx.now()),
            statuses=wanted.statuses,
            customer_type=wanted.customer_type,
            number=wanted.number,
            after=after,
            limit=limit + 1,
        )
        shown = await _revealed(tx, visitors, [token_view(token) for token in found[:limit]])
    has_more = len(found) > limit
    return TokenPage(items=tuple(shown), next_cursor=_cursor(shown[-1]) if has_more else None)


async def token_details(
    database: Database, visitors: VisitorKeys, organization_id: OrganizationId, token_id: TokenId
) -> TokenDetails:
    """A token of this organization, of whatever day, with its story.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        token = await token_store.load(tx, organization_id, token_id)
        [shown] = await _revealed(tx, visitors, [token_view(token)])
        return TokenDetails(
            token=shown,
            visits=tuple(await token_stories.visits(tx, token)),
            deeds=tuple(await token_stories.deeds(tx, token, bulk_actions=BULK_ACTIONS)),
        )


async def _revealed(tx: Tx, visitors: VisitorKeys, tokens: list[LiveToken]) -> list[LiveToken]:
    await visitors.learn(tx, tokens)
    return [visitors.reveal(token) for token in tokens]


def _cursor(token: LiveToken) -> str:
    return urlsafe_b64encode(f"{token.created_at.isoformat()} {token.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, token_id = urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        # PostgreSQL knows no offset beyond 15:59.
        return moment.astimezone(UTC), UUID(token_id)
    except (ValueError, OverflowError, Base64Error) as error:
        raise InvalidField(field="cursor", sentence="This is no cursor of a page.") from error
