"""The service day: an organization's own date, by its time zone and reset time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def starts_at(day: date, *, time_zone: ZoneInfo, reset_time: time) -> datetime:
    """The instant at which a service day begins.

    On the night that skips the reset time (02:30, say) the day begins as long after the jump as the
    reset lies within it (03:30); on the night that has it twice, at the first of the two. So an
    instant belongs to one day only, and days never go back.
    """
    local = datetime.combine(day, reset_time, tzinfo=time_zone)
    # fold=0 names the first of two; for a skipped time it takes the offset before the jump.
    return local.replace(fold=0).astimezone(ZoneInfo("UTC"))


def service_day(now: datetime, *, time_zone: ZoneInfo, reset_time: time) -> date:
    """The service day that an instant belongs to.

    Args:
        now: an aware datetime.
        reset_time: the wall-clock time at which the organization's day begins.
    """
    day = now.astimezone(time_zone).date() + timedelta(days=1)
    while starts_at(day, time_zone=time_zone, reset_time=reset_time) > now:
        day -= timedelta(days=1)
    return day
