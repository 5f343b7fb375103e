"""What the estimator is told: past days, and one moment of today. All datetimes are local and aware."""

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
    """Which counters are planned open when, for one day; breaks are gaps between intervals."""

    counters: tuple[CounterHours, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PastToken:
    """A token of a past day; `left_at` is when it was cancelled, never when someone left silently."""

    customer_type: str
    head_start_s: float = 0.0
    arrived_at: datetime
    called_at: datetime | None
    left_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PastCall:
    """A visit to a counter, or a call in vain; `waited_s` from arrival to this call."""

    counter: str
    customer_type: str
    called_at: datetime
    ended_at: datetime
    served: bool
    waited_s: float


@dataclass(frozen=True, kw_only=True)
class PastDay:
    """One finished day: what was planned, and what happened."""

    tokens: tuple[PastToken, ...]
    calls: tuple[PastCall, ...]
    opened: tuple[CounterHours, ...]
    plan: CounterPlan


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
    """A counter that is open now; `busy_since` is the call of its visitor."""

    counter: str
    serves: frozenset[str] = frozenset()
    busy_since: datetime | None = None
    on_break_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class QueueFacts:
    """The moment a newcomer arrives."""

    now: datetime
    customer_type: str
    head_start_s: float = 0.0
    waiting: tuple[WaitingToken, ...]
    counters: tuple[OpenCounter, ...]
    plan: CounterPlan = CounterPlan()
