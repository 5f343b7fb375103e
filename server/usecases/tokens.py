"""Taking a token, and what may be done to it while it is at no counter."""

from dataclasses import replace
from functools import partial
from itertools import islice
from uuid import uuid4

from server.domain import numbering
from server.domain import tokens as rules
from server.domain.counters import require_may_serve
from server.domain.errors import InvalidField, InvalidPriority, NoSkill, NotFound, QueueFull, TypeInactive
from server.domain.tokens import Target, Token
from server.store import counters as counter_store
from server.store import lanes
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import users as user_store
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.moves import move, remember, require_own_visit
from server.usecases.opening import require_taking
from server.usecases.views import token_view
from shared.commands import Answer, CancelToken, ChangeToken, CreateToken, TransferToken
from shared.events import (
    TokenCancelled,
    TokenChanged,
    TokenCreated,
    TokenReinstated,
    TokenTransferred,
)
from shared.ids import (
    Permission,
    TokenCommand,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserRole,
)
from shared.tokens import Promise, Visitor

_NUMBERS_AT_ONCE = 16
"""How many candidate numbers are looked up in one query; the first is nearly always free."""


async def create_token(
    commands: Commands,
    request: Request,
    body: CreateToken,
    *,
    source: TokenSource | None = None,
    promise: Promise | None = None,
) -> Answer:
    """A visitor takes a token.

    Args:
        promise: the wait that is promised, as estimated just now; kept, to be scored later.

    Raises:
        NotFound, TypeInactive, InvalidPriority, QueueFull, TypeNotServed, NoSkill
        Closed, DayLimitReached: unless `override`, which the audit tells.
    """

    async def decide(desk: Desk) -> Answer:
        queue = await _active_queue(desk, TypeKey(body.customer_type))
        if body.priority not in desk.settings.priority_levels:
            raise InvalidPriority(levels=desk.settings.priority_levels)
        if not body.override:
            require_taking(desk, queue)
        target = await _target(desk, body, queue)
        token_id, number = TokenId(uuid4()), await _next_number(desk, queue)
        token = Token(
            id=token_id,
            organization_id=desk.organization_id,
            service_day=desk.service_day,
            number=numbering.label(queue.series, number),
            customer_type=queue.shown.key,
            status=TokenStatus.WAITING,
            priority=body.priority,
            place_at=desk.now,
            created_at=desk.now,
            source=source or _source_of(desk),
            target=target,
            targeted_at=desk.now if target else None,
            emergency=body.emergency,
            visitor=await _sealed(desk, token_id, body.visitor) if body.visitor else None,
            promise=promise,
            revision=desk.next_revision,
            changed_by=desk.user_id,
        )
        return await _take(desk, token, number, overridden=body.override)

    return await commands.run(
        request,
        name="create_token",
        permission=Permission.TOKENS_CREATE,
        body=body,
        answer_type=Answer,
        decide=decide,
    )


async def cancel_token(commands: Commands, request: Request, token_id: TokenId, body: CancelToken) -> Answer:
    """A token will not be served.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.CANCEL)
        await require_own_visit(desk, before)
        after = rules.cancel(before, reason=body.reason, now=desk.now)
        event = partial(TokenCancelled, reason=body.reason)
        return await move(desk, before, after, event, command=TokenCommand.CANCEL)

    return await commands.run(
        request,
        name="cancel",
        permission=Permission.TOKENS_UPDATE,
        body=body,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def transfer_token(
    commands: Commands, request: Request, token_id: TokenId, body: TransferToken
) -> Answer:
    """Send a token on to a customer type, a counter or a person.

    Raises:
        NotFound, TokenNotInState, NotYourCounter, TypeInactive, TypeNotServed, NoSkill
        InvalidField: it waits there already.
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.TRANSFER)
        await require_own_visit(desk, before)
        queue = await _active_queue(desk, TypeKey(body.customer_type or before.customer_type))
        target = await _target(desk, body, queue)
        lane = replace(before.lane, customer_type=queue.shown.key, target=target)
        if before.status is TokenStatus.WAITING and lane == before.lane and not body.first_in_line:
            raise InvalidField(field="customer_type", sentence=f"{before.number} waits there already.")
        place_at = before.place_at
        if body.first_in_line:
            first = await lanes.place_in_lane(desk.tx, desk.organization_id, lane, nth=1)
            place_at = min(place_at, rules.before(first)) if first else place_at
        after = rules.transfer(
            before, customer_type=queue.shown.key, target=target, place_at=place_at, now=desk.now
        )
        return await move(desk, before, after, TokenTransferred, command=TokenCommand.TRANSFER)

    return await commands.run(
        request,
        name="transfer",
        permission=Permission.TOKENS_UPDATE,
        body=body,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def reinstate_token(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """A late visitor is back in the line, behind as many of its lane as the organization says.

    Raises:
        NotFound, TokenNotInState, TokenOfAnotherDay, NumberTaken
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.REINSTATE)
        behind = desk.settings.reinstate_behind
        last = behind and await lanes.place_in_lane(desk.tx, desk.organization_id, before.lane, nth=behind)
        after = rules.reinstate(before, behind=last or None, today=desk.service_day)
        return await move(desk, before, after, TokenReinstated, command=TokenCommand.REINSTATE)

    return await commands.run(
        request,
        name="reinstate",
        permission=Permission.TOKENS_UPDATE,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def change_token(commands: Commands, request: Request, token_id: TokenId, body: ChangeToken) -> Answer:
    """Change a live token's priority, emergency, visitor or notes.

    Raises:
        NotFound, TokenNotInState, NotYourCounter, InvalidPriority
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.CHANGE)
        await require_own_visit(desk, before)
        named = body.model_fields_set
        priority = body.priority if body.priority is not None else before.priority
        if priority != before.priority and priority not in desk.settings.priority_levels:
            raise InvalidPriority(levels=desk.settings.priority_levels)
        after = rules.change(
            before,
            priority=priority,
            emergency=body.emergency if "emergency" in named else before.emergency,
            visitor=await _changed_visitor(desk, before, body.visitor)
            if "visitor" in named
            else before.visitor,
        )
        return await move(desk, before, after, TokenChanged, command=TokenCommand.CHANGE)

    return await commands.run(
        request,
        name="change_token",
        permission=Permission.TOKENS_UPDATE,
        body=body,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def _take(desk: Desk, token: Token, number: int, *, overridden: bool) -> Answer:
    token_store.insert(desk.tx, token, current=number)
    view = token_view(token)
    desk.record(TokenCreated(revision=token.revision, at=desk.now, token=view))
    after = {"status": token.status, "customer_type": token.customer_type, "priority": token.priority}
    details = {"emergency": token.emergency} if token.emergency else {}
    desk.audit("token", token.id, number=token.number, after=after, overridden=overridden, **details)
    remember(desk, token, None, TokenCommand.CREATE)
    return Answer(revision=token.revision, token=view)


async def _active_queue(desk: Desk, key: TypeKey) -> queue_store.Queue:
    queue = await queue_store.load(desk.tx, desk.organization_id, key)
    if not queue.shown.is_active:
        raise TypeInactive(customer_type=queue.shown.name)
    return queue


async def _target(desk: Desk, body: CreateToken | TransferToken, queue: queue_store.Queue) -> Target:
    """Whom a token is to be meant for, who must be able to serve it."""
    target = Target(counter_id=body.counter_id, user_id=body.user_id)
    if target.counter_id is not None:
        counter = await counter_store.load(desk.tx, desk.organization_id, target.counter_id)
        # Its plate counts, not who happens to sit there now.
        require_may_serve(
            replace(counter, skills=()), queue.shown.key, type_name=queue.shown.name, person=counter.name
        )
    if target.user_id is not None:
        person = await user_store.person(desk.tx, desk.organization_id, target.user_id)
        if person is None or not person.is_active:
            raise NotFound(what="person", id=str(target.user_id))
        if person.customer_types and queue.shown.key not in person.customer_types:
            raise NoSkill(person=person.display_name, customer_type=queue.shown.name)
    return target


async def _changed_visitor(desk: Desk, before: Token, asked: Visitor | None) -> str | None:
    """The sealed text with what was named changed, and the rest as it was."""
    if asked is None:
        return None
    await desk.visitors.learn(desk.tx, [token_view(before)])
    known = desk.visitors.open(before.id, before.visitor)
    merged = known.model_copy(update={name: getattr(asked, name) for name in asked.model_fields_set})
    return await desk.visitors.seal(desk.tx, desk.organization_id, before.service_day, before.id, merged)


async def _sealed(desk: Desk, token_id: TokenId, visitor: Visitor) -> str | None:
    return await desk.visitors.seal(desk.tx, desk.organization_id, desk.service_day, token_id, visitor)


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
    is_staff = desk.actor is not None and desk.actor.role is UserRole.STAFF
    return TokenSource.STAFF if is_staff else TokenSource.ADMIN
