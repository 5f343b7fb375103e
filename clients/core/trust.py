"""Whom an app takes for its server: pinned authorities, or the system's for a public certificate.

1. Authorities that IT names (`ca_file`, `ca_fingerprint`), or that a person confirmed once, and those that
   they announced: these alone.
2. Else the authorities that the system trusts.
3. Else nobody. A person may confirm the fingerprint of an authority that nobody vouched for; where one is
   pinned, there is nothing to confirm: a change that was not announced is refused.

MUST: nothing secret is ever sent over a connection that was not verified. What is read over one
(`_told_by_anybody`) is believed for its signatures, its fingerprint or a person's word, and not otherwise.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from clients.core.addresses import host_of, is_loopback, is_secured
from clients.core.authorities import fingerprint_of, followed, present, vouched_by
from clients.core.credentials import read_secret_file, write_secret_file
from clients.core.errors import (
    AuthorityChanged,
    AuthorityUnknown,
    CertificateEnded,
    NameNotVouchedFor,
    ServerNotTrusted,
)
from clients.core.half_open import closing_half_open
from shared.authorities import AUTHORITIES_PATH, Authorities

TIMEOUT = httpx.Timeout(5.0)
LONGEST_ANSWER = 256 * 1024  # bytes; a certificate has one thousand

# OpenSSL's reasons (x509_vfy.h) that no other authority would mend.
_NOT_YET_OR_NO_MORE = frozenset({9, 10})
_ANOTHER_NAME = frozenset({62, 63, 64})

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """What IT's configuration says of the authority; nothing by default.

    Args:
        authorities: certificates, PEM.
        fingerprint: as `shared.authorities.fingerprint` writes it.
    """

    authorities: tuple[str, ...] = ()
    fingerprint: str | None = None

    @property
    def roots(self) -> frozenset[str]:
        """The fingerprints it stands for."""
        named = frozenset(fingerprint_of(authority) for authority in self.authorities)
        return named | ({self.fingerprint} if self.fingerprint else frozenset())


class Pin(BaseModel):
    """What is trusted at one server.

    Args:
        roots: fingerprints that IT or a person vouched for.
        authorities: what follows from them now, PEM, the oldest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    roots: frozenset[str]
    authorities: tuple[str, ...]


class PinStore:
    """The file that remembers one server's pin; only this user can read or change it."""

    def __init__(self, *, directory: Path, server: str) -> None:
        self._path = directory / f"{sha256(server.lower().encode()).hexdigest()[:16]}.json"

    def read(self) -> Pin | None:
        """The pin; None where there is none, or none that can be read: it is asked for again."""
        text = read_secret_file(self._path)
        if text is None:
            return None
        try:
            pin = Pin.model_validate_json(text)
            for authority in pin.authorities:
                fingerprint_of(authority)
        except ValueError:  # pydantic's and cryptography's are such
            log.warning("%s cannot be read, nothing is trusted by it", self._path)
            return None
        return pin

    def write(self, pin: Pin) -> None:
        """Remember a pin."""
        write_secret_file(self._path, pin.model_dump_json())


class Trust:
    """One app's trust in one server.

    Args:
        server: "https://host:port"; over "http:" there is nobody to trust, and nothing to do.
        offer: told the fingerprint of an authority that a person may confirm by `accept`.
    """

    def __init__(
        self,
        *,
        server: str,
        vouched: Vouched | None = None,
        store: PinStore | None = None,
        offer: Callable[[str], None] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server = server.rstrip("/")
        self._vouched = vouched or Vouched()
        self._store = store
        self._offer = offer
        self._clock = clock
        self._offered: dict[str, str] = {}
        self._deciding = asyncio.Lock()
        self._pin = self._remembered()
        self.context = self._first_context()
        """For the next connection; None over plain HTTP. Each change of trust makes another one."""

    @property
    def is_pinned(self) -> bool:
        """Whether authorities of this server's own are trusted, and no others."""
        return self._pin is not None

    async def mend(self, failure: BaseException, used: ssl.SSLContext | None) -> ServerNotTrusted | None:
        """Find out whether a server whose certificate was refused can be trusted after all.

        Args:
            failure: what the connection ended by.
            used: the context that refused.

        Returns:
            None if the next try has a context to succeed with, else why not. An authority that a person
            may confirm is offered.
        """
        incurable = self._incurable(verification_failure(failure))
        if incurable is not None:
            return incurable
        reason = str(failure)
        async with self._deciding:
            if used is not self.context:
                return None  # mended meanwhile, for another connection
            if self._learned_elsewhere():
                return None
            told = await self._told_by_anybody()
            if self._pin is not None:
                return self._follow_to(told, self._pin, reason)
            if self._vouched.fingerprint is not None:
                return self._begin_with(self._vouched.fingerprint, told, reason)
            return await self._offer_to_person(told, reason)

    def accept(self, fingerprint: str) -> None:
        """Trust an authority that was offered: a person has compared its fingerprint."""
        authority = self._offered.pop(fingerprint, None)
        if authority is not None and self._pin is None:
            self._set(Pin(roots=frozenset({fingerprint}), authorities=(authority,)))

    async def meet(self) -> ServerNotTrusted | None:
        """Try whether the server is trusted before anything is sent; what can be confirmed is offered.

        Returns:
            Why it is not trusted. None where it is, and where it does not answer, which is not asked here.
        """
        used = self.context
        if used is None:
            return None
        try:
            await _told(self._server, used)
        except httpx.RequestError as error:
            if verification_failure(error) is not None:
                return await self.mend(error, used)
        return None

    async def follow(self) -> bool:
        """Learn of announced authorities over a connection that is verified; says whether it could ask."""
        if self.context is None or self._pin is None:
            return True
        try:
            told = await _told(self._server, self.context)
            if told is None or self._pin is None:
                return True
            found = followed(self._pin.authorities, told, now=self._clock())
            await self._forget_followed(present(found, told), found)
        except httpx.RequestError as error:
            log.info("the server's authorities were not asked for: %s", type(error).__name__)
            return False
        return True

    async def _forget_followed(self, rest: tuple[str, ...], found: tuple[str, ...]) -> None:
        """Give up an authority that another has followed, once the server has proved to be that far."""
        assert self._pin is not None
        if len(rest) < len(found):
            await _told(self._server, _context_of(rest))
        if rest != self._pin.authorities:
            self._set(Pin(roots=self._pin.roots, authorities=rest))

    # How trust begins

    def _remembered(self) -> Pin | None:
        stored = self._store.read() if self._store else None
        if not self._vouched.roots:
            return stored
        # What was followed counts for as long as IT vouches for where it began.
        if stored is not None and stored.roots == self._vouched.roots:
            return stored
        if self._vouched.authorities:
            return Pin(roots=self._vouched.roots, authorities=self._vouched.authorities)
        return None

    def _first_context(self) -> ssl.SSLContext | None:
        if not is_secured(self._server):
            return None
        if self._pin is not None:
            return _context_of(self._pin.authorities)
        if self._vouched.fingerprint is not None:
            return _context_of(())  # nobody, until the server has shown that authority
        return ssl.create_default_context()

    # How it goes on

    def _learned_elsewhere(self) -> bool:
        """Whether another app of this person has confirmed or followed more by now."""
        remembered = self._remembered() if self._store is not None else None
        if remembered is None or remembered == self._pin:
            return False
        self._pin = remembered
        self.context = _context_of(remembered.authorities)
        return True

    def _follow_to(self, told: Authorities | None, pin: Pin, reason: str) -> ServerNotTrusted | None:
        if told is not None:
            found = followed(pin.authorities, told, now=self._clock())
            if found != pin.authorities:
                self._set(Pin(roots=pin.roots, authorities=found))
                return None
        return AuthorityChanged(server=self._server, reason=reason)

    def _begin_with(self, root: str, told: Authorities | None, reason: str) -> ServerNotTrusted | None:
        authority = vouched_by(root, told) if told is not None else None
        if told is None or authority is None:
            return AuthorityChanged(server=self._server, reason=reason)
        found = followed((authority,), told, now=self._clock())
        self._set(Pin(roots=frozenset({root}), authorities=found))
        return None

    def _incurable(self, refused: ssl.SSLCertVerificationError | None) -> ServerNotTrusted | None:
        """What no other authority would mend; None for the rest."""
        if refused is None:
            return None
        if refused.verify_code in _ANOTHER_NAME:
            host = host_of(self._server)
            return NameNotVouchedFor(server=self._server, host=host, reason=refused.verify_message)
        if refused.verify_code in _NOT_YET_OR_NO_MORE:
            return CertificateEnded(server=self._server, reason=refused.verify_message)
        return None

    async def _offer_to_person(self, told: Authorities | None, reason: str) -> ServerNotTrusted:
        unknown = ServerNotTrusted(server=self._server, reason=reason)
        if told is None:
            return unknown
        try:
            fingerprint = fingerprint_of(told.authority)
            # Nobody is asked about an authority that would not help.
            await _told(self._server, _context_of((told.authority,)))
        except (ValueError, ssl.SSLError):
            return unknown
        except httpx.RequestError as error:
            return self._incurable(verification_failure(error)) or unknown
        self._offered[fingerprint] = told.authority
        self._offer(fingerprint)
        return AuthorityUnknown(server=self._server, fingerprint=fingerprint, reason=reason)

    def _set(self, pin: Pin) -> None:
        self._pin = pin
        self.context = _context_of(pin.authorities)
        log.info("trusted at %s: %s", self._server, "; ".join(map(fingerprint_of, pin.authorities)))
        if self._store is not None:
            self._store.write(pin)

    async def _told_by_anybody(self) -> Authorities | None:
        """What whoever answers says of authorities; nothing is sent to them but the question."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            return await _told(self._server, context)
        except httpx.RequestError as error:
            log.info("the server's authorities were not asked for: %s", type(error).__name__)
            return None


async def _told(server: str, context: ssl.SSLContext) -> Authorities | None:
    """What a server says of its authorities; None where it has none of its own, or is no Callboard.

    Raises:
        httpx.RequestError
    """
    async with (
        closing_half_open() as extensions,
        httpx.AsyncClient(verify=context, timeout=TIMEOUT, trust_env=not is_loopback(server)) as http,
        http.stream("GET", server + AUTHORITIES_PATH, extensions=extensions) as answer,
    ):
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > LONGEST_ANSWER:
                return None
    if answer.status_code != 200:
        return None
    try:
        return Authorities.model_validate_json(body)
    except ValidationError:
        return None


def _context_of(authorities: tuple[str, ...]) -> ssl.SSLContext:
    """A context that trusts these authorities and no others.

    Raises:
        ssl.SSLError: one of them is none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authorities:
        context.load_verify_locations(cadata="\n".join(authorities))
    return context


def verification_failure(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refused certificate behind an error; libraries wrap it in errors of their own."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error
