"""Figures of a day, as they are shown."""

from datetime import date

from shared.base import Shown


class HourCount(Shown):
    """How many were served in one hour of the local day (0-23)."""

    hour: int
    served: int


class Day(Shown):
    """A day so far, of one person or of the whole organization.

    Times are in seconds, None where there is nothing to average.
    """

    service_day: date
    served: int
    no_shows: int
    cancelled: int
    created: int
    average_service_s: float | None
    average_wait_s: float | None
    served_by_hour: tuple[HourCount, ...]
