"""Small past days for the estimator's tests: one counter, visitors a minute apart, called in order."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from server.domain.estimates.facts import CounterHours, History, Interval, PastCall, PastDay, PastToken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VISITORS = 60


def uneven_day(at: datetime, *, seed: int) -> PastDay:
    """A day whose services take no time or many minutes, a minute on average."""
    rng = random.Random(seed)
    return past_day(at, service_s=0, service_of=[rng.expovariate(1 / 60) for _ in range(VISITORS)])


def past_day(
    at: datetime,
    *,
    service_s: float,
    service_of: Sequence[float] = (),
    pause_s: float = 0.0,
    head_start_s: float = 0.0,
    vain_after_s: float = float("inf"),
    slower_after: int = VISITORS,
) -> PastDay:
    """A day from `at` on.

    Every fifth token has the head start, if any; who waited `vain_after_s` has left silently; visitors
    from number `slower_after` on take half as long again. `service_of` gives each visitor's own time.
    """
    tokens, calls, free = [], [], at
    for n in range(VISITORS):
        arrived = at + timedelta(seconds=60 * n)
        called = max(arrived, free)
        waited_s = (called - arrived).total_seconds()
        served = waited_s < vain_after_s
        usual_s = service_of[n] if service_of else service_s * (1.5 if n >= slower_after else 1.0)
        lasts_s = usual_s if served else 60.0
        ended = called + timedelta(seconds=lasts_s)
        free = ended + timedelta(seconds=pause_s)
        tokens.append(
            PastToken(
                customer_type="retail",
                head_start_s=head_start_s if n % 5 == 0 else 0.0,
                arrived_at=arrived,
                called_at=called,
            )
        )
        calls.append(
            PastCall(
                counter="1",
                customer_type="retail",
                called_at=called,
                ended_at=ended,
                served=served,
                waited_s=waited_s,
            )
        )
    return PastDay(tokens=tuple(tokens), calls=tuple(calls), opened=(counter_hours("1", at),))


def counter_hours(name: str, at: datetime) -> CounterHours:
    """Open for nine hours from `at` on."""
    return CounterHours(counter=name, open=(Interval(opens_at=at, closes_at=at + timedelta(hours=9)),))


def past_days(
    count: int,
    *,
    service_s: float = 150,
    pause_s: float = 0.0,
    head_start_s: float = 0.0,
    vain_after_s: float = float("inf"),
) -> History:
    """The days before `NOON`, oldest first, each from eight in the morning."""
    return History(
        days=tuple(
            past_day(
                NOON - timedelta(days=back, hours=4),
                service_s=service_s,
                pause_s=pause_s,
                head_start_s=head_start_s,
                vain_after_s=vain_after_s,
            )
            for back in range(count, 0, -1)
        )
    )
