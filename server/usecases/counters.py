"""Opening and closing a counter, and the session of work that goes with it."""

from collections.abc import Callable

from server.domain import counters as rules
from server.domain.counters import Counter
from server.domain.errors import CounterElsewhere, NotFound, NotYourCounter
from server.store import counters as counter_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import users as user_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.views import counter_view
from shared.commands import Answer, OpenCounter, TakeBreak
from shared.counters import LiveCounter
from shared.events import CounterClosed, CounterOpened, CounterPaused, CounterUnpaused, Event
from shared.ids import CounterId, OrganizationId, Permission, TypeKey, UserId


async def open_counter(
    commands: Commands, request: Request, counter_id: CounterId, body: OpenCounter
) -> Answer:
    """A person sits down at a counter; taking over is audited.

    An active token stays at its counter: who takes over goes on with the visitor.

    Raises:
        NotFound, CounterTaken, CounterElsewhere, CounterBusy, TypeNotServed
    """

    async def decide(desk: Desk) -> Answer:
        assert desk.user_id is not None, "a person opens"
        counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
        serves = tuple(TypeKey(key) for key in dict.fromkeys(body.customer_types))
        await _require_types(desk, serves)
        elsewhere = await counter_store.opened_by(desk.tx, desk.user_id)
        if elsewhere is not None and elsewhere.id == counter_id:
            elsewhere = None
        if elsewhere is not None and elsewhere.organization_id != desk.organization_id:
            # Its organization is not locked: only the person, signed in there, can close it.
            raise CounterElsewhere(counter=elsewhere.name)
        opened = rules.open_counter(
            counter,
            user_id=desk.user_id,
            serves=serves,
            holder_name=await _holder_name(desk, counter),
            elsewhere=elsewhere,
            take_over=body.take_over,
            now=desk.now,
        )
        if elsewhere is not None:
            await leave(desk, elsewhere)
        if counter.opened_by != desk.user_id:
            await counter_store.end_session(desk.tx, counter_id, desk.now)
            await counter_store.begin_session(desk.tx, opened, desk.user_id, desk.now)
        await counter_store.save(desk.tx, opened, now=desk.now)
        view, revision = counter_view(opened), desk.next_revision
        desk.record(CounterOpened(revision=revision, at=desk.now, counter=view))
        desk.audit(
            "counter",
            counter_id,
            counter=counter.name,
            serves=list(serves),
            taken_over_from=str(counter.opened_by) if counter.opened_by else None,
        )
        return Answer(revision=revision, counter=view)

    return await commands.run(
        request,
        name="open_counter",
        permission=Permission.COUNTERS_OPERATE,
        body=body,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def close_counter(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """The person leaves; a counter with an active token is not closed.

    Raises:
        NotFound, CounterNotOpen, CounterBusy, NotYourCounter
    """

    async def decide(desk: Desk) -> Answer:
        counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
        if counter.is_open and counter.opened_by != desk.user_id and not desk.acts_at_any_counter:
            raise NotYourCounter(counter=counter.name)
        closed = await leave(desk, counter)
        desk.audit("counter", counter_id, counter=counter.name)
        return Answer(revision=desk.events[-1].revision, counter=counter_view(closed))

    return await commands.run(
        request,
        name="close_counter",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def list_counters(database: Database, organization_id: OrganizationId) -> list[LiveCounter]:
    """The counters of an organization, by position."""
    async with database.unit_of_work() as tx:
        return [counter_view(each) for each in await counter_store.all_of(tx, organization_id)]


async def begin_break(commands: Commands, request: Request, counter_id: CounterId, body: TakeBreak) -> Answer:
    """Who works at a counter takes a break; nobody is called there until it is over.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterBusy
    """

    async def decide(desk: Desk) -> Answer:
        counter = await _own_counter(desk, counter_id)
        active = await token_store.active_at(desk.tx, counter_id)
        paused = rules.begin_break(
            counter, reason=body.reason, active_number=active.number if active else None, now=desk.now
        )
        await counter_store.begin_break(
            desk.tx, desk.organization_id, counter_id, reason=body.reason, now=desk.now
        )
        return await _say(desk, paused, CounterPaused, reason=body.reason)

    return await commands.run(
        request,
        name="begin_break",
        permission=Permission.COUNTERS_OPERATE,
        body=body,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def end_break(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """The break is over.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, NotOnBreak
    """

    async def decide(desk: Desk) -> Answer:
        counter = await _own_counter(desk, counter_id)
        back = rules.end_break(counter)
        await counter_store.end_break(desk.tx, counter_id, desk.now)
        since = counter.break_since.isoformat() if counter.break_since else None
        return await _say(desk, back, CounterUnpaused, since=since)

    return await commands.run(
        request,
        name="end_break",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def people_present(database: Database, user_ids: list[UserId]) -> None:
    """The apps of these people are connected: the counters that they have open are not lost."""
    if user_ids:
        async with database.unit_of_work() as tx:
            await counter_store.people_present(tx, user_ids)


async def leave(desk: Desk, counter: Counter) -> Counter:
    """Close a counter that has no visitor, with the session of work at it.

    Raises:
        CounterNotOpen, CounterBusy
    """
    active = await token_store.active_at(desk.tx, counter.id)
    closed = rules.close_counter(counter, active_number=active.number if active else None, now=desk.now)
    await counter_store.save(desk.tx, closed, now=desk.now)
    await counter_store.end_session(desk.tx, counter.id, desk.now)
    desk.record(CounterClosed(revision=desk.next_revision, at=desk.now, counter=counter_view(closed)))
    return closed


async def _own_counter(desk: Desk, counter_id: CounterId) -> Counter:
    counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
    assert desk.user_id is not None, "a person takes a break"
    rules.require_worker(counter, desk.user_id, any_counter=desk.acts_at_any_counter)
    return counter


async def _say(desk: Desk, counter: Counter, event: Callable[..., Event], **details: object) -> Answer:
    await counter_store.save(desk.tx, counter, now=desk.now)
    view, revision = counter_view(counter), desk.next_revision
    desk.record(event(revision=revision, at=desk.now, counter=view))
    desk.audit("counter", counter.id, counter=counter.name, **details)
    return Answer(revision=revision, counter=view)


async def _require_types(desk: Desk, serves: tuple[TypeKey, ...]) -> None:
    known = {queue.shown.key for queue in await queue_store.all_of(desk.tx, desk.organization_id)}
    for key in serves:
        if key not in known:
            raise NotFound(what="customer type", id=key)


async def _holder_name(desk: Desk, counter: Counter) -> str | None:
    if counter.opened_by in (None, desk.user_id):
        return None
    account = await user_store.by_id(desk.tx, counter.opened_by)
    return account.display_name if account else None
