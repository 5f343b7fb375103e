"""Headers that tell a browser to be careful, on every answer of the application.

The apps are no browsers and need none of this. Somebody may still open the API in one, or be lured to it.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""A year, and without includeSubDomains: the other hosts of that domain are not ours."""

ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Answers are data; nothing in them may be loaded, run or framed.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    # Names of visitors, JWTs: nothing on the way keeps a copy. A route may know better (`/snapshot`).
    (b"cache-control", b"no-store"),
)
_NAMES = frozenset(name for name, _ in ALWAYS)
_SENDS_HEADERS = frozenset({"http.response.start", "websocket.http.response.start"})


class HardeningHeaders:
    """ASGI middleware: adds `ALWAYS` where an answer does not say otherwise, and HSTS over TLS; in 2 µs.

    MUST: it stands outside everything that answers, the handler of unexpected errors included.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and look after the head of its answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        # A browser ignores HSTS over plain HTTP, and an attacker on the way could set it there.
        added = (*ALWAYS, HSTS) if scope["scheme"] in ("https", "wss") else ALWAYS

        async def send_hardened(message: Message) -> None:
            if message["type"] in _SENDS_HEADERS:
                message["headers"] = _joined(message.get("headers", ()), added)
            await send(message)

        await self._app(scope, receive, send_hardened)


def _joined(
    own: list[tuple[bytes, bytes]], added: tuple[tuple[bytes, bytes], ...]
) -> list[tuple[bytes, bytes]]:
    said = {name.lower() for name, _ in own} & _NAMES
    if not said:
        return [*own, *added]
    return [*own, *(each for each in added if each[0] not in said)]
