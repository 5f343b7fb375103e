"""When a parked visitor goes back in line by itself. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, kw_only=True)
class Wake:
    """After so many minutes, at a time of the clock, or (neither) not by itself.

    Args:
        in_min: minutes from now.
        at: the next time that the organization's clock shows this.
    """

    in_min: int | None = None
    at: time | None = None

    def moment(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When that is, in UTC.

        Args:
            now: aware.
            zone: the organization's.
        """
        if self.in_min is not None:
            return now + timedelta(minutes=self.in_min)
        if self.at is None:
            return None
        local = now.astimezone(zone)
        wanted = datetime.combine(local.date(), self.at, tzinfo=zone)
        if wanted <= local:
            wanted = datetime.combine(local.date() + timedelta(days=1), self.at, tzinfo=zone)
        return wanted.astimezone(UTC)


WHEN_ASKED = Wake()
"""Until somebody takes the visitor up again."""


def read_time(text: str) -> time | None:
    """A time as people type it: "11:30", "11.30", "1130", "9"; None for what is no time."""
    digits = text.strip().replace(".", ":").replace("h", ":")
    hours, colon, minutes = digits.partition(":")
    if not colon and len(digits) in (3, 4):
        hours, minutes = digits[:-2], digits[-2:]
    if not (hours.isascii() and hours.isdigit()) or not (
        minutes == "" or (minutes.isascii() and minutes.isdigit())
    ):
        return None
    if int(hours) > 23 or int(minutes or 0) > 59:
        return None
    return time(int(hours), int(minutes or 0))
