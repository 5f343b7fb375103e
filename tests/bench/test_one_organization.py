"""Thirty-two people who command at once in one organization, whose commands are serial."""

from pathlib import Path
from statistics import median

import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.bench.claims import LOCKED_CLAIM, Claims
from tests.bench.doubles import assert_no_doubles, stored_answers
from tests.bench.load import Log, drive, visits
from tests.bench.processor import Processor
from tests.bench.report import Report, spread
from tests.bench.sites import fill_lanes, make_places, serving, take_seats
from tests.bench.wire import run

CALLERS = 32
WAITING = 100
ROUNDS = 5
COMMANDS_PER_S = 300
P99_MS = 300
P99_OF_P50 = 5


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_32_callers_in_one_organization(
    bench_postgres: EmbeddedPostgres,
    bench_database: str,
    reference_database: str,
    seconds: float,
    report: Report,
    tmp_path: Path,
) -> None:
    url = bench_postgres.url_for(bench_database)
    places = make_places(url, organizations=1, counters=CALLERS)
    claims = Claims(
        postgres=bench_postgres, database=reference_database, script=LOCKED_CLAIM, clients=CALLERS, lanes=1
    )
    with serving(url, tmp_path) as server:
        seats = run(take_seats(server.url, places))
        answered = run(fill_lanes(server.url, seats[:1], tokens=WAITING))
        answered.add(run(drive(server.url, [visits([seat], seconds=1.0) for seat in seats])))
        executed, log, processor = stored_answers(url), Log(), Processor(server, bench_postgres)
        references, commands = [], []
        for _ in range(ROUNDS):
            references.append(claims.per_s(seconds=seconds))
            with processor.watched():
                load = run(drive(server.url, [visits([seat], seconds=seconds) for seat in seats]))
            commands.append(load.per_s)
            log.add(load)
    ratios = [value / reference for value, reference in zip(commands, references, strict=True)]
    p50, p99 = log.quantile_ms(0.5), log.quantile_ms(0.99)
    report.add(
        f"create, call next, complete: one organization, {CALLERS} callers",
        value=median(commands),
        unit="requests/s",
        reference=median(references),
        reference_is=f"pgbench, lock the organization and claim a lane's head, {CALLERS} clients",
        ratio=median(ratios),
        goal=f">= {COMMANDS_PER_S}/s, p99 <= {P99_MS} ms, p99 <= {P99_OF_P50} x p50",
        met=median(commands) >= COMMANDS_PER_S and p99 <= min(P99_MS, P99_OF_P50 * p50),
        p50_ms=p50,
        p99_ms=p99,
        p99_of_p50=p99 / p50,
        ratio_spread=spread(ratios),
        value_spread=spread(commands),
        reference_spread=spread(references),
        processor_ms_a_request=processor.ms_per(log.requests),
    )
    assert stored_answers(url) - executed == log.requests, "each answered command was executed once"
    answered.add(log)
    assert_no_doubles(url, answered)
