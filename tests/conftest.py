"""Fixtures that every test may use. Real PostgreSQL, real sockets, real widgets."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from server.infra.jwt import JwtKeys, new_private_key
from server.store.engine import Database
from tests.live_server import LiveServer
from tests.site import Site, make_site

pytest_plugins = ["tests.postgres", "tests.tls_server"]

# How long an example takes is the machine's business, and measured by `make bench`.
settings.register_profile("callboard", deadline=None)
settings.load_profile("callboard")

# Before any test makes a QApplication: windows are painted, but on no screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def signing_keys() -> JwtKeys:
    """Signing keys for the whole run: making one takes a while."""
    return JwtKeys({"test": new_private_key()})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool on a fresh, migrated database."""
    database = Database(database_url, size=34)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def site(database: Database) -> Site:
    """An organization with six counters."""
    return await make_site(database)


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """What `live_server` is told; a file whose tests need it otherwise has a fixture of this name."""
    return {}


@pytest.fixture
def live_server(
    database_url: str, signing_keys: JwtKeys, tmp_path: Path, server_settings: dict[str, Any]
) -> Iterator[LiveServer]:
    """A server that listens on a free port, in a thread of its own."""
    with LiveServer(database_url, signing_keys, tmp_path, **server_settings) as server:
        yield server
