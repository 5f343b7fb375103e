"""Refuse large bodies before they are read into memory."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problems import problem, problem_response
from shared.problems import ProblemCode

MAX_BODY_BYTES = 256 * 1024


class BodyLimit:
    """ASGI middleware: a body over 256 KiB is refused, whether its length is declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with a bound on its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            answer = problem_response(
                problem(ProblemCode.TOO_LARGE, "The body is larger than 256 KiB.", Request(scope))
            )
            await answer(scope, receive, send)
            return
        received = 0

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # The application is reading: its own handler answers this.
                raise HTTPException(413)
            return message

        await self._app(scope, counted_receive, send)
