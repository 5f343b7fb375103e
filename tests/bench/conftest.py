"""What the measurements share."""

import os
from collections.abc import Iterator

import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.bench.databases import new_database, running_postgres
from tests.bench.report import Report

_REPORT = pytest.StashKey[Report]()


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Collects the measurements; the table comes at the end of the run."""
    return pytestconfig.stash.setdefault(_REPORT, Report())


@pytest.fixture(scope="session")
def seconds() -> float:
    """How long each load and each reference of a round runs: `CALLBOARD_TEST_BENCH_SECONDS`, or 5."""
    return float(os.environ.get("CALLBOARD_TEST_BENCH_SECONDS", "5"))


@pytest.fixture(scope="session")
def bench_postgres() -> Iterator[EmbeddedPostgres]:
    """A cluster for all measurements, each in databases of its own."""
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture
def bench_database(bench_postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of a migrated database."""
    with new_database(bench_postgres) as name:
        yield name


@pytest.fixture
def reference_database(bench_postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of another one, in the same cluster, for what the measurement is compared with."""
    with new_database(bench_postgres) as name:
        yield name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    report = config.stash.get(_REPORT, None)
    if report is not None and report.lines:
        terminalreporter.section("measured")
        for line in report.table():
            terminalreporter.write_line(line)
