"""How every command runs: lock, look, decide, save, append, commit; then, and only then, answer.

A command that is refused raises before anything is written, and the transaction is rolled back. One
that was executed before under the same request id is answered from its stored answer.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from server.domain.access import MATRIX, Actor
from server.domain.errors import IdempotencyMismatch, Unauthenticated
from server.domain.service_day import service_day
from server.store import journal
from server.store.engine import Database, Tx
from shared.commands import Answer
from shared.events import Event
from shared.ids import OrganizationId, Permission, RequestId, Revision

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
        actor: the person, with the role the database has now.
        now: the moment of the command.
        facts: the organization's settings.
    """

    tx: Tx
    actor: Actor
    now: datetime
    facts: journal.Stand
    revision_before: Revision
    events: list[Event] = field(default_factory=list)
    entity_type: str | None = None
    entity_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def organization_id(self) -> OrganizationId:
        """The organization that is locked."""
        return self.actor.organization_id

    @property
    def next_revision(self) -> Revision:
        """The revision that the next recorded event must carry."""
        return Revision(self.revision_before + len(self.events) + 1)

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
        """Say in the audit row what was changed, from what to what."""
        self.entity_type, self.entity_id, self.details = entity_type, entity_id, details


Decide = Callable[[Desk], Awaitable[Answer]]


class Commands:
    """Runs commands against one database.

    Args:
        clock: the time of commands; the database's own clock where None, one for all servers.
        committed: told each time that an organization has new events.
    """

    def __init__(self, database: Database, *, committed: Committed, clock: Clock | None = None) -> None:
        self._database = database
        self._committed = committed
        self._clock = clock

    async def run(
        self,
        request: Request,
        *,
        name: str,
        permission: Permission,
        body: BaseModel | None = None,
        target: UUID | None = None,
        decide: Decide,
    ) -> Answer:
        """Execute a command exactly once.

        Args:
            name: what the audit calls it ("call_next").
            body, target: with the name, what makes this request id's command the same again.
            decide: loads, decides, saves and records; its answer is stored.

        Raises:
            Refusal: nothing was changed.
            DatabaseUnavailable: unknown; ask again with the same request id.
        """
        fingerprint = _fingerprint(name, target, body)
        organization_id = request.actor.organization_id
        async with self._database.unit_of_work() as tx:
            _, revision = await journal.lock(tx, organization_id)
            stand = await journal.stand(
                tx, organization_id, request.actor.user_id, request.request_id, revision=revision
            )
            actor = _actor_now(request.actor, stand)
            actor.require(permission)
            if stand.stored is not None:
                return _replay(stand.stored, fingerprint)
            desk = Desk(
                tx=tx,
                actor=actor,
                now=self._clock() if self._clock else stand.now,
                facts=stand,
                revision_before=revision,
            )
            answer = await decide(desk)
            await _append(desk, request, name, fingerprint, answer)
        if desk.events:
            self._committed(organization_id, answer.revision)
        return answer


async def _append(desk: Desk, request: Request, name: str, fingerprint: bytes, answer: Answer) -> None:
    await journal.append(
        desk.tx,
        desk.organization_id,
        events=desk.events,
        audit=journal.AuditEntry(
            user_id=desk.actor.user_id,
            action=name,
            entity_type=desk.entity_type,
            entity_id=desk.entity_id,
            details=desk.details,
            address=request.address,
            user_agent=request.user_agent,
        ),
        request_id=request.request_id,
        fingerprint=fingerprint,
        answer=answer.model_dump_json(exclude_none=True),
        revision=Revision(desk.revision_before + len(desk.events)),
        now=desk.now,
    )


def _fingerprint(name: str, target: UUID | None, body: BaseModel | None) -> bytes:
    text = f"{name} {target} {body.model_dump_json() if body else ''}"
    return hashlib.sha256(text.encode()).digest()


def _actor_now(claimed: Actor, stand: journal.Stand) -> Actor:
    """The person as the database knows them now, whatever their access JWT still says."""
    if stand.role is None or stand.access_version != claimed.access_version:
        raise Unauthenticated()
    return Actor(
        user_id=claimed.user_id,
        organization_id=claimed.organization_id,
        role=stand.role,
        permissions=MATRIX[stand.role],
        access_version=stand.access_version,
    )


def _replay(stored: journal.Stored, fingerprint: bytes) -> Answer:
    if stored.fingerprint != fingerprint:
        raise IdempotencyMismatch()
    return Answer.model_validate_json(stored.answer)
