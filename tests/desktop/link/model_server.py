"""A server over real sockets with a model floor behind it, and faults on request.

It speaks the contract of `shared` and nothing more: no database, no passwords. The real server is met
in the end-to-end tests; this one can fail in ways that the real one, one hopes, never does.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid5

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect

from shared import frames
from shared.analytics import Day
from shared.commands import Answer, CreateToken, Refresh, SignIn
from shared.ids import Audience, CallId, TokenStatus, UserRole
from shared.problems import Problem, ProblemCode
from shared.queues import QueueReport, QueueStatus
from shared.users import Me, SignedIn
from tests.unit.clients_core.floor import CLERK, SPACE, TYPES, Floor

DEVICE_KEY = "a-device-key"
PASSWORD = "correct horse battery"

Changing = Callable[[Floor], Any]


class Refused(Exception):
    """What a route refuses with."""

    def __init__(self, status: int, code: ProblemCode, title: str = "No.") -> None:
        super().__init__(title)
        self.problem = Problem(status=status, code=code, title=title)


@dataclass
class Faults:
    """What goes wrong now.

    Args:
        unavailable: how many of the next commands meet a 503 before they reach the floor.
        lost_answers: how many of the next commands are done, and their answer is lost.
        expired: access JWTs that have ended.
        lost_refreshes: how many of the next refreshes are done, and their answer is lost.
        no_refresh: refresh JWTs are not taken any more.
        swallowed: how many of the next event frames are not sent.
    """

    unavailable: int = 0
    lost_answers: int = 0
    expired: set[str] = field(default_factory=set)
    lost_refreshes: int = 0
    no_refresh: bool = False
    swallowed: int = 0


class ModelServer:
    """A server in a thread of its own, from `with` to its end."""

    def __init__(
        self,
        *,
        port: int | None = None,
        floor: Floor | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.floor = floor or Floor()
        self.faults = Faults()
        self.heard: list[frames.ClientFrame] = []
        self.commands: list[tuple[str, str]] = []
        self.signed_in = 0
        self.lifetime_s = 86_400
        self._answers: dict[str, Answer] = {}
        self._sockets: dict[WebSocket, tuple[Audience, int]] = {}
        self.port = port or _free_port()
        config = uvicorn.Config(
            self._app(),
            port=self.port,
            log_level="critical",
            ws="websockets-sansio",
            lifespan="off",
        )
        self._scheme = "http" if certificate is None else "https"
        if certificate is not None:
            config.ssl_certfile, config.ssl_keyfile = (str(path) for path in certificate)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="model server", daemon=True)

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the model server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it as a killed process ends: no goodbye on any socket."""
        if self._thread.is_alive():
            self.cut()
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve()

    # What a test does to it

    def change(self, change: Changing) -> Any:
        """Change the floor and tell the sockets; gives what the change gives."""
        return self._on_loop(self._change(change))

    def cut(self) -> None:
        """Break every socket."""
        self._on_loop(self._cut())

    def send(self, frame: frames.ServerFrame) -> None:
        """Send every socket this frame."""
        self._on_loop(self._send_all(frame.model_dump_json()))

    def report(self, waiting: int) -> QueueReport:
        return QueueReport(
            at=self.floor.now,
            queues=tuple(
                QueueStatus(
                    customer_type=kind.key,
                    waiting=waiting,
                    longest_wait_s=60,
                    counters_open=2,
                    served_today=5,
                )
                for kind in TYPES
            ),
        )

    def _on_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _change(self, change: Changing) -> Any:
        result = change(self.floor)
        await self._publish()
        return result

    async def _cut(self) -> None:
        for each in list(self._sockets):
            with suppress(RuntimeError):
                await each.close(1011)

    async def _publish(self) -> None:
        for each, (audience, upto) in list(self._sockets.items()):
            frame = self.floor.frame(audience, upto)
            self._sockets[each] = (audience, self.floor.revision)
            if self.faults.swallowed:
                self.faults.swallowed -= 1
            elif frame.revision > frame.after:
                await each.send_text(frame.model_dump_json())

    async def _send_all(self, text: str) -> None:
        for each in list(self._sockets):
            await each.send_text(text)

    # Its routes

    def _app(self) -> FastAPI:
        app = FastAPI()
        base = "/api/v1"
        app.add_api_route(f"{base}/auth/login", self._login, methods=["POST"])
        app.add_api_route(f"{base}/auth/refresh", self._refresh, methods=["POST"])
        app.add_api_route(f"{base}/auth/logout", self._logout, methods=["POST"])
        app.add_api_route(f"{base}/snapshot", self._snapshot)
        app.add_api_route(f"{base}/queues", self._queues)
        app.add_api_route(f"{base}/users/me/day", self._day)
        app.add_api_route(f"{base}/{{path:path}}", self._command, methods=["POST"])
        for audience in Audience:
            app.add_api_websocket_route(f"/ws/{audience}", self._channel(audience))
        app.add_exception_handler(Refused, _refused)
        return app

    async def _login(self, request: Request) -> Response:
        body = SignIn.model_validate_json(await request.body())
        if body.password != PASSWORD:
            raise Refused(401, ProblemCode.WRONG_CREDENTIALS, "The password is wrong.")
        return _json(self._new_jwts())

    async def _refresh(self, request: Request) -> Response:
        Refresh.model_validate_json(await request.body())
        if self.faults.no_refresh:
            raise Refused(401, ProblemCode.UNAUTHENTICATED, "Sign in again.")
        signed_in = self._new_jwts()
        if self.faults.lost_refreshes:
            self.faults.lost_refreshes -= 1
            return Response(status_code=502)
        return _json(signed_in)

    async def _logout(self) -> Response:
        return Response(status_code=204)

    def _new_jwts(self) -> SignedIn:
        self.signed_in += 1
        organization = self.floor.organization
        return SignedIn(
            access_jwt=f"access-{self.signed_in}",
            access_expires_in_s=self.lifetime_s,
            refresh_jwt=f"refresh-{self.signed_in}",
            refresh_expires_in_s=604_800,
            me=Me(
                id=CLERK,
                username="maria",
                display_name="Maria Keller",
                organization_id=organization.id,
                organization_name=organization.name,
                role=UserRole.STAFF,
                permissions=(),
            ),
        )

    def _admit(self, credential: str | None) -> None:
        if credential in self.faults.expired:
            raise Refused(401, ProblemCode.CREDENTIAL_EXPIRED, "Sign in again.")
        if credential != DEVICE_KEY and not (credential or "").startswith("access-"):
            raise Refused(401, ProblemCode.UNAUTHENTICATED, "This key is not known here.")

    def _admit_request(self, request: Request) -> None:
        self._admit(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _snapshot(self, request: Request, audience: Audience) -> Response:
        self._admit_request(request)
        return _json(self.floor.snapshot(audience))

    async def _queues(self, request: Request) -> Response:
        self._admit_request(request)
        return _json(self.report(waiting=7))

    async def _day(self, request: Request) -> Response:
        self._admit_request(request)
        day = Day(
            service_day=self.floor.now.date(),
            served=4,
            no_shows=0,
            cancelled=0,
            created=0,
            average_service_s=180.0,
            average_wait_s=None,
            served_by_hour=(),
        )
        return _json(day)

    async def _command(self, request: Request, path: str) -> Response:
        self._admit_request(request)
        key = request.headers["idempotency-key"]
        self.commands.append((path, key))
        if self.faults.unavailable:
            self.faults.unavailable -= 1
            raise Refused(503, ProblemCode.UNAVAILABLE)
        if key not in self._answers:
            self._answers[key] = await self._change(self._doing(path, await request.body()))
        if self.faults.lost_answers:
            self.faults.lost_answers -= 1
            return Response(status_code=502)
        return _json(self._answers[key])

    def _doing(self, path: str, body: bytes) -> Callable[[Floor], Answer]:
        match path.split("/"):
            case ["tokens"]:
                kind = CreateToken.model_validate_json(body).customer_type
                index = [each.key for each in TYPES].index(kind)
                return lambda floor: Answer(revision=floor.revision, token=floor.create(index))
            case ["counters", counter, "call-next"]:
                return lambda floor: _call_next(floor, UUID(counter))
            case _:
                raise Refused(404, ProblemCode.NOT_FOUND)

    # Its sockets

    def _channel(self, audience: Audience) -> Callable[[WebSocket], Any]:
        async def serve(websocket: WebSocket) -> None:
            await websocket.accept()
            with suppress(WebSocketDisconnect, RuntimeError):
                await self._converse(websocket, audience)
            self._sockets.pop(websocket, None)

        return serve

    async def _converse(self, websocket: WebSocket, audience: Audience) -> None:
        hello = await self._hear(websocket)
        assert isinstance(hello, frames.Hello)
        try:
            self._admit(hello.credential)
        except Refused as refused:
            frame = frames.Refused(problem=refused.problem)
            await websocket.send_text(frame.model_dump_json())
            await websocket.close(frames.CloseCode.UNAUTHORIZED)
            return
        await self._greet(websocket, audience, hello)
        while True:
            await self._hear(websocket)

    async def _greet(self, websocket: WebSocket, audience: Audience, hello: frames.Hello) -> None:
        floor = self.floor
        self._sockets[websocket] = (audience, floor.revision)
        welcome = frames.Welcome(
            organization_id=floor.organization.id,
            epoch=floor.epoch,
            revision=floor.revision,
            now=floor.now,
            heartbeat_s=30.0,
            server_version="1.0",
        )
        await websocket.send_text(welcome.model_dump_json())
        if hello.epoch != floor.epoch or hello.last_revision is None:
            resync = frames.Resync(epoch=floor.epoch, revision=floor.revision)
            await websocket.send_text(resync.model_dump_json())
        elif hello.last_revision < floor.revision:
            missed = floor.frame(audience, hello.last_revision)
            await websocket.send_text(missed.model_dump_json())

    async def _hear(self, websocket: WebSocket) -> frames.ClientFrame:
        frame = frames.CLIENT_FRAME_ADAPTER.validate_json(await websocket.receive_text())
        self.heard.append(frame)
        return frame


def _call_next(floor: Floor, counter: UUID) -> Answer:
    lane = [token for token in floor.tokens.values() if token.status is TokenStatus.WAITING]
    if not lane:
        raise Refused(409, ProblemCode.NOBODY_WAITING, "Nobody is waiting for your types.")
    call = floor.call(lane[0], counter)
    return Answer(revision=floor.revision, token=floor.tokens[lane[0].id], call=call)


async def _refused(_: Request, refused: Refused) -> Response:
    return _json(refused.problem, refused.problem.status)


def _json(value: Any, status: int = 200) -> Response:
    return Response(value.model_dump_json(), status, media_type="application/json")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def some_call_id() -> CallId:
    return CallId(uuid5(SPACE, "some call"))
