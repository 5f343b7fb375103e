"""A set-up organization for tests, and people to command in it without a sign-in of 0.25 s each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from server.domain.access import MATRIX, Actor
from server.infra.jwt import JwtKeys, JwtKind
from server.store import users as user_store
from server.store.engine import Database
from server.usecases import calling, counters, setting_up, tokens
from server.usecases.commanding import Commands, Committed, Request
from shared.commands import Answer, CallToken, CancelToken, CreateToken, OpenCounter
from shared.ids import CounterId, OrganizationId, RequestId, Revision, TokenId, TypeKey, UserId, UserRole

PASSWORD = "correct horse battery"
# bcrypt of PASSWORD at cost 4: a test that signs in waits a millisecond, not a quarter of a second.
PASSWORD_HASH = "$2b$04$/vge/ovsFDYlRXE2G5f3EukSZy6ErvXstHukwRhefCImqGlcL4Eji"

_names = count(1)


@dataclass(frozen=True, kw_only=True)
class TestPerson:
    """A person of the test's organization."""

    __test__ = False

    actor: Actor
    username: str
    display_name: str

    def access_jwt(self, keys: JwtKeys, *, lifetime: timedelta = timedelta(hours=1)) -> str:
        """A fresh access JWT of this person."""
        return keys.issue(
            JwtKind.ACCESS,
            user_id=self.actor.user_id,
            organization_id=self.actor.organization_id,
            role=self.actor.role,
            access_version=self.actor.access_version,
            session_id=uuid4(),
            lifetime=lifetime,
        )


@dataclass(kw_only=True)
class Site:
    """An organization in a migrated database, with a super admin; more people on demand."""

    database: Database
    organization_id: OrganizationId
    counter_ids: list[CounterId]
    committed: list[tuple[OrganizationId, Revision]] = field(default_factory=list)
    listeners: list[Committed] = field(default_factory=list)
    commands: Commands = field(init=False)

    def __post_init__(self) -> None:
        self.commands = Commands(self.database, committed=self._on_commit)

    def _on_commit(self, organization_id: OrganizationId, revision: Revision) -> None:
        self.committed.append((organization_id, revision))
        for listener in self.listeners:
            listener(organization_id, revision)

    async def add_person(self, role: UserRole = UserRole.STAFF) -> TestPerson:
        """A new person of this organization."""
        user_id, username = UserId(uuid4()), f"person{next(_names)}"
        async with self.database.unit_of_work() as tx:
            await user_store.add(
                tx,
                user_id=user_id,
                username=username,
                display_name=username.title(),
                password_hash=PASSWORD_HASH,
                organization_id=self.organization_id,
                role=role,
            )
        actor = Actor(
            user_id=user_id,
            organization_id=self.organization_id,
            role=role,
            permissions=MATRIX[role],
        )
        return TestPerson(actor=actor, username=username, display_name=username.title())

    async def add_device(self, name: str = "Lobby") -> str:
        """A new display; gives its key."""
        return await setting_up.add_device(self.database, self.organization_id, name)

    async def person_at(self, index: int, *types: str) -> "Desk":
        """A new staff member who has opened the counter of this index."""
        person = await self.add_person()
        desk = Desk(site=self, person=person, counter_id=self.counter_ids[index])
        await desk.open(*types)
        return desk

    def by(self, person: TestPerson, request_id: UUID | None = None) -> Request:
        """A request of this person, with a new id unless one is given."""
        return Request(actor=person.actor, request_id=RequestId(request_id or uuid4()))

    async def take(self, person: TestPerson, customer_type: str = "instant", priority: int = 0) -> Answer:
        """Take a token."""
        body = CreateToken(customer_type=customer_type, priority=priority)
        return await tokens.create_token(self.commands, self.by(person), body)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A person at an open counter, and what they can do there."""

    site: Site
    person: TestPerson
    counter_id: CounterId

    async def open(self, *types: str, take_over: bool = False) -> Answer:
        """Open the counter."""
        body = OpenCounter(customer_types=tuple(types), take_over=take_over)
        return await counters.open_counter(self.site.commands, self._by(), self.counter_id, body)

    async def close(self) -> Answer:
        """Close the counter."""
        return await counters.close_counter(self.site.commands, self._by(), self.counter_id)

    async def take(self, customer_type: str = "instant", priority: int = 0) -> Answer:
        """Take a token for a visitor."""
        return await self.site.take(self.person, customer_type, priority)

    async def call_next(self, request_id: UUID | None = None) -> Answer:
        """Call the next visitor."""
        return await calling.call_next(
            self.site.commands, self.site.by(self.person, request_id), self.counter_id
        )

    async def call(self, token_id: TokenId) -> Answer:
        """Call this visitor."""
        return await calling.call_token(
            self.site.commands, self._by(), self.counter_id, CallToken(token_id=token_id)
        )

    async def recall(self, token_id: TokenId) -> Answer:
        """Call again."""
        return await calling.recall(self.site.commands, self._by(), token_id)

    async def start(self, token_id: TokenId) -> Answer:
        """Start the service."""
        return await calling.start(self.site.commands, self._by(), token_id)

    async def complete(self, token_id: TokenId) -> Answer:
        """Complete the service."""
        return await calling.complete(self.site.commands, self._by(), token_id)

    async def no_show(self, token_id: TokenId, *, wait_s: float = 60.0) -> Answer:
        """Say that the visitor did not come."""
        return await calling.no_show(self.site.commands, self._by(), token_id, wait=timedelta(seconds=wait_s))

    async def cancel(self, token_id: TokenId, reason: str = "visitor left") -> Answer:
        """Cancel a token."""
        return await tokens.cancel_token(self.site.commands, self._by(), token_id, CancelToken(reason=reason))

    def _by(self) -> Request:
        return self.site.by(self.person)


async def make_site(database: Database, *, counters: int = 6, name: str = "City Hall") -> Site:
    """Set an organization up in a migrated database."""
    organization_id = await setting_up.set_up(
        database,
        setting_up.NewOrganization(
            name=name, time_zone=ZoneInfo("Europe/Madrid"), people=(), counters=counters
        ),
    )
    async with database.unit_of_work() as tx:
        rows = await tx.all(
            "SELECT id FROM counters WHERE organization_id = %(id)s ORDER BY position",
            {"id": organization_id},
        )
    return Site(
        database=database,
        organization_id=organization_id,
        counter_ids=[CounterId(row["id"]) for row in rows],
    )


SiteMaker = Callable[..., Awaitable[Site]]
TYPES = tuple(TypeKey(queue.key) for queue in setting_up.STANDARD_QUEUES)
