"""Tokens and their calls: SQL text, prepared, since every command passes here."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from server.domain.errors import NotFound
from server.domain.tokens import Call, Target, Token
from server.store.engine import Reading, Row, Tx
from shared.ids import (
    ACTIVE_STATUSES,
    LIVE_STATUSES,
    CallId,
    CallOutcome,
    CounterId,
    OrganizationId,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
)
from shared.tokens import Promise, Why

_COLUMNS = """
    t.id, t.organization_id, t.service_day, t.number, t.customer_type, t.status::text AS status,
    t.priority, t.place_at, t.source::text AS source, t.created_at, t.called_at, t.served_at,
    t.completed_at, t.cancelled_at, t.counter_id, t.served_by, t.wait_s, t.service_s, t.why,
    t.target_counter_id, t.target_user_id, t.targeted_at, t.emergency, t.park_reason, t.parked_at,
    t.wake_at, t.cancel_reason, t.visitor, t.promise_low_s, t.promise_median_s, t.promise_high_s,
    t.revision, t.changed_by,
    c.id AS call_id, c.user_id, c.place_at AS call_place_at, c.called_at AS call_called_at,
    c.announced_at, c.announced_revision, c.recall_count, c.started_at, c.withdrawn
FROM tokens t
LEFT JOIN token_calls c ON c.id = t.call_id AND c.ended_at IS NULL
"""


async def load(tx: Tx, organization_id: OrganizationId, token_id: TokenId) -> Token:
    """A token of this organization, with its open call.

    Raises:
        NotFound
    """
    return await tx.read(loading(organization_id, token_id))


def loading(organization_id: OrganizationId, token_id: TokenId) -> Reading[Token]:
    """What `load` asks.

    Raises:
        NotFound
    """

    def parse(rows: Sequence[Row]) -> Token:
        if not rows:
            raise NotFound(what="token", id=str(token_id))
        return _token(rows[0])

    return Reading(
        query=f"SELECT {_COLUMNS} WHERE t.id = %(id)s AND t.organization_id = %(organization_id)s",
        params={"id": token_id, "organization_id": organization_id},
        parse=parse,
    )


async def select(tx: Tx, condition: LiteralString, params: Row) -> list[Token]:
    """The tokens, named `t`, that a condition finds, in the order that it says."""
    rows = await tx.all(f"SELECT {_COLUMNS} {condition}", params)
    return [_token(row) for row in rows]


async def live(tx: Tx, organization_id: OrganizationId) -> list[Token]:
    """All live tokens, ordered by id."""
    return await select(
        tx,
        "WHERE t.organization_id = %(organization_id)s"
        " AND t.status IN ('waiting', 'called', 'serving', 'parked') ORDER BY t.id",
        {"organization_id": organization_id},
    )


async def active_at(tx: Tx, counter_id: CounterId) -> Token | None:
    """The token that a counter has called or serves."""
    row = await tx.one(
        f"SELECT {_COLUMNS}"  # noqa: S608 - a constant
        " WHERE t.id = (SELECT token_id FROM active_calls WHERE counter_id = %(counter_id)s)",
        {"counter_id": counter_id},
    )
    return _token(row) if row else None


async def active(tx: Tx, organization_id: OrganizationId) -> dict[CounterId, Token]:
    """The tokens that counters have called or serve."""
    tokens = await select(
        tx,
        "WHERE t.organization_id = %(organization_id)s AND t.status IN ('called', 'serving')",
        {"organization_id": organization_id},
    )
    return {token.call.counter_id: token for token in tokens if token.call is not None}


async def free_numbers(
    tx: Tx, organization_id: OrganizationId, *, service_day: date, numbers: Sequence[str]
) -> set[str]:
    """Those of these numbers that are neither live nor given on this service day."""
    rows = await tx.all(
        """
        SELECT n.number FROM unnest(%(numbers)s::text[]) AS n (number)
        WHERE NOT EXISTS (SELECT FROM live_numbers l
                          WHERE l.organization_id = %(organization_id)s AND l.number = n.number)
          AND NOT EXISTS (SELECT FROM tokens t
                          WHERE t.organization_id = %(organization_id)s
                            AND t.service_day = %(service_day)s AND t.number = n.number)
        """,
        {
            "organization_id": organization_id,
            "service_day": service_day,
            "numbers": list(numbers),
        },
    )
    return {row["number"] for row in rows}


_INSERT = """
WITH given AS (
    UPDATE queue_configurations
    SET current_number = %(current)s, series_day = %(service_day)s,
        waiting_count = waiting_count + 1,
        taken_count = CASE WHEN taken_day = %(service_day)s THEN taken_count ELSE 0 END + 1,
        taken_day = %(service_day)s
    WHERE organization_id = %(organization_id)s AND customer_type = %(customer_type)s
), held AS (
    INSERT INTO live_numbers (organization_id, number, token_id)
    VALUES (%(organization_id)s, %(number)s, %(id)s)
)
INSERT INTO tokens (id, organization_id, service_day, number, customer_type, status, priority,
                    place_at, source, created_at, target_counter_id, target_user_id, targeted_at,
                    emergency, visitor, promise_low_s, promise_median_s, promise_high_s,
                    estimated_wait_time, revision, changed_by)
VALUES (%(id)s, %(organization_id)s, %(service_day)s, %(number)s, %(customer_type)s, 'waiting',
        %(priority)s, %(place_at)s, %(source)s::token_source, %(created_at)s,
        %(target_counter_id)s::uuid, %(target_user_id)s::uuid, %(targeted_at)s::timestamptz,
        %(emergency)s, %(visitor)s::bytea, %(promise_low_s)s::integer, %(promise_median_s)s::integer,
        %(promise_high_s)s::integer, round(%(promise_median_s)s::integer / 60.0),
        %(revision)s::bigint, %(changed_by)s::uuid)
"""


def insert(tx: Tx, token: Token, *, current: int) -> None:
    """A new token takes its number; it is sent with the transaction's next statement.

    Args:
        current: that number within its series.
    """
    tx.postpone(
        _INSERT,
        {
            "id": token.id,
            "organization_id": token.organization_id,
            "service_day": token.service_day,
            "number": token.number,
            "customer_type": token.customer_type,
            "priority": token.priority,
            "place_at": token.place_at,
            "source": token.source.value,
            "created_at": token.created_at,
            "current": current,
            "revision": token.revision,
            "changed_by": token.changed_by,
            **_extra_params(token),
        },
    )


_SAVE = """
WITH visit AS (
    INSERT INTO token_calls (id, organization_id, token_id, service_day, number, customer_type,
        counter_id, user_id, place_at, called_at, announced_at, announced_revision, recall_count,
        started_at, ended_at, outcome, withdrawn, priority, rule, overtook)
    SELECT %(call_id)s::uuid, %(organization_id)s, %(id)s, %(service_day)s, %(number)s,
        %(customer_type)s, %(call_counter_id)s::uuid, %(user_id)s::uuid,
        %(call_place_at)s::timestamptz, %(call_called_at)s::timestamptz,
        %(announced_at)s::timestamptz, %(announced_revision)s::bigint, %(recall_count)s::integer,
        %(started_at)s::timestamptz, %(ended_at)s::timestamptz, %(outcome)s::call_outcome,
        %(withdrawn)s::boolean, %(call_priority)s::integer, %(call_rule)s, %(call_overtook)s::integer
    WHERE %(call_id)s::uuid IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET
        announced_at = excluded.announced_at, announced_revision = excluded.announced_revision,
        recall_count = excluded.recall_count, started_at = excluded.started_at,
        ended_at = excluded.ended_at, outcome = excluded.outcome, withdrawn = excluded.withdrawn
), left_counter AS (
    DELETE FROM active_calls WHERE token_id = %(id)s AND %(stops_being_active)s
), at_counter AS (
    INSERT INTO active_calls (counter_id, token_id)
    SELECT %(counter_id)s::uuid, %(id)s WHERE %(becomes_active)s
), released AS (
    DELETE FROM live_numbers
    WHERE organization_id = %(organization_id)s AND number = %(number)s AND %(dies)s
), lives_again AS (
    INSERT INTO live_numbers (organization_id, number, token_id)
    SELECT %(organization_id)s, %(number)s, %(id)s WHERE %(revives)s
), counted AS (
    UPDATE queue_configurations SET waiting_count = waiting_count
        + (customer_type = coalesce(%(enters)s::text, ''))::integer
        - (customer_type = coalesce(%(leaves)s::text, ''))::integer
    WHERE organization_id = %(organization_id)s
      AND customer_type IN (%(enters)s::text, %(leaves)s::text)
      AND %(enters)s::text IS DISTINCT FROM %(leaves)s::text
), moved AS (
    UPDATE tokens SET
        status = %(status)s::token_status, customer_type = %(customer_type)s, priority = %(priority)s,
        place_at = %(place_at)s, called_at = %(called_at)s, served_at = %(served_at)s,
        completed_at = %(completed_at)s, cancelled_at = %(cancelled_at)s,
        counter_id = %(counter_id)s, call_id = %(call_id)s, served_by = %(served_by)s,
        wait_s = %(wait_s)s::integer, service_s = %(service_s)s::integer,
        actual_wait_time = round(%(wait_s)s::integer / 60.0),
        service_duration = round(%(service_s)s::integer / 60.0),
        why = %(why)s,
        target_counter_id = %(target_counter_id)s::uuid, target_user_id = %(target_user_id)s::uuid,
        targeted_at = %(targeted_at)s::timestamptz, emergency = %(emergency)s,
        park_reason = %(park_reason)s, parked_at = %(parked_at)s::timestamptz,
        wake_at = %(wake_at)s::timestamptz, cancel_reason = %(cancel_reason)s,
        visitor = %(visitor)s::bytea, revision = %(revision)s::bigint, changed_by = %(changed_by)s::uuid
    WHERE id = %(id)s AND service_day = %(service_day)s AND status = %(was)s::token_status
    RETURNING id
)
-- Nothing moved where the row was not as believed. That is an error, here and now: the commit may
-- already be on its way behind this statement.
SELECT 1 / count(*) FROM moved
"""


def save(tx: Tx, before: Token, after: Token, *, revision: Revision, changed_by: UserId | None) -> None:
    """Write a token's new state with its call, the guards and the count of the waiting.

    It is sent with the transaction's next statement or its commit, which raises what it raises.

    Args:
        revision, changed_by: the event that tells of it, and who caused it.

    Raises:
        CounterBusy: another token is at the counter to which this one comes.
        NumberTaken: it would live again, and its number was given to another token.
        psycopg.errors.DivisionByZero: the row was not as `before` says: a command did not lock first.
    """
    waited = before.status is TokenStatus.WAITING
    waits = after.status is TokenStatus.WAITING
    tx.postpone(
        _SAVE,
        {
            "id": after.id,
            "organization_id": after.organization_id,
            "service_day": after.service_day,
            "number": after.number,
            "customer_type": after.customer_type,
            "was": before.status.value,
            "status": after.status.value,
            "priority": after.priority,
            "place_at": after.place_at,
            "called_at": after.called_at,
            "served_at": after.served_at,
            "completed_at": after.completed_at,
            "cancelled_at": after.cancelled_at,
            "counter_id": after.counter_id,
            "served_by": after.served_by,
            "wait_s": after.wait_s,
            "service_s": after.service_s,
            "why": after.why and Jsonb(after.why.model_dump(mode="json")),
            "dies": before.status in LIVE_STATUSES and after.status not in LIVE_STATUSES,
            "revives": after.status in LIVE_STATUSES and before.status not in LIVE_STATUSES,
            "stops_being_active": before.status in ACTIVE_STATUSES and after.status not in ACTIVE_STATUSES,
            "becomes_active": after.status in ACTIVE_STATUSES and before.status not in ACTIVE_STATUSES,
            "leaves": before.customer_type if waited else None,
            "enters": after.customer_type if waits else None,
            "park_reason": after.park_reason,
            "parked_at": after.parked_at,
            "wake_at": after.wake_at,
            "cancel_reason": after.cancel_reason,
            "revision": revision,
            "changed_by": changed_by,
            **_extra_params(after),
            **_call_params(after.call),
        },
    )


def _extra_params(token: Token) -> dict[str, Any]:
    promise = token.promise
    return {
        "target_counter_id": token.target.counter_id,
        "target_user_id": token.target.user_id,
        "targeted_at": token.targeted_at,
        "emergency": token.emergency,
        "visitor": token.visitor and b64decode(token.visitor),
        "promise_low_s": promise and promise.low_s,
        "promise_median_s": promise and promise.median_s,
        "promise_high_s": promise and promise.high_s,
    }


def _call_params(call: Call | None) -> dict[str, Any]:
    return {
        "call_id": call and call.id,
        "call_counter_id": call and call.counter_id,
        "user_id": call and call.user_id,
        "call_place_at": call and call.place_at,
        "call_called_at": call and call.called_at,
        "announced_at": call and call.announced_at,
        "announced_revision": call and call.announced_revision,
        "recall_count": call.recall_count if call else 0,
        "started_at": call and call.started_at,
        "ended_at": call and call.ended_at,
        "outcome": call.outcome.value if call and call.outcome else None,
        "withdrawn": bool(call and call.withdrawn),
        "call_priority": call.priority if call else 0,
        "call_rule": call and call.why and call.why.rule.value,
        "call_overtook": call and call.why and call.why.overtook,
    }


def _token(row: Row) -> Token:
    return Token(
        id=TokenId(row["id"]),
        organization_id=OrganizationId(row["organization_id"]),
        service_day=row["service_day"],
        number=row["number"],
        customer_type=TypeKey(row["customer_type"]),
        status=TokenStatus(row["status"]),
        priority=row["priority"],
        place_at=row["place_at"],
        created_at=row["created_at"],
        source=TokenSource(row["source"]),
        called_at=row["called_at"],
        served_at=row["served_at"],
        completed_at=row["completed_at"],
        cancelled_at=row["cancelled_at"],
        counter_id=row["counter_id"],
        served_by=row["served_by"],
        wait_s=row["wait_s"],
        service_s=row["service_s"],
        target=Target(counter_id=row["target_counter_id"], user_id=row["target_user_id"]),
        targeted_at=row["targeted_at"],
        emergency=row["emergency"],
        park_reason=row["park_reason"],
        parked_at=row["parked_at"],
        wake_at=row["wake_at"],
        cancel_reason=row["cancel_reason"],
        visitor=b64encode(row["visitor"]).decode() if row["visitor"] else None,
        promise=_promise(row),
        why=Why.model_validate(row["why"]) if row["why"] else None,
        call=call_of(row) if row["call_id"] else None,
        revision=row["revision"],
        changed_by=row["changed_by"],
    )


def _promise(row: Row) -> Promise | None:
    if row["promise_low_s"] is None:
        return None
    return Promise(low_s=row["promise_low_s"], median_s=row["promise_median_s"], high_s=row["promise_high_s"])


def call_of(row: Row, *, ended_at: datetime | None = None, outcome: str | None = None) -> Call:
    """The call of a row."""
    return Call(
        id=CallId(row["call_id"]),
        token_id=TokenId(row["id"]),
        number=row["number"],
        customer_type=TypeKey(row["customer_type"]),
        counter_id=CounterId(UUID(str(row["counter_id"]))),
        user_id=row["user_id"],
        place_at=row["call_place_at"],
        called_at=row["call_called_at"],
        announced_at=row["announced_at"],
        announced_revision=row["announced_revision"],
        recall_count=row["recall_count"],
        started_at=row["started_at"],
        ended_at=ended_at,
        outcome=CallOutcome(outcome) if outcome else None,
        withdrawn=row["withdrawn"],
    )
