"""How every command runs: lock, look, decide, save, append, commit; then, and only then, answer.

A command that is refused raises before anything is written, and the transaction is rolled back. One
that was executed before under the same request id is answered from its stored answer.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from server.domain.access import Actor, confirmed
from server.domain.errors import IdempotencyMismatch
from server.domain.service_day import service_day
from server.store import journal
from server.store import organizations as organization_store
from server.store.engine import Database, Tx
from server.store.errors import DatabaseUnavailable
from server.usecases.visitors import VisitorKeys
from shared.base import Shown
from shared.events import Event
from shared.ids import OrganizationId, Permission, RequestId, Revision, UserId
from shared.organizations import OrganizationSettings
from shared.tokens import LiveToken

_IN_TURN_WITHIN_S = 4.0
"""How long a command waits for those before it in this server, as it would for those of another one."""

Clock = Callable[[], datetime]
Committed = Callable[[OrganizationId, Revision], None]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Who asks for a command, under which request id, from where."""

    actor: Actor
    request_id: RequestId
    address: str | None = None
    user_agent: str | None = None


@dataclass(kw_only=True)
class Desk:
    """What a command works with while it holds its organization's lock.

    Attributes:
        actor: the person, with the role the database has now; None for the server itself.
        now: the moment of the command.
        facts: where the organization stands.
        settings: what its admin decided.
        visitors: seals and opens visitors' data.
        undo: how to take the command back, if it can be.
    """

    tx: Tx
    organization_id: OrganizationId
    actor: Actor | None
    now: datetime
    settings: OrganizationSettings
    visitors: VisitorKeys
    facts: journal.Stand
    events: list[Event] = field(default_factory=list)
    changes: list[journal.Change] = field(default_factory=list)
    undo: journal.UndoStep | None = None

    @property
    def user_id(self) -> UserId | None:
        """Who commands; None for the server itself."""
        return self.actor.user_id if self.actor is not None else None

    @property
    def acts_at_any_counter(self) -> bool:
        """Whether the command is not bound to one's own counter."""
        return self.actor is None or self.actor.acts_at_any_counter

    @property
    def desk_id(self) -> UUID | None:
        """Where the person acts from: their open counter, or themselves."""
        return self.facts.own_counter_id or self.user_id

    @property
    def next_revision(self) -> Revision:
        """The revision that the next recorded event must carry."""
        return Revision(self.facts.revision + len(self.events) + 1)

    @property
    def last_revision(self) -> Revision:
        """The organization's revision after everything that was recorded."""
        return Revision(self.facts.revision + len(self.events))

    @property
    def service_day(self) -> date:
        """The organization's own date."""
        return service_day(
            self.now,
            time_zone=ZoneInfo(self.facts.time_zone),
            reset_time=self.facts.reset_time,
        )

    def record(self, event: Event) -> None:
        """Append an event; it carries `next_revision`."""
        assert event.revision == self.next_revision, "revisions have no gaps"
        self.events.append(event)

    def audit(self, entity_type: str, entity_id: UUID, **details: Any) -> None:
        """Say in an audit row of its own what was changed, from what to what."""
        self.changes.append(journal.Change(entity_type=entity_type, entity_id=entity_id, details=details))


A = TypeVar("A", bound=BaseModel)
Decide = Callable[[Desk], Awaitable[A]]


class Commands:
    """Runs commands against one database.

    Args:
        visitors: seals and opens visitors' data.
        clock: the time of commands; the database's own clock where None, one for all servers.
        committed: told each time that an organization has new events.
    """

    def __init__(
        self,
        database: Database,
        *,
        visitors: VisitorKeys,
        committed: Committed,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._visitors = visitors
        self._committed = committed
        self._clock = clock
        self._turns: dict[OrganizationId, asyncio.Lock] = {}
        self._settings: dict[OrganizationId, tuple[int, OrganizationSettings]] = {}

    async def run(
        self,
        request: Request,
        *,
        name: str,
        permission: Permission,
        body: BaseModel | None = None,
        target: UUID | str | None = None,
        answer_type: type[A],
        decide: Decide[A],
    ) -> A:
        """Execute a person's command exactly once.

        Args:
            name: what the audit calls it ("call_next").
            body, target: with the name, what makes this request id's command the same again.
            answer_type: what `decide` answers.
            decide: loads, decides, saves and records; its answer is stored.

        Raises:
            Refusal: nothing was changed.
            DatabaseUnavailable: unknown; ask again with the same request id.
        """
        fingerprint = _fingerprint(name, target, body)
        organization_id = request.actor.organization_id
        async with self._turn(organization_id), self._database.unit_of_work() as tx:
            stand = await journal.lock_and_stand(tx, organization_id, request.actor, request.request_id)
            actor = confirmed(request.actor, stand.person)
            actor.require(permission)
            if stand.stored is not None:
                answer = _replay(stand.stored, fingerprint, answer_type)
                return await self._revealed(tx, answer)
            desk = await self._desk(tx, organization_id, actor, stand)
            answer = await decide(desk)
            entries = _audit(desk, name, address=request.address, user_agent=request.user_agent)
            _append(desk, entries, request.request_id, fingerprint, answer)
            shown = await self._revealed(tx, answer)
        if desk.events:
            self._committed(organization_id, desk.last_revision)
        return shown

    async def run_by_itself(
        self,
        organization_id: OrganizationId,
        *,
        name: str,
        decide: Callable[[Desk], Awaitable[None]],
    ) -> int:
        """Execute something that the server does of its own accord: cleaning up, waking, falling back.

        What changes nothing leaves no trace.

        Args:
            name: what the audit calls it.

        Returns:
            How many events it made.

        Raises:
            Refusal: nothing was changed.
            DatabaseUnavailable
        """
        async with self._turn(organization_id), self._database.unit_of_work() as tx:
            request_id = RequestId(uuid4())
            stand = await journal.lock_and_stand(tx, organization_id, None, request_id)
            desk = await self._desk(tx, organization_id, None, stand)
            await decide(desk)
            if desk.events:
                done = Done(revision=desk.last_revision, events=len(desk.events))
                _append(desk, _audit(desk, name), request_id, b"", done)
        if desk.events:
            self._committed(organization_id, desk.last_revision)
        return len(desk.events)

    @asynccontextmanager
    async def _turn(self, organization_id: OrganizationId) -> AsyncIterator[None]:
        """Wait until this server's earlier commands of the organization are done.

        The database's lock alone would do, for all servers: but who waits there holds a connection that
        another organization needs, and wakes up for each command before its own.
        """
        turn = self._turns.setdefault(organization_id, asyncio.Lock())
        try:
            async with asyncio.timeout(_IN_TURN_WITHIN_S):
                await turn.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable("The commands before this one take too long.") from error
        try:
            yield
        finally:
            turn.release()

    async def _desk(
        self,
        tx: Tx,
        organization_id: OrganizationId,
        actor: Actor | None,
        stand: journal.Stand,
    ) -> Desk:
        return Desk(
            tx=tx,
            organization_id=organization_id,
            actor=actor,
            now=self._clock() if self._clock else stand.now,
            facts=stand,
            settings=await self._settings_of(tx, organization_id, stand.version),
            visitors=self._visitors,
        )

    async def _settings_of(
        self, tx: Tx, organization_id: OrganizationId, version: int
    ) -> OrganizationSettings:
        """Read once a version: every command needs them, and they change once a month."""
        known = self._settings.get(organization_id)
        if known is None or known[0] != version:
            organization = await organization_store.load(tx, organization_id)
            known = (organization.version, organization.settings)
            self._settings[organization_id] = known
        return known[1]

    async def _revealed(self, tx: Tx, answer: A) -> A:
        """The answer as the person sees it; stored, it holds the visitor sealed."""
        token = getattr(answer, "token", None)
        if not isinstance(token, LiveToken) or token.sealed is None:
            return answer
        await self._visitors.learn(tx, [token])
        return answer.model_copy(update={"token": self._visitors.reveal(token)})


class Done(Shown):
    """What the server answers itself."""

    revision: Revision
    events: int


def _append(
    desk: Desk,
    entries: Sequence[journal.AuditEntry],
    request_id: RequestId,
    fingerprint: bytes,
    answer: BaseModel,
) -> None:
    journal.append(
        desk.tx,
        desk.organization_id,
        events=desk.events,
        audit=entries,
        request_id=request_id,
        fingerprint=fingerprint,
        answer=answer.model_dump_json(exclude_none=True),
        revision=desk.last_revision,
        now=desk.now,
        undo=desk.undo,
    )


def _audit(
    desk: Desk, name: str, *, address: str | None = None, user_agent: str | None = None
) -> list[journal.AuditEntry]:
    """A row for each thing that was changed; one row at least, since a command always leaves a trace."""
    return [
        journal.AuditEntry(
            user_id=desk.user_id,
            action=name,
            entity_type=change.entity_type,
            entity_id=change.entity_id,
            details=change.details,
            address=address,
            user_agent=user_agent,
        )
        for change in desk.changes or [journal.Change()]
    ]


def _fingerprint(name: str, target: UUID | str | None, body: BaseModel | None) -> bytes:
    # What was not named differs from what was set to nothing.
    text = f"{name} {target} {body.model_dump_json(exclude_unset=True) if body else ''}"
    return hashlib.sha256(text.encode()).digest()


def _replay(stored: journal.Stored, fingerprint: bytes, answer_type: type[A]) -> A:
    if stored.fingerprint != fingerprint:
        raise IdempotencyMismatch()
    return answer_type.model_validate_json(stored.answer)
