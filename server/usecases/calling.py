"""Calling a visitor to a counter, and what follows until the visit ends."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import uuid4

from server.domain import policy
from server.domain import tokens as rules
from server.domain.calling import require_no_show_open
from server.domain.counters import Counter, require_worker
from server.domain.errors import CounterBusy, TypeNotServed
from server.domain.policy import LaneHead
from server.domain.tokens import Call, Token
from server.store import counters as counter_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.views import call_view, token_view
from shared.commands import Answer, CallToken
from shared.events import (
    Event,
    ServiceCompleted,
    ServiceStarted,
    TokenCalled,
    TokenNoShow,
    TokenRecalled,
)
from shared.ids import CallId, CounterId, Permission, TokenCommand, TokenId
from shared.tokens import ChoiceRule, Why

Move = Callable[[Desk, Token], Token]
Require = Callable[[Desk, Call], Awaitable[None]]


async def call_next(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """Call who is next for this counter.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterBusy, NobodyWaiting
    """

    async def decide(desk: Desk) -> Answer:
        counter = await _free_counter(desk, counter_id)
        queues = await _served_queues(desk, counter)
        heads = await token_store.lane_heads(
            desk.tx,
            desk.organization_id,
            customer_types=[queue.shown.key for queue in queues],
            priority_levels=desk.facts.priority_levels,
        )
        choice = policy.choose(
            heads,
            multipliers={queue.shown.key: queue.multiplier for queue in queues},
            now=desk.now,
        )
        why = await _why(desk, choice.head, choice.rule, queues)
        before = await token_store.load(desk.tx, desk.organization_id, choice.head.token_id)
        return await _call(desk, before, counter, why)

    return await commands.run(
        request,
        name="call_next",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        decide=decide,
    )


async def call_token(commands: Commands, request: Request, counter_id: CounterId, body: CallToken) -> Answer:
    """Call this very token, out of its order.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterBusy, TokenNotInState, TypeNotServed
    """

    async def decide(desk: Desk) -> Answer:
        counter = await _free_counter(desk, counter_id)
        before = await token_store.load(desk.tx, desk.organization_id, body.token_id)
        rules.require(before, TokenCommand.CALL)
        allowed = counter.customer_types
        if allowed and before.customer_type not in allowed:
            raise TypeNotServed(counter=counter.name, customer_type=before.customer_type)
        head = LaneHead(
            token_id=before.id,
            number=before.number,
            customer_type=before.customer_type,
            priority=before.priority,
            place_at=before.place_at,
        )
        queues = await _served_queues(desk, counter)
        why = await _why(desk, head, ChoiceRule.PICKED, queues)
        return await _call(desk, before, counter, why)

    return await commands.run(
        request,
        name="call",
        permission=Permission.COUNTERS_OPERATE,
        body=body,
        target=counter_id,
        decide=decide,
    )


async def recall(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """Announce a called token once more.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """
    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.RECALL,
        event=TokenRecalled,
        move=lambda desk, token: rules.recall(token, revision=desk.next_revision, now=desk.now),
    )


async def start(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """The visitor stands at the counter.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """
    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.START,
        event=ServiceStarted,
        move=lambda desk, token: rules.start(token, now=desk.now),
    )


async def complete(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """The visitor was served.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """
    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.COMPLETE,
        event=ServiceCompleted,
        move=lambda desk, token: rules.complete(
            token, confirms_arrival=desk.facts.confirms_arrival, now=desk.now
        ),
    )


async def no_show(commands: Commands, request: Request, token_id: TokenId, *, wait: timedelta) -> Answer:
    """The visitor did not come.

    Args:
        wait: how long after the call this may be said though not every screen has shown it.

    Raises:
        NotFound, TokenNotInState, NotYourCounter, NoShowTooEarly
    """

    async def require_shown(desk: Desk, call: Call) -> None:
        screens, shown = await token_store.screens(desk.tx, desk.organization_id, call.id)
        require_no_show_open(call, screens=screens, shown=shown, wait=wait, now=desk.now)

    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.NO_SHOW,
        event=TokenNoShow,
        move=lambda desk, token: rules.no_show(token, now=desk.now),
        require=require_shown,
    )


async def _call(desk: Desk, before: Token, counter: Counter, why: Why) -> Answer:
    after = rules.call(
        before,
        call_id=CallId(uuid4()),
        counter_id=counter.id,
        user_id=counter.opened_by,
        why=why,
        revision=desk.next_revision,
        now=desk.now,
    )
    return await _save(desk, before, after, TokenCalled, why=why.model_dump(mode="json"))


async def _on_visit(
    commands: Commands,
    request: Request,
    token_id: TokenId,
    *,
    command: TokenCommand,
    event: Callable[..., Event],
    move: Move,
    require: Require | None = None,
) -> Answer:
    """Move a token that is at a counter, on behalf of who works there."""

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, command, confirms_arrival=desk.facts.confirms_arrival)
        assert before.call is not None, "called and serving tokens are at a counter"
        counter = await counter_store.load(desk.tx, desk.organization_id, before.call.counter_id)
        require_worker(counter, desk.actor.user_id, any_counter=desk.actor.acts_at_any_counter)
        if require is not None:
            await require(desk, before.call)
        return await _save(desk, before, move(desk, before), event)

    return await commands.run(
        request,
        name=command.value,
        permission=Permission.TOKENS_UPDATE,
        target=token_id,
        decide=decide,
    )


async def _save(
    desk: Desk, before: Token, after: Token, event: Callable[..., Event], **details: object
) -> Answer:
    assert after.call is not None, "a visit has a call"
    await token_store.save(desk.tx, before, after)
    token, call, revision = token_view(after), call_view(after.call), desk.next_revision
    desk.record(event(revision=revision, at=desk.now, token=token, call=call))
    desk.audit(
        "token",
        after.id,
        number=after.number,
        before=before.status,
        after=after.status,
        counter_id=str(after.call.counter_id),
        **details,
    )
    return Answer(revision=revision, token=token, call=call)


async def _free_counter(desk: Desk, counter_id: CounterId) -> Counter:
    counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
    require_worker(counter, desk.actor.user_id, any_counter=desk.actor.acts_at_any_counter)
    active = await token_store.active_at(desk.tx, counter_id)
    if active is not None:
        raise CounterBusy(counter=counter.name, number=active.number)
    return counter


async def _served_queues(desk: Desk, counter: Counter) -> list[queue_store.Queue]:
    queues = await queue_store.all_of(desk.tx, desk.organization_id)
    serves = counter.serving_types
    return [queue for queue in queues if not serves or queue.shown.key in serves]


async def _why(desk: Desk, head: LaneHead, rule: ChoiceRule, queues: Sequence[queue_store.Queue]) -> Why:
    return Why(
        rule=rule,
        waiting=sum(queue.waiting for queue in queues),
        waited_s=max(0, round((desk.now - head.place_at).total_seconds())),
        passed_over=await token_store.passed_over(desk.tx, head, desk.organization_id),
    )
