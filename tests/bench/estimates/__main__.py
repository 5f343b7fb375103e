"""`python -m tests.bench.estimates`: one JSON line a branch, and whether it meets the goals.

Days 0-199 are learned from and used for the cold start, days 200-399 are scored. Never mixed: the model is
learned once, on the evening of day 199, and kept for all scored days, although a server would learn anew
each night.

`--load 1.05` makes every branch busier by 5 %, `--only "2 desks"` measures one branch. `--days 60` is a
trial of 60 and 60 days. Another `--seed` is another world of visitors: whatever is chosen by hand in the
estimator is chosen on other seeds than the one that is reported.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import Pool
from statistics import median
from typing import Any

from server.domain.estimates import estimate, learn
from server.domain.estimates.facts import History, OpenCounter, PastDay, PastToken, QueueFacts, WaitingToken
from server.domain.estimates.model import DEFAULT_OCCUPATION_S, Model
from server.domain.estimates.replay import replay
from tests.bench.estimates import oracle
from tests.bench.estimates.baselines import Baselines, mean_service_s
from tests.bench.estimates.figures import Row, figures, goals
from tests.bench.estimates.simulation import BRANCHES, Branch, simulate_day

DAYS = 200
"""So many days to learn, and as many to score."""
SEED = "reported"
SERVICES = {
    "mean_s": "mean service in seconds, of every branch",
    "cv": "coefficient of variation of the services",
    "vain": "share of calls that nobody answers",
}
COLD_DAYS = (1, 3, 10)
FIRST_WEEK = 5
"""A new site learns every hour until it knows so many days."""
COLD_EVERY = 10
"""A cold start is measured on twenty sites: that open on day 0, 10, 20 ... of the days to learn from."""
ORACLE_WAITS = 2500
"""About so many promises of a branch are also put to the oracle."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One branch to measure: `days` to learn from and as many to score."""

    branch: Branch
    days: int
    seed: str
    oracle_waits: int


def rows_of(model: Model, day: PastDay, service_s: float) -> Iterator[tuple[Row, QueueFacts]]:
    """Every promise of a day to a token that was called."""
    rules = Baselines(day, service_s)
    for token, facts in replay(day):
        if (row := _row(model, token, facts, rules)) is not None:
            yield row, facts


def _row(model: Model, token: PastToken, facts: QueueFacts, rules: Baselines) -> Row | None:
    promise = estimate(model, facts)
    if token.called_at is None or promise is None:
        return None
    waited_s = (token.called_at - token.arrived_at).total_seconds()
    return Row(promise=promise, actual_s=waited_s, baselines=rules.at(facts))


def learned(days: list[PastDay]) -> Model:
    """The model of the morning after these days."""
    if not days:
        return Model()
    return learn(
        History(days=tuple(days)), now=max(c.ended_at for c in days[-1].calls) + timedelta(seconds=1)
    )


def measure(trial: Trial) -> dict[str, Any]:
    """All figures of one branch."""
    branch = trial.branch
    days = [simulate_day(branch, number, trial.seed) for number in range(2 * trial.days)]
    past, to_score = days[: trial.days], days[trial.days :]
    before = time.process_time()
    model = learned(past)
    learning_s = time.process_time() - before
    rows = list(_scored(trial, model, to_score, mean_service_s(past)))
    got = figures(rows)
    return {
        "branch": branch.name,
        "load": branch.load,
        "mean_s": branch.mean_s,
        "cv": branch.cv,
        "vain": branch.vain,
        "busiest_hour": round(branch.busiest_hour, 3),
        "seed": trial.seed,
        "days": trial.days,
        "learning_s": round(learning_s, 2),
        "model_kib": round(len(model.to_json()) / 1024, 1),
        **got,
        "cold_start": _cold_start(past),
        "goals": goals(branch, got),
    }


def _scored(trial: Trial, model: Model, days: list[PastDay], service_s: float) -> Iterator[Row]:
    """Every promise of the days; the oracle is asked for every so many."""
    rng = random.Random(f"{trial.seed}/{trial.branch.name}")
    every = max(1, sum(len(day.tokens) for day in days) // max(1, trial.oracle_waits))
    number = 0
    for day in days:
        for row, facts in rows_of(model, day, service_s):
            ask = trial.oracle_waits and number % every == 0
            number += 1
            yield replace(row, oracle_s=oracle.median_wait_s(trial.branch, facts, rng)) if ask else row


def _cold_start(days: list[PastDay]) -> dict[str, dict[str, float]]:
    """The first, third and tenth day of new sites that open in these days."""
    found = {}
    for number in COLD_DAYS:
        rows: list[Row] = []
        for first in range(0, len(days) - max(COLD_DAYS) + 1, COLD_EVERY):
            past, today = days[first : first + number - 1], days[first + number - 1]
            service_s = mean_service_s(past) if past else DEFAULT_OCCUPATION_S
            rows += _young(past, today, service_s)
        got = figures(rows)
        found[f"day {number}"] = {
            key: got[key] for key in ("mae_of_mean", "below_best_baseline", "coverage", "under_by_5_min")
        }
    return found


def _young(past: list[PastDay], today: PastDay, service_s: float) -> Iterator[Row]:
    """The promises of a day of a site that learns every hour of its first week, every night later on."""
    rules = Baselines(today, service_s)
    model, hour = learned(past), -1
    for token, facts in replay(today):
        if len(past) < FIRST_WEEK and facts.now.hour != hour:
            hour = facts.now.hour
            full_hour = facts.now.replace(minute=0, second=0, microsecond=0)
            model = learn(History(days=(*past, today)), now=full_hour)
        if (row := _row(model, token, facts, rules)) is not None:
            yield row


def speed_ms() -> dict[str, float]:
    """How long one promise takes, with 60 waiting and 10 counters, of a learned model."""
    branch = next(each for each in BRANCHES if each.name == "priority 15 %")
    model = learned([simulate_day(branch, number, SEED) for number in range(10)])
    now = simulate_day(branch, 10, SEED).tokens[300].arrived_at
    facts = QueueFacts(
        now=now,
        customer_type="retail",
        waiting=tuple(
            WaitingToken(
                customer_type="priority" if n % 7 == 0 else "retail",
                head_start_s=900.0 if n % 7 == 0 else 0.0,
                place_at=now - timedelta(seconds=30 * (n + 1)),
            )
            for n in range(60)
        ),
        counters=tuple(
            OpenCounter(counter=str(n), busy_since=now - timedelta(seconds=40 * n)) for n in range(10)
        ),
    )
    spent: list[float] = []
    for _ in range(300):
        before = time.perf_counter()
        estimate(model, facts)
        spent.append((time.perf_counter() - before) * 1000)
    return {"estimate_p50_ms": round(median(spent), 3), "estimate_p99_ms": round(sorted(spent)[297], 3)}


def main() -> None:
    """Measure the branches."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.estimates")
    parser.add_argument("--load", type=float, default=1.0, help="a factor on every branch's load")
    parser.add_argument("--only", action="append", help="measure this branch; may be repeated")
    for name, meaning in SERVICES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, help=meaning)
    parser.add_argument("--days", type=int, default=DAYS, help="days to learn, and as many to score")
    parser.add_argument("--seed", default=SEED, help="another seed is another world of visitors")
    parser.add_argument("--oracle-waits", type=int, default=ORACLE_WAITS, help="promises put to the oracle")
    parser.add_argument("--jobs", type=int, default=1, help="branches measured at the same time")
    options = parser.parse_args()
    services = {name: value for name in SERVICES if (value := getattr(options, name)) is not None}
    chosen = [
        Trial(
            branch=replace(branch, load=round(branch.load * options.load, 4), **services),
            days=options.days,
            seed=options.seed,
            oracle_waits=options.oracle_waits,
        )
        for branch in BRANCHES
        if not options.only or branch.name in options.only
    ]
    sys.stdout.write(json.dumps(speed_ms()) + "\n")
    everything_met = True
    with Pool(options.jobs) as pool:
        for result in pool.imap(measure, chosen, chunksize=1):
            missed = [name for name, met in result["goals"].items() if not met]
            everything_met &= not missed
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.write(
                f"{result['branch']}: {'MISSED ' + ', '.join(missed) if missed else 'all met'}\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"goals: {'all met' if everything_met else 'not all met'}\n")


if __name__ == "__main__":
    main()
