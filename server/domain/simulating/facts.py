"""What a replay is told: a past day as it is on record, and the rules to try.

Each field says where it is on record. All datetimes are aware and in UTC: differences are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.ids import CounterId, TokenId, TypeKey
from shared.policy import CallingPolicy


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One wait of a token, and the visit to a counter that ended it: a row of `token_calls`.

    Rows that were withdrawn (outcome `undone`) are left out: as if they never were. A token that waited
    last for a call that never came has one turn more than it has rows: its `called_at` is None, and its
    fields are those of `tokens`.

    Args:
        customer_type: `token_calls.customer_type`.
        priority: `token_calls.priority`.
        place_at: `token_calls.place_at`; what orders its lane.
        joined_at: since when it waited. For the first turn `tokens.created_at`; after an outcome
            `transferred` or `returned` the `ended_at` of the row before; after `parked` or `no_show`, where
            its coming back is not on record, this row's `called_at`.
        called_at: `token_calls.called_at`.
        ended_at: `token_calls.ended_at`; from `called_at` until then the counter was kept, by a visitor who
            was served or by a call in vain. None while the visit goes on.
        counter_id: `token_calls.counter_id`.
        is_emergency: `token_calls.rule` is `strict`; without a row, `tokens.emergency` is not null.
        meant_for: `token_calls.counter_id` where `token_calls.rule` is `meant`; without a row,
            `tokens.target_counter_id`, or the counter where `tokens.target_user_id` works that day.
    """

    customer_type: TypeKey
    priority: int = 0
    place_at: datetime
    joined_at: datetime
    called_at: datetime | None = None
    ended_at: datetime | None = None
    counter_id: CounterId | None = None
    is_emergency: bool = False
    meant_for: CounterId | None = None


@dataclass(frozen=True, kw_only=True)
class DayToken:
    """A token of the day, with its turns in order: a row of `tokens`, and its rows of `token_calls`.

    Args:
        number: `tokens.number`.
        turns: at least one.
        left_at: `tokens.cancelled_at`, where it was cancelled while it waited (the last row of its calls
            has not the outcome `cancelled`). In the replay, too, it is gone then, if it still waits. Who
            was cancelled when the day was closed need not be told apart: after the last counter has closed
            nobody leaves, they are unserved.

    Raises:
        ValueError: it has no turn.
    """

    id: TokenId
    number: str
    turns: tuple[Turn, ...]
    left_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.turns:
            raise ValueError(f"{self.number} has no turn; a token that waits has one")


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A counter calls from `opens_at` until `closes_at`; a visit that goes on then is ended.

    A row of `service_sessions`, cut into several by its rows of `breaks`. Counters that were closed to be
    taken over have one each.

    Args:
        customer_types: what it serves; empty means every type. `counters.serves`, or else
            `counters.customer_types`, as they are now: what they were that day is not on record.
        closes_at: `ended_at`; for a session that goes on, the end of the service day or now.
    """

    counter_id: CounterId
    customer_types: frozenset[TypeKey] = frozenset()
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    """One service day of an organization, as it happened.

    Args:
        tokens: those with this `tokens.service_day`, in any order. Those kept from the day before are
            left out: they would wait through the night.
        wait_limits_s: `queue_configurations.wait_limit_min` by type, in seconds; a type without a limit
            has none that could be exceeded.
        falls_back_after_s: a token meant for a counter that is done for the day goes back to its type so
            long after.
    """

    day: date
    tokens: tuple[DayToken, ...]
    shifts: tuple[Shift, ...]
    wait_limits_s: Mapping[TypeKey, float] = field(default_factory=dict)
    falls_back_after_s: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of one replay.

    Args:
        policy: how the next is chosen.
        multipliers: how fast a type's priority grows, a minute waited; 1 where not named.
        head_starts: other minutes for a level of the record; a level that is not named keeps its own.
            The weights of a ratio are those of the new levels.
    """

    policy: CallingPolicy = field(default_factory=CallingPolicy)
    multipliers: Mapping[TypeKey, float] = field(default_factory=dict)
    head_starts: Mapping[int, int] = field(default_factory=dict)
