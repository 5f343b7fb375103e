"""The only place that joins things."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from fastapi import APIRouter, FastAPI

import server
from server.api import (
    accounts,
    announcements,
    audit,
    auth,
    authorities,
    calling,
    counter_plan,
    counters,
    devices,
    docs,
    health,
    live,
    national_holidays,
    organization,
    people,
    problems,
    queue_configurations,
    setup,
    simulation,
    tokens,
)
from server.api.application import Application
from server.api.body_limit import BodyLimit
from server.api.budgets import Limits, counts_of
from server.api.limits import RequestLimits
from server.api.services import Services
from server.api.snapshot_cache import SnapshotCache
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.infra.tls_keeping import ServerTls
from server.jobs.runner import DATABASE_SIZE, JobRunner
from server.realtime.bounds import SocketBounds
from server.realtime.caretaker import Caretaker
from server.realtime.gateway import Gateway
from server.realtime.hub import Hub
from server.realtime.relay import Relay
from server.realtime.upkeep import kept_running
from server.settings import Settings
from server.store import journal, partitions
from server.store.engine import Conninfo, Database
from server.usecases import signing_keys
from server.usecases.access import AccessNow
from server.usecases.account_keys import AccountKeys
from server.usecases.accounts.accounts import Accounts
from server.usecases.accounts.own import OwnAccount
from server.usecases.auditing import RefusalLog
from server.usecases.commanding import Commands, Committed
from server.usecases.first_setup import FirstSetup
from server.usecases.queues import FreshReports
from server.usecases.second_factors import SecondFactors
from server.usecases.signing_in import Lifetimes, SigningIn
from server.usecases.tries import Tries
from server.usecases.visitors import VisitorKeys


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
            await partitions.ensure(tx, this_year=datetime.now(UTC).year)
        return await signing_keys.load_or_create(database, master_key)
    finally:
        await database.close()


def create_app(
    settings: Settings,
    *,
    conninfo: Conninfo,
    keys: JwtKeys,
    master_key: MasterKey,
    tls: ServerTls | None = None,
) -> FastAPI:
    """The application of one server, over a prepared database.

    Args:
        conninfo: where the database is.
        keys: what signs and verifies JWTs.
        master_key: what opens the data keys of visitors and accounts.
        tls: what the server listens with; None: plain HTTP.
    """
    counts = counts_of(settings, master_key)
    limits = Limits(settings, counts)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(conninfo, size=settings.database_pool_size)
            await database.open()
            stack.push_async_callback(database.close)
            stack.push_async_callback(counts.close)
            services = await _join(stack, settings, database, keys, master_key, limits=limits)
            app.state.services = services
            await services.first_setup.announce()
            # Nothing made until now goes away; without this each full collection walks all of it
            # and the slowest requests take five times as long.
            gc.collect()
            gc.freeze()
            yield

    app = Application(
        settings,
        title="Callboard",
        version=server.__version__,
        summary="Visitors take a token, staff call them to a counter, every screen knows at once.",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.tls = tls
    problems.install(app)
    app.openapi = partial(docs.document, app)  # type: ignore[method-assign]  # as FastAPI has it replaced
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLimits, limits=limits, keys=keys)
    api = APIRouter(prefix="/api/v1")
    for part in (
        setup,
        auth,
        tokens,
        calling,
        counters,
        counter_plan,
        queue_configurations,
        simulation,
        live,
        accounts,
        people,
        devices,
        organization,
        national_holidays,
        announcements,
        audit,
    ):
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(live.sockets)
    app.include_router(health.router)
    app.include_router(authorities.router)
    return app


async def work_until(
    stop: asyncio.Event, settings: Settings, *, conninfo: Conninfo, master_key: MasterKey
) -> None:
    """Do the background work alone, without serving anybody.

    Args:
        stop: what is under way then may finish for some seconds.

    Raises:
        DatabaseUnavailable: nobody answers at the start. Later the database is waited for.
    """
    async with AsyncExitStack() as stack:
        database = await _open_jobs_database(stack, conninfo)
        # Nobody is connected here: this one only tells the servers what was committed.
        relay = Relay(conninfo, Hub(database, VisitorKeys(master_key)))
        await stack.enter_async_context(relay.running())
        jobs = _job_runner(settings, database, master_key, committed=relay.committed)
        await stack.enter_async_context(jobs.running())
        await stop.wait()


async def _open_jobs_database(stack: AsyncExitStack, conninfo: Conninfo) -> Database:
    database = Database(conninfo, size=DATABASE_SIZE)
    await database.open()
    stack.push_async_callback(database.close)
    return database


def _job_runner(
    settings: Settings, database: Database, master_key: MasterKey, *, committed: Committed
) -> JobRunner:
    return JobRunner(
        database.conninfo,
        database=database,
        commands=Commands(database, visitors=VisitorKeys(master_key), committed=committed),
        master_key=master_key,
        settings=settings,
        clock=lambda: datetime.now(UTC),
    )


async def _join(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    keys: JwtKeys,
    master_key: MasterKey,
    *,
    limits: Limits,
) -> Services:
    visitors, account_keys = VisitorKeys(master_key), AccountKeys(master_key)

    async def know_newest_signing_keys() -> None:
        await signing_keys.keep_reloading(database, master_key, keys)

    hub = Hub(database, visitors)
    relay = Relay(database.conninfo, hub)
    reports = FreshReports(database)
    access = AccessNow(database)
    caretaker = Caretaker(database, hub, reports, access, heartbeat_s=settings.heartbeat_s)
    tries, second_factors = Tries(database, account_keys), SecondFactors(account_keys)
    signing_in = SigningIn(
        database,
        keys,
        Lifetimes(
            access=timedelta(seconds=settings.access_ttl_s),
            refresh=timedelta(seconds=settings.refresh_ttl_s),
        ),
        tries,
        second_factors,
    )
    commands = Commands(database, visitors=visitors, committed=relay.committed)
    refusals = RefusalLog(database)
    await stack.enter_async_context(relay.running())
    await stack.enter_async_context(caretaker.running())
    await stack.enter_async_context(kept_running([know_newest_signing_keys]))
    if settings.worker == "inside":
        jobs_database = await _open_jobs_database(stack, database.conninfo)
        jobs = _job_runner(settings, jobs_database, master_key, committed=relay.committed)
        await stack.enter_async_context(jobs.running())
    return Services(
        database=database,
        commands=commands,
        signing_in=signing_in,
        first_setup=FirstSetup(database, signing_in, master_key, tell=_tell),
        accounts=Accounts(database, commands, account_keys),
        own_account=OwnAccount(database, signing_in, tries, second_factors, account_keys),
        access=access,
        refusals=refusals,
        limits=limits,
        gateway=Gateway(
            database=database,
            hub=hub,
            relay=relay,
            caretaker=caretaker,
            signing_in=signing_in,
            access=access,
            refusals=refusals,
            bounds=SocketBounds(
                per_address=settings.sockets_per_address,
                per_credential=settings.sockets_per_credential,
                without_hello=settings.sockets_without_hello,
            ),
            heartbeat_s=settings.heartbeat_s,
            origins=settings.cors_origins,
        ),
        relay=relay,
        visitors=visitors,
        reports=reports,
        snapshots=SnapshotCache(database, visitors),
        no_show_after=timedelta(seconds=settings.no_show_after_s),
    )


def _tell(sentence: str) -> None:
    """Write a line for who runs the server beside its log, which would hide a secret, and is sent around."""
    sys.stderr.write(f"callboard-server: {sentence}\n")
    sys.stderr.flush()
