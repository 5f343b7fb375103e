"""From the raw prediction to the promise: the learned quantiles at its size."""

import math
from itertools import pairwise

from server.domain.estimates.draining import raw_wait_s
from server.domain.estimates.facts import QueueFacts
from server.domain.estimates.model import Knot, Model
from shared.queues import WaitRange


def estimate(model: Model, facts: QueueFacts) -> WaitRange | None:
    """The range promised to a newcomer, or None where no counter is or will be open."""
    raw = raw_wait_s(model, facts)
    if raw is None:
        return None
    knot = at_size(model.knots, raw)
    return WaitRange(
        low_s=math.floor(knot.low_s), median_s=round(knot.median_s), high_s=math.ceil(knot.high_s)
    )


def at_size(knots: tuple[Knot, ...], raw_s: float) -> Knot:
    """The quantiles at this raw prediction: between two knots linear, past the last in proportion."""
    if not knots:
        # Nothing learned yet: half to double, and five minutes more.
        return Knot(raw_s=raw_s, low_s=raw_s * 0.4, median_s=raw_s, high_s=raw_s * 1.8 + 300)
    if raw_s <= knots[0].raw_s:
        return knots[0]
    for left, right in pairwise(knots):
        if raw_s <= right.raw_s:
            part = (raw_s - left.raw_s) / (right.raw_s - left.raw_s)
            return Knot(
                raw_s=raw_s,
                low_s=left.low_s + part * (right.low_s - left.low_s),
                median_s=left.median_s + part * (right.median_s - left.median_s),
                high_s=left.high_s + part * (right.high_s - left.high_s),
            )
    last = knots[-1]
    factor = raw_s / max(1.0, last.raw_s)
    return Knot(
        raw_s=raw_s, low_s=last.low_s * factor, median_s=last.median_s * factor, high_s=last.high_s * factor
    )
