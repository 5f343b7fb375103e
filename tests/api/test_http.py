"""HTTP as a client meets it: sign-in, commands, refusals, bad input."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest

from server.infra.jwt import JwtKeys, JwtKind, new_private_key
from shared.ids import UserRole
from shared.problems import Problem, ProblemCode
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site, TestPerson


class Api:
    """A person at the API."""

    def __init__(self, url: str, credential: str | None) -> None:
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=20)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def post(self, path: str, body: Any = None, *, key: str | None = "new") -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": str(uuid4()) if key == "new" else key}
        return self.http.post(path, json=body, headers=headers)

    def raw(self, path: str, content: bytes) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        return self.http.post(path, content=content, headers=headers)


def refused(response: httpx.Response, status: int, code: ProblemCode) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert (problem.status, problem.code) == (status, code)
    assert problem.title
    return problem


@pytest.fixture
async def staff(site: Site) -> TestPerson:
    return await site.add_person()


@pytest.fixture
def api(live_server: LiveServer, staff: TestPerson) -> Iterator[Api]:
    api = Api(live_server.url, staff.access_jwt(live_server.keys))
    yield api
    api.http.close()


@pytest.fixture
def anonymous(live_server: LiveServer) -> Iterator[Api]:
    api = Api(live_server.url, None)
    yield api
    api.http.close()


def count_tokens(server: LiveServer) -> int:
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM tokens").fetchone()
    assert row is not None
    return int(row[0])


class TestDay:
    def test_one_visitor_from_the_door_to_the_end(self, api: Api, site: Site) -> None:
        counter = site.counter_ids[2]
        assert api.post(f"counters/{counter}/open", {"customer_types": ["instant"]}).status_code == 200
        created = api.post("tokens", {"customer_type": "instant"})
        assert created.status_code == 201
        token = created.json()["token"]
        assert token["number"] == "A001"
        called = api.post(f"counters/{counter}/call-next").json()
        assert called["token"]["id"] == token["id"]
        assert called["token"]["why"]["rule"] == "oldest"
        for command, status in (("recall", "called"), ("start", "serving"), ("complete", "completed")):
            answer = api.post(f"tokens/{token['id']}/{command}").json()
            assert answer["token"]["status"] == status
        assert api.get(f"tokens/{token['id']}").json()["token"]["status"] == "completed"
        day = api.get("users/me/day").json()
        assert (day["served"], day["no_shows"]) == (1, 0)
        queues = api.get("queues").json()["queues"]
        assert [queue["served_today"] for queue in queues] == [1, 0, 0]

    def test_a_snapshot_has_an_etag_and_comes_again_only_when_it_changed(self, api: Api) -> None:
        first = api.get("snapshot", audience="staff")
        assert first.headers["content-encoding"] == "gzip"
        again = api.http.get(
            "snapshot", params={"audience": "staff"}, headers={"If-None-Match": first.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        api.post("tokens", {"customer_type": "instant"})
        changed = api.http.get(
            "snapshot", params={"audience": "staff"}, headers={"If-None-Match": first.headers["etag"]}
        )
        assert changed.status_code == 200
        assert changed.json()["revision"] == first.json()["revision"] + 1


class TestIdempotencyKey:
    def test_a_command_without_it_is_refused(self, api: Api, live_server: LiveServer) -> None:
        response = api.post("tokens", {"customer_type": "instant"}, key=None)
        refused(response, 400, ProblemCode.IDEMPOTENCY_MISSING)
        assert count_tokens(live_server) == 0

    def test_one_that_is_no_uuid_is_refused(self, api: Api) -> None:
        response = api.post("tokens", {"customer_type": "instant"}, key="click")
        refused(response, 400, ProblemCode.IDEMPOTENCY_MISSING)

    def test_a_retry_gets_the_first_answer(self, api: Api, live_server: LiveServer) -> None:
        key = str(uuid4())
        answers = [api.post("tokens", {"customer_type": "instant"}, key=key).json() for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert count_tokens(live_server) == 1

    def test_another_body_under_the_same_key_is_refused(self, api: Api) -> None:
        key = str(uuid4())
        api.post("tokens", {"customer_type": "instant"}, key=key)
        response = api.post("tokens", {"customer_type": "retail"}, key=key)
        refused(response, 422, ProblemCode.IDEMPOTENCY_MISMATCH)


BAD_BODIES = [
    (b"", 400, ProblemCode.MALFORMED),
    (b"{", 400, ProblemCode.MALFORMED),
    (b"\xff\xfe", 400, ProblemCode.MALFORMED),
    (b"[]", 400, ProblemCode.MALFORMED),
    (b"null", 400, ProblemCode.MALFORMED),
    (b'"instant"', 400, ProblemCode.MALFORMED),
    (b"{}", 422, ProblemCode.INVALID),
    (b'{"customer_type": 5}', 422, ProblemCode.INVALID),
    (b'{"customer_type": null}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "instant", "priority": "soon"}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "instant", "priority": -1}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "instant", "priority": 1e400}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "instant", "priority": 99999999999999999999}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "instant", "colour": "blue"}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "in\\u0000stant"}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "' + b"i" * 200 + b'"}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "\\ud800"}', 422, ProblemCode.INVALID),
    (b'{"customer_type": "x"}', 404, ProblemCode.NOT_FOUND),
    (b"[" * 5000, 400, ProblemCode.MALFORMED),
]


class TestBadInput:
    @pytest.mark.parametrize(("body", "status", "code"), BAD_BODIES, ids=lambda each: str(each)[:40])
    def test_a_body_that_is_not_as_it_must_be_changes_nothing(
        self, api: Api, live_server: LiveServer, body: bytes, status: int, code: ProblemCode
    ) -> None:
        response = api.raw("tokens", body)
        if code is ProblemCode.MALFORMED and response.status_code == 422:
            pytest.fail(f"not told apart from a wrong field: {response.text}")
        refused(response, status, code)
        assert count_tokens(live_server) == 0

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 101, "left\u0000", "left\u001b[2J", 7, None])
    def test_a_reason_that_is_none(self, api: Api, reason: object) -> None:
        token = api.post("tokens", {"customer_type": "instant"}).json()["token"]
        response = api.post(f"tokens/{token['id']}/cancel", {"reason": reason})
        problem = refused(response, 422, ProblemCode.INVALID)
        assert problem.errors[0].field == "reason"
        assert api.get(f"tokens/{token['id']}").json()["token"]["status"] == "waiting"

    def test_an_unknown_id(self, api: Api) -> None:
        refused(api.post(f"tokens/{uuid4()}/start"), 404, ProblemCode.NOT_FOUND)
        refused(api.post(f"counters/{uuid4()}/call-next"), 404, ProblemCode.NOT_FOUND)

    @pytest.mark.parametrize("path", ["tokens/1/start", "tokens/%00/start", "counters/x/call-next"])
    def test_an_id_that_is_none(self, api: Api, path: str) -> None:
        refused(api.post(path), 422, ProblemCode.INVALID)

    def test_a_body_beyond_256_kib(self, api: Api) -> None:
        refused(api.raw("tokens", b" " * (256 * 1024 + 1)), 413, ProblemCode.TOO_LARGE)

    def test_a_body_beyond_256_kib_whose_length_is_not_told(self, api: Api) -> None:
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        chunks = (b" " * 65_536 for _ in range(8))
        response = api.http.post("tokens", content=chunks, headers=headers)
        refused(response, 413, ProblemCode.TOO_LARGE)

    def test_an_unknown_address_and_a_wrong_method(self, api: Api) -> None:
        refused(api.get("nothing"), 404, ProblemCode.NOT_FOUND)
        refused(api.http.delete("counters"), 405, ProblemCode.METHOD_NOT_ALLOWED)

    @pytest.mark.parametrize("audience", ["nobody", "", "staff "])
    def test_an_unknown_audience(self, api: Api, audience: str) -> None:
        refused(api.get("snapshot", audience=audience), 422, ProblemCode.INVALID)

    @pytest.mark.parametrize("cursor", ["%%%", "AAAA", "bm90aGluZw==", "\x00"])
    async def test_a_cursor_that_this_server_never_gave(
        self, live_server: LiveServer, site: Site, cursor: str
    ) -> None:
        admin = await site.add_person(UserRole.ADMIN)
        api = Api(live_server.url, admin.access_jwt(live_server.keys))
        with api.http:
            refused(api.get("users", cursor=cursor), 404, ProblemCode.NOT_FOUND)


class TestConflict:
    def test_an_illegal_transition_names_state_and_command(self, api: Api) -> None:
        token = api.post("tokens", {"customer_type": "instant"}).json()["token"]
        problem = refused(api.post(f"tokens/{token['id']}/complete"), 409, ProblemCode.TOKEN_NOT_SERVING)
        assert problem.facts == {"number": "A001", "status": "waiting", "command": "complete"}

    def test_nobody_waiting(self, api: Api, site: Site) -> None:
        counter = site.counter_ids[0]
        refused(api.post(f"counters/{counter}/call-next"), 409, ProblemCode.COUNTER_CLOSED)
        api.post(f"counters/{counter}/open", {})
        refused(api.post(f"counters/{counter}/call-next"), 409, ProblemCode.NOBODY_WAITING)


class TestSignIn:
    def sign_in(self, api: Api, username: str, password: str) -> httpx.Response:
        return api.post("auth/login", {"username": username, "password": password}, key=None)

    def test_gives_jwts_that_work(self, anonymous: Api, live_server: LiveServer, staff: TestPerson) -> None:
        answer = self.sign_in(anonymous, staff.username.upper(), PASSWORD).json()
        assert answer["me"]["role"] == "staff"
        me = Api(live_server.url, answer["access_jwt"])
        with me.http:
            assert me.get("auth/me").json()["display_name"] == staff.display_name

    @pytest.mark.parametrize("password", ["wrong", PASSWORD + " ", "x" * 1000, "é" * 40])
    def test_with_a_wrong_password(self, anonymous: Api, staff: TestPerson, password: str) -> None:
        refused(self.sign_in(anonymous, staff.username, password), 401, ProblemCode.WRONG_CREDENTIALS)

    @pytest.mark.parametrize("username", ["nobody", "NOBODY\u0000", "'; DROP TABLE users; --"])
    def test_of_an_unknown_person_says_the_same(self, anonymous: Api, username: str) -> None:
        response = self.sign_in(anonymous, username, PASSWORD)
        assert response.status_code in {401, 422}
        if response.status_code == 401:
            known = refused(response, 401, ProblemCode.WRONG_CREDENTIALS)
            assert known.title == "The user name or the password is wrong."

    def test_of_a_disabled_person(self, anonymous: Api, live_server: LiveServer, staff: TestPerson) -> None:
        with psycopg.connect(live_server.database_url, autocommit=True) as connection:
            connection.execute("UPDATE users SET is_active = false")
        refused(self.sign_in(anonymous, staff.username, PASSWORD), 401, ProblemCode.WRONG_CREDENTIALS)

    def test_good_and_bad_are_in_the_audit(
        self, anonymous: Api, live_server: LiveServer, staff: TestPerson
    ) -> None:
        self.sign_in(anonymous, staff.username, PASSWORD)
        self.sign_in(anonymous, staff.username, "wrong")
        with psycopg.connect(live_server.database_url) as connection:
            actions = connection.execute("SELECT action, host(ip_address) FROM system_logs").fetchall()
        assert ("sign_in", "127.0.0.1") in actions
        assert ("sign_in_refused", "127.0.0.1") in actions

    @pytest.mark.parametrize("forwarded", ["garbage", "203.0.113.9", "1" * 5000])
    def test_nobody_says_for_another_where_they_come_from(
        self, anonymous: Api, live_server: LiveServer, staff: TestPerson, forwarded: str
    ) -> None:
        anonymous.http.headers["X-Forwarded-For"] = forwarded
        assert self.sign_in(anonymous, staff.username, PASSWORD).status_code == 200
        with psycopg.connect(live_server.database_url) as connection:
            addresses = connection.execute(
                "SELECT host(ip_address) FROM system_logs WHERE action = 'sign_in'"
            ).fetchall()
        assert addresses == [("127.0.0.1",)]

    def test_refreshing_gives_new_jwts_and_old_ones_end(
        self, anonymous: Api, live_server: LiveServer, staff: TestPerson
    ) -> None:
        first = self.sign_in(anonymous, staff.username, PASSWORD).json()["refresh_jwt"]
        second = anonymous.post("auth/refresh", {"refresh_jwt": first}, key=None).json()["refresh_jwt"]
        lost = anonymous.post("auth/refresh", {"refresh_jwt": first}, key=None)
        assert lost.status_code == 200, "the answer may have been lost on the way"
        with psycopg.connect(live_server.database_url, autocommit=True) as connection:
            connection.execute("UPDATE refresh_sessions SET rotated_at = now() - interval '61 seconds'")
        refused(
            anonymous.post("auth/refresh", {"refresh_jwt": first}, key=None),
            401,
            ProblemCode.UNAUTHENTICATED,
        )
        refused(
            anonymous.post("auth/refresh", {"refresh_jwt": second}, key=None),
            401,
            ProblemCode.UNAUTHENTICATED,
        )

    def test_signing_out_ends_the_refresh_jwt(self, anonymous: Api, staff: TestPerson) -> None:
        refresh = self.sign_in(anonymous, staff.username, PASSWORD).json()["refresh_jwt"]
        assert anonymous.post("auth/logout", {"refresh_jwt": refresh}, key=None).status_code == 204
        refused(
            anonymous.post("auth/refresh", {"refresh_jwt": refresh}, key=None),
            401,
            ProblemCode.UNAUTHENTICATED,
        )


class TestJwt:
    def credentials(self, person: TestPerson, keys: JwtKeys) -> dict[str, str]:
        good = person.access_jwt(keys)
        header, payload, signature = good.split(".")
        unsigned = jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", algorithm="none")
        symmetric = jwt.encode({"sub": str(person.actor.user_id)}, "x" * 32, algorithm="HS256")
        refresh = keys.issue(
            JwtKind.REFRESH,
            user_id=person.actor.user_id,
            organization_id=person.actor.organization_id,
            role=person.actor.role,
            access_version=0,
            session_id=uuid4(),
            lifetime=timedelta(hours=1),
        )
        return {
            "empty": "",
            "garbage": "x.y.z",
            "of another server": person.access_jwt(JwtKeys({"test": new_private_key()})),
            "without signature": unsigned,
            "with a shared secret": symmetric,
            "with a changed payload": f"{header}.{payload[:-2]}AA.{signature}",
            "a refresh JWT": refresh,
            "a device key that is none": "cbd_nothing",
        }

    def test_what_is_not_ours_is_refused(self, live_server: LiveServer, staff: TestPerson) -> None:
        for name, credential in self.credentials(staff, live_server.keys).items():
            api = Api(live_server.url, credential)
            with api.http:
                response = api.get("auth/me")
            assert response.status_code == 401, name
            assert response.headers["www-authenticate"] == "Bearer"

    def test_one_that_has_ended_says_so(self, live_server: LiveServer, staff: TestPerson) -> None:
        ended = staff.access_jwt(live_server.keys, lifetime=timedelta(seconds=-30))
        api = Api(live_server.url, ended)
        with api.http:
            refused(api.get("auth/me"), 401, ProblemCode.CREDENTIAL_EXPIRED)


class TestHealth:
    def test_alive_and_ready(self, live_server: LiveServer) -> None:
        assert httpx.get(f"{live_server.url}/healthz").json() == {"status": "ok"}
        assert httpx.get(f"{live_server.url}/readyz").json()["status"] == "ok"
