"""Clusters of one's own, for the tests that break them."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.db.clusters import execute
from tests.db.truths import Witness, require_truths
from tests.postgres import make_test_postgres, temporary_data_dir
from tests.site import Site


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with temporary_data_dir() as folder:
        yield folder


@pytest.fixture(scope="session")
def prepared_data_dir() -> Iterator[Path]:
    """A stopped cluster with a table `kept` that holds the number 1; copying it is quicker than initdb."""
    with temporary_data_dir() as folder:
        with make_test_postgres(folder) as postgres:
            execute(postgres, "CREATE TABLE kept (number int)", "INSERT INTO kept VALUES (1)")
        yield folder


@pytest.fixture
def postgres(data_dir: Path, prepared_data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """Started on a copy of the prepared cluster."""
    subprocess.run(["cp", "-a", f"{prepared_data_dir}/.", str(data_dir)], check=True)
    postgres = make_test_postgres(data_dir)
    postgres.start()
    yield postgres
    postgres.destroy()


@pytest.fixture
async def watched(site: Site) -> AsyncIterator[Site]:
    """An organization of which, whatever the test did, the tables agree and every app knows the state."""
    witness = await Witness.of(site)
    yield site
    await witness.require_followed()
    await require_truths(site.database)
