"""Counters and the sessions of work at them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from psycopg.rows import DictRow

from server.domain.counters import Counter
from server.domain.errors import NotFound
from server.store.engine import Reading, Row, Tx
from shared.ids import CounterId, OrganizationId, TypeKey, UserId

T = TypeVar("T")

_SELECT = """
SELECT c.id, c.organization_id, c.label, c.name, c.position, c.customer_types, c.serves, c.opened_at,
       c.opened_by, c.closed_at, c.break_since, c.break_reason, c.is_active, c.version,
       coalesce(m.customer_types, '{}') AS skills, a.token_id
FROM counters c
LEFT JOIN memberships m ON m.user_id = c.opened_by AND m.organization_id = c.organization_id
LEFT JOIN active_calls a ON a.counter_id = c.id
"""


async def load(tx: Tx, organization_id: OrganizationId, counter_id: CounterId) -> Counter:
    """An active counter of this organization.

    Raises:
        NotFound
    """
    return await tx.read(loading(organization_id, counter_id))


def loading(organization_id: OrganizationId, counter_id: CounterId) -> Reading[Counter]:
    """What `load` asks.

    Raises:
        NotFound
    """

    def parse(rows: Sequence[Row]) -> Counter:
        if not rows or not rows[0]["is_active"]:
            raise NotFound(what="counter", id=str(counter_id))
        return _counter(rows[0])

    return _asking(organization_id, counter_id, parse)


async def find(tx: Tx, organization_id: OrganizationId, counter_id: CounterId) -> Counter | None:
    """A counter of this organization, also one that was switched off."""
    return await tx.read(
        _asking(organization_id, counter_id, lambda rows: _counter(rows[0]) if rows else None)
    )


def _asking(
    organization_id: OrganizationId, counter_id: CounterId, parse: Callable[[list[DictRow]], T]
) -> Reading[T]:
    return Reading(
        query=f"{_SELECT} WHERE c.id = %(id)s AND c.organization_id = %(organization_id)s",
        params={"id": counter_id, "organization_id": organization_id},
        parse=parse,
    )


async def all_of(tx: Tx, organization_id: OrganizationId, *, with_inactive: bool = False) -> list[Counter]:
    """The counters, by position; those that were switched off on demand."""
    rows = await tx.all(
        f"{_SELECT} WHERE c.organization_id = %(organization_id)s AND (c.is_active OR %(with_inactive)s)"
        ' ORDER BY c.position, c.label COLLATE "C"',  # as the apps sort them
        {"organization_id": organization_id, "with_inactive": with_inactive},
    )
    return [_counter(row) for row in rows]


async def opened_by(tx: Tx, user_id: UserId) -> Counter | None:
    """The counter that a person has open, in whichever organization."""
    row = await tx.one(
        f"{_SELECT} WHERE c.opened_by = %(user_id)s",
        {"user_id": user_id},
    )
    return _counter(row) if row else None


async def add(tx: Tx, counter: Counter) -> None:
    """A new counter."""
    await tx.execute(
        "INSERT INTO counters (id, organization_id, label, name, position, customer_types, is_active)"
        " VALUES (%(id)s, %(organization_id)s, %(label)s, %(name)s, %(position)s,"
        " %(customer_types)s, %(is_active)s)",
        {
            "id": counter.id,
            "organization_id": counter.organization_id,
            "label": counter.label,
            "name": counter.name,
            "position": counter.position,
            "customer_types": list(counter.customer_types),
            "is_active": counter.is_active,
        },
    )


async def configure(tx: Tx, counter: Counter) -> None:
    """What an admin decided about a counter; its version grows."""
    await tx.execute(
        "UPDATE counters SET label = %(label)s, name = %(name)s, position = %(position)s,"
        " customer_types = %(customer_types)s, serves = %(serves)s, is_active = %(is_active)s,"
        " version = %(version)s, updated_at = now() WHERE id = %(id)s",
        {
            "id": counter.id,
            "label": counter.label,
            "name": counter.name,
            "position": counter.position,
            "customer_types": list(counter.customer_types),
            "serves": list(counter.serves),
            "is_active": counter.is_active,
            "version": counter.version,
        },
    )


async def save(tx: Tx, counter: Counter, *, now: datetime) -> None:
    """Who sits at a counter, what it serves, and whether they take a break."""
    await tx.execute(
        "UPDATE counters SET serves = %(serves)s, opened_at = %(opened_at)s,"
        " opened_by = %(opened_by)s, closed_at = %(closed_at)s, break_since = %(break_since)s,"
        " break_reason = %(break_reason)s, seen_at = %(now)s, updated_at = now() WHERE id = %(id)s",
        {
            "id": counter.id,
            "serves": list(counter.serves),
            "opened_at": counter.opened_at,
            "opened_by": counter.opened_by,
            "closed_at": counter.closed_at,
            "break_since": counter.break_since,
            "break_reason": counter.break_reason,
            "now": now,
        },
    )


async def people_present(tx: Tx, user_ids: Sequence[UserId]) -> None:
    """The apps of these people are connected: their counters are not lost."""
    # A counter that a command holds just now is not silent; waiting for it, while others are held here,
    # could be a deadlock.
    await tx.execute(
        "UPDATE counters SET seen_at = clock_timestamp() WHERE id IN (SELECT id FROM counters"
        " WHERE opened_by = ANY(%(user_ids)s) FOR UPDATE SKIP LOCKED)",
        {"user_ids": list(user_ids)},
    )


_DESERTED = """
WHERE c.organization_id = %(organization_id)s AND c.opened_by IS NOT NULL
  AND (coalesce(c.seen_at, c.opened_at) < %(moment)s OR m.user_id IS NULL
       OR NOT (SELECT u.is_active FROM users u WHERE u.id = c.opened_by))
ORDER BY c.position, c.label
"""


async def silent_since(tx: Tx, organization_id: OrganizationId, moment: datetime) -> list[Counter]:
    """The open counters that nobody has heard of since a moment, or of people who may not sign in."""
    rows = await tx.all(
        _SELECT + _DESERTED,
        {"organization_id": organization_id, "moment": moment},
    )
    return [_counter(row) for row in rows]


async def off_duty_since(
    tx: Tx, organization_id: OrganizationId, user_ids: Collection[UserId]
) -> dict[UserId, datetime | None]:
    """Since when people have no counter open; None who never had. Who has one open is left out."""
    rows = await tx.all(
        """
        SELECT u.id, max(s.ended_at) AS since
        FROM unnest(%(user_ids)s::uuid[]) AS u (id)
        LEFT JOIN service_sessions s ON s.staff_id = u.id AND s.organization_id = %(organization_id)s
        WHERE NOT EXISTS (SELECT FROM counters c
                          WHERE c.opened_by = u.id AND c.organization_id = %(organization_id)s)
        GROUP BY u.id
        """,
        {"organization_id": organization_id, "user_ids": list(user_ids)},
    )
    return {row["id"]: row["since"] for row in rows}


async def begin_session(tx: Tx, counter: Counter, user_id: UserId, now: datetime) -> None:
    """A person begins to work at a counter."""
    await tx.execute(
        "INSERT INTO service_sessions (id, staff_id, organization_id, counter_id, started_at)"
        " VALUES (%(id)s, %(user_id)s, %(organization_id)s, %(counter_id)s, %(now)s)",
        {
            "id": uuid4(),
            "user_id": user_id,
            "organization_id": counter.organization_id,
            "counter_id": counter.id,
            "now": now,
        },
    )


async def end_session(tx: Tx, counter_id: CounterId, now: datetime) -> None:
    """The work at a counter ends; its figures are those of its calls and breaks."""
    await end_break(tx, counter_id, now)
    await tx.execute(
        """
        UPDATE service_sessions s SET ended_at = %(now)s, tokens_served = f.served,
               average_service_time = f.average_min, break_time = coalesce(b.minutes, 0)
        FROM service_sessions o
        LEFT JOIN LATERAL (
            SELECT count(*) AS served,
                   avg(extract(epoch FROM c.ended_at - c.started_at)) / 60 AS average_min
            FROM token_calls c
            WHERE c.user_id = o.staff_id AND c.counter_id = o.counter_id
              AND c.outcome = 'completed' AND c.called_at >= o.started_at
              -- A day earlier than any zone's: lets the index by day leave the past alone.
              AND c.service_day >= (o.started_at - interval '2 days')::date
        ) f ON true
        LEFT JOIN LATERAL (
            SELECT round(sum(extract(epoch FROM r.ended_at - r.started_at)) / 60) AS minutes
            FROM breaks r WHERE r.session_id = o.id
        ) b ON true
        WHERE o.counter_id = %(counter_id)s AND o.ended_at IS NULL AND s.id = o.id
        """,
        {"counter_id": counter_id, "now": now},
    )


async def begin_break(
    tx: Tx, organization_id: OrganizationId, counter_id: CounterId, *, reason: str, now: datetime
) -> None:
    """Who works at a counter takes a break; one under way only gets another reason."""
    await tx.execute(
        """
        INSERT INTO breaks (organization_id, session_id, counter_id, user_id, reason, started_at)
        SELECT %(organization_id)s, s.id, s.counter_id, s.staff_id, %(reason)s, %(now)s
        FROM service_sessions s WHERE s.counter_id = %(counter_id)s AND s.ended_at IS NULL
        ON CONFLICT (counter_id) WHERE ended_at IS NULL DO UPDATE SET reason = excluded.reason
        """,
        {"organization_id": organization_id, "counter_id": counter_id, "reason": reason, "now": now},
    )


async def end_break(tx: Tx, counter_id: CounterId, now: datetime) -> None:
    """The break at a counter is over, if there is one."""
    await tx.execute(
        "UPDATE breaks SET ended_at = %(now)s WHERE counter_id = %(counter_id)s AND ended_at IS NULL",
        {"counter_id": counter_id, "now": now},
    )


def _counter(row: Row) -> Counter:
    return Counter(
        id=CounterId(row["id"]),
        organization_id=OrganizationId(row["organization_id"]),
        label=row["label"],
        name=row["name"],
        position=row["position"],
        customer_types=tuple(TypeKey(key) for key in row["customer_types"]),
        serves=tuple(TypeKey(key) for key in row["serves"]),
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        skills=tuple(TypeKey(key) for key in row["skills"]),
        closed_at=row["closed_at"],
        break_since=row["break_since"],
        break_reason=row["break_reason"],
        token_id=row["token_id"],
        is_active=row["is_active"],
        version=row["version"],
    )
