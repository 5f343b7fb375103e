"""Commands over fifty organizations at once, against the claim alone in SQL."""

import random
from pathlib import Path
from statistics import median

import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.bench.claims import CLAIM, Claims
from tests.bench.doubles import assert_no_doubles, stored_answers
from tests.bench.load import Caller, Log, drive, repeated, visits
from tests.bench.processor import Processor
from tests.bench.report import Report, spread
from tests.bench.sites import dealt, fill_lanes, make_places, serving, take_seats
from tests.bench.wire import run

ORGANIZATIONS = 50
COUNTERS = 4
CONNECTIONS = 16
WAITING = 100
ROUNDS = 5
GOAL = 0.10


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_commands_over_50_organizations(
    bench_postgres: EmbeddedPostgres,
    bench_database: str,
    reference_database: str,
    seconds: float,
    report: Report,
    tmp_path: Path,
) -> None:
    url = bench_postgres.url_for(bench_database)
    places = make_places(url, organizations=ORGANIZATIONS, counters=COUNTERS)
    claims = Claims(
        postgres=bench_postgres,
        database=reference_database,
        script=CLAIM,
        clients=CONNECTIONS,
        lanes=ORGANIZATIONS,
    )
    with serving(url, tmp_path) as server:
        seats = run(take_seats(server.url, places))
        answered = run(fill_lanes(server.url, seats, tokens=WAITING // COUNTERS))
        random.Random(1).shuffle(seats)
        hands = dealt(seats, CONNECTIONS)
        answered.add(run(drive(server.url, [visits(hand, seconds=1.0) for hand in hands])))
        executed, log, processor = stored_answers(url), Log(), Processor(server, bench_postgres)
        references, commands = [], []
        for _ in range(ROUNDS):
            references.append(claims.per_s(seconds=seconds))
            with processor.watched():
                load = run(drive(server.url, [visits(hand, seconds=seconds) for hand in hands]))
            commands.append(load.per_s)
            log.add(load)
        healthz = run(drive(server.url, [repeated(Caller.healthz, seconds=seconds)] * CONNECTIONS))
    ratios = [value / reference for value, reference in zip(commands, references, strict=True)]
    report.add(
        f"create, call next, complete: {ORGANIZATIONS} organizations, {CONNECTIONS} connections",
        value=median(commands),
        unit="requests/s",
        reference=median(references),
        reference_is=f"pgbench, one claim of a lane's head a transaction, {CONNECTIONS} clients",
        ratio=median(ratios),
        goal=f"ratio >= {GOAL}",
        met=median(ratios) >= GOAL,
        ratio_spread=spread(ratios),
        value_spread=spread(commands),
        reference_spread=spread(references),
        p50_ms={kind: log.quantile_ms(0.5, kind) for kind in log.latencies},
        p99_ms={kind: log.quantile_ms(0.99, kind) for kind in log.latencies},
        processor_ms_a_request=processor.ms_per(log.requests),
        same_load_on_healthz_per_s=healthz.per_s,
    )
    assert stored_answers(url) - executed == log.requests, "each answered command was executed once"
    answered.add(log)
    assert_no_doubles(url, answered)
