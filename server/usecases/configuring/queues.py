"""Customer types, made, edited and switched off.

Numbers that were given stay given: another prefix, a lower maximum or another way to reset only decide
which number comes next, and that one is never one of today's, nor one of a token that still lives.
"""

from server.domain import configuring as rules
from server.domain.errors import InvalidField
from server.store import queues as queue_store
from server.store.engine import Database
from server.store.queues import Queue
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import audit_edit, edit_of
from shared.commands import Configured
from shared.events import QueueConfigured
from shared.ids import OrganizationId, Permission, TypeKey
from shared.queues import QueueConfiguration, QueueSettings


async def list_queues(database: Database, organization_id: OrganizationId) -> list[QueueConfiguration]:
    """The settings of every customer type, by position; those that are switched off too."""
    async with database.unit_of_work() as tx:
        return [_configuration(queue) for queue in await queue_store.all_of(tx, organization_id)]


async def make_queue(commands: Commands, request: Request, body: QueueSettings) -> Configured:
    """A new customer type.

    Raises:
        AlreadyExists: its key or its prefix is taken.
    """

    async def decide(desk: Desk) -> Configured:
        await queue_store.insert(desk.tx, desk.organization_id, body)
        return await _say(desk, None, TypeKey(body.key))

    return await commands.run(
        request,
        name="make_queue",
        permission=Permission.QUEUES_UPDATE,
        body=body,
        answer_type=Configured,
        decide=decide,
    )


async def configure_queue(
    commands: Commands, request: Request, key: TypeKey, body: QueueSettings, *, made_from: int
) -> Configured:
    """Edit a customer type.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        NotFound, EditedMeanwhile
        AlreadyExists: its prefix is taken.
        InvalidField: the key would be another.
    """

    async def decide(desk: Desk) -> Configured:
        before = await queue_store.load(desk.tx, desk.organization_id, key)
        if body.key != key:
            raise InvalidField(field="key", sentence="The key of a customer type never changes.")
        version = rules.next_version(before.version, made_from=made_from, what="customer type")
        await queue_store.configure(desk.tx, desk.organization_id, body, version=version)
        return await _say(desk, before, key)

    return await commands.run(
        request,
        name="configure_queue",
        permission=Permission.QUEUES_UPDATE,
        body=body,
        target=edit_of(key, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def disable_queue(commands: Commands, request: Request, key: TypeKey) -> Configured:
    """Switch a customer type off: it takes no more tokens; who waits for it is still called.

    Raises:
        NotFound
    """

    async def decide(desk: Desk) -> Configured:
        before = await queue_store.load(desk.tx, desk.organization_id, key)
        off = before.settings.model_copy(update={"is_active": False})
        await queue_store.configure(desk.tx, desk.organization_id, off, version=before.version + 1)
        return await _say(desk, before, key)

    return await commands.run(
        request,
        name="disable_queue",
        permission=Permission.QUEUES_UPDATE,
        target=key,
        answer_type=Configured,
        decide=decide,
    )


async def _say(desk: Desk, before: Queue | None, key: TypeKey) -> Configured:
    # Read again: the database keeps two decimals of a multiplier.
    after = await queue_store.load(desk.tx, desk.organization_id, key)
    revision = desk.next_revision
    desk.record(QueueConfigured(revision=revision, at=desk.now, customer_type=after.shown))
    settings = before.settings if before is not None else None
    audit_edit(desk, "queue", desk.organization_id, settings, after.settings, customer_type=key)
    return Configured(revision=revision, queue=_configuration(after))


def _configuration(queue: Queue) -> QueueConfiguration:
    return QueueConfiguration(version=queue.version, settings=queue.settings)
