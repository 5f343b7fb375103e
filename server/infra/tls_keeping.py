"""The TLS that a server listens with: which certificate, and a fresh one in time, while it serves.

A `ServerTls` gives uvicorn one context for as long as it lives. Each new connection is handed the present
certificate; those that are open keep what they began with, so that no renewal ends one.

    tls = server_tls(settings)                  # None: this server speaks plain HTTP
    uvicorn.Config(ssl_context_factory=lambda *_: tls.context)
    async with asyncio.TaskGroup() as group: group.create_task(tls.keep())
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psutil
import structlog
from cryptography import x509

from server.infra.tls import Names, TlsError, allowed_names
from server.infra.tls_files import Home, Kept, check_own_pair, server_context
from server.settings import Settings
from shared.authorities import Authorities

CHECK_S = 60.0
LOOK_UP_S = 3.0
"""A resolver that is away must not hold up the start."""

WARN_BEFORE = timedelta(days=14)

_log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]


def server_tls(
    settings: Settings, *, clock: Clock = lambda: datetime.now(UTC), check_s: float = CHECK_S
) -> ServerTls | None:
    """What the settings ask for; None for plain HTTP.

    Args:
        check_s: how often it is looked whether something is to be renewed or read again.

    Raises:
        TlsError: keys or certificates cannot be used, with one sentence.
        OSError: the data directory cannot be written.
    """
    if settings.tls == "own":
        if settings.tls_certificate is None or settings.tls_key is None:
            raise TlsError("With tls = own, tls_certificate and tls_key name the files to use.")
        return OwnTls(settings.tls_certificate, settings.tls_key, clock=clock, check_s=check_s)
    if is_loopback(settings.host):
        return None
    if settings.tls == "off":
        _log.warning("tls_off", host=settings.host, hint="Without a proxy that does TLS, others read along.")
        return None
    return LocalTls(settings, clock=clock, check_s=check_s)


def is_loopback(host: str) -> bool:
    """Whether who listens here is heard on this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class ServerTls(ABC):
    """One server's certificate, as it changes.

    Attributes:
        context: for the listening socket, from the start to the end.
    """

    def __init__(self, first: ssl.SSLContext, *, check_s: float) -> None:
        self.context = first
        self._present = first
        self._check_s = check_s
        self._said = ""
        # Asked at each handshake, also where the client names no server.
        first.sni_callback = self._on_handshake

    @property
    @abstractmethod
    def authorities(self) -> Authorities | None:
        """What apps may know of the local authority; None where there is none."""

    @abstractmethod
    def check(self) -> None:
        """Renew or read again what is due. Blocks for milliseconds, or seconds without a resolver.

        Raises:
            TlsError, OSError
        """

    async def keep(self) -> None:
        """Check again and again, until cancelled. What goes wrong is logged, and the old goes on."""
        while True:
            await asyncio.sleep(self._check_s)
            try:
                await asyncio.to_thread(self.check)
            except (TlsError, OSError) as error:
                if str(error) != self._said:
                    self._said = str(error)
                    _log.error("tls_not_renewed", reason=self._said)
            else:
                self._said = ""

    def _show(self, context: ssl.SSLContext) -> None:
        self._present = context

    def _on_handshake(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._present


class LocalTls(ServerTls):
    """A certificate by this server's own authority.

    Args:
        machine_names: what this machine is called just now; None: as the system says.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        check_s: float = CHECK_S,
        machine_names: Callable[[], Names] | None = None,
    ) -> None:
        self._home = Home(settings.data_dir)
        self._clock = clock
        self._asked = asked_names(settings)
        self._machine_names = machine_names or MachineNames().now
        self._kept = self._home.tidy(self._names(), now=clock())
        super().__init__(server_context(self._home.leaf_path), check_s=check_s)
        self._tell()

    @property
    def authorities(self) -> Authorities | None:
        """The authority and its announcements."""
        return self._kept.shown

    def check(self) -> None:
        """Renew certificate and authority when it is time, or when names or files have changed."""
        before, self._kept = self._kept, self._home.tidy(self._names(), now=self._clock())
        if self._kept.leaf.certificate != before.leaf.certificate:
            self._show(server_context(self._home.leaf_path))
        if (self._kept.authority.certificate, self._kept.leaf.certificate, self._kept.announcements) != (
            before.authority.certificate,
            before.leaf.certificate,
            before.announcements,
        ):
            self._tell()

    def _names(self) -> Names:
        return self._asked | self._machine_names()

    def _tell(self) -> None:
        kept = self._kept
        _log.info(
            "tls",
            authority=kept.authority.fingerprint,
            certificate_until=kept.leaf.ends_at.isoformat(),
            **_following(kept),
        )
        if refused := self._asked - allowed_names(kept.authority, self._asked):
            _log.warning(
                "tls_names_left_out",
                names=str(refused),
                hint="The authority is older than these names: callboard-server tls renew-ca makes another.",
            )


def _following(kept: Kept) -> dict[str, str]:
    if kept.following is None or kept.following_from is None:
        return {}
    return {
        "next_authority": kept.following.fingerprint,
        "next_authority_from": kept.following_from.isoformat(),
    }


class OwnTls(ServerTls):
    """A certificate of IT's own, in files that may change."""

    def __init__(self, certificate: Path, key: Path, *, clock: Clock, check_s: float = CHECK_S) -> None:
        self._certificate, self._key, self._clock = certificate, key, clock
        self._read = self._state()
        self._warned_on: object = None
        check_own_pair(certificate, key, now=clock())
        super().__init__(server_context(certificate, key), check_s=check_s)
        self._tell()

    @property
    def authorities(self) -> Authorities | None:
        """None: who signed this certificate is IT's business."""
        return None

    def check(self) -> None:
        """Read the files again if they have changed."""
        state = self._state()
        if state == self._read:
            self._warn_before_end()
            return
        check_own_pair(self._certificate, self._key, now=self._clock())
        self._show(server_context(self._certificate, self._key))
        # Only now: files that were half written are tried again.
        self._read = state
        self._tell()

    def _state(self) -> tuple[tuple[int, int, int], ...]:
        try:
            found = [path.stat() for path in (self._certificate, self._key)]
        except OSError as error:
            raise TlsError(f"{error.filename} cannot be read: {error.strerror}.") from error
        return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found)

    def _ends_at(self) -> datetime:
        return x509.load_pem_x509_certificate(self._certificate.read_bytes()).not_valid_after_utc

    def _tell(self) -> None:
        _log.info("tls", certificate=str(self._certificate), certificate_until=self._ends_at().isoformat())
        self._warn_before_end()

    def _warn_before_end(self) -> None:
        now, ends_at = self._clock(), self._ends_at()
        if ends_at - now < WARN_BEFORE and self._warned_on != now.date():
            self._warned_on = now.date()
            _log.warning("tls_certificate_ends", certificate=str(self._certificate), at=ends_at.isoformat())


def asked_names(settings: Settings) -> Names:
    """The names that the settings give the server: `tls_names`, and `host` where it is one."""
    asked = Names.of((*settings.tls_names, settings.host))
    return Names(
        hosts=asked.hosts, addresses=frozenset(each for each in asked.addresses if not each.is_unspecified)
    )


class MachineNames:
    """What a machine is called: host name, domain name, and the addresses of its interfaces."""

    def __init__(self) -> None:
        self._domain_name = ""

    def now(self) -> Names:
        """As it is just now; a domain name that was found once stays until there is another."""
        self._domain_name = _within(LOOK_UP_S, socket.getfqdn) or self._domain_name
        found = [
            each.address.partition("%")[0]
            for interface in psutil.net_if_addrs().values()
            for each in interface
            if each.family in (socket.AF_INET, socket.AF_INET6)
        ]
        names = Names.of(("localhost", "127.0.0.1", "::1", socket.gethostname(), self._domain_name, *found))
        return Names(
            # What a resolver says of an address without a name.
            hosts=frozenset(host for host in names.hosts if not host.endswith(".arpa")),
            addresses=frozenset(each for each in names.addresses if not each.is_link_local),
        )


def _within(seconds: float, ask: Callable[[], str]) -> str:
    """The answer, or "" where it takes longer; its thread then ends by itself."""
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(ask()), name="look up", daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else ""
