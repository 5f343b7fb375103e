"""A server over real TLS, with a local authority and a clock that the test moves."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from server.infra.jwt import JwtKeys
from server.infra.tls import Names
from server.infra.tls_files import Home
from server.infra.tls_keeping import LocalTls
from server.settings import Settings
from tests.live_server import LiveServer

CHECK_S = 0.05
HERE = Names.of(("localhost", "127.0.0.1"))


@dataclass
class Served:
    """A server with a local authority, at a moment of the test's choosing."""

    data_dir: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    names: Names = HERE
    server: LiveServer = field(init=False)

    def make_tls(self, settings: Settings) -> LocalTls:
        return LocalTls(settings, clock=lambda: self.now, check_s=CHECK_S, machine_names=lambda: self.names)

    @property
    def home(self) -> Home:
        return Home(self.data_dir)

    def trusting(self) -> ssl.SSLContext:
        """A client that pins the present authority."""
        kept = self.home.look(now=self.now)
        assert kept is not None
        return ssl.create_default_context(cadata=kept.authority.certificate_pem)

    def shown(self, context: ssl.SSLContext, name: str = "127.0.0.1") -> x509.Certificate:
        """What a new connection is shown."""
        return shown_at(self.server.port, context, name)


def shown_at(port: int, context: ssl.SSLContext, name: str = "127.0.0.1") -> x509.Certificate:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        assert secured.version() == "TLSv1.3"
        found = secured.getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found)


Serve = Callable[..., Served]


@pytest.fixture
def serve(database_url: str, signing_keys: JwtKeys, tmp_path: Path) -> Iterator[Serve]:
    """Start a server whose clock says that it is some days ago."""
    with ExitStack() as stack:

        def start(*, days_ago: float = 0) -> Served:
            served = Served(data_dir=tmp_path, now=datetime.now(UTC) - timedelta(days=days_ago))
            served.server = LiveServer(database_url, signing_keys, tmp_path, make_tls=served.make_tls)
            stack.enter_context(served.server)
            return served

        yield start


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()
