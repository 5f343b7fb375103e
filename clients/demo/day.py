"""The visitors of a day, dealt from a seed: when each comes, for what, and how long it takes.

Pure: the same seed and day give the same visitors. Arrivals follow the hours and weekdays of a large
bank (Weinberg, Brown and Stroud 2007), services are log-normal with a long tail. All times are seconds.
"""

import math
import random
from bisect import insort
from dataclasses import dataclass
from operator import attrgetter

from shared.ids import TypeKey

HOUR_SHARES = {
    7: 3.1, 8: 5.9, 9: 9.9, 10: 10.5, 11: 10.1, 12: 9.6,
    13: 9.2, 14: 8.9, 15: 8.6, 16: 7.6, 17: 5.7, 18: 4.4,
}  # fmt: skip
"""Per cent of a day's visitors by the hour in which they come."""

WEEKDAY_FACTORS = (1.12, 1.01, 0.95, 0.95, 0.99, 0.8, 0.7)
"""From Monday on. City Hall is closed at week-ends, but a demonstration may fall on one."""

DAY_CV = 0.09  # no two Mondays are the same
NO_SHOW_SHARE = 0.065
LEAVER_SHARE = 0.08  # say at the desk that they cannot wait any longer

MIN_SERVICE_S = 25.0
MAX_SERVICE_S = 30 * 60.0


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What a customer type is like. Service times: mean in seconds and coefficient of variation."""

    key: TypeKey
    share: float
    service_mean_s: float
    service_cv: float


TRADES = (
    Trade(key=TypeKey("instant"), share=0.47, service_mean_s=3.75 * 60, service_cv=0.8),
    Trade(key=TypeKey("browser"), share=0.30, service_mean_s=7.25 * 60, service_cv=0.9),
    Trade(key=TypeKey("retail"), share=0.23, service_mean_s=11 * 60, service_cv=0.9),
)

HEAD_STARTS = (0, 10, 30)
"""The priorities there are, in minutes."""

HEAD_START_SHARES = (0.94, 0.045, 0.015)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who takes a token.

    Args:
        arrives_s: after the opening.
        comes: False for one who is called in vain.
        walk_s: from the call to the counter.
        patience_s: how long they wait before they have the token cancelled; None: for ever.
    """

    arrives_s: float
    customer_type: TypeKey
    priority: int
    comes: bool
    walk_s: float
    service_s: float
    patience_s: float | None


def dice_of(seed: str, day_number: int) -> random.Random:
    """The dice of one day; 0 is today, -1 the work day before it."""
    return random.Random(f"{seed}:{day_number}")


def visitors_of_day(
    dice: random.Random, *, mean: float, weekday: int, opens_hour: int, open_s: float
) -> list[Visitor]:
    """The visitors of a whole day, in the order in which they come.

    Args:
        mean: how many come on an average day.
        weekday: 0 is Monday.
        open_s: how long tokens are given.
    """
    spread = max(0.6, 1 + DAY_CV * dice.gauss())
    count = round(mean * WEEKDAY_FACTORS[weekday] * spread)
    hours = range(opens_hour, opens_hour + math.ceil(open_s / 3600))
    shares = [HOUR_SHARES.get(hour, 0.0) for hour in hours]
    arrivals = sorted(
        (hour - opens_hour + dice.random()) * 3600 for hour in dice.choices(hours, shares, k=count)
    )
    return [visitor(dice, arrives_s=at) for at in arrivals if at < open_s]


def with_rush(
    dice: random.Random, visitors: list[Visitor], *, count: int, from_s: float, to_s: float
) -> list[Visitor]:
    """The same visitors and `count` more who all come between two moments: a bus has stopped outside."""
    crowded = list(visitors)
    for _ in range(count):
        insort(crowded, visitor(dice, arrives_s=dice.uniform(from_s, to_s)), key=attrgetter("arrives_s"))
    return crowded


def visitor(dice: random.Random, *, arrives_s: float) -> Visitor:
    """Somebody who comes at a moment."""
    trade = dice.choices(TRADES, [each.share for each in TRADES])[0]
    return Visitor(
        arrives_s=arrives_s,
        customer_type=trade.key,
        priority=dice.choices(HEAD_STARTS, HEAD_START_SHARES)[0],
        comes=dice.random() >= NO_SHOW_SHARE,
        walk_s=dice.uniform(8, 40),
        service_s=service_s(dice, mean_s=trade.service_mean_s, cv=trade.service_cv),
        patience_s=dice.uniform(2 * 60, 20 * 60) if dice.random() < LEAVER_SHARE else None,
    )


def service_s(dice: random.Random, *, mean_s: float, cv: float) -> float:
    """A log-normal time with this mean and coefficient of variation, within what is believable."""
    variance = math.log1p(cv**2)
    drawn = dice.lognormvariate(math.log(mean_s) - variance / 2, math.sqrt(variance))
    return min(MAX_SERVICE_S, max(MIN_SERVICE_S, drawn))
