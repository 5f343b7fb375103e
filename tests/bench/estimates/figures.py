"""The figures reported of a run, and the goals they are held against."""

from dataclasses import dataclass
from statistics import fmean

from shared.queues import WaitRange
from tests.bench.estimates.baselines import NAMES, PLAIN
from tests.bench.estimates.simulation import Branch

LONG_S = 300.0
"""Waits, and under-estimates, of more than five minutes are looked at apart."""
QUANTILES = (("low_s", 0.05), ("median_s", 0.50), ("high_s", 0.95))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One promise, what came of it, and what the rules said instead; `oracle_s` where it was asked."""

    promise: WaitRange
    actual_s: float
    baselines: dict[str, float]
    oracle_s: float | None = None

    @property
    def error_s(self) -> float:
        return self.promise.median_s - self.actual_s

    @property
    def inside(self) -> bool:
        return self.promise.low_s <= self.actual_s <= self.promise.high_s


def figures(rows: list[Row]) -> dict[str, float]:
    """Error, bias, pinball losses and coverage, the baselines' errors, and the oracle's."""
    long = [row.inside for row in rows if row.actual_s > LONG_S]
    mean = fmean(row.actual_s for row in rows)
    mae = fmean(abs(row.error_s) for row in rows)
    said = {name: [(row.baselines[name], row.actual_s) for row in rows] for name in rows[0].baselines}
    baselines = {name: _mae(pairs) for name, pairs in said.items()}
    found = {
        "waits": len(rows),
        "mean_wait_s": mean,
        "mae_s": mae,
        "mae_of_mean": mae / mean,
        "bias_s": fmean(row.error_s for row in rows),
        "below_best_baseline": 1 - mae / min(baselines[name] for name in NAMES),
        "below_best_plain_baseline": 1 - mae / min(baselines[name] for name in PLAIN),
        "coverage": fmean(row.inside for row in rows),
        "coverage_over_5_min": fmean(long) if long else 1.0,
        "band_width_s": fmean(row.promise.high_s - row.promise.low_s for row in rows),
        "under_by_5_min": fmean(row.error_s < -LONG_S for row in rows),
    }
    for name, share in QUANTILES:
        gaps = [row.actual_s - getattr(row.promise, name) for row in rows]
        found[f"pinball_{round(100 * share)}"] = fmean(max(share * gap, (share - 1) * gap) for gap in gaps)
    for name, pairs in said.items():
        found[f"mae {name}"] = baselines[name]
        found[f"bias {name}"] = fmean(guess - actual for guess, actual in pairs)
    return {key: round(value, 4) for key, value in {**found, **_oracle(rows)}.items()}


def _oracle(rows: list[Row]) -> dict[str, float]:
    asked = [(row, row.oracle_s) for row in rows if row.oracle_s is not None]
    if not asked:
        return {}
    oracle = _mae([(said, row.actual_s) for row, said in asked])
    return {
        "oracle_waits": len(asked),
        "oracle_mae_of_mean": oracle / fmean(row.actual_s for row, _ in asked),
        "oracle_below_best_baseline": 1
        - oracle / min(_mae([(row.baselines[name], row.actual_s) for row, _ in asked]) for name in NAMES),
        "oracle_under_by_5_min": fmean(said - row.actual_s < -LONG_S for row, said in asked),
        # The same newcomers, so that the two errors can be compared: 1 is as good as can be.
        "mae_of_oracle": fmean(abs(row.error_s) for row, _ in asked) / oracle,
    }


def _mae(pairs: list[tuple[float, float]]) -> float:
    return fmean(abs(said - actual) for said, actual in pairs)


def goals(branch: Branch, got: dict[str, float]) -> dict[str, bool]:
    """Which goals are met."""
    most = max(branch.staffing)
    ratio = 0.35 if most == 2 else 0.20 if most > 6 else 0.27
    better = 0.05 if most == 2 else 0.40 if branch.name.startswith("hard lunch") else 0.10
    return {
        "mae": got["mae_of_mean"] <= ratio,
        "baseline": got["below_best_baseline"] >= better,
        "coverage": 0.88 <= got["coverage"] <= 0.94,
        "coverage_over_5_min": got["coverage_over_5_min"] >= 0.88,
        "under_by_5_min": got["under_by_5_min"] <= (0.10 if most == 2 else 0.05),
    }
