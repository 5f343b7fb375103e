"""When to ask again for what does not come by itself. Pure: time is an argument.

The day's figures change with events, so they are asked for after some; displays and people change
without any, so they are asked for now and then.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clients.core.messages import Fetch

STUCK_S = 30.0  # an answer that has not come by then will not: ask again


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often one thing is asked for.

    Args:
        at_most_every_s: not sooner than this after the last time.
        at_least_every_s: even when nothing happened.
    """

    at_most_every_s: float
    at_least_every_s: float


PACES: dict[Fetch, Pace] = {
    # Sums over a day: every five seconds is as live as a person can read, once a minute without events
    # keeps a day that ends at midnight honest.
    Fetch.TODAY: Pace(at_most_every_s=5.0, at_least_every_s=60.0),
    Fetch.DEVICES: Pace(at_most_every_s=2.0, at_least_every_s=10.0),
    Fetch.USERS: Pace(at_most_every_s=10.0, at_least_every_s=60.0),
}


@dataclass
class _Standing:
    asked_at_s: float | None = None
    is_under_way: bool = False
    is_stale: bool = True


class Refresh:
    """What is asked for, when it last was, and what has changed since."""

    def __init__(self) -> None:
        self._standings = {kind: _Standing() for kind in PACES}

    def mark_stale(self, *kinds: Fetch) -> None:
        """Something happened that these depend on."""
        for kind in kinds:
            self._standings[kind].is_stale = True

    def hurry(self, kind: Fetch) -> None:
        """Ask at the next chance, however soon after the last time."""
        self._standings[kind] = _Standing()

    def settle(self, kind: Fetch) -> None:
        """The answer came, or it is known that it will not."""
        if kind in self._standings:
            self._standings[kind].is_under_way = False

    def due(self, wanted: Iterable[Fetch], now_s: float) -> tuple[Fetch, ...]:
        """What to ask for now; counts as asked.

        Args:
            wanted: what the page in front shows.
            now_s: monotonic.
        """
        return tuple(kind for kind in wanted if self._take(kind, now_s))

    def _take(self, kind: Fetch, now_s: float) -> bool:
        standing, pace = self._standings[kind], PACES[kind]
        if standing.asked_at_s is not None:
            age_s = now_s - standing.asked_at_s
            wait_s = pace.at_most_every_s if standing.is_stale else pace.at_least_every_s
            if age_s < (max(wait_s, STUCK_S) if standing.is_under_way else wait_s):
                return False
        self._standings[kind] = _Standing(asked_at_s=now_s, is_under_way=True, is_stale=False)
        return True
