"""Customer types and the state of their queues, as they are shown."""

from shared.base import Instant, Shown
from shared.ids import TypeKey


class CustomerType(Shown):
    """A service queue of an organization.

    Args:
        prefix: the letters before a token's number ("A").
        wait_limit_min: the wait promised, in minutes; a wait is *near* from 75 % of it, *late* beyond.
    """

    key: TypeKey
    name: str
    prefix: str
    position: int
    wait_limit_min: int
    is_active: bool = True


class WaitRange(Shown):
    """An estimated wait, never a point without its range; in seconds, 5 %, median, 95 %."""

    low_s: int
    median_s: int
    high_s: int


class UsualTimes(Shown):
    """How long a service usually takes: the middle half of the recent days', in seconds."""

    low_s: int
    median_s: int
    high_s: int


class QueueStatus(Shown):
    """The live figures of one customer type; a side fact, outside the revision.

    Args:
        estimate: the wait of someone who arrives now; None while too little is known.
        usual_service: None while too few services are on record.
    """

    customer_type: TypeKey
    waiting: int
    longest_wait_s: int
    counters_open: int
    served_today: int
    estimate: WaitRange | None = None
    usual_service: UsualTimes | None = None


class QueueReport(Shown):
    """All queues of an organization at one moment."""

    at: Instant
    queues: tuple[QueueStatus, ...]
