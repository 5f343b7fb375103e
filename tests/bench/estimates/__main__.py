"""`python -m tests.bench.estimates`: one JSON line a branch, and whether it meets the goals.

The model is learned from past days alone, as a server would each night: here every ten days, from the 40
days before. Days 0-199 are learned from and used for the cold start, days 200-399 are scored.

`--load 1.05` makes every branch busier by 5 %, `--only "2 desks"` measures one branch.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
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

LEARN_DAYS, SCORE_DAYS = 200, 200
RELEARN = 10
KNOWN_DAYS = 40
COLD_DAYS = (1, 3, 10)
FIRST_WEEK = 5
"""A new site learns every hour until it knows so many days."""
COLD_EVERY = 10
"""A cold start is measured on twenty sites: that open on day 0, 10, 20 ... of the days to learn from."""
ORACLE_WAITS = 2500
"""About so many promises of a branch are also put to the oracle."""


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


def measure(branch: Branch) -> dict[str, Any]:
    """All figures of one branch."""
    days = [simulate_day(branch, number) for number in range(LEARN_DAYS + SCORE_DAYS)]
    rng = random.Random(branch.name)
    every = max(1, round(branch.arrivals * SCORE_DAYS / ORACLE_WAITS))
    rows: list[Row] = []
    model, service_s = Model(), 0.0
    for number in range(LEARN_DAYS, LEARN_DAYS + SCORE_DAYS):
        if (number - LEARN_DAYS) % RELEARN == 0:
            known = days[number - KNOWN_DAYS : number]
            model, service_s = learned(known), mean_service_s(known)
        for row, facts in rows_of(model, days[number], service_s):
            ask = len(rows) % every == 0
            said = oracle.median_wait_s(branch, facts, rng) if ask else None
            rows.append(replace(row, oracle_s=said) if ask else row)
    got = figures(rows)
    return {
        "branch": branch.name,
        "load": branch.load,
        **got,
        "cold_start": _cold_start(days),
        "goals": goals(branch, got),
    }


def _cold_start(days: list[PastDay]) -> dict[str, dict[str, float]]:
    """The first, third and tenth day of a new site."""
    found = {}
    for number in COLD_DAYS:
        rows: list[Row] = []
        for first in range(0, LEARN_DAYS - max(COLD_DAYS) + 1, COLD_EVERY):
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
    model = learned([simulate_day(branch, number) for number in range(10)])
    now = simulate_day(branch, 10).tokens[300].arrived_at
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
    """Measure the branches side by side."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.estimates")
    parser.add_argument("--load", type=float, default=1.0, help="a factor on every branch's load")
    parser.add_argument("--only", action="append", help="measure this branch; may be repeated")
    options = parser.parse_args()
    chosen = [
        replace(branch, load=round(branch.load * options.load, 4))
        for branch in BRANCHES
        if not options.only or branch.name in options.only
    ]
    sys.stdout.write(json.dumps(speed_ms()) + "\n")
    everything_met = True
    with Pool(2) as pool:
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
