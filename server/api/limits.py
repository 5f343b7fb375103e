"""How much anybody may ask for: by address without a credential, by person or display with one.

- Who signs in (`/auth/…`) says who they are in the body. Only what fails is counted, by address, and by
  address and user name: the sixth clerk of the morning behind one address gets in.
- A screen that waits to be paired asks every few seconds, with a secret in the body: that is free, too,
  unless the secret is none.
- A person or display that is known has a budget of its own, for commands and for the rest.
- Everybody else shares the small budget of their address. Credentials that are made up count there.
- Probes are exempt. What is refused has not been looked at: 429, `Retry-After`, nothing done.

A display's key is known by its hash once it has been accepted; until then its requests count by what
becomes of them. That is about budgets alone: who may do what is decided where it always is.
"""

import hashlib
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.budgets import Limits
from server.api.problems import problem, problem_response
from server.domain.addresses import limited_as
from server.domain.errors import CredentialExpired, TooManyRequests, Unauthenticated
from server.infra.jwt import JwtKeys, JwtKind
from server.usecases.signing_in import DEVICE_KEY_PREFIX
from shared.problems import ProblemCode

EXEMPT = frozenset({"/healthz", "/readyz", "/metrics", "/.well-known/callboard-ca"})
"""Probes ask often and from one address; all apps of a house ask for a new authority at once."""

SIGNING_IN = "/api/v1/auth/"
"""Without an Authorization header, the body of these says who asks."""

CLAIMING = "/api/v1/devices/pairings/claim"
"""A screen's secret stands in the body."""

TOKENS = "/api/v1/tokens"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_DEVICES = 4096


@dataclass(frozen=True, kw_only=True)
class _Asker:
    """Whose budget a request is taken from."""

    person: str | None = None
    device: str | None = None
    unknown_device: str | None = None


_NOBODY = _Asker()


class RequestLimits:
    """ASGI middleware: every HTTP request takes from a budget, or is refused.

    Args:
        keys: what access JWTs are verified with.
    """

    def __init__(self, app: ASGIApp, *, limits: Limits, keys: JwtKeys) -> None:
        self._app = app
        self._limits = limits
        self._keys = keys
        self._known_devices: dict[str, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] in EXEMPT:
            await self._app(scope, receive, send)
            return
        try:
            await self._pass_on(scope, receive, send)
        except TooManyRequests as error:
            # Raised before the application was called: nothing has been answered yet.
            refused = problem(error.code, error.sentence, Request(scope), facts=dict(error.facts))
            await problem_response(refused)(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = limited_as(scope["client"][0] if scope.get("client") else None)
        authorization = Headers(scope=scope).get("authorization")
        if authorization is None and scope["path"].startswith(SIGNING_IN):
            state = scope.setdefault("state", {})
            async with self._limits.trying_to_sign_in(address) as outcome:
                status = await self._answered(scope, receive, send)
                # Who is asked for a code has given the right password.
                is_half = state.get("refused_for") is ProblemCode.SECOND_FACTOR_REQUIRED
                outcome.has_failed = _is_refused(status) and not is_half
            return
        if authorization is None and scope["path"] == CLAIMING:
            async with self._limits.trying_secret(address) as outcome:
                outcome.has_failed = _is_refused(await self._answered(scope, receive, send))
            return
        asker = self._asker(authorization)
        if asker.unknown_device is not None:
            async with self._limits.trying_secret(address) as outcome:
                outcome.has_failed = await self._answered(scope, receive, send) == 401
            if not outcome.has_failed:
                self._know_device(asker.unknown_device)
            return
        await self._spend(scope, asker, address)
        await self._app(scope, receive, send)

    async def _spend(self, scope: Scope, asker: _Asker, address: str) -> None:
        is_command = scope["method"] not in _READS
        if asker.person is not None:
            await self._limits.spend_person(asker.person, is_command=is_command)
        elif asker.device is not None:
            await self._limits.spend_device(asker.device)
        else:
            creates_token = is_command and scope["path"] == TOKENS
            await self._limits.spend_anonymous(address, creates_token=creates_token)

    def _asker(self, authorization: str | None) -> _Asker:
        scheme, _, credential = (authorization or "").partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential:
            return _NOBODY
        if credential.startswith(DEVICE_KEY_PREFIX):
            name = _hashed(credential)
            return _Asker(device=name) if name in self._known_devices else _Asker(unknown_device=name)
        try:
            return _Asker(person=str(self._keys.verify(credential, JwtKind.ACCESS).user_id))
        except CredentialExpired:
            # It is ours, so there are not many of it. Were it counted by address, two hundred apps that
            # wake up in the morning would hear 429 instead of "renew it".
            return _Asker(person=_hashed(credential))
        except Unauthenticated:
            return _NOBODY

    def _know_device(self, name: str) -> None:
        if len(self._known_devices) >= _MOST_DEVICES:
            del self._known_devices[next(iter(self._known_devices))]
        self._known_devices[name] = None

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Pass a request on; the status of its answer, 500 where there was none."""
        status = 500

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watched_send)
        return status


def _is_refused(status: int) -> bool:
    # A 429 from further in has tried nothing.
    return 400 <= status < 500 and status != 429


def _hashed(credential: str) -> str:
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()
