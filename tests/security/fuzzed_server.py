"""A real server to be maltreated: a process of its own on an embedded PostgreSQL in memory.

The tests reach into its database for people and credentials; what they ask of it goes through its sockets.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil

from server.infra.crypto import MasterKey
from server.infra.embedded_postgres import url_of_running
from server.infra.jwt import JwtKeys
from server.settings import Settings
from server.store.engine import Database
from server.usecases import signing_keys
from shared.ids import TokenId, UserRole
from tests.e2e.server_process import ServerProcess, set_up
from tests.postgres import temporary_data_dir
from tests.site import TYPES, Desk, Site, TestPerson, make_site

LASTS = timedelta(hours=12)
"""How long a credential is good: longer than the longest run."""


@dataclass(frozen=True, kw_only=True)
class Lobby:
    """An organization of its own in the server's database, and who speaks in its name.

    Attributes:
        credentials: a credential by role, and of a "display".
        ids: what there is, by the name that a path calls it by.
    """

    site: Site
    credentials: dict[str, str]
    ids: dict[str, list[str]]


class FuzzedServer:
    """A serving process, what it has complained of, and how much memory it has."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        self._read_until = 0
        self.url = process.url
        self.port = int(process.url.rsplit(":", 1)[1])
        self._database_url = url_of_running(process.data_dir)
        self._master_key = MasterKey.load_or_create(Settings(data_dir=process.data_dir))
        self._keys: JwtKeys | None = None

    def new_lobby(self) -> Lobby:
        """A new organization with a display, and a person of each role who serves at a counter."""
        return asyncio.run(self._new_lobby())

    async def _new_lobby(self) -> Lobby:
        database = Database(self._database_url, size=2)
        await database.open()
        try:
            if self._keys is None:
                self._keys = await signing_keys.load_or_create(database, self._master_key)
            site = await make_site(database)
            people = {role: await site.add_person(role) for role in UserRole}
            tokens = await _begin_to_serve(site, list(people.values()))
            credentials = {
                role.value: person.access_jwt(self._keys, lifetime=LASTS) for role, person in people.items()
            }
            return Lobby(
                site=site,
                credentials=credentials | {"display": await site.add_device()},
                ids={
                    "token_id": [str(token) for token in tokens],
                    "counter_id": [str(counter) for counter in site.counter_ids],
                    "user_id": [str(person.actor.user_id) for person in people.values()],
                    "customer_type": list(TYPES),
                },
            )
        finally:
            await database.close()

    def complaints(self) -> list[str]:
        """What it has logged since the last call that nobody should have been able to make it log."""
        lines = self._process.log().splitlines()
        new, self._read_until = lines[self._read_until :], len(lines)
        return [line for line in new if _is_complaint(line)]

    def memory_bytes(self) -> int:
        """What the process holds, its PostgreSQL left out."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def is_alive(self) -> bool:
        """Whether it is still the process that was started."""
        return psutil.pid_exists(self._process.pid)


async def _begin_to_serve(site: Site, people: list[TestPerson]) -> list[TokenId]:
    """Everybody opens a counter and calls a visitor; others wait. Gives all visitors' tokens."""
    desks = [
        Desk(site=site, person=person, counter_id=counter)
        for person, counter in zip(people, site.counter_ids, strict=False)
    ]
    tokens = []
    for key in TYPES * 4:
        answer = await site.take(people[0], key, override=True)
        assert answer.token is not None
        tokens.append(answer.token.id)
    for desk in desks:
        await desk.open()
        await desk.call_next()
    return tokens


def _is_complaint(line: str) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return True  # not by our loggers: a traceback on stderr
    return said.get("level") in {"error", "critical"} or "exception" in said


@contextmanager
def fuzzed_server(**settings: str) -> Iterator[FuzzedServer]:
    """A running server, removed afterwards.

    Args:
        settings: environment variables for it.
    """
    with temporary_data_dir() as data_dir:
        set_up(Path(data_dir))
        with ServerProcess(Path(data_dir), **settings) as process:
            yield FuzzedServer(process)
