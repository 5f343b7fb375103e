"""The HTTP side by itself, against a server of raw answers on a real socket."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from clients.core import commands
from clients.core.errors import AnswerUnreadable, Refusal, ServerUnreachable
from clients.core.http_api import HttpApi
from clients.core.questions import AskHolidayCountries
from shared.ids import RequestId, TokenId, TypeKey
from shared.problems import ProblemCode

OK = {"revision": 7}
REFUSED = {"title": "No.", "status": 409, "code": "counter_busy"}
EXPIRED = {"title": "Again.", "status": 401, "code": "credential_expired"}
SIGNED_IN = {
    "access_jwt": "fresh-access",
    "access_expires_in_s": 60,
    "refresh_jwt": "fresh-refresh",
    "refresh_expires_in_s": 60,
    "me": {
        "id": str(uuid4()),
        "username": "maria",
        "display_name": "Maria",
        "organization_id": str(uuid4()),
        "organization_name": "City Hall",
        "role": "staff",
        "permissions": [],
    },
}
CREATE = commands.Create(customer_type=TypeKey("instant"))

Answer = tuple[int, object] | None
Asked = tuple[str, dict[str, str], bytes]


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handle: Handler):
    """An API whose server does this with each connection; both are closed before it ends."""
    handlers: list[asyncio.Task] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        try:
            await handle(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # the client has closed it
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        async with HttpApi(server=f"http://127.0.0.1:{port}") as api:
            yield api
        await asyncio.gather(*handlers)


@asynccontextmanager
async def answering(answer: Callable[[int, str], Answer]):
    """A server that answers the n-th request with a status and a JSON body, or hangs up (None)."""
    asked: list[Asked] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = first.split()[1]
            asked.append((path, headers, body))
            given = answer(len(asked), path)
            if given is None:
                return
            status, value = given
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            reply = f"HTTP/1.1 {status} X\r\ncontent-length: {len(content)}\r\n\r\n"
            writer.write(reply.encode() + content)

    async with serving(handle) as api:
        yield api, asked


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr("clients.core.http_api.command_pauses", lambda _: iter([0.01] * 1000))
    monkeypatch.setattr("clients.core.http_api.COMMAND_DEADLINE_S", 0.3)


def request_id() -> RequestId:
    return RequestId(uuid4())


class TestCommands:
    async def test_the_key_and_the_credential_are_headers(self):
        async with answering(lambda n, path: (201, OK)) as (api, asked):
            api.credential = "the-access-jwt"
            key = request_id()
            answer = await api.send(CREATE, key)
        path, headers, body = asked[0]
        assert answer.revision == 7
        assert path == "/api/v1/tokens"
        assert headers["idempotency-key"] == str(key)
        assert headers["authorization"] == "Bearer the-access-jwt"
        assert json.loads(body) == {"customer_type": "instant", "priority": 0}

    async def test_a_command_without_a_body_sends_none(self):
        token = TokenId(uuid4())
        async with answering(lambda n, path: (200, OK)) as (api, asked):
            await api.send(commands.NoShow(token_id=token), request_id())
        assert asked[0][0] == f"/api/v1/tokens/{token}/no-show"
        assert asked[0][2] == b""

    @pytest.mark.parametrize("failure", [None, (502, b"<html>"), (503, REFUSED)])
    async def test_what_may_pass_is_tried_again_with_the_same_key(self, failure):
        async with answering(lambda n, path: failure if n < 3 else (200, OK)) as (api, asked):
            await api.send(CREATE, request_id())
        assert len(asked) == 3
        assert len({headers["idempotency-key"] for _, headers, _ in asked}) == 1

    async def test_what_does_not_pass_ends_at_the_deadline(self):
        async with answering(lambda n, path: None) as (api, asked):
            with pytest.raises(ServerUnreachable, match="does not answer"):
                await api.send(CREATE, request_id())
        assert len(asked) > 3

    async def test_a_server_that_never_answers_ends_at_the_deadline_too(self):
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        async with serving(silent) as api, asyncio.timeout(5):
            with pytest.raises(ServerUnreachable):
                await api.send(CREATE, request_id())

    async def test_a_refusal_is_not_tried_again(self):
        async with answering(lambda n, path: (409, REFUSED)) as (api, asked):
            with pytest.raises(Refusal) as refused:
                await api.send(CREATE, request_id())
        assert refused.value.problem.code is ProblemCode.COUNTER_BUSY
        assert len(asked) == 1

    @pytest.mark.parametrize("answer", [(200, b"<html>hotel wifi"), (404, b"<html>"), (200, [])])
    async def test_another_server_is_recognized(self, answer):
        async with answering(lambda n, path: answer) as (api, _):
            with pytest.raises(AnswerUnreadable):
                await api.send(CREATE, request_id())


class TestPages:
    @pytest.mark.parametrize("failure", [None, (503, {})])
    async def test_what_a_page_reads_is_asked_again(self, failure):
        async with answering(lambda n, _: failure if n == 1 else (200, [])) as (api, asked):
            assert await api.ask(AskHolidayCountries(language="fr")) == ()
        assert [path for path, *_ in asked] == ["/api/v1/national-holidays?language=fr"] * 2

    async def test_what_connects_is_read_once(self):
        async with answering(lambda *_: None) as (api, asked):
            with pytest.raises(ServerUnreachable):
                await api.me()
        assert len(asked) == 1


class TestRenewal:
    def answer(self, n: int, path: str) -> Answer:
        if path.endswith("refresh"):
            return 200, SIGNED_IN
        return (401, EXPIRED) if n == 1 else (200, OK)

    async def test_an_ended_jwt_is_renewed_once_and_the_command_goes_on(self):
        async with answering(self.answer) as (api, asked):
            api.credential, api._refresh_jwt = "old-access", "old-refresh"
            key = request_id()
            await api.send(CREATE, key)
        (_, first, _), (path, refresh, body), (_, second, _) = asked
        assert path == "/api/v1/auth/refresh"
        assert "authorization" not in refresh
        assert json.loads(body) == {"refresh_jwt": "old-refresh"}
        assert second["authorization"] == "Bearer fresh-access"
        assert first["idempotency-key"] == second["idempotency-key"] == str(key)

    async def test_many_at_once_renew_once(self):
        def answer(n: int, path: str) -> Answer:
            if path.endswith("refresh"):
                return 200, SIGNED_IN
            return (401, EXPIRED) if n <= 5 else (200, OK)

        async with answering(answer) as (api, asked):
            api.credential, api._refresh_jwt = "old-access", "old-refresh"
            await asyncio.gather(*(api.send(CREATE, request_id()) for _ in range(5)))
        assert sum(path.endswith("refresh") for path, _, _ in asked) == 1

    async def test_a_device_has_nothing_to_renew(self):
        async with answering(lambda n, path: (401, EXPIRED)) as (api, asked):
            api.use_device_key("key")
            with pytest.raises(Refusal):
                await api.queues()
        assert len(asked) == 1


class TestSecrecy:
    async def test_no_credential_stands_in_an_address_or_a_log(self, caplog):
        caplog.set_level(logging.INFO)
        async with answering(lambda n, path: (200, SIGNED_IN)) as (api, asked):
            await api.sign_in("maria", "a-secret-password")
            await api.refresh()
            await api.sign_out()
        said = caplog.text + repr([path for path, _, _ in asked])
        for secret in ("a-secret-password", "fresh-access", "fresh-refresh"):
            assert secret not in said
        assert api.credential == ""
