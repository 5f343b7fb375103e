"""Counters, made, edited and switched off."""

from dataclasses import replace
from uuid import uuid4

from server.domain import configuring as rules
from server.domain import tokens as token_rules
from server.domain.counters import Counter
from server.domain.errors import InUse, NotFound
from server.store import counters as counter_store
from server.store import queues as queue_store
from server.store import sweeps
from server.store import users as user_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import audit_edit, edit_of
from server.usecases.moves import move
from server.usecases.views import counter_view
from shared.commands import Configured
from shared.counters import CounterConfiguration, CounterSettings
from shared.events import CounterConfigured, TokenFellBack
from shared.ids import CounterId, OrganizationId, Permission, TokenCommand, TypeKey


async def list_configurations(
    database: Database, organization_id: OrganizationId
) -> list[CounterConfiguration]:
    """The settings of every counter, by position; those that are switched off too."""
    async with database.unit_of_work() as tx:
        counters = await counter_store.all_of(tx, organization_id, with_inactive=True)
    return [_configuration(counter) for counter in counters]


async def make_counter(commands: Commands, request: Request, body: CounterSettings) -> Configured:
    """A new counter; nobody sits there yet.

    Raises:
        AlreadyExists: its label is taken.
        InvalidField: there is no such customer type.
    """

    async def decide(desk: Desk) -> Configured:
        await _require_types(desk, body)
        counter = Counter(
            id=CounterId(uuid4()),
            organization_id=desk.organization_id,
            label=body.label,
            name=body.name,
            position=body.position,
            customer_types=rules.without_repeats(body.customer_types),
            is_active=body.is_active,
        )
        await counter_store.add(desk.tx, counter)
        return _say(desk, None, counter)

    return await commands.run(
        request,
        name="make_counter",
        permission=Permission.COUNTERS_UPDATE,
        body=body,
        answer_type=Configured,
        decide=decide,
    )


async def configure_counter(
    commands: Commands, request: Request, counter_id: CounterId, body: CounterSettings, *, made_from: int
) -> Configured:
    """Edit a counter, also one that is switched off.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        NotFound, EditedMeanwhile
        AlreadyExists: its label is taken.
        InvalidField: there is no such customer type.
        InUse: it is to be switched off, and somebody has it open.
    """

    async def decide(desk: Desk) -> Configured:
        before = await _load(desk, counter_id)
        version = rules.next_version(before.version, made_from=made_from, what="counter")
        await _require_types(desk, body)
        after = rules.configure_counter(before, body, version=version)
        return await _configure(desk, before, after)

    return await commands.run(
        request,
        name="configure_counter",
        permission=Permission.COUNTERS_UPDATE,
        body=body,
        target=edit_of(counter_id, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def disable_counter(commands: Commands, request: Request, counter_id: CounterId) -> Configured:
    """Switch a counter off: it leaves the screens, and what was meant for it waits for anybody.

    Raises:
        NotFound
        InUse: somebody has it open.
    """

    async def decide(desk: Desk) -> Configured:
        before = await _load(desk, counter_id)
        return await _configure(desk, before, replace(before, is_active=False, version=before.version + 1))

    return await commands.run(
        request,
        name="disable_counter",
        permission=Permission.COUNTERS_UPDATE,
        target=counter_id,
        answer_type=Configured,
        decide=decide,
    )


async def _configure(desk: Desk, before: Counter, after: Counter) -> Configured:
    if not after.is_active:
        if before.is_open:
            person = await user_store.display_name(desk.tx, before.opened_by)
            raise InUse(what=before.name, by=f"{person} has it open", field="is_active", person=person)
        await _set_free(desk, before)
    await counter_store.configure(desk.tx, after)
    return _say(desk, before, after)


async def _set_free(desk: Desk, counter: Counter) -> None:
    """What waits for this counter waits for anybody from now on: nobody will call it there."""
    for token in await sweeps.meant_waiting(desk.tx, desk.organization_id):
        if token.target.counter_id == counter.id:
            after = token_rules.fall_back(token)
            command = TokenCommand.FALL_BACK
            await move(desk, token, after, TokenFellBack, command=command, can_be_undone=False)


def _say(desk: Desk, before: Counter | None, after: Counter) -> Configured:
    revision = desk.next_revision
    desk.record(CounterConfigured(revision=revision, at=desk.now, counter=counter_view(after)))
    settings = _settings(before) if before is not None else None
    audit_edit(desk, "counter", after.id, settings, _settings(after), counter=after.name)
    return Configured(revision=revision, counter=_configuration(after))


async def _load(desk: Desk, counter_id: CounterId) -> Counter:
    counter = await counter_store.find(desk.tx, desk.organization_id, counter_id)
    if counter is None:
        raise NotFound(what="counter", id=str(counter_id))
    return counter


async def _require_types(desk: Desk, body: CounterSettings) -> None:
    known = {queue.shown.key for queue in await queue_store.all_of(desk.tx, desk.organization_id)}
    rules.require_known_types(map(TypeKey, body.customer_types), known)


def _settings(counter: Counter) -> CounterSettings:
    return CounterSettings(
        label=counter.label,
        name=counter.name,
        position=counter.position,
        customer_types=counter.customer_types,
        is_active=counter.is_active,
    )


def _configuration(counter: Counter) -> CounterConfiguration:
    return CounterConfiguration(id=counter.id, version=counter.version, settings=_settings(counter))
