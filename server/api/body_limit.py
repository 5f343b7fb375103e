"""Refuse large bodies before they are read into memory, and those that never end to come."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.problems import problem, problem_response
from shared.problems import ProblemCode

MAX_BODY_BYTES = 256 * 1024

BODY_WITHIN_S = 30.0
"""So long the application waits for the whole of a body, from when it first asks for it."""


class BodyLimit:
    """ASGI middleware: a body over 256 KiB is refused, whether its length is declared or not, and so is one
    that takes too long.
    """

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
        received, is_whole = 0, False
        deadline: float | None = None

        async def bounded_receive() -> Message:
            nonlocal received, is_whole, deadline
            if is_whole:
                return await receive()  # waits for the client to go away, however long that takes
            deadline = deadline or asyncio.get_running_loop().time() + BODY_WITHIN_S
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, "The body did not come in time.") from error
            received += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if received > MAX_BODY_BYTES:
                # The application is reading: its own handler answers this.
                raise HTTPException(413)
            return message

        await self._app(scope, bounded_receive, send)
