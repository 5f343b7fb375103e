"""Who the client is, and how it came, when a proxy stands in front."""

from starlette.types import ASGIApp, Receive, Scope, Send

from server.domain.addresses import TrustedProxies, parse_address

_SECURE = {"http": "https", "websocket": "wss"}
_PLAIN = {"http": "http", "websocket": "ws"}


class Proxies:
    """ASGI middleware: `client` and `scheme` of a request become what a trusted proxy says of it.

    Everything behind it (audit, limits, HSTS) asks the scope alone. RFC 7239's `Forwarded` is not read:
    a proxy that does not know it passes on what the client wrote.
    """

    def __init__(self, app: ASGIApp, trusted: TrustedProxies) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its client's address."""
        if self._trusted and scope["type"] in _SECURE and scope.get("client"):
            self._look_behind(scope)
        await self._app(scope, receive, send)

    def _look_behind(self, scope: Scope) -> None:
        peer, port = scope["client"]
        if parse_address(peer) not in self._trusted:
            return
        forwarded_for = [_text(value) for name, value in scope["headers"] if name == b"x-forwarded-for"]
        protocols = [_text(value) for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        client = self._trusted.client_of(peer, forwarded_for)
        if client is not None:
            scope["client"] = (str(client), port if str(client) == peer else 0)
        if protocols:
            # The last word is the nearest proxy's; what stands before it may be the client's own.
            said = protocols[-1].rpartition(",")[2].strip().lower()
            if said in ("https", "wss"):
                scope["scheme"] = _SECURE[scope["type"]]
            elif said in ("http", "ws"):
                scope["scheme"] = _PLAIN[scope["type"]]


def _text(value: bytes) -> str:
    return value.decode("latin-1")
