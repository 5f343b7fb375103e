"""Calling a visitor to a counter, and what follows until the visit ends."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

from server.domain import policy
from server.domain import tokens as rules
from server.domain.calling import require_no_show_open
from server.domain.counters import Counter, require_at_work, require_may_serve, require_worker
from server.domain.errors import CounterBusy, InvalidField
from server.domain.policy import LaneHead
from server.domain.tokens import Call, Token
from server.store import calls as call_store
from server.store import counters as counter_store
from server.store import lanes
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import users as user_store
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.moves import move, require_own_visit
from shared.commands import Answer, CallToken, ParkToken, ResumeToken
from shared.events import (
    Event,
    ServiceCompleted,
    ServiceStarted,
    TokenCalled,
    TokenNoShow,
    TokenParked,
    TokenRecalled,
    TokenReturned,
)
from shared.ids import CallId, CounterId, Permission, TokenCommand, TokenId
from shared.policy import CallingMode
from shared.tokens import ChoiceRule, Why

LONGEST_SLEEP = timedelta(days=7)
"""A token is parked for no longer: nobody means it, and a wrong year is refused."""

Move = Callable[[Desk, Token], Token]
Require = Callable[[Desk, Call], Awaitable[None]]
ToCounter = Callable[..., Token]


async def call_next(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """Call who is next for this counter.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterOnBreak, CounterBusy, NobodyWaiting
    """

    async def decide(desk: Desk) -> Answer:
        counter, queues = await _free_counter_and_queues(desk, counter_id)
        choice = policy.choose(
            await _heads(desk, counter, queues),
            policy=desk.settings.policy,
            multipliers={queue.shown.key: queue.multiplier for queue in queues},
            recent_levels=await _recent_levels(desk, counter),
            now=desk.now,
        )
        head = choice.head
        before, passed_over = await desk.tx.read_both(
            token_store.loading(desk.organization_id, head.token_id),
            lanes.counting_passed_over(
                desk.organization_id, head.token_id, head.customer_type, head.place_at
            ),
        )
        why = await _why(desk, before, choice.rule, queues, passed_over=passed_over)
        return await _to_counter(desk, before, counter, why, rules.call, TokenCommand.CALL)

    return await commands.run(
        request,
        name="call_next",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def call_token(commands: Commands, request: Request, counter_id: CounterId, body: CallToken) -> Answer:
    """Call this very token, out of its order.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterOnBreak, CounterBusy, TokenNotInState,
        TypeNotServed, NoSkill
    """

    async def decide(desk: Desk) -> Answer:
        counter, queues = await _free_counter_and_queues(desk, counter_id)
        before = await token_store.load(desk.tx, desk.organization_id, body.token_id)
        rules.require(before, TokenCommand.CALL)
        return await _pick(desk, before, counter, queues, ChoiceRule.PICKED, rules.call, TokenCommand.CALL)

    return await commands.run(
        request,
        name="call",
        permission=Permission.COUNTERS_OPERATE,
        body=body,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def resume(commands: Commands, request: Request, token_id: TokenId, body: ResumeToken) -> Answer:
    """Take a parked token up again, at any counter that may serve it.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterOnBreak, CounterBusy, TokenNotInState,
        TypeNotServed, NoSkill
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.RESUME)
        counter, queues = await _free_counter_and_queues(desk, body.counter_id)
        return await _pick(
            desk, before, counter, queues, ChoiceRule.RESUMED, rules.resume, TokenCommand.RESUME
        )

    return await commands.run(
        request,
        name="resume",
        permission=Permission.COUNTERS_OPERATE,
        body=body,
        target=token_id,
        answer_type=Answer,
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
        change=lambda desk, token: rules.recall(token, revision=desk.next_revision, now=desk.now),
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
        change=lambda desk, token: rules.start(token, now=desk.now),
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
        change=lambda desk, token: rules.complete(
            token, confirms_arrival=desk.settings.confirms_arrival, now=desk.now
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
        screens, shown = await call_store.screens(desk.tx, desk.organization_id, call.id)
        require_no_show_open(call, screens=screens, shown=shown, wait=wait, now=desk.now)

    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.NO_SHOW,
        event=TokenNoShow,
        change=lambda desk, token: rules.no_show(token, now=desk.now),
        require=require_shown,
    )


async def park(commands: Commands, request: Request, token_id: TokenId, body: ParkToken) -> Answer:
    """Set a visitor at the counter aside, with a reason; optionally until a time.

    Raises:
        NotFound, TokenNotInState, NotYourCounter, InvalidField
    """

    async def require_future(desk: Desk, call: Call) -> None:
        if body.wake_at is None or desk.now < body.wake_at <= desk.now + LONGEST_SLEEP:
            return
        raise InvalidField(
            field="wake_at",
            sentence=f"A visitor is parked until a later time, at most {LONGEST_SLEEP.days} days ahead.",
        )

    return await _on_visit(
        commands,
        request,
        token_id,
        command=TokenCommand.PARK,
        event=TokenParked,
        change=lambda desk, token: rules.park(token, reason=body.reason, wake_at=body.wake_at, now=desk.now),
        require=require_future,
        body=body,
    )


async def return_to_lane(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """A called or parked token goes back to its place.

    Raises:
        NotFound, TokenNotInState, NotYourCounter
    """

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, TokenCommand.RETURN)
        await require_own_visit(desk, before)
        after = rules.return_to_lane(before, now=desk.now)
        return await move(desk, before, after, TokenReturned, command=TokenCommand.RETURN)

    return await commands.run(
        request,
        name="return",
        permission=Permission.TOKENS_UPDATE,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def _pick(
    desk: Desk,
    before: Token,
    counter: Counter,
    queues: Sequence[queue_store.Queue],
    rule: ChoiceRule,
    to_counter: ToCounter,
    command: TokenCommand,
) -> Answer:
    """A person chose this very token for a counter that must be able to serve it."""
    if not _is_meant_for(counter, before):
        queue = await queue_store.load(desk.tx, desk.organization_id, before.customer_type)
        await _require_may_serve(desk, counter, queue)
    passed_over = await lanes.passed_over(
        desk.tx, desk.organization_id, before.id, before.customer_type, before.place_at
    )
    why = await _why(desk, before, rule, queues, passed_over=passed_over)
    return await _to_counter(desk, before, counter, why, to_counter, command)


async def _to_counter(
    desk: Desk,
    before: Token,
    counter: Counter,
    why: Why,
    to_counter: ToCounter,
    command: TokenCommand,
) -> Answer:
    after = to_counter(
        before,
        call_id=CallId(uuid4()),
        counter_id=counter.id,
        user_id=counter.opened_by,
        why=why,
        revision=desk.next_revision,
        now=desk.now,
    )
    return await move(desk, before, after, TokenCalled, command=command, why=why.model_dump(mode="json"))


async def _on_visit(
    commands: Commands,
    request: Request,
    token_id: TokenId,
    *,
    command: TokenCommand,
    event: Callable[..., Event],
    change: Move,
    require: Require | None = None,
    body: ParkToken | None = None,
) -> Answer:
    """Move a token that is at a counter, on behalf of who works there."""

    async def decide(desk: Desk) -> Answer:
        before = await token_store.load(desk.tx, desk.organization_id, token_id)
        rules.require(before, command, confirms_arrival=desk.settings.confirms_arrival)
        assert before.call is not None, "called and serving tokens are at a counter"
        await require_own_visit(desk, before)
        if require is not None:
            await require(desk, before.call)
        return await move(desk, before, change(desk, before), event, command=command)

    return await commands.run(
        request,
        name=command.value,
        permission=Permission.TOKENS_UPDATE,
        body=body,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def _free_counter_and_queues(
    desk: Desk, counter_id: CounterId
) -> tuple[Counter, list[queue_store.Queue]]:
    """The counter, which must be at work and without a visitor, and the queues that it serves."""
    counter, queues = await desk.tx.read_both(
        counter_store.loading(desk.organization_id, counter_id),
        queue_store.loading_all(desk.organization_id),
    )
    assert desk.user_id is not None, "a person calls"
    require_worker(counter, desk.user_id, any_counter=desk.acts_at_any_counter)
    require_at_work(counter)
    if counter.token_id is not None:
        active = await token_store.load(desk.tx, desk.organization_id, counter.token_id)
        raise CounterBusy(counter=counter.name, number=active.number)
    return counter, [queue for queue in queues if counter.serves_now(queue.shown.key)]


def _is_meant_for(counter: Counter, token: Token) -> bool:
    """The visitor was sent to this counter, or to who sits there: in its turn it is called here as well,
    whatever the type, since nobody else would."""
    target = token.target
    return bool(target) and (target.counter_id == counter.id or target.user_id == counter.opened_by)


async def _require_may_serve(desk: Desk, counter: Counter, queue: queue_store.Queue) -> None:
    person = await user_store.display_name(desk.tx, counter.opened_by)
    require_may_serve(
        counter, queue.shown.key, type_name=queue.shown.name, person=person or "Who works there"
    )


async def _heads(desk: Desk, counter: Counter, queues: Sequence[queue_store.Queue]) -> list[LaneHead]:
    assert counter.opened_by is not None, "an open counter has somebody at it"
    heads = await lanes.lane_heads(
        desk.tx,
        desk.organization_id,
        customer_types=[queue.shown.key for queue in queues],
        priority_levels=desk.settings.priority_levels,
        targets=(counter.id, counter.opened_by),
    )
    if desk.settings.policy.mode is not CallingMode.BOUND:
        return heads
    passed_over = partial(lanes.passed_over, desk.tx, desk.organization_id)
    return [
        replace(head, overtaken=await passed_over(head.token_id, head.customer_type, head.place_at))
        for head in heads
    ]


async def _recent_levels(desk: Desk, counter: Counter) -> list[int]:
    matter = policy.round_length(desk.settings.policy, desk.settings.priority_levels)
    if matter == 0:
        return []
    return await lanes.recent_levels(desk.tx, desk.organization_id, counter.id, limit=matter)


async def _why(
    desk: Desk, token: Token, rule: ChoiceRule, queues: Sequence[queue_store.Queue], *, passed_over: int
) -> Why:
    overtook = 0
    if rule is not ChoiceRule.OLDEST:
        overtook = await lanes.earlier_waiting(
            desk.tx,
            desk.organization_id,
            customer_types=[queue.shown.key for queue in queues],
            priority_levels=desk.settings.priority_levels,
            place_at=token.place_at,
        )
    return Why(
        rule=rule,
        waiting=sum(queue.waiting for queue in queues),
        # Since they came, not since their place: a transfer may have put them before who came earlier.
        waited_s=max(0, round((desk.now - token.created_at).total_seconds())),
        passed_over=passed_over,
        overtook=overtook,
    )
