"""The only place that joins things."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import APIRouter, FastAPI

import server
from server.api import auth, calling, counters, health, live, people, problems, tokens
from server.api.body_limit import BodyLimit
from server.api.services import Services
from server.api.snapshot_cache import SnapshotCache
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.realtime.caretaker import Caretaker
from server.realtime.gateway import Gateway
from server.realtime.hub import Hub
from server.realtime.relay import Relay
from server.settings import Settings
from server.store import journal, partitions
from server.store.engine import Conninfo, Database
from server.usecases import signing_keys
from server.usecases.commanding import Commands
from server.usecases.signing_in import Lifetimes, SigningIn


async def prepare(conninfo: Conninfo, master_key: MasterKey) -> JwtKeys:
    """Get a migrated database ready to be served: epochs, partitions, and the signing keys.

    Args:
        conninfo: where the database is.

    Raises:
        MasterKeyError: the database's keys were sealed by another master key.
        DatabaseUnavailable
    """
    database = Database(conninfo, size=2)
    await database.open()
    try:
        async with database.unit_of_work() as tx:
            await journal.renew_epochs_if_moved(tx)
            await partitions.ensure(tx)
        return await signing_keys.load_or_create(database, master_key)
    finally:
        await database.close()


def create_app(settings: Settings, *, conninfo: Conninfo, keys: JwtKeys) -> FastAPI:
    """The application of one server, over a prepared database.

    Args:
        conninfo: where the database is.
        keys: what signs and verifies JWTs.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(conninfo, size=settings.database_pool_size)
            await database.open()
            stack.push_async_callback(database.close)
            app.state.services = await _join(stack, settings, database, keys)
            # Nothing made until now goes away; without this each full collection walks all of it
            # and the slowest requests take five times as long.
            gc.collect()
            gc.freeze()
            yield

    app = FastAPI(
        title="Callboard",
        version=server.__version__,
        summary="Visitors take a token, staff call them to a counter, every screen knows at once.",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.add_middleware(BodyLimit)
    api = APIRouter(prefix="/api/v1")
    for part in (auth, tokens, calling, counters, live, people):
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(live.sockets)
    app.include_router(health.router)
    return app


async def _join(stack: AsyncExitStack, settings: Settings, database: Database, keys: JwtKeys) -> Services:
    hub = Hub(database)
    relay = Relay(database.conninfo, hub)
    caretaker = Caretaker(
        database,
        hub,
        heartbeat_s=settings.heartbeat_s,
        keep_answers=timedelta(hours=settings.idempotency_keep_h),
    )
    signing_in = SigningIn(
        database,
        keys,
        Lifetimes(
            access=timedelta(seconds=settings.access_ttl_s),
            refresh=timedelta(seconds=settings.refresh_ttl_s),
        ),
    )
    await stack.enter_async_context(relay.running())
    await stack.enter_async_context(caretaker.running())
    return Services(
        database=database,
        commands=Commands(database, committed=relay.committed),
        signing_in=signing_in,
        gateway=Gateway(
            database=database,
            hub=hub,
            relay=relay,
            caretaker=caretaker,
            signing_in=signing_in,
            heartbeat_s=settings.heartbeat_s,
        ),
        relay=relay,
        snapshots=SnapshotCache(database),
        no_show_after=timedelta(seconds=settings.no_show_after_s),
    )
