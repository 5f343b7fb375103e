"""The waiting time of someone who arrives now: a range, never a point.

With `n` people ahead and `c` counters busy, the newcomer waits until n + 1 services have ended. The
mean is (n + 1) × s / c, the queue-length predictor QL of Ibrahim and Whitt (2009), and with service
times of coefficient of variation v its standard deviation is v × s × √(n + 1) / c; the range is the
5 % and 95 % quantile of the gamma distribution with these two moments (Wilson and Hilferty 1931).
"""

import math

from shared.queues import WaitRange

_Z95 = 1.6449


def wait_of_newcomer(
    *, ahead: int, free_counters: int, open_counters: int, service_mean_s: float, service_cv: float
) -> WaitRange | None:
    """Estimate the wait of someone who arrives now.

    Args:
        ahead: waiting tokens that the same counters will call first.
        free_counters: open counters of this type without a visitor.
        open_counters: open counters of this type.
        service_mean_s: mean time that a visitor occupies a counter, in seconds.
        service_cv: standard deviation of it over its mean.

    Returns:
        The range, or None where no counter is open.
    """
    if open_counters == 0:
        return None
    to_end = ahead - free_counters + 1
    if to_end <= 0:
        return WaitRange(low_s=0, median_s=0, high_s=0)
    mean = to_end * service_mean_s / open_counters
    shape = to_end / max(service_cv, 0.05) ** 2
    return WaitRange(
        low_s=round(_gamma_quantile(mean, shape, -_Z95)),
        median_s=round(_gamma_quantile(mean, shape, 0.0)),
        high_s=round(_gamma_quantile(mean, shape, _Z95)),
    )


def _gamma_quantile(mean: float, shape: float, z: float) -> float:
    # Wilson-Hilferty: the cube root of a gamma variable is nearly normal.
    ninth = 1 / (9 * shape)
    return mean * max(0.0, 1 - ninth + z * math.sqrt(ninth)) ** 3
