"""Past days as the estimates learn from them, and the present moment as they are asked about it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.estimates.facts import (
    CounterHours,
    CounterPlan,
    Interval,
    PastCall,
    PastDay,
    PastToken,
    WaitingToken,
)
from server.store.engine import Row, Tx
from shared.ids import OrganizationId, TypeKey

_TOKENS = """
SELECT service_day, customer_type, priority, created_at, wait_s,
       CASE WHEN status = 'cancelled' AND wait_s IS NULL THEN cancelled_at END AS left_at
FROM tokens
WHERE organization_id = %(organization_id)s AND service_day BETWEEN %(from_day)s AND %(until_day)s
ORDER BY created_at, id
"""

# A call that was withdrawn before the visitor came occupied nobody's time worth learning from.
_CALLS = """
SELECT c.service_day, c.counter_id, c.customer_type, c.called_at, c.ended_at, c.outcome::text AS outcome,
       extract(epoch FROM c.called_at - t.created_at) AS waited_s
FROM token_calls c
JOIN tokens t ON t.id = c.token_id AND t.service_day = c.service_day
WHERE c.organization_id = %(organization_id)s AND c.service_day BETWEEN %(from_day)s AND %(until_day)s
  AND c.ended_at IS NOT NULL AND NOT c.withdrawn
ORDER BY c.called_at, c.id
"""

# A session that is still open was open until now; breaks are gaps in it.
_SESSIONS = """
SELECT s.counter_id, s.started_at, least(coalesce(s.ended_at, %(now)s), %(now)s) AS ended_at,
       c.customer_types,
       coalesce(array_agg(b.started_at ORDER BY b.started_at) FILTER (WHERE b.id IS NOT NULL), '{}')
           AS breaks_from,
       coalesce(array_agg(coalesce(b.ended_at, %(now)s) ORDER BY b.started_at)
           FILTER (WHERE b.id IS NOT NULL), '{}') AS breaks_until
FROM service_sessions s
JOIN counters c ON c.id = s.counter_id
LEFT JOIN breaks b ON b.session_id = s.id
WHERE s.organization_id = %(organization_id)s AND s.started_at >= %(from_at)s AND s.started_at <= %(now)s
GROUP BY s.id, c.customer_types
ORDER BY s.started_at, s.id
"""


async def past_days(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    from_day: date,
    until_day: date,
    time_zone: ZoneInfo,
    now: datetime,
    planned: Callable[[date], CounterPlan | None] = lambda _: None,
) -> list[PastDay]:
    """What happened on the service days from one to another, oldest first; days without tokens are left out.

    Moments are in the organization's time zone. A session of work belongs to the day on which it began,
    by the wall clock.

    Args:
        planned: what an admin had planned for a day.
    """
    span = {
        "organization_id": organization_id,
        "from_day": from_day,
        "until_day": until_day,
        "from_at": datetime.combine(from_day, datetime.min.time(), tzinfo=time_zone) - timedelta(days=1),
        "now": now,
    }
    tokens: dict[date, list[PastToken]] = defaultdict(list)
    for row in await tx.all(_TOKENS, span):
        tokens[row["service_day"]].append(_token(row, time_zone))
    calls: dict[date, list[PastCall]] = defaultdict(list)
    for row in await tx.all(_CALLS, span):
        calls[row["service_day"]].append(_call(row, time_zone))
    opened = _opened(await tx.all(_SESSIONS, span), time_zone)
    return [
        PastDay(
            tokens=tuple(tokens[day]),
            calls=tuple(calls[day]),
            opened=opened.get(day, ()),
            plan=planned(day),
        )
        for day in sorted(tokens)
    ]


async def waiting_now(tx: Tx, organization_id: OrganizationId, *, time_zone: ZoneInfo) -> list[WaitingToken]:
    """Everyone who waits, by place."""
    rows = await tx.all(
        "SELECT customer_type, priority, place_at FROM tokens"
        " WHERE organization_id = %(organization_id)s AND status = 'waiting' ORDER BY place_at, number",
        {"organization_id": organization_id},
    )
    return [
        WaitingToken(
            customer_type=row["customer_type"],
            head_start_s=row["priority"] * 60.0,
            place_at=row["place_at"].astimezone(time_zone),
        )
        for row in rows
    ]


async def kept(
    tx: Tx, organization_id: OrganizationId, *, from_day: date, until_day: date
) -> tuple[int, int]:
    """How many waits of these service days had a promise, and how many fell inside it."""
    row = await tx.one(
        """
        SELECT count(*) AS waits,
               count(*) FILTER (WHERE wait_s BETWEEN promise_low_s AND promise_high_s) AS inside
        FROM tokens
        WHERE organization_id = %(organization_id)s
          AND service_day BETWEEN %(from_day)s AND %(until_day)s
          AND promise_low_s IS NOT NULL AND wait_s IS NOT NULL
        """,
        {"organization_id": organization_id, "from_day": from_day, "until_day": until_day},
    )
    assert row is not None, "an aggregate has a row"
    return row["waits"], row["inside"]


def _token(row: Row, zone: ZoneInfo) -> PastToken:
    arrived_at = row["created_at"].astimezone(zone)
    wait_s, left_at = row["wait_s"], row["left_at"]
    return PastToken(
        customer_type=row["customer_type"],
        head_start_s=row["priority"] * 60.0,
        arrived_at=arrived_at,
        called_at=arrived_at + timedelta(seconds=wait_s) if wait_s is not None else None,
        left_at=left_at and left_at.astimezone(zone),
    )


def _call(row: Row, zone: ZoneInfo) -> PastCall:
    return PastCall(
        counter=str(row["counter_id"]),
        customer_type=row["customer_type"],
        called_at=row["called_at"].astimezone(zone),
        ended_at=row["ended_at"].astimezone(zone),
        served=row["outcome"] != "no_show",
        waited_s=max(0.0, float(row["waited_s"])),
    )


def _opened(rows: Sequence[Row], zone: ZoneInfo) -> dict[date, tuple[CounterHours, ...]]:
    spans: dict[date, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    serves: dict[str, frozenset[TypeKey]] = {}
    for row in rows:
        counter = str(row["counter_id"])
        serves[counter] = frozenset(row["customer_types"])
        pieces = _without_breaks(row, zone)
        if pieces:
            spans[pieces[0].opens_at.date()][counter] += pieces
    return {day: _hours(by_counter, serves) for day, by_counter in spans.items()}


def _hours(
    spans: Mapping[str, list[Interval]], serves: Mapping[str, frozenset[TypeKey]]
) -> tuple[CounterHours, ...]:
    return tuple(
        CounterHours(counter=counter, serves=serves[counter], open=tuple(intervals))
        for counter, intervals in sorted(spans.items())
    )


def _without_breaks(row: Row, zone: ZoneInfo) -> list[Interval]:
    pieces: list[Interval] = []
    opens_at, ends_at = row["started_at"], row["ended_at"]
    for from_at, until_at in zip(row["breaks_from"], row["breaks_until"], strict=True):
        if from_at > opens_at:
            pieces.append(_interval(opens_at, min(from_at, ends_at), zone))
        opens_at = max(opens_at, until_at)
    if ends_at > opens_at:
        pieces.append(_interval(opens_at, ends_at, zone))
    return pieces


def _interval(opens_at: datetime, closes_at: datetime, zone: ZoneInfo) -> Interval:
    return Interval(opens_at=opens_at.astimezone(zone), closes_at=closes_at.astimezone(zone))
