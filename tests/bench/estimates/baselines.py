"""What simpler rules would have said at the same moment, from the same facts.

QL, LES and HOL as in Ibrahim and Whitt (2009). They are given what helps them: people ahead by the order
of calling, the last waits of the own type, and nothing to wait where a counter is free. The plain ones
count everybody who waits, as the formulas do by the letter; they differ where there are head starts.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from statistics import fmean

from server.domain.estimates.facts import PastCall, PastDay, QueueFacts

NAMES = ("last ten", "n m/s", "QL", "LES", "HOL")
PLAIN = ("last ten", "n m/s plain", "QL plain", "LES", "HOL")


def mean_service_s(days: list[PastDay]) -> float:
    """The mean service of past days, the m of the rules."""
    return fmean((c.ended_at - c.called_at).total_seconds() for day in days for c in day.calls if c.served)


class Baselines:
    """The rules on one day."""

    def __init__(self, day: PastDay, service_s: float) -> None:
        self._service_s = service_s
        self._calls: dict[str, list[PastCall]] = {}
        for call in day.calls:
            self._calls.setdefault(call.customer_type, []).append(call)

    def at(self, facts: QueueFacts) -> dict[str, float]:
        """What each rule says, in seconds."""
        place = facts.now - timedelta(seconds=facts.head_start_s)
        ahead = sum(t.place_at - timedelta(seconds=t.head_start_s) <= place for t in facts.waiting)
        open_now = max(1, len(facts.counters))
        free = sum(c.busy_since is None for c in facts.counters)
        own = self._calls.get(facts.customer_type, [])
        last = [c.waited_s for c in own[: bisect_right(own, facts.now, key=_called_at)][-10:]] or [0.0]
        oldest = min(
            (t.place_at for t in facts.waiting if t.customer_type == facts.customer_type), default=facts.now
        )
        busy = 0.0 if ahead < free else 1.0
        return {
            "last ten": fmean(last),
            "n m/s": ahead * self._service_s / open_now,
            "n m/s plain": len(facts.waiting) * self._service_s / open_now,
            "QL": busy * (ahead + 1) * self._service_s / open_now,
            "QL plain": busy * (len(facts.waiting) + 1) * self._service_s / open_now,
            "LES": busy * last[-1],
            "HOL": busy * (facts.now - oldest).total_seconds(),
        }


def _called_at(call: PastCall) -> datetime:
    return call.called_at
