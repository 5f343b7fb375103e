"""How much anybody may ask for, over real sockets; windows are short where a test waits for one to pass."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from server.api.budgets import SIGN_INS_PER_MIN
from server.infra.jwt import JwtKeys, new_private_key
from shared.ids import UserRole
from shared.problems import Problem, ProblemCode
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site, TestPerson

TOKENS = "/api/v1/tokens"
LOGIN = "/api/v1/auth/login"


@pytest.fixture
def served(database_url: str, signing_keys: JwtKeys, tmp_path: Path) -> Any:
    """A server with settings of one's own, behind a proxy that says who asks."""

    @contextmanager
    def serve(**settings: Any) -> Iterator[httpx.Client]:
        given = {"trusted_proxies": "127.0.0.1", **settings}
        with (
            LiveServer(database_url, signing_keys, tmp_path, **given) as server,
            httpx.Client(base_url=server.url, timeout=30) as http,
        ):
            yield http

    return serve


@pytest.fixture
async def staff(site: Site) -> TestPerson:
    return await site.add_person()


def of(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def refused(response: httpx.Response) -> int:
    """The seconds after which there is room again."""
    assert response.status_code == 429
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert problem.code is ProblemCode.TOO_MANY_REQUESTS
    wait_s = int(response.headers["retry-after"])
    assert problem.facts == {"retry_after_s": wait_s}
    assert wait_s >= 1
    assert "Try again in" in problem.title
    return wait_s


def sign_in(http: httpx.Client, username: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return http.post(LOGIN, json={"username": username, "password": password}, headers=headers)


class TestAnonymous:
    def test_a_hundred_in_a_quarter_of_an_hour(self, served: Any) -> None:
        with served() as http:
            statuses = [http.get(TOKENS).status_code for _ in range(100)]
            assert set(statuses) == {401}
            assert 880 <= refused(http.get(TOKENS)) <= 900
            # Other addresses of the same house are other callers.
            assert http.get(TOKENS, headers=of("203.0.113.9")).status_code == 401

    def test_twenty_tokens_of_those(self, served: Any) -> None:
        with served() as http:
            assert {http.post(TOKENS, json={}).status_code for _ in range(20)} == {401}
            refused(http.post(TOKENS, json={}))
            assert http.get(TOKENS).status_code == 401

    def test_everything_counts_that_is_no_probe(self, served: Any) -> None:
        with served(limit_anonymous=3) as http:
            assert http.get("/nothing").status_code == 404
            assert http.get("/api/v1/openapi.json").status_code == 200
            assert http.delete(TOKENS).status_code == 405
            for path in ("/nothing", "/api/v1/openapi.json", TOKENS):
                refused(http.get(path))
            for path in ("/healthz", "/readyz"):
                assert {http.get(path).status_code for _ in range(10)} == {200}

    def test_room_comes_back(self, served: Any) -> None:
        with served(limit_anonymous=2, limit_window_s=1) as http:
            http.get(TOKENS), http.get(TOKENS)
            wait_s = refused(http.get(TOKENS))
            assert wait_s == 1
            time.sleep(wait_s + 0.05)
            assert http.get(TOKENS).status_code == 401

    def test_made_up_credentials_are_none(self, served: Any, staff: TestPerson) -> None:
        forged = staff.access_jwt(JwtKeys({"test": new_private_key()}))
        made_up = ("Bearer x.y.z", f"Bearer {forged}", "Bearer", "Basic YTpi", "Bearer cbd_nothing", "é")
        with served(limit_anonymous=12) as http:
            for number in range(12):
                value = made_up[number % len(made_up)].encode()
                # A new one each time must not be a new budget.
                headers = {b"Authorization": value + b"%d" % number if b"cbd" in value else value}
                assert http.get(TOKENS, headers=headers).status_code == 401
            for value in made_up:
                refused(http.get(TOKENS, headers={b"Authorization": value.encode()}))

    def test_an_ipv6_network_is_one_caller(self, served: Any) -> None:
        with served(limit_anonymous=5) as http:
            for number in range(5):
                assert http.get(TOKENS, headers=of(f"2001:db8::{number}")).status_code == 401
            refused(http.get(TOKENS, headers=of("2001:db8::ffff:1")))
            assert http.get(TOKENS, headers=of("2001:db8:0:1::1")).status_code == 401

    def test_an_address_that_a_client_makes_up_does_not_count(self, served: Any) -> None:
        with served(limit_anonymous=3, trusted_proxies="10.0.0.1") as http:
            for number in range(3):
                http.get(TOKENS, headers=of(f"203.0.113.{number}"))
            refused(http.get(TOKENS, headers=of("203.0.113.77")))


class TestSignIn:
    async def test_every_clerk_of_the_morning_gets_in(self, served: Any, site: Site) -> None:
        with served(limit_anonymous=3, limit_failed_sign_ins_per_address=3) as http:
            for _ in range(8):
                person = await site.add_person()
                assert sign_in(http, person.username).status_code == 200
            refresh = sign_in(http, person.username).json()["refresh_jwt"]
            for _ in range(6):
                answer = http.post("/api/v1/auth/refresh", json={"refresh_jwt": refresh})
                assert answer.status_code == 200
                refresh = answer.json()["refresh_jwt"]

    async def test_five_wrong_passwords_of_a_name_from_an_address(
        self, served: Any, site: Site, database_url: str
    ) -> None:
        one, other = await site.add_person(), await site.add_person()
        with served() as http:
            for number in range(5):
                name = one.username if number % 2 else one.username.upper()
                assert sign_in(http, name, "wrong").status_code == 401
            assert refused(sign_in(http, one.username)) > 800, "the right one too: it is not looked at"
            assert sign_in(http, other.username).status_code == 200
            elsewhere = sign_in(http, one.username, **of("203.0.113.9")).json()
            assert elsewhere.get("code") != ProblemCode.TOO_MANY_REQUESTS
        with psycopg.connect(database_url) as connection:
            [tries] = connection.execute(
                "SELECT count(*) FROM system_logs WHERE action = 'sign_in_refused'"
                " AND host(ip_address) = '127.0.0.1'"
            ).fetchone() or [None]
        assert tries == 5, "what is refused has not been done"

    def test_a_name_that_nobody_has_is_treated_alike(self, served: Any) -> None:
        with served() as http:
            assert {sign_in(http, "nobody", "wrong").status_code for _ in range(5)} == {401}
            refused(sign_in(http, "nobody", "wrong"))

    async def test_a_right_password_clears_the_wrong_ones(self, served: Any, staff: TestPerson) -> None:
        with served(limit_failed_sign_ins=2) as http:
            for _ in range(3):
                assert sign_in(http, staff.username, "wrong").status_code == 401
                assert sign_in(http, staff.username).status_code == 200

    def test_many_names_from_an_address(self, served: Any) -> None:
        with served(limit_failed_sign_ins_per_address=6) as http:
            assert {sign_in(http, f"name{number}", "wrong").status_code for number in range(6)} == {401}
            refused(sign_in(http, "another", "wrong"))
            refused(http.post("/api/v1/auth/refresh", json={"refresh_jwt": "x"}))
            assert http.get(TOKENS).status_code == 401, "that is another budget"

    async def test_tries_that_are_sent_together_are_not_more(self, served: Any, staff: TestPerson) -> None:
        with served(limit_failed_sign_ins=3) as http:
            async with httpx.AsyncClient(base_url=http.base_url, timeout=30) as many:
                body = {"username": staff.username, "password": "wrong"}
                answers = await asyncio.gather(*(many.post(LOGIN, json=body) for _ in range(12)))
            statuses = [answer.status_code for answer in answers]
            assert (statuses.count(401), statuses.count(429)) == (3, 9)

    async def test_who_signs_in_without_end_is_stopped(self, served: Any, staff: TestPerson) -> None:
        with served() as http:
            began = time.monotonic()
            statuses = [sign_in(http, staff.username).status_code for _ in range(SIGN_INS_PER_MIN + 1)]
            assert time.monotonic() - began < 60, "too slow a machine for this test"
        assert statuses == [200] * SIGN_INS_PER_MIN + [429]


class TestCredentials:
    async def test_commands_and_reads_are_counted_apart(
        self, served: Any, site: Site, staff: TestPerson, signing_keys: JwtKeys
    ) -> None:
        colleague = await site.add_person()
        with served(limit_person_commands_per_min=3, limit_person_reads_per_min=4) as http:

            def take(person: TestPerson) -> httpx.Response:
                headers = bearer(person.access_jwt(signing_keys)) | {"Idempotency-Key": str(uuid4())}
                return http.post(TOKENS, json={"customer_type": "instant"}, headers=headers)

            assert [take(staff).status_code for _ in range(3)] == [201, 201, 201]
            assert refused(take(staff)) <= 60
            read = bearer(staff.access_jwt(signing_keys))
            assert [http.get("/api/v1/auth/me", headers=read).status_code for _ in range(4)] == [200] * 4
            refused(http.get("/api/v1/auth/me", headers=read))
            assert take(colleague).status_code == 201
            # Nothing was done, nothing was counted against the house.
            assert http.get(TOKENS).status_code == 401
        async with site.database.unit_of_work() as tx:
            row = await tx.one("SELECT count(*) AS many FROM tokens")
        assert row is not None
        assert row["many"] == 4

    async def test_a_busy_desk_is_far_below(
        self, served: Any, staff: TestPerson, signing_keys: JwtKeys
    ) -> None:
        headers = bearer(staff.access_jwt(signing_keys))
        with served() as http:
            for _ in range(60):
                answer = http.post(
                    TOKENS,
                    json={"customer_type": "instant"},
                    headers={**headers, "Idempotency-Key": str(uuid4())},
                )
                assert answer.status_code == 201
                assert http.get("/api/v1/queues", headers=headers).status_code == 200

    async def test_an_ended_sign_in_hears_that_it_ended_however_many_there_are(
        self, served: Any, site: Site, signing_keys: JwtKeys
    ) -> None:
        with served(limit_anonymous=2) as http:
            for _ in range(6):
                person = await site.add_person()
                ended = person.access_jwt(signing_keys, lifetime=timedelta(minutes=-5))
                answer = http.get("/api/v1/auth/me", headers=bearer(ended))
                assert answer.json()["code"] == ProblemCode.CREDENTIAL_EXPIRED

    async def test_an_ended_one_has_a_bound_too(
        self, served: Any, staff: TestPerson, signing_keys: JwtKeys
    ) -> None:
        ended = bearer(staff.access_jwt(signing_keys, lifetime=timedelta(minutes=-5)))
        with served(limit_person_reads_per_min=3) as http:
            assert [http.get("/api/v1/auth/me", headers=ended).status_code for _ in range(3)] == [401] * 3
            refused(http.get("/api/v1/auth/me", headers=ended))

    async def test_displays_are_counted_one_by_one(self, served: Any, site: Site) -> None:
        with served(limit_anonymous=1, limit_device_requests_per_min=3) as http:
            for _ in range(4):  # more displays than their address may send requests
                key = bearer(await site.add_device())
                # The first is not counted for the display: nobody knew it yet.
                statuses = [self.look(http, key).status_code for _ in range(4)]
                assert statuses == [200] * 4
                refused(self.look(http, key))

    async def test_a_display_that_is_known_is_not_stopped_by_its_neighbours(
        self, served: Any, site: Site
    ) -> None:
        key = bearer(await site.add_device())
        with served(limit_anonymous=3) as http:
            assert self.look(http, key).status_code == 200
            for _ in range(3):
                http.get(TOKENS)
            refused(http.get(TOKENS))
            assert self.look(http, key).status_code == 200

    def look(self, http: httpx.Client, key: dict[str, str]) -> httpx.Response:
        return http.get("/api/v1/snapshot", params={"audience": "display"}, headers=key)


class TestPairing:
    def claim(self, http: httpx.Client, secret: str) -> int:
        return http.post("/api/v1/devices/pairings/claim", json={"secret": secret}).status_code

    def test_a_screen_asks_for_ten_minutes_what_became_of_its_code(self, served: Any) -> None:
        with served(limit_anonymous=3) as http:
            opened = http.post("/api/v1/devices/pairings", json={"name": "Lobby, left"})
            assert opened.status_code == 201
            secret = opened.json()["secret"]
            assert {self.claim(http, secret) for _ in range(20)} == {200}
            wrong = secret[:-4] + "abcd"
            assert [self.claim(http, wrong) for _ in range(3)] == [404, 404, 429]
            assert http.post("/api/v1/devices/pairings", json={"name": "x"}).status_code == 429


class TestDescription:
    def test_every_route_says_that_it_may_refuse_so(self, served: Any) -> None:
        with served() as http:
            paths = http.get("/api/v1/openapi.json").json()["paths"]
        counted = {path: item for path, item in paths.items() if path.startswith("/api/")}
        assert len(counted) > 20
        for path, item in counted.items():
            for operation in item.values():
                assert "429" in operation["responses"], path

    async def test_an_admin_s_many_pages_are_no_flood(
        self, served: Any, site: Site, signing_keys: JwtKeys
    ) -> None:
        admin = await site.add_person(UserRole.ADMIN)
        headers = bearer(admin.access_jwt(signing_keys))
        with served() as http:
            statuses = {http.get("/api/v1/counters", headers=headers).status_code for _ in range(150)}
        assert statuses == {200}
