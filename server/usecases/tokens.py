"""Taking a token and cancelling it."""

from itertools import islice
from uuid import uuid4

from server.domain import numbering
from server.domain import tokens as rules
from server.domain.counters import require_worker
from server.domain.errors import InvalidPriority, QueueFull, TypeInactive
from server.domain.tokens import Token
from server.store import counters as counter_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.views import call_view, token_view
from shared.commands import Answer, CancelToken, CreateToken
from shared.events import TokenCancelled, TokenCreated
from shared.ids import (
    OrganizationId,
    Permission,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserRole,
)
from shared.tokens import LiveToken

_NUMBERS_AT_ONCE = 16
"""How many candidate numbers are looked up in one query; the first is nearly always free."""


async def create_token(
    commands: Commands, request: Request, body: CreateToken, *, source: TokenSource | None = None
) -> Answer:
    """A visitor takes a token.

    Raises:
        NotFound, TypeInactive, InvalidPriority, QueueFull
    """

    async def decide(desk: Desk) -> Answer:
        queue = await queue_store.load(desk.tx, desk.organization_id, TypeKey(body.customer_type))
        if not queue.shown.is_active:
            raise TypeInactive(customer_type=queue.shown.name)
        if body.priority not in desk.facts.priority_levels:
            raise InvalidPriority(levels=desk.facts.priority_levels)
        number = await _next_number(desk, queue)
        token = Token(
            id=TokenId(uuid4()),
            organization_id=desk.organization_id,
            service_day=desk.service_day,
            number=numbering.label(queue.series, number),
            customer_type=queue.shown.key,
            status=TokenStatus.WAITING,
            priority=body.priority,
            place_at=desk.now,
            created_at=desk.now,
            source=source or _source_of(desk),
        )
        await token_store.insert(desk.tx, token, current=number)
        view = token_view(token)
        revision = desk.next_revision
        desk.record(TokenCreated(revision=revision, at=desk.now, token=view))
        desk.audit("token", token.id, number=token.number, after=token.status)
        return Answer(revision=revision, token=view)

    return await commands.run(
        request,
        name="create_token",
        permission=Permission.TOKENS_CREATE,
        body=body,
        decide=decide,
    )


async def cancel_token(commands: Commands, request: Request, token_id: TokenId, body: CancelToken) -> Answer:
    """A token will not be served.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        if before.call is not None:
            counter = await counter_store.load(desk.tx, desk.organization_id, before.call.counter_id)
            require_worker(counter, desk.actor.user_id, any_counter=desk.actor.acts_at_any_counter)
        after = rules.cancel(before, now=desk.now)
        await token_store.save(desk.tx, before, after)
        view = token_view(after)
        revision = desk.next_revision
        desk.record(
            TokenCancelled(
                revision=revision,
                at=desk.now,
                token=view,
                call=after.call and call_view(after.call),
                reason=body.reason,
            )
        )
        desk.audit(
            "token",
            token_id,
            number=after.number,
            before=before.status,
            after=after.status,
            reason=body.reason,
        )
        return Answer(revision=revision, token=view)

    return await commands.run(
        request,
        name="cancel",
        permission=Permission.TOKENS_UPDATE,
        body=body,
        target=token_id,
        decide=decide,
    )


async def get_token(database: Database, organization_id: OrganizationId, token_id: TokenId) -> LiveToken:
    """A token of this organization, of whatever day.

    Raises:
        NotFound
    """
    async with database.unit_of_work() as tx:
        return token_view(await token_store.load(tx, organization_id, token_id))


async def _next_number(desk: Desk, queue: queue_store.Queue) -> int:
    numbers = numbering.candidates(queue.series, desk.service_day)
    while batch := list(islice(numbers, _NUMBERS_AT_ONCE)):
        labels = [numbering.label(queue.series, number) for number in batch]
        free = await token_store.free_numbers(
            desk.tx, desk.organization_id, service_day=desk.service_day, numbers=labels
        )
        for number, label in zip(batch, labels, strict=True):
            if label in free:
                return number
    raise QueueFull(customer_type=queue.shown.name, max_number=queue.series.max_number)


def _source_of(desk: Desk) -> TokenSource:
    return TokenSource.STAFF if desk.actor.role is UserRole.STAFF else TokenSource.ADMIN
