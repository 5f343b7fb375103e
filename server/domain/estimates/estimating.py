"""From the work ahead to the promise: the learned quantiles at its size, drained by the counters."""

import math
from itertools import pairwise

from server.domain.estimates.draining import load_ahead
from server.domain.estimates.facts import QueueFacts
from server.domain.estimates.model import Knot, Model, Quantiles
from shared.queues import WaitRange


def estimate(model: Model, facts: QueueFacts) -> WaitRange | None:
    """The range promised to a newcomer, or None where no counter is or will be open."""
    load = load_ahead(model, facts)
    if load is None:
        return None
    soonest = model.at_once
    if load.at_once:
        return _rounded(soonest)
    work = at_size(
        model.knots_of(facts.customer_type), load.work_s, model.occupation(facts.customer_type).mean_s
    )
    return _rounded(
        Quantiles(
            low_s=max(soonest.low_s, load.capacity.drained_at(work.low_s)),
            median_s=max(soonest.median_s, load.capacity.drained_at(work.median_s)),
            high_s=max(soonest.high_s, load.capacity.drained_at(work.high_s)),
        )
    )


def _rounded(promise: Quantiles) -> WaitRange:
    # To the nearest second: outwards is for screens, in minutes. Outwards here, a range of two to nine
    # seconds at a free counter would hold 99 of 100 waits instead of 90.
    return WaitRange(
        low_s=round(promise.low_s), median_s=round(promise.median_s), high_s=round(promise.high_s)
    )


def at_size(knots: tuple[Knot, ...], work_s: float, service_s: float) -> Quantiles:
    """The quantiles of the work that such a prediction really took.

    Linear between two knots; past the last the band widens with the root of the work, as sums of
    independent services do.
    """
    if not knots:
        # Nothing learned yet: less than half to nearly double, and two services more.
        return Quantiles(low_s=0.4 * work_s, median_s=work_s, high_s=1.8 * work_s + 2 * service_s)
    first, last = knots[0], knots[-1]
    if work_s <= first.work_s:
        part = work_s / first.work_s
        return Quantiles(low_s=first.low_s * part, median_s=first.median_s * part, high_s=first.high_s)
    if work_s >= last.work_s:
        wider = math.sqrt(work_s / last.work_s)
        return Quantiles(
            low_s=work_s + wider * (last.low_s - last.work_s),
            median_s=work_s + wider * (last.median_s - last.work_s),
            high_s=work_s + wider * (last.high_s - last.work_s),
        )
    for left, right in pairwise(knots):
        if work_s <= right.work_s:
            part = (work_s - left.work_s) / (right.work_s - left.work_s)
            return Quantiles(
                low_s=left.low_s + part * (right.low_s - left.low_s),
                median_s=left.median_s + part * (right.median_s - left.median_s),
                high_s=left.high_s + part * (right.high_s - left.high_s),
            )
    raise AssertionError("one of the pairs holds it")
