"""What stands in the head of every answer, errors included; CORS; and whom a proxy speaks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from structlog.testing import capture_logs

from server.api.headers import ALWAYS
from server.infra.jwt import JwtKeys
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site

ORIGIN = "https://intranet.example.org"


@pytest.fixture
def served(database_url: str, signing_keys: JwtKeys, tmp_path: Path) -> Any:
    """A server with settings of one's own."""

    @contextmanager
    def serve(**settings: Any) -> Iterator[httpx.Client]:
        with (
            LiveServer(database_url, signing_keys, tmp_path, **settings) as server,
            httpx.Client(base_url=server.url, timeout=20) as http,
        ):
            yield http

    return serve


class TestHardening:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/healthz", 200),
            ("GET", "/api/v1/openapi.json", 200),
            ("GET", "/nothing", 404),
            ("DELETE", "/healthz", 405),
            ("GET", "/api/v1/tokens", 401),
            ("POST", "/api/v1/auth/login", 422),
        ],
    )
    def test_every_answer_has_them(
        self, live_server: LiveServer, method: str, path: str, status: int
    ) -> None:
        response = httpx.request(method, live_server.url + path)
        if path.endswith("login"):
            status = response.status_code  # a body is missing: refused as malformed
            assert status in {400, 422}
        assert response.status_code == status
        for name, value in ALWAYS:
            assert response.headers.get_list(name.decode()) == [value.decode()], name
        assert "server" not in response.headers

    def test_a_body_that_is_too_large(self, live_server: LiveServer) -> None:
        response = httpx.post(f"{live_server.url}/api/v1/auth/login", content=b" " * 300_000)
        assert response.status_code == 413
        assert response.headers["x-content-type-options"] == "nosniff"

    async def test_an_error_that_nobody_expected(self, live_server: LiveServer, site: Site) -> None:
        person = await site.add_person()
        # What no code of ours foresees.
        with psycopg.connect(live_server.database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE token_calls RENAME TO gone")
        headers = {"Authorization": f"Bearer {person.access_jwt(live_server.keys)}"}
        with capture_logs() as logs:
            response = httpx.get(f"{live_server.url}/api/v1/users/me/day", headers=headers, timeout=20)
        assert [each["event"] for each in logs] == ["request_failed"]
        assert response.status_code == 500
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"

    async def test_a_route_may_say_otherwise(self, live_server: LiveServer, site: Site) -> None:
        device_key = await site.add_device()
        response = httpx.get(
            f"{live_server.url}/api/v1/snapshot",
            params={"audience": "display"},
            headers={"Authorization": f"Bearer {device_key}"},
        )
        assert response.headers.get_list("cache-control") == ["private, no-cache"]

    def test_hsts_comes_over_tls_alone(self, served: Any) -> None:
        with served(trusted_proxies="127.0.0.1") as http:
            assert "strict-transport-security" not in http.get("/healthz").headers
            over_tls = http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
            assert over_tls.headers["strict-transport-security"] == "max-age=31536000"

    @pytest.mark.parametrize("said", ["http", "https, http", "", "ftp", "x" * 5000])
    def test_hsts_does_not_come_by_other_words(self, served: Any, said: str) -> None:
        with served(trusted_proxies="127.0.0.1") as http:
            response = http.get("/healthz", headers={"X-Forwarded-Proto": said})
            assert "strict-transport-security" not in response.headers

    def test_nobody_says_that_it_is_tls_but_a_proxy(self, live_server: LiveServer) -> None:
        response = httpx.get(f"{live_server.url}/healthz", headers={"X-Forwarded-Proto": "https"})
        assert "strict-transport-security" not in response.headers


class TestCors:
    def preflight(self, http: httpx.Client, origin: str) -> httpx.Response:
        return http.options(
            "/api/v1/tokens",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
            },
        )

    def test_a_named_origin_may(self, served: Any) -> None:
        with served(cors_origins=ORIGIN) as http:
            asked = self.preflight(http, ORIGIN)
            assert asked.status_code == 200
            assert asked.headers["access-control-allow-origin"] == ORIGIN
            assert "POST" in asked.headers["access-control-allow-methods"]
            assert "Idempotency-Key" in asked.headers["access-control-allow-headers"]
            assert "access-control-allow-credentials" not in asked.headers
            assert asked.headers["x-content-type-options"] == "nosniff"
            refused = http.get("/api/v1/tokens", headers={"Origin": ORIGIN})
            assert refused.status_code == 401, "the page reads why"
            assert refused.headers["access-control-allow-origin"] == ORIGIN
            assert "Retry-After" in refused.headers["access-control-expose-headers"]

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example.org", "http://intranet.example.org", f"{ORIGIN}.evil.org", "null", "*"],
    )
    def test_others_may_not(self, served: Any, origin: str) -> None:
        with served(cors_origins=ORIGIN) as http:
            assert "access-control-allow-origin" not in self.preflight(http, origin).headers
            assert (
                "access-control-allow-origin" not in http.get("/healthz", headers={"Origin": origin}).headers
            )

    def test_nobody_may_by_default(self, live_server: LiveServer) -> None:
        with httpx.Client(base_url=live_server.url) as http:
            assert self.preflight(http, ORIGIN).status_code == 405
            response = http.get("/healthz", headers={"Origin": ORIGIN})
            assert not [name for name in response.headers if name.startswith("access-control")]

    async def test_a_refusal_for_too_many_can_be_read_too(self, served: Any) -> None:
        with served(cors_origins=ORIGIN, limit_anonymous=1) as http:
            http.get("/api/v1/tokens")
            refused = http.get("/api/v1/tokens", headers={"Origin": ORIGIN})
            assert refused.status_code == 429
            assert refused.headers["access-control-allow-origin"] == ORIGIN


class TestForwardedFor:
    def sign_in(self, http: httpx.Client, username: str, **headers: str) -> None:
        body = {"username": username, "password": PASSWORD}
        assert http.post("/api/v1/auth/login", json=body, headers=headers).status_code == 200

    def addresses(self, database_url: str) -> list[str]:
        with psycopg.connect(database_url) as connection:
            rows = connection.execute("SELECT host(ip_address) FROM system_logs WHERE action = 'sign_in'")
            return [address for (address,) in rows]

    @pytest.mark.parametrize(
        ("forwarded", "address"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("garbage", "127.0.0.1"),
            ("203.0.113.9, garbage", "127.0.0.1"),
        ],
    )
    async def test_the_audit_keeps_whom_a_proxy_speaks_for(
        self, served: Any, site: Site, database_url: str, forwarded: str, address: str
    ) -> None:
        person = await site.add_person()
        with served(trusted_proxies="127.0.0.1") as http:
            self.sign_in(http, person.username, **{"X-Forwarded-For": forwarded})
        assert self.addresses(database_url) == [address]

    async def test_another_is_not_believed(self, served: Any, site: Site, database_url: str) -> None:
        person = await site.add_person()
        with served(trusted_proxies="10.0.0.0/8") as http:
            self.sign_in(http, person.username, **{"X-Forwarded-For": "203.0.113.9"})
        assert self.addresses(database_url) == ["127.0.0.1"]
