"""A past service day as it is on record, for replaying it under other rules."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from server.domain.simulating import DayToken, Shift, Turn
from server.store.engine import Row, Tx
from shared.ids import CounterId, OrganizationId, TokenId, TypeKey
from shared.tokens import ChoiceRule

# Those kept from the day before are of another service day; those of this one that were kept for the
# next are in it, with what happened until the day's end and beyond.
_TOKENS = """
SELECT id, number, customer_type, priority, place_at, created_at, status::text AS status, cancelled_at,
       emergency IS NOT NULL AS is_emergency, target_counter_id
FROM tokens
WHERE organization_id = %(organization_id)s AND service_day = %(service_day)s
ORDER BY created_at, id
"""

_CALLS = """
SELECT token_id, customer_type, priority, place_at, called_at, ended_at, counter_id, rule,
       outcome::text AS outcome
FROM token_calls
WHERE organization_id = %(organization_id)s AND service_day = %(service_day)s
  AND outcome IS DISTINCT FROM 'undone'
ORDER BY called_at, id
"""

_SHIFTS = """
SELECT s.counter_id, s.started_at, s.ended_at,
       CASE WHEN c.serves <> '{}' THEN c.serves ELSE c.customer_types END AS customer_types,
       coalesce(array_agg(b.started_at ORDER BY b.started_at) FILTER (WHERE b.id IS NOT NULL), '{}')
           AS breaks_from,
       coalesce(array_agg(b.ended_at ORDER BY b.started_at) FILTER (WHERE b.id IS NOT NULL), '{}')
           AS breaks_until
FROM service_sessions s
JOIN counters c ON c.id = s.counter_id
LEFT JOIN breaks b ON b.session_id = s.id
WHERE s.organization_id = %(organization_id)s
  AND s.started_at >= %(from_at)s AND s.started_at < %(until_at)s
GROUP BY s.id, c.serves, c.customer_types
ORDER BY s.started_at, s.id
"""


async def tokens(tx: Tx, organization_id: OrganizationId, service_day: date) -> list[DayToken]:
    """The tokens of a service day with their turns."""
    day = {"organization_id": organization_id, "service_day": service_day}
    calls: dict[UUID, list[Row]] = defaultdict(list)
    for row in await tx.all(_CALLS, day):
        calls[row["token_id"]].append(row)
    return [_token(row, calls[row["id"]]) for row in await tx.all(_TOKENS, day)]


async def shifts(
    tx: Tx, organization_id: OrganizationId, *, from_at: datetime, until_at: datetime
) -> list[Shift]:
    """When counters called between two moments; a session that goes on is taken until the later one."""
    rows = await tx.all(
        _SHIFTS, {"organization_id": organization_id, "from_at": from_at, "until_at": until_at}
    )
    return [shift for row in rows for shift in _shifts(row, until_at)]


def _token(row: Row, calls: list[Row]) -> DayToken:
    turns, joined_at = [], row["created_at"]
    for call in calls:
        turns.append(_turn(call, joined_at=min(joined_at or call["called_at"], call["called_at"])))
        # When a parked or late visitor came back is not on record: with the call that followed.
        joined_at = call["ended_at"] if call["outcome"] in ("transferred", "returned") else None
    left_waiting = row["status"] == "cancelled" and (not calls or calls[-1]["outcome"] != "cancelled")
    if not calls or row["status"] == "waiting" or (left_waiting and joined_at is not None):
        turns.append(
            Turn(
                customer_type=TypeKey(row["customer_type"]),
                priority=row["priority"],
                place_at=row["place_at"],
                joined_at=joined_at or row["created_at"],
                is_emergency=row["is_emergency"],
                meant_for=row["target_counter_id"],
            )
        )
    return DayToken(
        id=TokenId(row["id"]),
        number=row["number"],
        turns=tuple(turns),
        left_at=row["cancelled_at"] if left_waiting else None,
    )


def _turn(call: Row, *, joined_at: datetime) -> Turn:
    return Turn(
        customer_type=TypeKey(call["customer_type"]),
        priority=call["priority"],
        place_at=call["place_at"],
        joined_at=joined_at,
        called_at=call["called_at"],
        ended_at=call["ended_at"],
        counter_id=CounterId(call["counter_id"]),
        is_emergency=call["rule"] == ChoiceRule.STRICT,
        meant_for=CounterId(call["counter_id"]) if call["rule"] == ChoiceRule.MEANT else None,
    )


def _shifts(row: Row, until_at: datetime) -> list[Shift]:
    pieces: list[tuple[datetime, datetime]] = []
    opens_at, closes_at = row["started_at"], row["ended_at"] or until_at
    for from_at, back_at in zip(row["breaks_from"], row["breaks_until"], strict=True):
        pieces.append((opens_at, min(from_at, closes_at)))
        opens_at = back_at or closes_at
    pieces.append((opens_at, closes_at))
    return [
        Shift(
            counter_id=CounterId(row["counter_id"]),
            customer_types=frozenset(row["customer_types"]),
            opens_at=begins,
            closes_at=ends,
        )
        for begins, ends in pieces
        if begins < ends
    ]
