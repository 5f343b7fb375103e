"""What the routes work with; joined in `app.py`, handed over in the application's state."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection

from server.api.budgets import Limits
from server.api.snapshot_cache import SnapshotCache
from server.domain.addresses import parse_address
from server.realtime.gateway import Gateway
from server.realtime.relay import Relay
from server.store.engine import Database
from server.usecases.access import AccessNow
from server.usecases.accounts.accounts import Accounts
from server.usecases.accounts.own import OwnAccount
from server.usecases.auditing import RefusalLog
from server.usecases.commanding import Commands
from server.usecases.first_setup import FirstSetup
from server.usecases.queues import FreshReports
from server.usecases.signing_in import Caller, SigningIn
from server.usecases.visitors import VisitorKeys


@dataclass(frozen=True, kw_only=True)
class Services:
    """The joined parts of one server."""

    database: Database
    commands: Commands
    signing_in: SigningIn
    first_setup: FirstSetup
    accounts: Accounts
    own_account: OwnAccount
    access: AccessNow
    refusals: RefusalLog
    limits: Limits
    gateway: Gateway
    relay: Relay
    visitors: VisitorKeys
    reports: FreshReports
    snapshots: SnapshotCache
    no_show_after: timedelta


def services_of(connection: HTTPConnection) -> Services:
    """The parts of the server that answers this request or socket."""
    services = connection.app.state.services
    assert isinstance(services, Services)
    return services


def caller_of(request: HTTPConnection) -> Caller:
    """Where a request comes from, for the audit: its client, whatever proxies stand between (`Proxies`)."""
    agent = request.headers.get("user-agent")
    return Caller(
        address=_address(request.client.host) if request.client else None,
        # Text of a stranger: bounded, and without what PostgreSQL or a log would trip over.
        user_agent=agent and "".join(filter(str.isprintable, agent))[:400],
    )


def _address(host: str) -> str | None:
    """An address as the audit keeps it; None for what is none (a test's or a socket's name)."""
    address = parse_address(host)
    return str(address) if address else None
