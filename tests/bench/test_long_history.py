"""Call next with ten thousand waiting and a million past visits, against a new and quiet organization."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.bench.databases import new_database
from tests.bench.doubles import assert_no_doubles
from tests.bench.history import copy_tokens
from tests.bench.load import Caller, Log, Seat, drive
from tests.bench.report import Report, spread
from tests.bench.sites import make_places, serving, take_seats
from tests.bench.wire import Wire, run

FEW_WAITING, MANY_WAITING = 100, 10_000
PAST = 1_000_000
ROUNDS = 5
GOAL = 1.3


@dataclass(kw_only=True)
class Branch:
    """One organization on a server of its own."""

    database: str
    database_url: str
    server_url: str
    seat: Seat
    answered: Log = field(default_factory=Log)


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_call_next_with_a_long_history(
    bench_postgres: EmbeddedPostgres, seconds: float, report: Report, tmp_path: Path
) -> None:
    with branch(bench_postgres, tmp_path / "new") as new, branch(bench_postgres, tmp_path / "old") as old:
        for each, waiting, past in ((new, FEW_WAITING, 0), (old, MANY_WAITING, PAST)):
            superuser_url = bench_postgres.superuser_url_for(each.database)
            copy_tokens(superuser_url, each.seat.organization_id, waiting=waiting - 1, past=past)
        run(alternately([new, old], seconds=1.0))
        pairs = [run(alternately([new, old], seconds=seconds)) for _ in range(ROUNDS)]
        for each in (new, old):
            assert_no_doubles(each.database_url, each.answered)
    medians = [[log.quantile_ms(0.5, "call next") for log in pair] for pair in pairs]
    ratios = [of_old / of_new for of_new, of_old in medians]
    report.add(
        f"call next: {MANY_WAITING:,} waiting and {PAST:,} past visits",
        value=median(of_old for _, of_old in medians),
        unit="ms",
        reference=median(of_new for of_new, _ in medians),
        reference_is=f"call next with {FEW_WAITING} waiting and no past, in turn with the other",
        ratio=median(ratios),
        goal=f"ratio <= {GOAL}",
        met=median(ratios) <= GOAL,
        ratio_spread=spread(ratios),
        p99_ms={
            name: max(log.quantile_ms(0.99, "call next") for log in logs)
            for name, logs in zip(("new", "old"), zip(*pairs, strict=True), strict=True)
        },
        calls_a_round=len(pairs[0][0].latencies["call next"]),
    )


@contextlib.contextmanager
def branch(postgres: EmbeddedPostgres, data_dir: Path) -> Iterator[Branch]:
    """An organization that has had one visit, and in which one more visitor waits."""

    async def beginning(caller: Caller) -> None:
        await caller.visit(seat)
        await caller.take(seat)

    with new_database(postgres) as database:
        database_url = postgres.url_for(database)
        places = make_places(database_url, organizations=1, counters=1)
        with serving(database_url, data_dir) as server:
            (seat,) = run(take_seats(server.url, places))
            answered = run(drive(server.url, [beginning]))
            yield Branch(
                database=database,
                database_url=database_url,
                server_url=server.url,
                seat=seat,
                answered=answered,
            )


async def alternately(branches: Sequence[Branch], *, seconds: float) -> list[Log]:
    """A visit here, a visit there, one at a time, so that whatever else happens happens to both."""
    wires = [await Wire.connect(each.server_url) for each in branches]
    logs = [Log() for _ in branches]
    callers = [Caller(wire, log) for wire, log in zip(wires, logs, strict=True)]
    until = perf_counter() + seconds
    while perf_counter() < until:
        for caller, each in zip(callers, branches, strict=True):
            await caller.visit(each.seat)
    for wire, log, each in zip(wires, logs, branches, strict=True):
        await wire.close()
        each.answered.add(log)
    return logs
