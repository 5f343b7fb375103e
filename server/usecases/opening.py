"""When a customer type takes tokens: what the domain's rule needs, out of the settings."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import opening_hours
from server.domain.errors import Closed, DayLimitReached
from server.domain.opening_hours import Schedule
from server.domain.service_day import service_day, starts_at
from server.store.queues import Queue
from server.usecases.commanding import Desk
from shared.organizations import OrganizationSettings


def schedule_of(
    settings: OrganizationSettings, queue: Queue, *, closed_day: date | None, now: datetime
) -> Schedule:
    """All that decides when a customer type is open.

    Args:
        closed_day: the service day that was closed early; one that is over closes nothing.
    """
    zone = ZoneInfo(settings.time_zone)
    today = service_day(now, time_zone=zone, reset_time=settings.reset_time)
    closed_until = None
    if closed_day == today:
        tomorrow = today + timedelta(days=1)
        closed_until = starts_at(tomorrow, time_zone=zone, reset_time=settings.reset_time)
    return Schedule(
        time_zone=zone,
        weekly=settings.opening_hours,
        own_weekly=queue.opening_hours,
        holidays=settings.holidays,
        closed_until=closed_until,
    )


def require_taking(desk: Desk, queue: Queue) -> None:
    """Refuse a token of a type that is closed, or has given all of its day.

    Raises:
        Closed, DayLimitReached
    """
    schedule = schedule_of(desk.settings, queue, closed_day=desk.facts.closed_day, now=desk.now)
    if not opening_hours.is_open(schedule, desk.now):
        opens_at = opening_hours.next_opening(schedule, desk.now)
        raise Closed(
            customer_type=queue.shown.name,
            next_opening=opens_at and opens_at.astimezone(schedule.time_zone),
        )
    if queue.day_limit is not None and queue.taken_on(desk.service_day) >= queue.day_limit:
        raise DayLimitReached(customer_type=queue.shown.name, limit=queue.day_limit)
