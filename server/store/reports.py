"""Figures of a day, read from the calls and tokens of it."""

from datetime import date

from server.store.engine import Tx
from shared.analytics import Day, HourCount
from shared.ids import OrganizationId, UserId

_CALLS = """
SELECT count(*) FILTER (WHERE outcome = 'completed') AS served,
       count(*) FILTER (WHERE outcome = 'no_show') AS no_shows,
       count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,
       avg(extract(epoch FROM ended_at - started_at)) FILTER (WHERE outcome = 'completed')
           AS average_service_s
FROM token_calls
WHERE organization_id = %(organization_id)s AND service_day = %(day)s
  AND (%(user_id)s::uuid IS NULL OR user_id = %(user_id)s::uuid)
"""

_TOKENS = """
SELECT count(*) AS created, count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
       avg(wait_s) AS average_wait_s
FROM tokens
WHERE organization_id = %(organization_id)s AND service_day = %(day)s
  AND (%(user_id)s::uuid IS NULL OR served_by = %(user_id)s::uuid)
"""

_HOURS = """
SELECT extract(hour FROM ended_at AT TIME ZONE %(time_zone)s)::integer AS hour,
       count(*) AS served
FROM token_calls
WHERE organization_id = %(organization_id)s AND service_day = %(day)s AND outcome = 'completed'
  AND (%(user_id)s::uuid IS NULL OR user_id = %(user_id)s::uuid)
GROUP BY hour ORDER BY hour
"""


async def day(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    service_day: date,
    time_zone: str,
    user_id: UserId | None = None,
) -> Day:
    """The figures of a service day, of everyone or of one person."""
    params = {
        "organization_id": organization_id,
        "day": service_day,
        "user_id": user_id,
        "time_zone": time_zone,
    }
    calls, tokens = await tx.one(_CALLS, params), await tx.one(_TOKENS, params)
    assert calls is not None, "an aggregate has a row"
    assert tokens is not None, "an aggregate has a row"
    hours = await tx.all(_HOURS, params)
    service, wait = calls["average_service_s"], tokens["average_wait_s"]
    return Day(
        service_day=service_day,
        served=calls["served"],
        no_shows=calls["no_shows"],
        cancelled=tokens["cancelled"],
        created=tokens["created"],
        average_service_s=None if service is None else float(service),
        average_wait_s=None if wait is None else float(wait),
        served_by_hour=tuple(HourCount(**row) for row in hours),
    )
