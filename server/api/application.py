"""The application with what stands around everything that answers."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.api.headers import HardeningHeaders
from server.api.proxies import Proxies
from server.domain.addresses import TrustedProxies
from server.settings import Settings

_HEADERS_SENT = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
_HEADERS_READ = ("ETag", "Retry-After")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PREFLIGHT_KEPT_S = 600


class Application(FastAPI):
    """FastAPI whose outermost middleware surrounds its handler of unexpected errors too.

    What `add_middleware` adds stands inside of that handler: answers with 500 would go out without
    headers.
    """

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings

    def build_middleware_stack(self) -> ASGIApp:
        """See Starlette; called once, before the first request."""
        stack = super().build_middleware_stack()
        if self._settings.cors_origins:
            stack = CORSMiddleware(
                stack,
                allow_origins=self._settings.cors_origins,
                allow_methods=_METHODS,
                allow_headers=_HEADERS_SENT,
                expose_headers=_HEADERS_READ,
                # Credentials stand in a header that the page sets itself; there are no cookies.
                allow_credentials=False,
                max_age=_PREFLIGHT_KEPT_S,
            )
        stack = HardeningHeaders(stack)
        return Proxies(stack, TrustedProxies(self._settings.trusted_proxies))
