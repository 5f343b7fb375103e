"""Making an organization, its people and its displays."""

from dataclasses import dataclass
from datetime import time
from uuid import uuid4
from zoneinfo import ZoneInfo

from server.domain.counters import Counter
from server.domain.errors import NotFound
from server.infra.passwords import hashed
from server.store import counters as counter_store
from server.store import devices as device_store
from server.store import journal, setup_codes
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import users as user_store
from server.store.engine import Database, Tx
from server.store.organizations import Organization
from server.store.queues import NewQueue
from server.usecases.password_rules import require_good_password
from server.usecases.signing_in import hash_device_key, new_device_key
from shared.ids import CounterId, DeviceId, OrganizationId, TypeKey, UserId, UserRole
from shared.organizations import OrganizationSettings

STANDARD_QUEUES = (
    NewQueue(key=TypeKey("instant"), name="Quick service", prefix="A", wait_limit_min=10),
    NewQueue(key=TypeKey("browser"), name="Information", prefix="B", wait_limit_min=15),
    NewQueue(key=TypeKey("retail"), name="Sales & payments", prefix="R", wait_limit_min=20),
)
"""The customer types that exist from the start; admins add more."""


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """A person with a password that is hashed before it is stored."""

    username: str
    display_name: str
    password: str
    role: UserRole


@dataclass(frozen=True, kw_only=True)
class NewOrganization:
    """A site as it is first set up."""

    name: str
    time_zone: ZoneInfo
    people: tuple[NewPerson, ...]
    counters: int = 6
    queues: tuple[NewQueue, ...] = STANDARD_QUEUES
    reset_time: time = time(0)


async def set_up(database: Database, new: NewOrganization) -> OrganizationId:
    """Make an organization with its queues, counters and people, in one transaction.

    Raises:
        AlreadyExists: a user name is taken.
        PasswordRefused: a password is not good enough.
        DatabaseUnavailable
    """
    hashes = await password_hashes(new)
    async with database.unit_of_work() as tx:
        await setup_codes.lock(tx)
        organization_id = await add_organization(tx, new, hashes)
        entry = journal.AuditEntry(
            user_id=None, action="set_up", entity_type="organization", entity_id=organization_id
        )
        await journal.log(tx, organization_id, entry)
    return organization_id


async def password_hashes(new: NewOrganization) -> list[str]:
    """The hashes of an organization's people's passwords, in their order; takes 0.25 s each.

    Raises:
        PasswordRefused
    """
    for person in new.people:
        await _require_good(person, organization=new.name)
    return [await hashed(person.password) for person in new.people]


async def add_organization(tx: Tx, new: NewOrganization, hashes: list[str]) -> OrganizationId:
    """An organization with its queues, counters and people. Who calls this holds `setup_codes.lock`.

    Args:
        hashes: see `password_hashes`.

    Raises:
        AlreadyExists: a user name is taken.
    """
    organization_id = OrganizationId(uuid4())
    settings = OrganizationSettings(name=new.name, time_zone=str(new.time_zone), reset_time=new.reset_time)
    await organization_store.add(tx, Organization(id=organization_id, settings=settings))
    for position, queue in enumerate(new.queues):
        await queue_store.add(tx, organization_id, queue, position=position)
    for position in range(1, new.counters + 1):
        await counter_store.add(tx, _counter(organization_id, position))
    for person, password_hash in zip(new.people, hashes, strict=True):
        await user_store.add(
            tx,
            user_id=UserId(uuid4()),
            username=person.username,
            display_name=person.display_name,
            password_hash=password_hash,
            organization_id=organization_id,
            role=person.role,
        )
    await setup_codes.end(tx)
    return organization_id


async def add_person(database: Database, organization_id: OrganizationId, person: NewPerson) -> UserId:
    """Add a person to an organization.

    Raises:
        AlreadyExists: the user name is taken.
        PasswordRefused: the password is not good enough.
    """
    async with database.unit_of_work() as tx:
        organization = await organization_store.load(tx, organization_id)
    await _require_good(person, organization=organization.name)
    password_hash, user_id = await hashed(person.password), UserId(uuid4())
    async with database.unit_of_work() as tx:
        await user_store.add(
            tx,
            user_id=user_id,
            username=person.username,
            display_name=person.display_name,
            password_hash=password_hash,
            organization_id=organization_id,
            role=person.role,
        )
        entry = journal.AuditEntry(user_id=None, action="add_person", entity_type="user", entity_id=user_id)
        await journal.log(tx, organization_id, entry)
    return user_id


async def add_device(database: Database, organization_id: OrganizationId, name: str) -> str:
    """Make a display and its key. The key is shown this once; only its hash is kept.

    Raises:
        NotFound: there is no such organization.
    """
    device_key = new_device_key()
    device_id = DeviceId(uuid4())
    async with database.unit_of_work() as tx:
        await organization_store.load(tx, organization_id)
        await device_store.add(
            tx,
            device_id=device_id,
            organization_id=organization_id,
            name=name,
            key_hash=hash_device_key(device_key),
        )
        await journal.log(
            tx,
            organization_id,
            journal.AuditEntry(user_id=None, action="add_device", entity_type="device", entity_id=device_id),
        )
    return device_key


async def find_organization(database: Database, name: str | None) -> Organization:
    """The organization of a name; without one, the only one there is.

    Raises:
        NotFound: no organization, or several and none was named.
    """
    async with database.unit_of_work() as tx:
        organizations = await organization_store.all_of(tx)
    matching = [each for each in organizations if name is None or each.name == name]
    if len(matching) != 1:
        raise NotFound(what="organization", id=name or "")
    return matching[0]


async def _require_good(person: NewPerson, *, organization: str) -> None:
    names = (organization, person.username, person.display_name)
    await require_good_password(person.password, field="password", names=names)


def _counter(organization_id: OrganizationId, position: int) -> Counter:
    return Counter(
        id=CounterId(uuid4()),
        organization_id=organization_id,
        label=str(position),
        name=f"Counter {position}",
        position=position,
    )
