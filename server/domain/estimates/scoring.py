"""What became of the promises: the metric that the admin sees."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.queues import WaitRange


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Share of waits inside their range, and the mean absolute error of the median in seconds."""

    waits: int
    share_inside: float
    mae_s: float


def score(promise: WaitRange, actual_s: float) -> bool:
    """Whether the wait fell inside what was promised."""
    return promise.low_s <= actual_s <= promise.high_s


def scores(pairs: Iterable[tuple[WaitRange, float]]) -> Scores | None:
    """Add up promises and waits in seconds; None where there are none."""
    known = list(pairs)
    if not known:
        return None
    return Scores(
        waits=len(known),
        share_inside=sum(score(promise, actual) for promise, actual in known) / len(known),
        mae_s=sum(abs(promise.median_s - actual) for promise, actual in known) / len(known),
    )
