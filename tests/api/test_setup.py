"""An empty server is set up once: from its own machine, or by the code that it wrote."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from starlette.requests import Request

from server.api.setup import is_this_machine
from server.domain.setup_codes import TRIES
from server.infra.jwt import JwtKeys
from shared.problems import Problem, ProblemCode
from shared.setup import SetupState
from shared.users import SignedIn
from tests.live_server import LiveServer
from tests.site import make_site

PASSWORD = "seven herons over the weir"
CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}(?:-[BCDFGHJKLMNPQRSTVWXZ]{4}){2}\b")
ELSEWHERE = {"X-Forwarded-For": "10.1.2.3"}
"""What a proxy on the server's machine says of a caller from somewhere else."""


def body(**changes: Any) -> dict[str, Any]:
    return {
        "organization": "City Hall",
        "time_zone": "Europe/Madrid",
        "username": "Marta",
        "display_name": "Marta Ruiz",
        "password": PASSWORD,
        **changes,
    }


def refused(response: httpx.Response, status: int, code: ProblemCode) -> Problem:
    problem = Problem.model_validate_json(response.content)
    assert (response.status_code, problem.code) == (status, code), response.text
    return problem


class Written:
    """What the server wrote on stderr."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.text = ""

    def codes(self) -> list[str]:
        self.text += self._capsys.readouterr().err
        return CODE.findall(self.text)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Written:
    return Written(capsys)


@pytest.fixture
def empty(written: Written, database_url: str, signing_keys: JwtKeys, tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(database_url, signing_keys, tmp_path) as server:
        yield server


@pytest.fixture
def http(empty: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{empty.url}/api/v1", timeout=30) as client:
        yield client


def rows(database_url: str, query: str) -> list[Any]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(query).fetchall()


def wrong(code: str) -> str:
    return code[:-1] + ("B" if code[-1] != "B" else "C")


class TestFromTheMachineItself:
    def test_it_is_set_up_without_a_code_and_the_admin_is_signed_in(
        self, http: httpx.Client, database_url: str
    ) -> None:
        assert SetupState.model_validate_json(http.get("/setup").content) == SetupState(needs_code=False)
        answer = http.post("/setup", json=body())
        assert answer.status_code == 201, answer.text
        assert answer.headers["cache-control"] == "no-store"
        signed_in = SignedIn.model_validate_json(answer.content)
        assert (signed_in.me.username, signed_in.me.role) == ("marta", "super_admin")
        assert signed_in.me.organization_name == "City Hall"
        assert not signed_in.me.must_change_password
        credential = {"Authorization": f"Bearer {signed_in.access_jwt}"}
        organization = http.get("/organization", headers=credential).json()
        assert organization["settings"]["time_zone"] == "Europe/Madrid"
        assert len(http.get("/counters", headers=credential).json()) == 6
        queues = http.get("/queue-configurations", headers=credential).json()
        assert {each["settings"]["key"] for each in queues} == {"instant", "browser", "retail"}
        refreshed = http.post("/auth/refresh", json={"refresh_jwt": signed_in.refresh_jwt})
        assert refreshed.status_code == 200
        again = http.post("/auth/login", json={"username": "marta", "password": PASSWORD})
        assert again.status_code == 200
        logged = rows(database_url, "SELECT action, details, ip_address FROM system_logs ORDER BY created_at")
        assert ("set_up", {"by_code": False}) in [each[:2] for each in logged]
        assert PASSWORD not in str(logged)
        assert rows(database_url, "SELECT count(*) FROM setup_codes") == [(0,)]

    def test_it_is_set_up_once(self, http: httpx.Client, database_url: str) -> None:
        assert http.post("/setup", json=body()).status_code == 201
        refused(http.get("/setup"), 409, ProblemCode.ALREADY_SET_UP)
        refused(http.post("/setup", json=body(username="other")), 409, ProblemCode.ALREADY_SET_UP)
        refused(http.post("/setup", json=body(), headers=ELSEWHERE), 409, ProblemCode.ALREADY_SET_UP)
        assert rows(database_url, "SELECT count(*) FROM organizations") == [(1,)]

    async def test_what_the_command_line_set_up_is_set_up(self, http: httpx.Client, database: Any) -> None:
        await make_site(database)
        refused(http.get("/setup"), 409, ProblemCode.ALREADY_SET_UP)
        refused(http.post("/setup", json=body()), 409, ProblemCode.ALREADY_SET_UP)

    def test_of_many_at_once_one_does_it(self, http: httpx.Client, database_url: str) -> None:
        together = threading.Barrier(6)

        def one(number: int) -> int:
            together.wait()
            return http.post(
                "/setup", json=body(organization=f"Site {number}", username=f"u{number}")
            ).status_code

        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(one, range(6)))
        assert statuses == [201, 409, 409, 409, 409, 409]
        assert rows(database_url, "SELECT count(*) FROM organizations") == [(1,)]
        assert rows(database_url, "SELECT count(*) FROM users") == [(1,)]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"password": "short"}, "password"),
            ({"password": "City Hall Marta 1"}, "password"),
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"organization": " "}, "organization"),
            ({"username": "two words"}, "username"),
        ],
    )
    def test_what_is_not_good_is_told_beside_its_field(
        self, http: httpx.Client, change: dict[str, str], field: str
    ) -> None:
        answer = http.post("/setup", json=body(**change))
        assert answer.status_code == 422
        problem = Problem.model_validate_json(answer.content)
        assert [each.field for each in problem.errors] == [field]
        assert http.get("/setup").status_code == 200


class TestFromElsewhere:
    @pytest.mark.parametrize(
        "headers",
        [
            ELSEWHERE,
            {"Forwarded": "for=10.1.2.3"},
            {"X-Real-IP": "127.0.0.1"},
            {"Via": "1.1 proxy"},
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Host": "rebound.example"},
        ],
        ids=lambda headers: next(iter(headers)),
    )
    def test_who_comes_through_something_needs_the_code(
        self, http: httpx.Client, headers: dict[str, str], database_url: str
    ) -> None:
        state = SetupState.model_validate_json(http.get("/setup", headers=headers).content)
        assert state.needs_code
        problem = refused(
            http.post("/setup", json=body(), headers=headers), 403, ProblemCode.SETUP_CODE_WRONG
        )
        assert problem.facts["is_missing"] is True
        assert problem.facts["tries_left"] == TRIES
        assert [each.field for each in problem.errors] == ["code"]
        assert rows(database_url, "SELECT count(*) FROM organizations") == [(0,)]

    @pytest.mark.parametrize(
        ("host", "is_it"),
        [
            ("127.0.0.1", True),
            ("127.9.9.9", True),
            ("::1", True),
            ("::ffff:127.0.0.1", True),
            ("192.168.1.5", False),
            ("::ffff:192.168.1.5", False),
            ("testclient", False),
        ],
    )
    def test_a_machine_is_known_by_its_address(self, host: str, is_it: bool) -> None:
        headers = [(b"host", b"localhost:8600")]
        scope = {"type": "http", "client": (host, 1234), "headers": headers}
        assert is_this_machine(Request(scope)) is is_it

    def test_the_code_that_was_written_opens_it(
        self, http: httpx.Client, written: Written, database_url: str
    ) -> None:
        [code] = written.codes()
        typed = code.replace("-", " ").lower()
        answer = http.post("/setup", json=body(code=typed), headers=ELSEWHERE)
        assert answer.status_code == 201, answer.text
        [(details,)] = rows(database_url, "SELECT details FROM system_logs WHERE action = 'set_up'")
        assert details == {"by_code": True}
        assert code not in str(rows(database_url, "SELECT * FROM system_logs"))

    def test_a_wrong_code_is_counted_and_told(
        self, http: httpx.Client, written: Written, database_url: str
    ) -> None:
        [code] = written.codes()
        answer = http.post("/setup", json=body(code=wrong(code)), headers=ELSEWHERE)
        problem = refused(answer, 403, ProblemCode.SETUP_CODE_WRONG)
        assert problem.facts["tries_left"] == TRIES - 1
        assert str(TRIES - 1) in problem.title
        logged = rows(database_url, "SELECT details FROM system_logs WHERE action = 'set_up_refused'")
        assert logged == [({"tries_left": TRIES - 1},)]

    def test_after_ten_wrong_ones_there_is_another(self, http: httpx.Client, written: Written) -> None:
        [code] = written.codes()

        def answer(given: str) -> httpx.Response:
            return http.post("/setup", json=body(code=given), headers=ELSEWHERE)

        for _ in range(TRIES - 1):
            answer(wrong(code))
        assert written.codes() == [code]
        last = refused(answer(wrong(code)), 403, ProblemCode.SETUP_CODE_WRONG)
        assert last.facts["tries_left"] == 0
        first, second = written.codes()
        assert first == code != second
        refused(answer(code), 403, ProblemCode.SETUP_CODE_WRONG)
        assert answer(second).status_code == 201

    def test_wrong_ones_at_once_are_all_counted(self, http: httpx.Client, written: Written) -> None:
        [code] = written.codes()

        def one(_: int) -> int:
            answer = http.post("/setup", json=body(code=wrong(code)), headers=ELSEWHERE)
            return int(Problem.model_validate_json(answer.content).facts["tries_left"])

        with ThreadPoolExecutor(TRIES) as pool:
            assert sorted(pool.map(one, range(TRIES))) == list(range(TRIES))
        assert len(written.codes()) == 2


class TestCode:
    def test_a_restart_and_another_server_write_the_same(
        self, written: Written, database_url: str, signing_keys: JwtKeys, tmp_path: Path
    ) -> None:
        for _ in range(2):
            with (
                LiveServer(database_url, signing_keys, tmp_path),
                LiveServer(database_url, signing_keys, tmp_path),
            ):
                pass
        codes = written.codes()
        assert len(codes) == 4
        assert len(set(codes)) == 1

    def test_another_database_has_another(
        self, written: Written, database_url: str, signing_keys: JwtKeys, tmp_path: Path
    ) -> None:
        with LiveServer(database_url, signing_keys, tmp_path):
            pass
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("DELETE FROM setup_codes")
        with LiveServer(database_url, signing_keys, tmp_path):
            pass
        assert len(set(written.codes())) == 2

    async def test_nothing_is_written_where_there_is_an_organization(
        self, written: Written, database: Any, database_url: str, signing_keys: JwtKeys, tmp_path: Path
    ) -> None:
        await make_site(database)
        with LiveServer(database_url, signing_keys, tmp_path):
            pass
        assert written.codes() == []
