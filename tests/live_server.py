"""A real server in a thread: real sockets, a loop of its own, like in production."""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from server.app import create_app
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.infra.tls_keeping import ServerTls
from server.serving import serve_until_stopped, server_config
from server.settings import Settings
from shared.ids import OrganizationId, Revision


class LiveServer:
    """Serves a migrated database from `__enter__` to `__exit__`.

    Attributes:
        url: where it listens ("http://127.0.0.1:…", "https:" with TLS).
        keys: what it signs and verifies JWTs with.
        master_key: what seals the keys that it keeps in the database.
    """

    def __init__(
        self,
        database_url: str,
        keys: JwtKeys,
        data_dir: Path,
        *,
        send_buffer_bytes: int | None = None,
        port: int = 0,
        make_tls: Callable[[Settings], ServerTls] | None = None,
        **settings: Any,
    ) -> None:
        self.database_url = database_url
        self.keys = keys
        # Tests of background work run it themselves; the others want a server that does what it is told.
        given = {"worker": "off", **settings}
        self._settings = Settings(data_dir=data_dir, database_url=database_url, **given)
        self._listener = socket.create_server(("127.0.0.1", port))
        if send_buffer_bytes is not None:
            # Accepted sockets inherit it: a slow reader is then felt early.
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        self.port: int = self._listener.getsockname()[1]
        self.tls = make_tls(self._settings) if make_tls else None
        secure = "s" if self.tls else ""
        self.url = f"http{secure}://127.0.0.1:{self.port}"
        self.ws_url = f"ws{secure}://127.0.0.1:{self.port}"
        self.master_key = MasterKey.load_or_create(self._settings)
        self._app = create_app(
            self._settings,
            conninfo=database_url,
            keys=keys,
            master_key=self.master_key,
            tls=self.tls,
        )
        self._server = _Server(server_config(self._app, self.tls))
        self._thread = threading.Thread(target=self._run, name="live server")

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._server.ready.wait(30) or not self._server.started:
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(15)
        self._listener.close()
        assert not self._thread.is_alive(), "the server did not stop"

    def committed(self, organization_id: OrganizationId, revision: Revision) -> None:
        """Tell the server of a commit as if it had been its own; from any thread."""
        relay = self._app.state.services.relay
        self._loop.call_soon_threadsafe(relay.committed, organization_id, revision)

    def cuts_somebody_off(self) -> bool:
        """Whether a socket is being closed by the server at this moment; from any thread."""
        hub = self._app.state.services.relay._hub
        return any(each.closing.done() for each in list(hub.subscribers()))

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await serve_until_stopped(self._server, self._listener, self.tls)


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready; signals are only for the main thread."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()
