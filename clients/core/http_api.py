"""The server's HTTP API: one method a route, retries where they are safe, refusals as `Refusal`.

MUST: a credential stands in headers and bodies only, never in an address or a log line.
"""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from clients.core.addresses import is_loopback
from clients.core.clock import elapsed_s
from clients.core.commands import AnyAnswer, Command
from clients.core.connection import command_pauses
from clients.core.errors import AnswerUnreadable, Refusal, ServerNotTrusted, ServerUnreachable
from clients.core.half_open import closing_half_open
from clients.core.questions import Question
from clients.core.trust import Trust, verification_failure
from shared.analytics import Day
from shared.base import Asked
from shared.commands import Refresh, SignIn
from shared.counters import LiveCounter
from shared.ids import Audience, OrganizationId, RequestId
from shared.live import Snapshot
from shared.pairing import ClaimPairing, OpenPairing, PairingClaimed, PairingOpened
from shared.problems import Problem, ProblemCode
from shared.queues import QueueReport
from shared.setup import SetUp
from shared.users import ChangePassword, Me, SignedIn

BASE_PATH = "/api/v1/"
COMMAND_DEADLINE_S = 10.0  # a clerk waits no longer for one key press or page to be settled
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
OPEN_PATHS = frozenset(  # the body says who it is
    {
        "auth/login",
        "auth/refresh",
        "auth/logout",
        "devices/pairings",
        "devices/pairings/claim",
        "setup",
    }
)
RETRIED_STATUSES = frozenset({502, 503, 504})  # a proxy without server, a server without database

Read = TypeVar("Read")


_COUNTERS: TypeAdapter[tuple[LiveCounter, ...]] = TypeAdapter(tuple[LiveCounter, ...])


class HttpApi:
    """One app's way to the server's API, and the credentials it uses there.

    Every method raises `Refusal`, `ServerUnreachable` (`ServerNotTrusted` is one) or `AnswerUnreadable`.

    Args:
        server: "http://host:port", without a path.
        trust: whom it takes for the server; None: whoever the system trusts.
        on_signed_in: told of each new pair of JWTs, so that it can be remembered and renewed.
    """

    def __init__(
        self,
        *,
        server: str,
        trust: Trust | None = None,
        on_signed_in: Callable[[SignedIn], None] = lambda _: None,
        clock: Callable[[], float] = elapsed_s,
    ) -> None:
        self.server = server.rstrip("/")
        self.credential = ""
        """The access JWT or device key that is sent along."""
        self._refresh_jwt: str | None = None
        self._on_signed_in = on_signed_in
        self._clock = clock
        self._refreshing = asyncio.Lock()
        self._trust = trust or Trust(server=self.server)
        self._context = self._trust.context
        self._http = self._new_http()
        self._former: list[httpx.AsyncClient] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that are kept open."""
        for each in (*self._former, self._http):
            await each.aclose()

    def _new_http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.server + BASE_PATH,
            timeout=TIMEOUT,
            verify=self._context or False,  # over plain HTTP there is nothing to verify
            # Proxies of the environment stand between sites, never between an app and its own PC.
            trust_env=not is_loopback(self.server),
        )

    # Credentials

    def use_device_key(self, key: str) -> None:
        """Ask as a device from now on."""
        self.credential, self._refresh_jwt = key, None

    async def sign_in(
        self,
        username: str,
        password: str,
        organization_id: OrganizationId | None = None,
    ) -> SignedIn:
        """Sign a person in; what follows is asked in their name."""
        body = SignIn(username=username, password=password, organization_id=organization_id)
        return self._accept(await self._sent("POST", "auth/login", body=body))

    async def set_up(self, body: SetUp) -> SignedIn:
        """Set an empty server up; what follows is asked in its first super admin's name."""
        return self._accept(await self._sent("POST", "setup", body=body))

    async def resume(self, refresh_jwt: str) -> SignedIn:
        """Sign in by a remembered refresh JWT."""
        self._refresh_jwt = refresh_jwt
        return await self.refresh()

    async def refresh(self) -> SignedIn:
        """Exchange the refresh JWT for new ones; tried once.

        May be repeated if no answer came: for a while the server gives the same device the same
        successor, so that a lost answer does not sign a clerk out.
        """
        async with self._refreshing:
            return await self._exchange(self._sent)

    async def _exchange(self, send: Callable[..., Awaitable[httpx.Response]]) -> SignedIn:
        if self._refresh_jwt is None:
            raise Refusal(_NOT_SIGNED_IN)
        body = Refresh(refresh_jwt=self._refresh_jwt)
        return self._accept(await send("POST", "auth/refresh", body=body))

    async def sign_out(self) -> None:
        """End the session on the server, and forget it here whatever the server says."""
        refresh_jwt, self._refresh_jwt, self.credential = self._refresh_jwt, None, ""
        if refresh_jwt is not None:
            await self._sent("POST", "auth/logout", body=Refresh(refresh_jwt=refresh_jwt))

    async def change_password(self, current: str, new: str) -> SignedIn:
        """Another password for who is signed in; other devices are signed out. Tried once."""
        body = ChangePassword(current=current, new=new)
        return self._accept(await self._renewing(lambda: self._sent("POST", "auth/password", body=body)))

    async def sign_out_elsewhere(self) -> SignedIn:
        """End the sessions of this person's other devices."""
        return self._accept(await self._renewing(lambda: self._sent("POST", "auth/logout-elsewhere")))

    def _accept(self, response: httpx.Response) -> SignedIn:
        signed_in = self._read(response, SignedIn.model_validate_json)
        self.credential, self._refresh_jwt = signed_in.access_jwt, signed_in.refresh_jwt
        self._on_signed_in(signed_in)
        return signed_in

    # Pairing

    async def open_pairing(self, name: str) -> PairingOpened:
        """A screen without a key asks for a code; `name` is its machine's. Tried once."""
        response = await self._sent("POST", "devices/pairings", body=OpenPairing(name=name))
        return self._read(response, PairingOpened.model_validate_json)

    async def claim_pairing(self, secret: str) -> PairingClaimed:
        """What became of its code. Tried once."""
        response = await self._sent("POST", "devices/pairings/claim", body=ClaimPairing(secret=secret))
        return self._read(response, PairingClaimed.model_validate_json)

    # What is asked

    async def send(self, command: Command, request_id: RequestId) -> AnyAnswer:
        """Have a command done exactly once: each try carries the same key.

        Raises:
            ServerUnreachable: after `COMMAND_DEADLINE_S` without an answer.
        """
        read: Callable[[bytes], AnyAnswer] = command.answer_type.model_validate_json
        return self._read(await self._command(command, request_id), read)

    async def ask(self, question: Question) -> object:
        """The answer to a question, as `question.answer` reads it."""
        ask = self._retried if question.method == "GET" else self._sent
        response = await self._renewing(
            lambda: ask(question.method, question.path, query=question.query(), body=question.body())
        )
        return self._read(response, question.answer.validate_json)

    async def me(self) -> Me:
        """Who is signed in."""
        return self._read(await self._asked("auth/me"), Me.model_validate_json)

    async def snapshot(self, audience: Audience) -> Snapshot:
        """The whole live state."""
        return self._read(
            await self._asked("snapshot", audience=audience),
            Snapshot.model_validate_json,
        )

    async def queues(self) -> QueueReport:
        """The figures of all queues."""
        return self._read(await self._looked_up("queues"), QueueReport.model_validate_json)

    async def today(self) -> Day:
        """The organization's day so far."""
        return self._read(await self._looked_up("analytics/today"), Day.model_validate_json)

    async def my_day(self) -> Day:
        """This person's day so far."""
        return self._read(await self._looked_up("users/me/day"), Day.model_validate_json)

    async def counters(self) -> tuple[LiveCounter, ...]:
        """All counters."""
        return self._read(await self._looked_up("counters"), _COUNTERS.validate_json)

    # How it is asked

    async def _looked_up(self, path: str, **query: str) -> httpx.Response:
        """Read what a page waits for: a connection that was just given up is no reason to show an error."""
        return await self._renewing(lambda: self._retried("GET", path, query=tuple(query.items())))

    async def _asked(self, path: str, **query: str) -> httpx.Response:
        """Read once: who asks tries again by itself."""
        return await self._renewing(lambda: self._sent("GET", path, query=tuple(query.items())))

    async def _command(self, command: Command, request_id: RequestId) -> httpx.Response:
        headers = {"Idempotency-Key": str(request_id)}
        if command.version is not None:
            headers["If-Match"] = f'"{command.version}"'
        return await self._renewing(
            lambda: self._retried(command.method, command.path, body=command.body(), headers=headers)
        )

    async def _renewing(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        used = self.credential
        try:
            return await ask()
        except Refusal as refusal:
            if refusal.problem.code is not ProblemCode.CREDENTIAL_EXPIRED or not self._refresh_jwt:
                raise
        async with self._refreshing:
            if self.credential == used:  # else another request has renewed it meanwhile
                await self._exchange(self._retried)
        return await ask()

    async def _retried(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Asked | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        deadline = self._clock() + COMMAND_DEADLINE_S
        for pause_s in command_pauses(random.random):
            left_s = max(0.1, deadline - self._clock())
            try:
                return await self._sent(
                    method, path, query=query, body=body, headers=headers, within_s=left_s
                )
            except ServerNotTrusted:
                raise  # a clerk need not wait to be told
            except ServerUnreachable:
                if self._clock() + pause_s >= deadline:
                    raise
            await asyncio.sleep(pause_s)
        raise AssertionError("pauses never end")

    async def _sent(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Asked | None = None,
        headers: dict[str, str] | None = None,
        within_s: float | None = None,
    ) -> httpx.Response:
        sent_headers = dict(headers or {})
        if self.credential and path not in OPEN_PATHS:
            sent_headers["Authorization"] = f"Bearer {self.credential}"
        if body is not None:
            sent_headers["Content-Type"] = "application/json"
        request = functools.partial(
            self._request,
            method,
            path,
            params=tuple(query),
            content=None if body is None else body.model_dump_json(exclude_unset=True),
            headers=sent_headers,
        )
        try:
            async with asyncio.timeout(within_s):
                response = await self._trusted(request)
        except (httpx.RequestError, TimeoutError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ServerUnreachable(server=self.server, reason=reason) from error
        return self._checked(response)

    async def _trusted(self, request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Have a request sent, again if the server can be trusted after all: a handshake says nothing yet."""
        # Once for who it is and once for what it is called.
        for _ in range(2):
            try:
                return await request()
            except httpx.ConnectError as error:
                if verification_failure(error) is None:
                    raise
                distrust = await self._trust.mend(error, self._context)
                if distrust is not None:
                    raise distrust from error
        return await request()

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        if self._context is not self._trust.context:
            # What is under way on the former goes to its end: it was verified when it began.
            self._former.append(self._http)
            self._context = self._trust.context
            self._http = self._new_http()
        async with closing_half_open() as extensions:
            return await self._http.request(method, path, extensions=extensions, **more)

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            return response
        if response.status_code in RETRIED_STATUSES:
            raise ServerUnreachable(server=self.server, reason=f"status {response.status_code}")
        try:
            problem = Problem.model_validate_json(response.content)
        except ValidationError as error:
            raise AnswerUnreadable(server=self.server, status=response.status_code) from error
        raise Refusal(problem)

    def _read(self, response: httpx.Response, parse: Callable[[bytes], Read]) -> Read:
        try:
            return parse(response.content)
        except ValidationError as error:
            raise AnswerUnreadable(server=self.server, status=response.status_code) from error


_NOT_SIGNED_IN = Problem(
    code=ProblemCode.UNAUTHENTICATED,
    status=401,
    title="Nobody is signed in. Sign in again.",
)
