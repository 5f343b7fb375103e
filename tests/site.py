"""A set-up organization for tests, and people to command in it without a sign-in of 0.25 s each."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, cycle
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from server.domain.access import Actor
from server.domain.tokens import Token
from server.infra.crypto import MasterKey, SealingKey
from server.infra.jwt import JwtKeys, JwtKind
from server.store import counters as counter_store
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import users as user_store
from server.store.engine import Database
from server.usecases import calling, counters, ending, setting_up, tokens, undoing
from server.usecases.commanding import Clock, Commands, Committed, Request
from server.usecases.commanding import Desk as CommandDesk
from server.usecases.views import counter_view, organization_view
from server.usecases.visitors import VisitorKeys
from shared.commands import (
    Answer,
    BulkAnswer,
    CallToken,
    CancelToken,
    CancelWaiting,
    ChangeToken,
    CloseDay,
    CreateToken,
    OpenCounter,
    ParkToken,
    ResumeToken,
    TakeBreak,
    TransferToken,
)
from shared.events import CounterConfigured, OrganizationConfigured, PersonConfigured, QueueConfigured
from shared.ids import (
    CounterId,
    OrganizationId,
    RequestId,
    Revision,
    TokenId,
    TokenSource,
    TypeKey,
    UserId,
    UserRole,
)
from shared.organizations import OrganizationSettings
from shared.queues import QueueSettings
from shared.roles import MATRIX
from shared.tokens import Promise

PASSWORD = "nine lamps along the canal"
# bcrypt of PASSWORD at cost 4: a test that signs in waits a millisecond, not a quarter of a second.
PASSWORD_HASH = "$2b$04$L6PmWO3wf9QobMMXV7TuiOP9.IOaZ1E8beRzkPgJe5dZQtDEqK4dC"

_names = count(1)

MASTER_KEY = MasterKey(key=SealingKey.random(), origin="this test run")
VISITORS = VisitorKeys(MASTER_KEY)
"""Opens the visitors' data that this run's commands have sealed."""


@dataclass(frozen=True, kw_only=True)
class TestPerson:
    """A person of the test's organization."""

    __test__ = False

    actor: Actor
    username: str
    display_name: str

    def access_jwt(
        self, keys: JwtKeys, *, lifetime: timedelta = timedelta(hours=1), session_id: UUID | None = None
    ) -> str:
        """A fresh access JWT of this person."""
        return self._jwt(keys, JwtKind.ACCESS, lifetime, session_id)

    def refresh_jwt(self, keys: JwtKeys) -> str:
        """A refresh JWT of a session that nobody began."""
        return self._jwt(keys, JwtKind.REFRESH, timedelta(hours=1), None)

    def _jwt(self, keys: JwtKeys, kind: JwtKind, lifetime: timedelta, session_id: UUID | None) -> str:
        return keys.issue(
            kind,
            user_id=self.actor.user_id,
            organization_id=self.actor.organization_id,
            role=self.actor.role,
            access_version=self.actor.access_version,
            session_id=session_id or uuid4(),
            lifetime=lifetime,
        )


SERVERS = 3


@dataclass(kw_only=True)
class Site:
    """An organization in a migrated database, with a super admin; more people on demand.

    Its commands go to three servers by turns, as behind a balancer: what keeps them in order is the
    database, and what one server remembers may be old.
    """

    database: Database
    organization_id: OrganizationId
    counter_ids: list[CounterId]
    committed: list[tuple[OrganizationId, Revision]] = field(default_factory=list)
    listeners: list[Committed] = field(default_factory=list)
    visitors: VisitorKeys = VISITORS
    now: datetime | None = None
    _servers: Iterator[Commands] = field(init=False)

    def __post_init__(self) -> None:
        self.run_clock()

    @property
    def commands(self) -> Commands:
        """The server whose turn it is."""
        return next(self._servers)

    def stop_clock(self, at: datetime) -> None:
        """From now on commands come at this moment, until `pass_time` moves it on."""
        self.now = at
        self._start_servers(clock=lambda: self.now or at)

    def run_clock(self) -> None:
        """Commands come when they come again."""
        self.now = None
        self._start_servers(clock=None)

    def _start_servers(self, *, clock: Clock | None) -> None:
        self._servers = cycle(
            Commands(self.database, visitors=self.visitors, committed=self._on_commit, clock=clock)
            for _ in range(SERVERS)
        )

    def pass_time(self, **duration: float) -> None:
        """The stopped clock goes on: `pass_time(minutes=5)`."""
        assert self.now is not None, "stop the clock first"
        self.now += timedelta(**duration)

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

    async def configure(self, **changes: object) -> None:
        """Change some of the organization's settings, with the event that tells of it."""

        async def decide(desk: CommandDesk) -> None:
            known = await organization_store.load(desk.tx, self.organization_id)
            settings = OrganizationSettings.model_validate({**known.settings.model_dump(), **changes})
            after = replace(known, settings=settings, version=known.version + 1)
            await organization_store.configure(desk.tx, after)
            shown = organization_view(after)
            desk.record(OrganizationConfigured(revision=desk.next_revision, at=desk.now, organization=shown))

        await self.commands.run_by_itself(self.organization_id, name="configure", decide=decide)

    async def configure_queue(self, key: str = "instant", **changes: object) -> None:
        """Change some of a customer type's settings, with the event that tells of it."""

        async def decide(desk: CommandDesk) -> None:
            known = await queue_store.load(desk.tx, self.organization_id, TypeKey(key))
            settings = QueueSettings.model_validate({**known.settings.model_dump(), **changes})
            await queue_store.configure(desk.tx, self.organization_id, settings, version=known.version + 1)
            shown = (await queue_store.load(desk.tx, self.organization_id, TypeKey(key))).shown
            desk.record(QueueConfigured(revision=desk.next_revision, at=desk.now, customer_type=shown))

        await self.commands.run_by_itself(self.organization_id, name="configure", decide=decide)

    async def configure_counter(self, index: int, **changes: object) -> None:
        """Change some of a counter's settings, with the event that tells of it."""

        async def decide(desk: CommandDesk) -> None:
            known = await counter_store.load(desk.tx, self.organization_id, self.counter_ids[index])
            after = replace(known, **changes)  # type: ignore[arg-type]  # names of fields
            await counter_store.configure(desk.tx, after)
            desk.record(
                CounterConfigured(revision=desk.next_revision, at=desk.now, counter=counter_view(after))
            )

        await self.commands.run_by_itself(self.organization_id, name="configure", decide=decide)

    async def set_skills(self, person: TestPerson, *types: str) -> None:
        """The types that a person can serve; none means all."""
        user_id = person.actor.user_id

        async def decide(desk: CommandDesk) -> None:
            await user_store.set_skills(
                desk.tx, self.organization_id, user_id, [TypeKey(key) for key in types]
            )
            shown = await user_store.person(desk.tx, self.organization_id, user_id)
            assert shown is not None, "just changed"
            desk.record(PersonConfigured(revision=desk.next_revision, at=desk.now, person=shown))

        await self.commands.run_by_itself(self.organization_id, name="set_skills", decide=decide)

    async def token(self, token_id: TokenId) -> Token:
        """A token as the domain knows it."""
        async with self.database.unit_of_work() as tx:
            return await token_store.load(tx, self.organization_id, token_id)

    async def cancel_waiting(self, person: TestPerson, key: str, reason: str = "closed") -> BulkAnswer:
        """Cancel every waiting token of a type."""
        body = CancelWaiting(customer_type=key, reason=reason, confirm=True)
        return await ending.cancel_waiting(self.commands, self.by(person), body)

    async def close_day(self, person: TestPerson) -> BulkAnswer:
        """Take no more tokens today, and cancel who waits or is parked."""
        return await ending.close_day(self.commands, self.by(person), CloseDay(confirm=True))

    async def reopen_day(self, person: TestPerson) -> BulkAnswer:
        """Take tokens again."""
        return await ending.reopen_day(self.commands, self.by(person))

    def by(self, person: TestPerson, request_id: UUID | None = None) -> Request:
        """A request of this person, with a new id unless one is given."""
        return Request(actor=person.actor, request_id=RequestId(request_id or uuid4()))

    async def take(
        self,
        person: TestPerson,
        customer_type: str = "instant",
        priority: int = 0,
        *,
        source: TokenSource | None = None,
        request_id: UUID | None = None,
        promise: Promise | None = None,
        **more: object,
    ) -> Answer:
        """Take a token. `more` are fields of `CreateToken`."""
        body = CreateToken.model_validate({"customer_type": customer_type, "priority": priority, **more})
        return await tokens.create_token(
            self.commands, self.by(person, request_id), body, source=source, promise=promise
        )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A person at an open counter, and what they can do there."""

    site: Site
    person: TestPerson
    counter_id: CounterId
    request_id: UUID | None = None

    async def open(self, *types: str, take_over: bool = False) -> Answer:
        """Open the counter."""
        body = OpenCounter(customer_types=tuple(types), take_over=take_over)
        return await counters.open_counter(self.site.commands, self._by(), self.counter_id, body)

    async def close(self) -> Answer:
        """Close the counter."""
        return await counters.close_counter(self.site.commands, self._by(), self.counter_id)

    async def take(self, customer_type: str = "instant", priority: int = 0, **more: object) -> Answer:
        """Take a token for a visitor. `more` are fields of `CreateToken`."""
        return await self.site.take(self.person, customer_type, priority, request_id=self.request_id, **more)

    async def call_next(self, request_id: UUID | None = None) -> Answer:
        """Call the next visitor."""
        return await calling.call_next(
            self.site.commands, self.site.by(self.person, request_id or self.request_id), self.counter_id
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

    async def return_to_lane(self, token_id: TokenId) -> Answer:
        """Send a called or parked visitor back to their place."""
        return await calling.return_to_lane(self.site.commands, self._by(), token_id)

    async def transfer(self, token_id: TokenId, **body: object) -> Answer:
        """Send a token on. `body` are the fields of `TransferToken`."""
        return await tokens.transfer_token(
            self.site.commands, self._by(), token_id, TransferToken.model_validate(body)
        )

    async def park(
        self, token_id: TokenId, reason: str = "A form", wake_at: datetime | None = None
    ) -> Answer:
        """Set a visitor aside."""
        body = ParkToken(reason=reason, wake_at=wake_at)
        return await calling.park(self.site.commands, self._by(), token_id, body)

    async def resume(self, token_id: TokenId) -> Answer:
        """Take a parked visitor up again, here."""
        body = ResumeToken(counter_id=self.counter_id)
        return await calling.resume(self.site.commands, self._by(), token_id, body)

    async def reinstate(self, token_id: TokenId) -> Answer:
        """A late visitor is back."""
        return await tokens.reinstate_token(self.site.commands, self._by(), token_id)

    async def change(self, token_id: TokenId, **body: object) -> Answer:
        """Change a token. `body` are the fields of `ChangeToken`."""
        return await tokens.change_token(
            self.site.commands, self._by(), token_id, ChangeToken.model_validate(body)
        )

    async def undo(self, request_id: UUID | None = None) -> Answer:
        """Take back the last command of this counter."""
        by = self.site.by(self.person, request_id or self.request_id)
        return await undoing.undo_at_counter(self.site.commands, by, self.counter_id)

    async def undo_on(self, token_id: TokenId, request_id: UUID | None = None) -> Answer:
        """Take back one's own last command on a token."""
        by = self.site.by(self.person, request_id or self.request_id)
        return await undoing.undo_on_token(self.site.commands, by, token_id)

    async def begin_break(self, reason: str = "Lunch") -> Answer:
        """Take a break."""
        return await counters.begin_break(
            self.site.commands, self._by(), self.counter_id, TakeBreak(reason=reason)
        )

    async def end_break(self) -> Answer:
        """Be back from the break."""
        return await counters.end_break(self.site.commands, self._by(), self.counter_id)

    async def finish(self) -> Answer:
        """Serve whoever was called here to the end."""
        async with self.site.database.unit_of_work() as tx:
            token = await token_store.active_at(tx, self.counter_id)
        assert token is not None, "somebody was called"
        await self.start(token.id)
        return await self.complete(token.id)

    def at(self, index: int) -> "Desk":
        """The same person at another counter, which is not opened by that."""
        return replace(self, counter_id=self.site.counter_ids[index])

    def keyed(self, request_id: UUID) -> "Desk":
        """The same desk, all of whose commands come under this request id."""
        return replace(self, request_id=request_id)

    def _by(self) -> Request:
        return self.site.by(self.person, self.request_id)


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
