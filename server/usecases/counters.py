"""Opening and closing a counter, and the session of work that goes with it."""

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
from shared.commands import Answer, OpenCounter
from shared.counters import LiveCounter
from shared.events import CounterClosed, CounterOpened
from shared.ids import CounterId, OrganizationId, Permission, TypeKey


async def open_counter(
    commands: Commands, request: Request, counter_id: CounterId, body: OpenCounter
) -> Answer:
    """A person sits down at a counter; taking over is audited.

    An active token stays at its counter: who takes over goes on with the visitor.

    Raises:
        NotFound, CounterTaken, CounterElsewhere, CounterBusy, TypeNotServed
    """

    async def decide(desk: Desk) -> Answer:
        counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
        serves = tuple(TypeKey(key) for key in dict.fromkeys(body.customer_types))
        await _require_types(desk, serves)
        elsewhere = await counter_store.opened_by(desk.tx, desk.actor.user_id)
        if elsewhere is not None and elsewhere.id == counter_id:
            elsewhere = None
        if elsewhere is not None and elsewhere.organization_id != desk.organization_id:
            # Its organization is not locked: only the person, signed in there, can close it.
            raise CounterElsewhere(counter=elsewhere.name)
        opened = rules.open_counter(
            counter,
            user_id=desk.actor.user_id,
            serves=serves,
            holder_name=await _holder_name(desk, counter),
            elsewhere=elsewhere,
            take_over=body.take_over,
            now=desk.now,
        )
        if elsewhere is not None:
            await _leave(desk, elsewhere)
        if counter.opened_by != desk.actor.user_id:
            await counter_store.end_session(desk.tx, counter_id, desk.now)
            await counter_store.begin_session(desk.tx, opened, desk.actor.user_id, desk.now)
        await counter_store.save(desk.tx, opened)
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
        decide=decide,
    )


async def close_counter(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """The person leaves; a counter with an active token is not closed.

    Raises:
        NotFound, CounterNotOpen, CounterBusy, NotYourCounter
    """

    async def decide(desk: Desk) -> Answer:
        counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
        if counter.is_open and counter.opened_by != desk.actor.user_id and not desk.actor.acts_at_any_counter:
            raise NotYourCounter(counter=counter.name)
        closed = await _leave(desk, counter)
        desk.audit("counter", counter_id, counter=counter.name)
        return Answer(revision=desk.events[-1].revision, counter=counter_view(closed))

    return await commands.run(
        request,
        name="close_counter",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        decide=decide,
    )


async def list_counters(database: Database, organization_id: OrganizationId) -> list[LiveCounter]:
    """The counters of an organization, by position."""
    async with database.unit_of_work() as tx:
        return [counter_view(each) for each in await counter_store.all_of(tx, organization_id)]


async def _leave(desk: Desk, counter: Counter) -> Counter:
    active = await token_store.active_at(desk.tx, counter.id)
    closed = rules.close_counter(counter, active_number=active.number if active else None)
    await counter_store.save(desk.tx, closed)
    await counter_store.end_session(desk.tx, counter.id, desk.now)
    desk.record(CounterClosed(revision=desk.next_revision, at=desk.now, counter=counter_view(closed)))
    return closed


async def _require_types(desk: Desk, serves: tuple[TypeKey, ...]) -> None:
    known = {queue.shown.key for queue in await queue_store.all_of(desk.tx, desk.organization_id)}
    for key in serves:
        if key not in known:
            raise NotFound(what="customer type", id=key)


async def _holder_name(desk: Desk, counter: Counter) -> str | None:
    if counter.opened_by in (None, desk.actor.user_id):
        return None
    account = await user_store.by_id(desk.tx, counter.opened_by)
    return account.display_name if account else None
