"""Serving, and working alone: host the database, run the event loop, and leave nothing behind."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from server.app import create_app, prepare, work_until
from server.hosting import hosted_database
from server.infra.crypto import MasterKey
from server.infra.embedded_postgres import url_of_running
from server.infra.http_protocol import BoundedHttp
from server.infra.socket_protocol import SocketProtocol
from server.infra.tls_keeping import ServerTls, server_tls
from server.settings import Settings
from shared.frames import MAX_INBOUND_BYTES

ADDRESS_FILE = "address.json"
PING_S = 5.0
"""Transport pings: a peer that answers none for ten seconds is gone."""

KEEP_ALIVE_S = 30
"""How long a connection without a request stays open, in seconds."""
WINDOWS_CONNECTIONS = 400
"""psycopg needs the selector event loop there, which stops at 512 sockets."""

_log = structlog.get_logger(__name__)


class PortTaken(Exception):
    """The address cannot be listened on; the message is a sentence for IT."""


class NoDatabaseToJoin(Exception):
    """A worker alone keeps no embedded PostgreSQL: a server started later could not have it."""


class _Stopped(SystemExit):
    """SIGTERM: unwinds like Ctrl-C does, so that PostgreSQL is stopped too.

    A SystemExit, since event loops swallow any other exception that a signal raises in a callback.
    """


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        PortTaken, MasterKeyError, PostgresStartError, DatabaseUnusable, DatabaseUnavailable, TlsError,
        SettingsError: each with one sentence.
    """
    listener = bind(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _stop)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with hosted_database(settings) as conninfo:
            # After the database: an empty data directory is one that PostgreSQL's own user may be
            # given a way into.
            master_key = MasterKey.load_or_create(settings)
            tls = server_tls(settings)
            with (
                _address_file(settings, listener, tls) as url,
                asyncio.Runner(loop_factory=_loop_factory()) as runner,
            ):
                keys = runner.run(prepare(conninfo, master_key))
                app = create_app(settings, conninfo=conninfo, keys=keys, master_key=master_key, tls=tls)
                server = uvicorn.Server(server_config(app, tls))
                _log.info("serving", url=url, pid=os.getpid())
                runner.run(serve_until_stopped(server, listener, tls))
            if not server.started:
                raise SystemExit(3)
    except (KeyboardInterrupt, _Stopped):
        _log.info("stopped")
    finally:
        listener.close()


async def serve_until_stopped(server: uvicorn.Server, listener: socket.socket, tls: ServerTls | None) -> None:
    """Serve on this socket, and keep its certificate fresh meanwhile."""
    keeping = asyncio.create_task(tls.keep()) if tls is not None else None
    try:
        await server.serve(sockets=[listener])
    finally:
        if keeping is not None:
            keeping.cancel()


def work(settings: Settings) -> None:
    """Do the background work, and serve nobody, until SIGINT or SIGTERM.

    Raises:
        NoDatabaseToJoin, MasterKeyError, DatabaseUnusable, DatabaseUnavailable: each with one sentence.
    """
    signal.signal(signal.SIGTERM, _stop)
    try:
        with (
            _database_to_join(settings) as conninfo,
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            # Prepared like a server's: a worker with another master key refuses to start.
            master_key = MasterKey.load_or_create(settings)
            runner.run(prepare(conninfo, master_key))
            runner.run(_work_until_stopped(settings, conninfo, master_key))
    except (KeyboardInterrupt, _Stopped):
        pass
    _log.info("stopped")


def _database_to_join(settings: Settings) -> AbstractContextManager[Callable[[], str]]:
    if settings.database_url is not None:
        return hosted_database(settings)
    if read_address(settings.data_dir) is None:
        raise NoDatabaseToJoin(
            f"No server runs on {settings.data_dir}. Start it first, or name the database of another"
            " machine in DATABASE_URL."
        )
    return nullcontext(lambda: url_of_running(settings.data_dir))


async def _work_until_stopped(settings: Settings, conninfo: Callable[[], str], master_key: MasterKey) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    # Not the loop's own handlers, which Windows does not have.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    _log.info("working", pid=os.getpid())
    await work_until(stop, settings, conninfo=conninfo, master_key=master_key)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on this address.

    Raises:
        PortTaken: another program has it, or it is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        # A restart must not wait for connections of the last run to fade away. On Windows the
        # same option would let two servers share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Choose another with --port or CALLBOARD_PORT."
        ) from error
    listener.setblocking(False)  # noqa: FBT003 - the only way to say it
    return listener


def server_config(app: FastAPI, tls: ServerTls | None = None) -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls.context,
        http=BoundedHttp,
        ws=SocketProtocol,
        ws_max_size=MAX_INBOUND_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=2 * PING_S,
        ws_per_message_deflate=False,
        backlog=2048,
        limit_concurrency=WINDOWS_CONNECTIONS if sys.platform == "win32" else None,
        # Longer than a client keeps one (httpx: 5 s), so that no request meets a connection being closed.
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=3,
        log_config=None,
        access_log=False,
        server_header=False,
        # `api/proxies.py` knows whom the settings trust, and takes a header that is none for none.
        proxy_headers=False,
        lifespan="on",
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop
    import uvloop  # it does not exist on Windows

    return uvloop.new_event_loop


@contextmanager
def _address_file(settings: Settings, listener: socket.socket, tls: ServerTls | None) -> Iterator[str]:
    """Write down where this server listens, for tools of the same machine."""
    host, port = listener.getsockname()[:2]
    # Who listens everywhere has no name of its own; this machine's tools come by its inside.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what is looked for, not bound
    scheme = "http" if tls is None else "https"
    url = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    path = settings.data_dir / ADDRESS_FILE
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    draft.replace(path)
    try:
        yield url
    finally:
        path.unlink(missing_ok=True)


def read_address(data_dir: Path) -> str | None:
    """Where the server of a data directory listens; None while none does."""
    try:
        return str(json.loads((data_dir / ADDRESS_FILE).read_text(encoding="utf-8"))["url"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped
