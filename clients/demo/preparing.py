"""City Hall made ready: a server, the organization, a display's key, and a past."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from PySide6.QtCore import QTimeZone

from clients.demo import city_hall
from clients.demo.city_hall import DISPLAY, NAME, CityHall
from clients.demo.history import History
from clients.demo.hours import zone_of_city_hall
from clients.demo.processes import DemoError, Processes, Started
from clients.demo.stage import device_key_file
from clients.demo.telling import tell, tell_progress
from server.infra.crypto import MasterKey
from server.infra.embedded_postgres import url_of_running
from server.serving import read_address
from server.settings import Settings
from server.store.engine import Database

SERVER_STARTS_S = 120.0  # a cold machine makes a database cluster first
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A server that serves, with City Hall in it.

    Args:
        past_tokens: how many tokens its past has.
    """

    server: Started
    url: str
    postgres_port: int
    database: Database
    hall: CityHall
    past_tokens: int


def start_server(processes: Processes) -> Started:
    """Start `callboard-server serve` on a free port; it takes a moment until it serves.

    Raises:
        DemoError
    """
    return processes.start(
        "server",
        "server",
        ["serve", "--port", "0", "--data-dir", str(_data_dir(processes))],
        environment={"CALLBOARD_LOG_FORMAT": "console"},
    )


@asynccontextmanager
async def prepared(processes: Processes, server: Started) -> AsyncIterator[Ready]:
    """Fill a server that is starting; the database is open for as long as the block lasts.

    Raises:
        DemoError: the server does not start, or its display command fails.
    """
    data_dir = _data_dir(processes)
    url = await _address(server, data_dir)
    conninfo = url_of_running(data_dir)
    # Nobody waits for a past to be safe on the disk.
    database = Database(make_conninfo(conninfo, options="-c synchronous_commit=off"), size=2)
    try:
        hall, past_tokens = await server.while_it_runs(_fill(processes, database, data_dir))
        yield Ready(
            server=server,
            url=url,
            postgres_port=int(conninfo_to_dict(conninfo)["port"] or 0),
            database=database,
            hall=hall,
            past_tokens=past_tokens,
        )
    finally:
        await database.close()


async def _fill(processes: Processes, database: Database, data_dir: Path) -> tuple[CityHall, int]:
    await database.open()
    now = datetime.now(UTC)
    zone = _zone(now)
    hall = await city_hall.set_up(database, time_zone=zone, passwords=city_hall.new_passwords())
    device = asyncio.ensure_future(_add_device(processes, data_dir))
    try:
        past_tokens = await History(
            database,
            hall,
            now=now,
            zone=zone,
            master_key=MasterKey.load_or_create(Settings(data_dir=data_dir)),
            progress=tell_progress,
        ).write()
        await device
    finally:
        device.cancel()
    return hall, past_tokens


def _data_dir(processes: Processes) -> Path:
    return processes.folder / "server"


async def _address(server: Started, data_dir: Path) -> str:
    give_up_at = time.monotonic() + SERVER_STARTS_S
    while (url := read_address(data_dir)) is None:
        if server.ended.done() or time.monotonic() > give_up_at:
            raise DemoError(f"The server does not start:\n{server.last_words()}")
        await asyncio.sleep(POLL_S)
    return url


async def _add_device(processes: Processes, data_dir: Path) -> None:
    command = ["device", "add", DISPLAY, "--organization", NAME, "--data-dir", str(data_dir)]
    await processes.run("device-add", "server", command, output=device_key_file(processes))


def _zone(now: datetime) -> ZoneInfo:
    own = _own_zone()
    zone = zone_of_city_hall(now, own)
    if zone is not own:
        tell(
            f"It is {now.astimezone(own):%H:%M} here, so {NAME} stands in {zone.key}, "
            f"where it is {now.astimezone(zone):%H:%M}."
        )
    return zone


def _own_zone() -> ZoneInfo:
    try:
        return ZoneInfo(bytes(QTimeZone.systemTimeZoneId().data()).decode())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
