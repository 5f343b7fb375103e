"""When City Hall is open, and where it stands so that its day is under way now.

Pure: moments and zones come as arguments.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(8)
CLOSES = time(17)

EARLIEST = time(9, 45)
LATEST = time(16, 30)
"""Between these a day is well under way: a morning to look back on, and no closing time in sight."""

BEST = time(11)

ELSEWHERE = (
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Bangkok",
    "Asia/Dhaka",
    "Asia/Karachi",
    "Asia/Dubai",
    "Europe/Athens",
    "Europe/Madrid",
    "Europe/London",
    "Atlantic/Azores",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Round the world in steps of at most three hours, so that it is always mid-morning somewhere."""


def zone_of_city_hall(now: datetime, own: ZoneInfo) -> ZoneInfo:
    """This machine's zone while a day is under way in it, else one where it is mid-morning.

    Args:
        now: an aware datetime.
        own: the time zone of this machine.
    """
    if EARLIEST <= now.astimezone(own).time() <= LATEST:
        return own

    def distance(zone: ZoneInfo) -> float:
        local = now.astimezone(zone)
        best = datetime.combine(local.date(), BEST, tzinfo=zone)
        return abs((local - best).total_seconds())

    return min(map(ZoneInfo, ELSEWHERE), key=distance)


def opening(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which City Hall opens."""
    return datetime.combine(day, OPENS, tzinfo=zone)


def open_s() -> float:
    """For how long it is open, in seconds of wall clock."""
    return (datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)).total_seconds()


def past_work_days(today: date, *, count: int) -> list[date]:
    """The last `count` days from Monday to Friday before `today`, oldest first."""
    days: list[date] = []
    day = today
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]
