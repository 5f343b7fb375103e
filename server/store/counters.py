"""Counters and the sessions of work at them."""

from datetime import datetime
from uuid import uuid4

from server.domain.counters import Counter
from server.domain.errors import NotFound
from server.store.engine import Row, Tx
from shared.ids import CounterId, OrganizationId, TypeKey, UserId

_COLUMNS = "id, organization_id, label, name, position, customer_types, serves, opened_at, opened_by"


async def load(tx: Tx, organization_id: OrganizationId, counter_id: CounterId) -> Counter:
    """An active counter of this organization.

    Raises:
        NotFound
    """
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM counters"  # noqa: S608 - a constant
        " WHERE id = %(id)s AND organization_id = %(organization_id)s AND is_active",
        {"id": counter_id, "organization_id": organization_id},
    )
    if row is None:
        raise NotFound(what="counter", id=str(counter_id))
    return _counter(row)


async def all_of(tx: Tx, organization_id: OrganizationId) -> list[Counter]:
    """The active counters, by position."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM counters"  # noqa: S608 - a constant
        " WHERE organization_id = %(organization_id)s AND is_active ORDER BY position, label",
        {"organization_id": organization_id},
    )
    return [_counter(row) for row in rows]


async def opened_by(tx: Tx, user_id: UserId) -> Counter | None:
    """The counter that a person has open, in whichever organization."""
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM counters WHERE opened_by = %(user_id)s",  # noqa: S608 - a constant
        {"user_id": user_id},
    )
    return _counter(row) if row else None


async def add(tx: Tx, counter: Counter) -> None:
    """A new counter."""
    await tx.execute(
        "INSERT INTO counters (id, organization_id, label, name, position, customer_types)"
        " VALUES (%(id)s, %(organization_id)s, %(label)s, %(name)s, %(position)s,"
        " %(customer_types)s)",
        {
            "id": counter.id,
            "organization_id": counter.organization_id,
            "label": counter.label,
            "name": counter.name,
            "position": counter.position,
            "customer_types": list(counter.customer_types),
        },
    )


async def save(tx: Tx, counter: Counter) -> None:
    """Who sits at a counter, and what it serves."""
    await tx.execute(
        "UPDATE counters SET serves = %(serves)s, opened_at = %(opened_at)s,"
        " opened_by = %(opened_by)s, updated_at = now() WHERE id = %(id)s",
        {
            "id": counter.id,
            "serves": list(counter.serves),
            "opened_at": counter.opened_at,
            "opened_by": counter.opened_by,
        },
    )


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
    """The work at a counter ends; its figures are those of its calls."""
    await tx.execute(
        """
        UPDATE service_sessions s SET ended_at = %(now)s, tokens_served = f.served,
               average_service_time = f.average_min
        FROM service_sessions o
        LEFT JOIN LATERAL (
            SELECT count(*) AS served,
                   avg(extract(epoch FROM c.ended_at - c.started_at)) / 60 AS average_min
            FROM token_calls c
            WHERE c.user_id = o.staff_id AND c.counter_id = o.counter_id
              AND c.outcome = 'completed' AND c.called_at >= o.started_at
        ) f ON true
        WHERE o.counter_id = %(counter_id)s AND o.ended_at IS NULL AND s.id = o.id
        """,
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
    )
