"""Who used the processor while a load ran: it tells what to make faster, and that it was not the load."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from server.infra.embedded_postgres import EmbeddedPostgres
from tests.e2e.server_process import ServerProcess


class Processor:
    """Adds up processor time of the server, of PostgreSQL and of this process, within `watched`."""

    def __init__(self, server: ServerProcess, postgres: EmbeddedPostgres) -> None:
        self._server = psutil.Process(server.pid)
        pid = (postgres.home.data / "postmaster.pid").read_text().splitlines()[0]
        self._postgres = psutil.Process(int(pid))
        self._used_s = {"server": 0.0, "postgres": 0.0, "load": 0.0}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Add what is used until the block ends."""
        before = self._now()
        yield
        for who, used_s in self._now().items():
            self._used_s[who] += used_s - before[who]

    def ms_per(self, requests: int) -> dict[str, float]:
        """Milliseconds of processor time a request, by who used them."""
        return {who: 1000 * used_s / requests for who, used_s in self._used_s.items()}

    def _now(self) -> dict[str, float]:
        own = self._server.cpu_times()
        postgres = 0.0
        for child in self._postgres.children():
            # One that ends meanwhile is counted by its postmaster, which is asked afterwards.
            with suppress(psutil.NoSuchProcess):
                times = child.cpu_times()
                postgres += times.user + times.system
        postgres += sum(self._postgres.cpu_times()[:4])
        return {"server": own.user + own.system, "postgres": postgres, "load": time.process_time()}
