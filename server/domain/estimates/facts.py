"""What the estimator is told: past days, and one moment of today.

All datetimes are aware and in the organization's own time zone: hours and weekdays are read off them.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A counter is open from `opens_at` until `closes_at`."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class CounterHours:
    """One counter's hours of one day. An empty `serves` means every type."""

    counter: str
    serves: frozenset[str] = frozenset()
    open: tuple[Interval, ...]


@dataclass(frozen=True, kw_only=True)
class CounterPlan:
    """Which counters are planned open when, for one day; breaks and holidays are gaps between intervals."""

    counters: tuple[CounterHours, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PastToken:
    """A token of a past day; `left_at` is when it was cancelled.

    Who leaves silently has no `left_at`: nobody knows until the call in vain.
    """

    customer_type: str
    head_start_s: float = 0.0
    arrived_at: datetime
    called_at: datetime | None
    left_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PastCall:
    """A visit to a counter, or a call in vain (`served` is False); `waited_s` from arrival to this call."""

    counter: str
    customer_type: str
    called_at: datetime
    ended_at: datetime
    served: bool
    waited_s: float


@dataclass(frozen=True, kw_only=True)
class PastDay:
    """One finished day: what was planned, and what happened.

    Tokens by `arrived_at`, calls by `called_at`. `opened` is when counters were open; `plan` is what an
    admin had planned, or None where the plan was the learned one.
    """

    tokens: tuple[PastToken, ...]
    calls: tuple[PastCall, ...]
    opened: tuple[CounterHours, ...]
    plan: CounterPlan | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """Past days, oldest first."""

    days: tuple[PastDay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WaitingToken:
    """Someone who waits now."""

    customer_type: str
    head_start_s: float = 0.0
    place_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpenCounter:
    """A counter that is open now; `busy_since` is the call of its visitor, `busy_with` the visitor's type."""

    counter: str
    serves: frozenset[str] = frozenset()
    busy_since: datetime | None = None
    busy_with: str | None = None
    on_break_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class QueueFacts:
    """The moment a newcomer arrives. Without a plan of an admin's the learned one counts."""

    now: datetime
    customer_type: str
    head_start_s: float = 0.0
    waiting: tuple[WaitingToken, ...]
    counters: tuple[OpenCounter, ...]
    plan: CounterPlan | None = None


def serves(types: frozenset[str], customer_type: str) -> bool:
    """Whether a counter of these types takes this one; no types means every type."""
    return not types or customer_type in types
