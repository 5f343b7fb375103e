"""Tokens and their calls: SQL text, prepared, since every command passes here."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from server.domain.errors import NotFound
from server.domain.policy import LaneHead
from server.domain.tokens import Call, Token
from server.store.engine import Row, Tx
from shared.ids import (
    ACTIVE_STATUSES,
    LIVE_STATUSES,
    CallId,
    CallOutcome,
    CounterId,
    DeviceId,
    OrganizationId,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
)
from shared.tokens import Why

_COLUMNS = """
    t.id, t.organization_id, t.service_day, t.number, t.customer_type, t.status::text AS status,
    t.priority, t.place_at, t.source::text AS source, t.created_at, t.called_at, t.served_at,
    t.completed_at, t.cancelled_at, t.counter_id, t.served_by, t.wait_s, t.service_s, t.why,
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
    row = await tx.one(
        f"SELECT {_COLUMNS} WHERE t.id = %(id)s AND t.organization_id = %(organization_id)s",
        {"id": token_id, "organization_id": organization_id},
    )
    if row is None:
        raise NotFound(what="token", id=str(token_id))
    return _token(row)


async def live(tx: Tx, organization_id: OrganizationId) -> list[Token]:
    """All live tokens, ordered by id."""
    rows = await tx.all(
        f"SELECT {_COLUMNS}"
        " WHERE t.organization_id = %(organization_id)s"
        " AND t.status IN ('waiting', 'called', 'serving', 'parked') ORDER BY t.id",
        {"organization_id": organization_id},
    )
    return [_token(row) for row in rows]


async def active_at(tx: Tx, counter_id: CounterId) -> Token | None:
    """The token that a counter has called or serves."""
    row = await tx.one(
        f"SELECT {_COLUMNS}"  # noqa: S608 - a constant
        " WHERE t.id = (SELECT token_id FROM active_calls WHERE counter_id = %(counter_id)s)",
        {"counter_id": counter_id},
    )
    return _token(row) if row else None


async def busy_counters(tx: Tx, organization_id: OrganizationId) -> set[CounterId]:
    """The counters that have an active token."""
    rows = await tx.all(
        "SELECT a.counter_id FROM active_calls a JOIN counters c ON c.id = a.counter_id"
        " WHERE c.organization_id = %(organization_id)s",
        {"organization_id": organization_id},
    )
    return {row["counter_id"] for row in rows}


async def lane_heads(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    customer_types: Sequence[TypeKey],
    priority_levels: Sequence[int],
) -> list[LaneHead]:
    """The first waiting token of each lane of these types and levels."""
    rows = await tx.all(
        """
        SELECT head.id, head.number, kind.key AS customer_type, level.minutes, head.place_at
        FROM unnest(%(types)s::text[]) AS kind (key),
             unnest(%(levels)s::integer[]) AS level (minutes),
             LATERAL (
                 SELECT t.id, t.number, t.place_at FROM tokens t
                 WHERE t.organization_id = %(organization_id)s AND t.customer_type = kind.key
                   AND t.priority = level.minutes AND t.status = 'waiting'
                 ORDER BY t.place_at, t.number LIMIT 1
             ) AS head
        """,
        {
            "organization_id": organization_id,
            "types": list(customer_types),
            "levels": list(priority_levels),
        },
    )
    return [
        LaneHead(
            token_id=TokenId(row["id"]),
            number=row["number"],
            customer_type=row["customer_type"],
            priority=row["minutes"],
            place_at=row["place_at"],
        )
        for row in rows
    ]


async def passed_over(tx: Tx, head: LaneHead, organization_id: OrganizationId) -> int:
    """How many later arrivals were called before a waiting token, by counters that serve its type.

    Every call of a later place, while this token still waits, passed it over.
    """
    row = await tx.one(
        """
        SELECT count(*) AS calls
        FROM token_calls c JOIN counters d ON d.id = c.counter_id
        WHERE c.organization_id = %(organization_id)s AND c.place_at > %(place_at)s
          AND NOT c.withdrawn
          AND (d.customer_types = '{}' OR %(customer_type)s = ANY(d.customer_types))
          AND (d.serves = '{}' OR %(customer_type)s = ANY(d.serves))
        """,
        {
            "organization_id": organization_id,
            "place_at": head.place_at,
            "customer_type": head.customer_type,
        },
    )
    return int(row["calls"]) if row else 0


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
        waiting_count = waiting_count + 1
    WHERE organization_id = %(organization_id)s AND customer_type = %(customer_type)s
), held AS (
    INSERT INTO live_numbers (organization_id, number, token_id)
    VALUES (%(organization_id)s, %(number)s, %(id)s)
)
INSERT INTO tokens (id, organization_id, service_day, number, customer_type, status, priority,
                    place_at, source, created_at)
VALUES (%(id)s, %(organization_id)s, %(service_day)s, %(number)s, %(customer_type)s, 'waiting',
        %(priority)s, %(place_at)s, %(source)s::token_source, %(created_at)s)
"""


async def insert(tx: Tx, token: Token, *, current: int) -> None:
    """A new token takes its number. `current` is that number within its series."""
    await tx.execute(
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
        },
    )


_SAVE = """
WITH visit AS (
    INSERT INTO token_calls (id, organization_id, token_id, service_day, number, customer_type,
        counter_id, user_id, place_at, called_at, announced_at, announced_revision, recall_count,
        started_at, ended_at, outcome, withdrawn)
    SELECT %(call_id)s::uuid, %(organization_id)s, %(id)s, %(service_day)s, %(number)s,
        %(customer_type)s, %(call_counter_id)s::uuid, %(user_id)s::uuid,
        %(call_place_at)s::timestamptz, %(call_called_at)s::timestamptz,
        %(announced_at)s::timestamptz, %(announced_revision)s::bigint, %(recall_count)s::integer,
        %(started_at)s::timestamptz, %(ended_at)s::timestamptz, %(outcome)s::call_outcome,
        %(withdrawn)s::boolean
    WHERE %(call_id)s::uuid IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET
        announced_at = excluded.announced_at, announced_revision = excluded.announced_revision,
        recall_count = excluded.recall_count, started_at = excluded.started_at,
        ended_at = excluded.ended_at, outcome = excluded.outcome, withdrawn = excluded.withdrawn
), left_counter AS (
    DELETE FROM active_calls WHERE token_id = %(id)s AND NOT %(is_active)s
), at_counter AS (
    INSERT INTO active_calls (counter_id, token_id)
    SELECT %(counter_id)s::uuid, %(id)s WHERE %(becomes_active)s
), released AS (
    DELETE FROM live_numbers
    WHERE organization_id = %(organization_id)s AND number = %(number)s AND NOT %(is_live)s
), counted AS (
    UPDATE queue_configurations SET waiting_count = waiting_count
        + (customer_type = coalesce(%(enters)s::text, ''))::integer
        - (customer_type = coalesce(%(leaves)s::text, ''))::integer
    WHERE organization_id = %(organization_id)s
      AND customer_type IN (%(enters)s::text, %(leaves)s::text)
      AND %(enters)s::text IS DISTINCT FROM %(leaves)s::text
)
UPDATE tokens SET
    status = %(status)s::token_status, customer_type = %(customer_type)s, priority = %(priority)s,
    place_at = %(place_at)s, called_at = %(called_at)s, served_at = %(served_at)s,
    completed_at = %(completed_at)s, cancelled_at = %(cancelled_at)s,
    counter_id = %(counter_id)s, call_id = %(call_id)s, served_by = %(served_by)s,
    wait_s = %(wait_s)s::integer, service_s = %(service_s)s::integer,
    actual_wait_time = round(%(wait_s)s::integer / 60.0),
    service_duration = round(%(service_s)s::integer / 60.0),
    why = %(why)s
WHERE id = %(id)s AND service_day = %(service_day)s AND status = %(was)s::token_status
"""


async def save(tx: Tx, before: Token, after: Token) -> None:
    """Write a token's new state with its call, the guards and the count of the waiting.

    Raises:
        AssertionError: the row was not as `before` says: a command did not lock first.
    """
    waited = before.status is TokenStatus.WAITING
    waits = after.status is TokenStatus.WAITING
    touched = await tx.execute(
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
            "is_live": after.status in LIVE_STATUSES,
            "is_active": after.status in ACTIVE_STATUSES,
            "becomes_active": after.status in ACTIVE_STATUSES and before.status not in ACTIVE_STATUSES,
            "leaves": before.customer_type if waited else None,
            "enters": after.customer_type if waits else None,
            **_call_params(after.call),
        },
    )
    if touched != 1:
        raise AssertionError(f"{before.number} was not {before.status} any more")


async def recent_calls(tx: Tx, organization_id: OrganizationId, *, limit: int) -> list[Call]:
    """The calls announced last, newest first."""
    rows = await tx.all(
        """
        SELECT id AS call_id, token_id AS id, number, customer_type, counter_id, user_id,
               place_at AS call_place_at, called_at AS call_called_at, announced_at,
               announced_revision, recall_count, started_at, ended_at, outcome::text AS outcome,
               withdrawn
        FROM token_calls WHERE organization_id = %(organization_id)s
        ORDER BY announced_revision DESC LIMIT %(limit)s
        """,
        {"organization_id": organization_id, "limit": limit},
    )
    return [_call(row, ended_at=row["ended_at"], outcome=row["outcome"]) for row in rows]


async def screens(tx: Tx, organization_id: OrganizationId, call_id: CallId) -> tuple[int, int]:
    """How many connected screens there are, and how many of them have painted a call."""
    row = await tx.one(
        """
        SELECT count(*) AS connected, count(r.shown_at) AS shown
        FROM devices d
        LEFT JOIN call_receipts r ON r.device_id = d.id AND r.call_id = %(call_id)s
        WHERE d.organization_id = %(organization_id)s AND d.revoked_at IS NULL
          AND d.connected_until > now()
        """,
        {"organization_id": organization_id, "call_id": call_id},
    )
    assert row is not None, "an aggregate has a row"
    return row["connected"], row["shown"]


async def announced_by(tx: Tx, organization_id: OrganizationId, revision: Revision) -> Call | None:
    """The open call that was last announced by this event."""
    row = await tx.one(
        """
        SELECT id AS call_id, token_id AS id, number, customer_type, counter_id, user_id,
               place_at AS call_place_at, called_at AS call_called_at, announced_at,
               announced_revision, recall_count, started_at, withdrawn
        FROM token_calls
        WHERE organization_id = %(organization_id)s AND announced_revision = %(revision)s
        """,
        {"organization_id": organization_id, "revision": revision},
    )
    return _call(row) if row else None


async def add_receipt(tx: Tx, call_id: CallId, device_id: DeviceId, *, spoken: bool = False) -> bool:
    """Note that a screen painted (or spoke) a call; returns whether it was the first time."""
    column = "spoken_at" if spoken else "shown_at"
    touched = await tx.execute(
        f"""
        INSERT INTO call_receipts (call_id, device_id, {column})
        VALUES (%(call_id)s, %(device_id)s, now())
        ON CONFLICT (call_id, device_id) DO UPDATE SET {column} = now()
        WHERE call_receipts.{column} IS NULL
        """,  # noqa: S608 - one of two constants
        {"call_id": call_id, "device_id": device_id},
    )
    return touched == 1


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
        why=Why.model_validate(row["why"]) if row["why"] else None,
        call=_call(row) if row["call_id"] else None,
    )


def _call(row: Row, *, ended_at: Any = None, outcome: str | None = None) -> Call:
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
