"""Lanes: who is first in each, who comes before whom. Read by every call, so SQL text, prepared."""

from collections.abc import Collection, Sequence
from datetime import datetime

from server.domain.policy import LaneHead
from server.domain.tokens import Lane
from server.store.engine import Reading, Tx
from shared.ids import CounterId, OrganizationId, TokenId, TypeKey, UserId

_LANE_HEADS = """
SELECT head.id, head.number, kind.key AS customer_type, level.minutes AS priority, head.place_at,
       false AS is_strict, false AS is_meant
FROM unnest(%(types)s::text[]) AS kind (key),
     unnest(%(levels)s::integer[]) AS level (minutes),
     LATERAL (
         SELECT t.id, t.number, t.place_at FROM tokens t
         WHERE t.organization_id = %(organization_id)s AND t.customer_type = kind.key
           AND t.priority = level.minutes
           AND t.status = 'waiting' AND t.target_id IS NULL AND t.emergency IS NULL
         ORDER BY t.place_at, t.number LIMIT 1
     ) AS head
UNION ALL
(
    SELECT DISTINCT ON (t.customer_type, t.priority)
           t.id, t.number, t.customer_type, t.priority, t.place_at, false, true
    FROM tokens t
    WHERE t.organization_id = %(organization_id)s AND t.target_id = ANY(%(targets)s::uuid[])
      AND t.status = 'waiting' AND t.target_id IS NOT NULL AND t.emergency IS NULL
    ORDER BY t.customer_type, t.priority, t.place_at, t.number
)
UNION ALL
(
    SELECT t.id, t.number, t.customer_type, t.priority, t.place_at, true, t.target_id IS NOT NULL
    FROM tokens t
    WHERE t.organization_id = %(organization_id)s
      AND t.status = 'waiting' AND t.emergency IS NOT NULL
      AND (t.target_id = ANY(%(targets)s::uuid[])
           OR (t.target_id IS NULL AND t.customer_type = ANY(%(types)s::text[])))
    ORDER BY t.place_at, t.number LIMIT 1
)
"""


async def lane_heads(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    customer_types: Sequence[TypeKey],
    priority_levels: Sequence[int],
    targets: Sequence[CounterId | UserId] = (),
) -> list[LaneHead]:
    """The first waiting token of each lane that a counter serves.

    Args:
        customer_types, priority_levels: the common lanes, of tokens meant for anybody.
        targets: the counter and who sits there: what is meant for them is theirs, of whatever type.
    """
    rows = await tx.all(
        _LANE_HEADS,
        {
            "organization_id": organization_id,
            "types": list(customer_types),
            "levels": list(priority_levels),
            "targets": list(targets),
        },
    )
    return [
        LaneHead(
            token_id=TokenId(row["id"]),
            number=row["number"],
            customer_type=row["customer_type"],
            priority=row["priority"],
            place_at=row["place_at"],
            is_strict=row["is_strict"],
            is_meant=row["is_meant"],
        )
        for row in rows
    ]


_PLACE_IN_LANE = """
SELECT max(f.place_at) AS place_at FROM (
    SELECT t.place_at FROM tokens t
    WHERE t.organization_id = %(organization_id)s AND t.customer_type = %(customer_type)s
      AND t.priority = %(priority)s AND t.status = 'waiting' AND t.emergency IS NULL
      AND {target}
    ORDER BY t.place_at, t.number LIMIT %(nth)s
) f
"""
_PLACE_IN_COMMON_LANE = _PLACE_IN_LANE.format(target="t.target_id IS NULL")
_PLACE_IN_MEANT_LANE = _PLACE_IN_LANE.format(target="t.target_id = %(target_id)s")


async def place_in_lane(tx: Tx, organization_id: OrganizationId, lane: Lane, *, nth: int) -> datetime | None:
    """The place of the nth waiting token of a lane, or of its last one; None where nobody waits.

    Args:
        nth: 1 is the first.
    """
    row = await tx.one(
        _PLACE_IN_MEANT_LANE if lane.target else _PLACE_IN_COMMON_LANE,
        {
            "organization_id": organization_id,
            "customer_type": lane.customer_type,
            "priority": lane.priority,
            "target_id": lane.target.counter_id or lane.target.user_id,
            "nth": nth,
        },
    )
    return row["place_at"] if row else None


async def earlier_waiting(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    customer_types: Sequence[TypeKey],
    priority_levels: Sequence[int],
    place_at: datetime,
) -> int:
    """How many wait in the common lanes of these types with an earlier place than this."""
    row = await tx.one(
        """
        SELECT count(*) AS tokens
        FROM unnest(%(types)s::text[]) AS kind (key),
             unnest(%(levels)s::integer[]) AS level (minutes),
             LATERAL (
                 SELECT FROM tokens t
                 WHERE t.organization_id = %(organization_id)s AND t.customer_type = kind.key
                   AND t.priority = level.minutes AND t.place_at < %(place_at)s
                   AND t.status = 'waiting' AND t.target_id IS NULL AND t.emergency IS NULL
             ) AS earlier
        """,
        {
            "organization_id": organization_id,
            "types": list(customer_types),
            "levels": list(priority_levels),
            "place_at": place_at,
        },
    )
    return int(row["tokens"]) if row else 0


async def waiting_at_levels(
    tx: Tx, organization_id: OrganizationId, levels: Collection[int]
) -> dict[int, int]:
    """How many tokens wait at each of these levels, emergencies and those meant for somebody too.

    Levels at which nobody waits are left out.
    """
    if not levels:
        return {}
    rows = await tx.all(
        "SELECT priority, count(*) AS tokens FROM tokens"
        " WHERE organization_id = %(organization_id)s AND status = 'waiting'"
        " AND priority = ANY(%(levels)s::integer[]) GROUP BY priority ORDER BY priority",
        {"organization_id": organization_id, "levels": list(levels)},
    )
    return {row["priority"]: row["tokens"] for row in rows}


async def recent_levels(
    tx: Tx, organization_id: OrganizationId, counter_id: CounterId, *, limit: int
) -> list[int]:
    """The priorities of a counter's last calls, newest first."""
    rows = await tx.all(
        "SELECT priority FROM token_calls WHERE organization_id = %(organization_id)s"
        " AND counter_id = %(counter_id)s AND NOT withdrawn"
        " ORDER BY announced_revision DESC LIMIT %(limit)s",
        {"organization_id": organization_id, "counter_id": counter_id, "limit": limit},
    )
    return [row["priority"] for row in rows]


async def passed_over(
    tx: Tx, organization_id: OrganizationId, token_id: TokenId, customer_type: TypeKey, place_at: datetime
) -> int:
    """How many later arrivals were called before a waiting token, by counters that serve its type.

    Every call of a later place, while this token still waits, passed it over.
    """
    return await tx.read(counting_passed_over(organization_id, token_id, customer_type, place_at))


def counting_passed_over(
    organization_id: OrganizationId, token_id: TokenId, customer_type: TypeKey, place_at: datetime
) -> Reading[int]:
    """What `passed_over` asks."""
    return Reading(
        query="""
        SELECT count(*) AS calls
        FROM token_calls c JOIN counters d ON d.id = c.counter_id
        WHERE c.organization_id = %(organization_id)s
          -- With an end the planner takes it for a short stretch of the index, which it is, and not for
          -- a third of the table, as it takes every "later than" whose value it does not know.
          AND c.place_at > %(place_at)s AND c.place_at < 'infinity'
          -- A place may be older than the token: only what was called since it came passed it over.
          AND c.called_at >= (SELECT t.created_at FROM tokens t WHERE t.id = %(token_id)s)
          AND NOT c.withdrawn
          AND (d.customer_types = '{}' OR %(customer_type)s = ANY(d.customer_types))
          AND (d.serves = '{}' OR %(customer_type)s = ANY(d.serves))
        """,
        params={
            "organization_id": organization_id,
            "token_id": token_id,
            "place_at": place_at,
            "customer_type": customer_type,
        },
        parse=lambda rows: int(rows[0]["calls"]),
    )
