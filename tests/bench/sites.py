"""Organizations with people at their counters, and a server process for them."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from server.store.engine import Database
from tests.bench.load import Caller, Log, Seat, Work, drive
from tests.e2e.server_process import ServerProcess
from tests.site import PASSWORD, make_site

Item = TypeVar("Item")

_SIGNING_IN_AT_ONCE = 8

_SETTINGS = (
    # One clock for all, so that the date of an answer is its service day; no third command a visit.
    "UPDATE organizations SET time_zone = 'UTC', confirms_arrival = false",
    "UPDATE queue_configurations SET max_number = 99999",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A counter, and a person who will sit there."""

    organization_id: str
    counter_id: str
    username: str


def make_places(database_url: str, *, organizations: int, counters: int) -> list[Place]:
    """Set organizations up, with a person for each counter."""
    return asyncio.run(_make_places(database_url, organizations, counters))


async def _make_places(database_url: str, organizations: int, counters: int) -> list[Place]:
    database = Database(database_url, size=2)
    await database.open()
    try:
        places = []
        for number in range(organizations):
            site = await make_site(database, counters=counters, name=f"Branch {number + 1}")
            for counter_id in site.counter_ids:
                person = await site.add_person()
                places.append(
                    Place(
                        organization_id=str(site.organization_id),
                        counter_id=str(counter_id),
                        username=person.username,
                    )
                )
        async with database.unit_of_work() as tx:
            for statement in _SETTINGS:
                await tx.execute(statement)
        return places
    finally:
        await database.close()


@contextmanager
def serving(database_url: str, data_dir: Path) -> Iterator[ServerProcess]:
    """`callboard-server serve` on a database, with everything else as it comes."""
    data_dir.mkdir(exist_ok=True)
    # Few seats send as much as a thousand people would.
    unlimited = {"CALLBOARD_LIMIT_PERSON_COMMANDS_PER_MIN": "1000000"}
    with ServerProcess(data_dir, CALLBOARD_DATABASE_URL=database_url, **unlimited) as server:
        yield server


async def take_seats(url: str, places: Sequence[Place]) -> list[Seat]:
    """Sign everybody in and open their counters."""
    seats: list[Seat] = []

    def arriving(places: Sequence[Place]) -> Work:
        async def work(caller: Caller) -> None:
            for place in places:
                access_jwt = await caller.sign_in(place.username, PASSWORD)
                await caller.open_counter(access_jwt, place.counter_id)
                seats.append(
                    Seat(
                        organization_id=place.organization_id,
                        counter_id=place.counter_id,
                        access_jwt=access_jwt,
                    )
                )

        return work

    await drive(url, [arriving(hand) for hand in dealt(places, _SIGNING_IN_AT_ONCE)])
    return seats


async def fill_lanes(url: str, seats: Sequence[Seat], *, tokens: int, connections: int = 16) -> Log:
    """Let so many visitors take a token in the organization of each of these seats."""
    takers = itertools.chain.from_iterable(itertools.repeat(seats, tokens))

    async def work(caller: Caller) -> None:
        for seat in takers:
            await caller.take(seat)

    return await drive(url, [work] * connections)


def dealt(items: Sequence[Item], hands: int) -> list[Sequence[Item]]:
    """Items dealt out like cards."""
    return [items[hand::hands] for hand in range(hands) if items[hand::hands]]
