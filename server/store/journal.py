"""What every command writes beside its change: revision, events, audit row, stored answer.

MUST: the lock comes first in a command's transaction, and the stand is a statement of its own after it.
A retry that races the original then finds its answer: in one statement it would not, since the
statement's snapshot is older than the lock. They may go in one trip.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from server.domain.access import Actor, Grants, Standing
from server.domain.errors import NotFound
from server.store.engine import Reading, Row, Tx
from shared.events import Event
from shared.ids import (
    CounterId,
    Epoch,
    OrganizationId,
    RequestId,
    Revision,
    TokenCommand,
    TokenId,
    UserId,
    UserRole,
)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The answer of an earlier command with the same request id. `fingerprint` tells its body."""

    fingerprint: bytes
    answer: str


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where an organization and the person who commands stand, right after the lock.

    Args:
        revision: the organization's, which nobody else can raise now.
        now: the database's clock, one for all servers; never before the newest event, so that a
            clock that was set back reorders nobody.
        version: of the organization's settings.
        closed_day: the service day that was closed early.
        person: what the person may do here, as the database knows it.
        own_counter_id: the counter that the person has open here.
        stored: the answer to this very request, if it was executed before.
    """

    revision: Revision
    now: datetime
    name: str
    time_zone: str
    reset_time: time
    confirms_arrival: bool
    priority_levels: tuple[int, ...]
    version: int
    closed_day: date | None
    person: Standing
    own_counter_id: CounterId | None
    stored: Stored | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What was changed: a token, a counter. `details` holds ids and states, never a visitor's name."""

    entity_type: str | None = None
    entity_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AuditEntry(Change):
    """Who did what, from where."""

    user_id: UserId | None
    action: str
    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, kw_only=True)
class UndoStep:
    """What a desk did last, and how the token was before.

    Args:
        desk_id: the counter; for who acts from none, the person.
        before: the token as JSON; None where the command created it.
    """

    desk_id: UUID
    token_id: TokenId
    command: TokenCommand
    before: str | None


async def lock(tx: Tx, organization_id: OrganizationId) -> tuple[Epoch, Revision]:
    """Lock an organization; waits for the command before it.

    Raises:
        NotFound
    """
    return await tx.read(_locking(organization_id))


async def lock_and_stand(
    tx: Tx, organization_id: OrganizationId, actor: Actor | None, request_id: RequestId
) -> Stand:
    """Lock an organization for a command, and read where things stand then.

    Args:
        actor: who claims to command; None for the server itself.

    Raises:
        NotFound
    """
    _, stand = await tx.read_both(_locking(organization_id), _standing(organization_id, actor, request_id))
    return stand


def _locking(organization_id: OrganizationId) -> Reading[tuple[Epoch, Revision]]:
    def parse(rows: Sequence[Row]) -> tuple[Epoch, Revision]:
        if not rows:
            raise NotFound(what="organization", id=str(organization_id))
        return rows[0]["epoch"], rows[0]["revision"]

    return Reading(
        query="SELECT epoch, revision FROM organization_revisions"
        " WHERE organization_id = %(organization_id)s FOR UPDATE",
        params={"organization_id": organization_id},
        parse=parse,
    )


_STAND = """
SELECT r.revision, greatest(clock_timestamp(), e.created_at) AS now, o.name, o.time_zone, o.reset_time,
       o.confirms_arrival, o.priority_levels, o.version, o.closed_day, k.id AS own_counter_id,
       CASE WHEN u.is_active AND u.deleted_at IS NULL THEN m.role::text END AS role,
       coalesce(u.access_version, 0) AS access_version, coalesce(u.permissions, '{}') AS permissions,
       s.ended_at IS NOT NULL AS session_ended,
       i.fingerprint, i.answer::text AS answer
FROM organizations o
JOIN organization_revisions r ON r.organization_id = o.id
LEFT JOIN events e ON e.organization_id = o.id AND e.revision = r.revision
LEFT JOIN users u ON u.id = %(user_id)s::uuid
LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = o.id
LEFT JOIN refresh_sessions s ON s.id = %(session_id)s::uuid
LEFT JOIN counters k ON k.opened_by = %(user_id)s AND k.organization_id = o.id
LEFT JOIN idempotency_keys i ON i.organization_id = o.id AND i.actor_id = %(user_id)s
    AND i.request_id = %(request_id)s
WHERE o.id = %(organization_id)s
"""


def _standing(organization_id: OrganizationId, actor: Actor | None, request_id: RequestId) -> Reading[Stand]:
    return Reading(
        query=_STAND,
        params={
            "organization_id": organization_id,
            "user_id": actor and actor.user_id,
            "session_id": actor and actor.session_id,
            "request_id": request_id,
        },
        parse=_stand,
    )


def _stand(rows: Sequence[Row]) -> Stand:
    [row] = rows
    stored = None
    if row["fingerprint"] is not None:
        stored = Stored(fingerprint=bytes(row["fingerprint"]), answer=row["answer"])
    return Stand(
        revision=row["revision"],
        now=row["now"],
        name=row["name"],
        time_zone=row["time_zone"],
        reset_time=row["reset_time"],
        confirms_arrival=row["confirms_arrival"],
        priority_levels=tuple(row["priority_levels"]),
        version=row["version"],
        closed_day=row["closed_day"],
        own_counter_id=row["own_counter_id"],
        person=Standing(
            role=UserRole(row["role"]) if row["role"] else None,
            access_version=row["access_version"],
            grants=Grants.from_stored(row["permissions"]),
            session_ended=row["session_ended"],
        ),
        stored=stored,
    )


_APPEND = """
WITH moved AS (
    UPDATE organization_revisions SET revision = %(revision)s
    WHERE organization_id = %(organization_id)s
), happened AS (
    INSERT INTO events (organization_id, revision, type, payload, created_at)
    SELECT %(organization_id)s, (e.payload ->> 'revision')::bigint, e.payload ->> 'type', e.payload, %(now)s
    FROM jsonb_array_elements(%(events)s::jsonb) AS e (payload)
), answered AS (
    INSERT INTO idempotency_keys
        (organization_id, actor_id, request_id, fingerprint, answer, created_at)
    SELECT %(organization_id)s, %(user_id)s::uuid, %(request_id)s, %(fingerprint)s,
           %(answer)s::jsonb, %(now)s
    WHERE %(user_id)s::uuid IS NOT NULL
), seen AS (
    -- Of this organization alone: another one's counters are not under this command's lock.
    UPDATE counters SET seen_at = %(now)s
    WHERE opened_by = %(user_id)s::uuid AND organization_id = %(organization_id)s
      AND (seen_at IS NULL OR seen_at < %(now)s - interval '1 minute')
), remembered AS (
    INSERT INTO undo_steps
        (desk_id, organization_id, user_id, token_id, command, revision, before, created_at)
    SELECT %(undo_desk_id)s::uuid, %(organization_id)s, %(user_id)s::uuid, %(undo_token_id)s::uuid,
           %(undo_command)s, %(revision)s, %(undo_before)s::jsonb, %(now)s
    WHERE %(undo_desk_id)s::uuid IS NOT NULL
    ON CONFLICT (desk_id) DO UPDATE SET
        organization_id = excluded.organization_id, user_id = excluded.user_id,
        token_id = excluded.token_id, command = excluded.command, revision = excluded.revision,
        before = excluded.before, created_at = excluded.created_at
)
INSERT INTO system_logs (organization_id, user_id, action, entity_type, entity_id, details,
                         ip_address, user_agent, created_at)
SELECT %(organization_id)s, %(user_id)s::uuid, %(action)s, a.entity_type, a.entity_id, a.details,
       %(address)s::inet, %(user_agent)s, %(now)s
FROM jsonb_to_recordset(%(changes)s::jsonb) AS a (entity_type text, entity_id uuid, details jsonb)
"""


def append(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    events: Sequence[Event],
    audit: Sequence[AuditEntry],
    request_id: RequestId,
    fingerprint: bytes,
    answer: str,
    revision: Revision,
    now: datetime,
    undo: UndoStep | None = None,
) -> None:
    """Write what a command did, in one statement, which goes with the commit.

    What the server does by itself has no user: nobody asks for its answer again.

    Args:
        audit: of one person and one action; a row for each thing that it changed.
        revision: the organization's revision afterwards.
        answer: the answer as JSON.
    """
    tx.postpone(
        _APPEND,
        {
            "organization_id": organization_id,
            "revision": revision,
            # One text: the driver would escape an array of them, quotation mark by quotation mark.
            "events": f"[{','.join(event.model_dump_json(exclude_none=True) for event in events)}]",
            "user_id": audit[0].user_id,
            "action": audit[0].action,
            "address": audit[0].address,
            "user_agent": audit[0].user_agent,
            "changes": json.dumps(
                [
                    {
                        "entity_type": entry.entity_type,
                        "entity_id": entry.entity_id and str(entry.entity_id),
                        "details": entry.details,
                    }
                    for entry in audit
                ]
            ),
            "request_id": request_id,
            "fingerprint": fingerprint,
            "answer": answer,
            "now": now,
            "undo_desk_id": undo and undo.desk_id,
            "undo_token_id": undo and undo.token_id,
            "undo_command": undo and undo.command.value,
            "undo_before": undo and undo.before,
        },
    )


_LOG = """
INSERT INTO system_logs
    (organization_id, user_id, action, entity_type, entity_id, details, ip_address, user_agent)
VALUES (%(organization_id)s, %(user_id)s, %(action)s, %(entity_type)s, %(entity_id)s,
        %(details)s::jsonb, %(address)s::inet, %(user_agent)s)
"""


async def log(tx: Tx, organization_id: OrganizationId | None, audit: AuditEntry) -> None:
    """Write an audit row for what is no command: a sign-in, a device, a set-up."""
    await tx.execute(_LOG, _logged(organization_id, audit))


def _logged(organization_id: OrganizationId | None, audit: AuditEntry) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "user_id": audit.user_id,
        "action": audit.action,
        "entity_type": audit.entity_type,
        "entity_id": audit.entity_id,
        "details": json.dumps(audit.details),
        "address": audit.address,
        "user_agent": audit.user_agent,
    }


_LOG_ONCE = """
INSERT INTO system_logs
    (id, organization_id, user_id, action, entity_type, entity_id, details, ip_address, user_agent)
VALUES (%(id)s, %(organization_id)s, %(user_id)s, %(action)s, %(entity_type)s, %(entity_id)s,
        %(details)s::jsonb, %(address)s::inet, %(user_agent)s)
ON CONFLICT (id) DO NOTHING
"""


async def log_once(
    tx: Tx, organization_id: OrganizationId | None, audit: AuditEntry, *, row_id: UUID
) -> None:
    """Write an audit row, unless there is one of this id."""
    await tx.execute(_LOG_ONCE, {"id": row_id, **_logged(organization_id, audit)})


async def forget_answers(tx: Tx, *, older_than: timedelta, at_most: int) -> int:
    """Forget stored answers that nobody will ask for again; returns how many."""
    return await tx.execute(
        "DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_keys"
        " WHERE created_at < now() - %(older_than)s ORDER BY created_at LIMIT %(at_most)s"
        " FOR UPDATE SKIP LOCKED))",
        {"older_than": older_than, "at_most": at_most},
    )


async def revisions(
    tx: Tx, organization_ids: Sequence[OrganizationId]
) -> dict[OrganizationId, tuple[Epoch, Revision]]:
    """The epoch and newest revision of organizations."""
    rows = await tx.all(
        "SELECT organization_id, epoch, revision FROM organization_revisions"
        " WHERE organization_id = ANY(%(ids)s)",
        {"ids": list(organization_ids)},
    )
    return {row["organization_id"]: (row["epoch"], row["revision"]) for row in rows}


async def events_after(
    tx: Tx, organization_id: OrganizationId, revision: Revision, *, limit: int
) -> list[str]:
    """The events after a revision as JSON, oldest first, at most `limit` of them."""
    rows = await tx.all(
        "SELECT payload::text AS payload FROM events"
        " WHERE organization_id = %(organization_id)s AND revision > %(revision)s"
        " ORDER BY revision LIMIT %(limit)s",
        {"organization_id": organization_id, "revision": revision, "limit": limit},
    )
    return [row["payload"] for row in rows]


async def renew_epoch(tx: Tx, organization_id: OrganizationId) -> Epoch:
    """Begin a new epoch: everyone takes a new snapshot."""
    row = await tx.one(
        "UPDATE organization_revisions SET epoch = gen_random_uuid()"
        " WHERE organization_id = %(organization_id)s RETURNING epoch",
        {"organization_id": organization_id},
    )
    assert row is not None, "the organization is locked, so it is there"
    return Epoch(row["epoch"])


_IDENTITY = """
SELECT s.system_identifier::numeric AS system_identifier, c.timeline_id::bigint AS timeline,
       i.system_identifier AS known_identifier, i.timeline AS known_timeline
FROM pg_control_system() s, pg_control_checkpoint() c
LEFT JOIN database_identity i ON true
"""


async def renew_epochs_if_moved(tx: Tx) -> bool:
    """Begin new epochs where the database is not the cluster it was: a restore, a fail-over.

    Returns:
        Whether it had moved.
    """
    row = await tx.one(_IDENTITY)
    assert row is not None, "a cluster has an identity"
    here = {"system_identifier": row["system_identifier"], "timeline": row["timeline"]}
    if (row["known_identifier"], row["known_timeline"]) == tuple(here.values()):
        return False
    await tx.execute(
        "INSERT INTO database_identity (system_identifier, timeline)"
        " VALUES (%(system_identifier)s, %(timeline)s)"
        " ON CONFLICT (only_row) DO UPDATE SET"
        " system_identifier = excluded.system_identifier, timeline = excluded.timeline",
        here,
    )
    if row["known_identifier"] is None:
        return False
    await tx.execute("UPDATE organization_revisions SET epoch = gen_random_uuid()")
    return True
