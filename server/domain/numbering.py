"""Token numbers: prefix and zero-padded number, a series for each customer type and service day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.ids import TypeKey

PAD = 3
"""Numbers are padded to three digits ("A001"); longer ones keep all their digits."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Where the numbers of one customer type stand.

    Args:
        current: the last number given on `day`; 0 before the first.
        day: the service day of the last number; None before the first ever.
        max_number: the highest number of a series.
        reset_daily: a new service day starts at 1, and reaching the maximum is the end of the day's
            numbers; otherwise the series runs on over the days and wraps.
    """

    customer_type: TypeKey
    prefix: str
    current: int
    day: date | None
    max_number: int
    reset_daily: bool


def label(series: Series, number: int) -> str:
    """The token number as visitors see it."""
    return f"{series.prefix}{number:0{PAD}d}"


def candidates(series: Series, day: date) -> Iterator[int]:
    """The numbers that may be given next on a service day, best first; each at most once.

    The caller takes the first that is neither live nor already given today. None left means the
    queue is full. There is no midnight job: the first token of a new day starts the new series.
    """
    starts_anew = series.reset_daily and series.day != day
    last = 0 if starts_anew else series.current
    yield from range(last + 1, series.max_number + 1)
    if not series.reset_daily:
        yield from range(1, min(last, series.max_number) + 1)
