"""The second factor over HTTP: set up, signed in with, lost, asked for by the organization."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pyotp
import pytest

from server.infra.jwt import JwtKeys
from shared.frames import Hello, Refused
from shared.ids import UserRole
from shared.problems import ProblemCode
from tests.api.editor import Editor, field_of, refused
from tests.live_server import LiveServer
from tests.realtime.client import client
from tests.site import PASSWORD, Site, TestPerson


class Owner:
    """A person, their app, and their phone."""

    def __init__(self, server: LiveServer, username: str) -> None:
        self.server, self.username = server, username
        self.http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=20)
        self.jwt = ""
        self.secret = ""
        self.recovery_codes: list[str] = []

    def try_in(self, code: str | None = None, password: str = PASSWORD) -> httpx.Response:
        body = {"username": self.username, "password": password}
        return self.http.post("auth/login", json=body if code is None else {**body, "code": code})

    def sign_in(self, code: str | None = None) -> Any:
        response = self.try_in(code)
        assert response.status_code == 200, response.text
        self.jwt = response.json()["access_jwt"]
        return response.json()

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.jwt}", "Idempotency-Key": str(uuid4())}
        return self.http.request(method, path, json=body, headers=headers)

    def code(self, *, steps: int = 0) -> str:
        """What the phone shows, or showed so many steps ago."""
        return pyotp.TOTP(self.secret).at(time.time(), counter_offset=steps)

    def offer(self, **more: object) -> httpx.Response:
        return self.send("POST", "auth/second-factor", {"password": PASSWORD, **more})

    def set_up(self) -> Any:
        """Set it up; the newest code is used up by that."""
        response = self.offer()
        assert response.status_code == 200, response.text
        self.secret = response.json()["secret"]
        confirmed = self.send("POST", "auth/second-factor/confirm", {"code": self.code(steps=-1)})
        assert confirmed.status_code == 200, confirmed.text
        self.recovery_codes = confirmed.json()["recovery_codes"]
        self.jwt = confirmed.json()["signed_in"]["access_jwt"]
        return confirmed.json()

    def run(self, query: str, *params: object) -> list[Any]:
        with psycopg.connect(self.server.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, params)  # type: ignore[arg-type]  # constants of this file
            return cursor.fetchall() if cursor.description else []

    def forget_steps(self) -> None:
        """As if the codes that were used had been of long ago: a test does not wait 30 seconds."""
        self.run("UPDATE users SET second_factor_step = 1 WHERE second_factor IS NOT NULL")


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """Without the budget of an address, which would be spent before the growing delay is seen."""
    return {"limit_failed_sign_ins": 1000}


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


@pytest.fixture
def owner(live_server: LiveServer, admin: TestPerson) -> Iterator[Owner]:
    owner = Owner(live_server, admin.username)
    with owner.http:
        owner.sign_in()
        yield owner


@pytest.fixture
async def boss(site: Site, live_server: LiveServer) -> AsyncIterator[Editor]:
    person = await site.add_person(UserRole.SUPER_ADMIN)
    editor = Editor(live_server.url, person.access_jwt(live_server.keys))
    with editor.http:
        yield editor


class TestSettingUp:
    def test_what_the_app_takes_over(self, owner: Owner) -> None:
        offer = owner.offer().json()
        uri = urlsplit(offer["uri"])
        assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
        assert parse_qs(uri.query) == {"secret": [offer["secret"]], "issuer": ["Callboard"]}
        assert not owner.send("GET", "auth/me").json()["has_second_factor"]

    def test_it_counts_from_the_first_code_on(self, owner: Owner) -> None:
        other = owner.sign_in()
        done = owner.set_up()
        assert done["signed_in"]["me"]["has_second_factor"]
        assert len(set(done["recovery_codes"])) == 10
        assert owner.send("GET", "tokens").status_code == 200
        again = owner.http.post("auth/refresh", json={"refresh_jwt": other["refresh_jwt"]})
        refused(again, 401, ProblemCode.UNAUTHENTICATED)

    def test_a_wrong_first_code_changes_nothing(self, owner: Owner) -> None:
        owner.offer()
        response = owner.send("POST", "auth/second-factor/confirm", {"code": "000000"})
        assert field_of(refused(response, 401, ProblemCode.WRONG_CREDENTIALS)) == "code"
        owner.sign_in()

    def test_nothing_was_offered(self, owner: Owner) -> None:
        response = owner.send("POST", "auth/second-factor/confirm", {"code": "000000"})
        refused(response, 409, ProblemCode.SECOND_FACTOR_UNKNOWN)

    def test_the_password_is_asked_again(self, owner: Owner) -> None:
        response = owner.offer(password="not it")
        assert field_of(refused(response, 401, ProblemCode.WRONG_CREDENTIALS)) == "password"

    def test_another_one_needs_a_code_of_the_one_in_use(self, owner: Owner) -> None:
        owner.set_up()
        refused(owner.offer(), 401, ProblemCode.SECOND_FACTOR_REQUIRED)
        refused(owner.offer(code="000000"), 401, ProblemCode.WRONG_CREDENTIALS)
        old = owner.secret
        owner.secret = owner.offer(code=owner.code()).json()["secret"]
        assert owner.secret != old
        confirmed = owner.send("POST", "auth/second-factor/confirm", {"code": owner.code()})
        assert confirmed.status_code == 200
        owner.forget_steps()
        owner.sign_in(owner.code())

    def test_nothing_of_it_lies_in_clear(self, owner: Owner) -> None:
        owner.set_up()
        text = str(owner.run("SELECT u::text FROM users u"))
        text += str(owner.run("SELECT r::text FROM recovery_codes r"))
        text += str(owner.run("SELECT s::text FROM system_logs s"))
        for secret in (owner.secret, *owner.recovery_codes):
            for form in (secret, secret.replace("-", ""), secret.encode().hex()):
                assert form not in text


class TestSignIn:
    def test_the_password_alone_is_half_of_it(self, owner: Owner) -> None:
        owner.set_up()
        assert field_of(refused(owner.try_in(), 401, ProblemCode.SECOND_FACTOR_REQUIRED)) == "code"
        owner.sign_in(owner.code())

    def test_without_the_password_nothing_is_said_of_it(self, owner: Owner) -> None:
        owner.set_up()
        for code in (None, owner.code()):
            response = owner.try_in(code, password="wrong")
            refused(response, 401, ProblemCode.WRONG_CREDENTIALS)

    def test_a_code_is_good_once(self, owner: Owner) -> None:
        owner.set_up()
        code = owner.code()
        owner.sign_in(code)
        refused(owner.try_in(code), 401, ProblemCode.WRONG_CREDENTIALS)

    def test_of_two_at_once_with_one_code_one_is_let_in(self, owner: Owner) -> None:
        owner.set_up()
        body = {"username": owner.username, "password": PASSWORD, "code": owner.code()}

        async def both() -> list[int]:
            async with httpx.AsyncClient(base_url=f"{owner.server.url}/api/v1", timeout=20) as http:
                answers = await asyncio.gather(*(http.post("auth/login", json=body) for _ in range(4)))
            return sorted(answer.status_code for answer in answers)

        assert asyncio.run(both()) == [200, 401, 401, 401]

    @pytest.mark.parametrize(
        ("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_a_clock_may_be_half_a_minute_off(self, owner: Owner, steps: int, is_good: bool) -> None:
        owner.set_up()
        owner.forget_steps()
        # Not across the end of a step: the server would be a step further.
        time.sleep(max(0.0, time.time() % 30 - 27) and 4)
        assert (owner.try_in(owner.code(steps=steps)).status_code == 200) is is_good

    def test_an_older_code_than_the_last_is_none(self, owner: Owner) -> None:
        owner.set_up()
        owner.sign_in(owner.code(steps=1))
        refused(owner.try_in(owner.code()), 401, ProblemCode.WRONG_CREDENTIALS)

    def test_a_recovery_code_is_good_once_however_it_is_typed(self, owner: Owner) -> None:
        owner.set_up()
        code = owner.recovery_codes[3]
        owner.sign_in(f" {code.upper().replace('-', ' ')} ")
        refused(owner.try_in(code), 401, ProblemCode.WRONG_CREDENTIALS)
        owner.sign_in(owner.recovery_codes[4])

    @pytest.mark.parametrize("code", ["", "1", "１２３４５６", "x" * 40, "12345 \u0000"])
    def test_what_is_no_code(self, owner: Owner, code: str) -> None:
        owner.set_up()
        refused(owner.try_in(code), 401, ProblemCode.WRONG_CREDENTIALS)

    def test_guessed_codes_wait_longer_and_longer(self, owner: Owner) -> None:
        owner.set_up()
        for _ in range(5):
            refused(owner.try_in("000000"), 401, ProblemCode.WRONG_CREDENTIALS)
            # The password alone in between neither counts nor makes it forget.
            owner.try_in()
        refused(owner.try_in(owner.code()), 429, ProblemCode.TRY_LATER)

    def test_after_a_wait_the_code_may_follow_the_password_at_once(self, owner: Owner) -> None:
        owner.set_up()
        for _ in range(8):
            owner.try_in("000000")
            owner.run("UPDATE sign_in_failures SET failed_at = failed_at - interval '1 hour'")
        refused(owner.try_in(), 401, ProblemCode.SECOND_FACTOR_REQUIRED)
        owner.sign_in(owner.code())

    def test_being_asked_for_a_code_is_no_failure_of_the_house(
        self, database_url: str, signing_keys: JwtKeys, tmp_path: Path, admin: TestPerson
    ) -> None:
        few = {"limit_failed_sign_ins_per_address": 1}
        with LiveServer(database_url, signing_keys, tmp_path, **few) as server:
            owner = Owner(server, admin.username)
            with owner.http:
                owner.sign_in()
                owner.set_up()
                for _ in range(3):
                    refused(owner.try_in(), 401, ProblemCode.SECOND_FACTOR_REQUIRED)
                refused(owner.try_in("000000"), 401, ProblemCode.WRONG_CREDENTIALS)
                refused(owner.try_in(), 429, ProblemCode.TOO_MANY_REQUESTS)


class TestEnding:
    def test_by_oneself(self, owner: Owner) -> None:
        owner.set_up()
        body = {"password": PASSWORD, "code": "000000"}
        refused(owner.send("POST", "auth/second-factor/end", body), 401, ProblemCode.WRONG_CREDENTIALS)
        body["code"] = owner.code()
        ended = owner.send("POST", "auth/second-factor/end", body)
        assert ended.status_code == 200, ended.text
        assert not ended.json()["me"]["has_second_factor"]
        owner.sign_in()
        refused(owner.send("POST", "auth/second-factor/end", body), 409, ProblemCode.SECOND_FACTOR_UNKNOWN)

    def test_beside_it_eight_characters_do_and_alone_they_do_not(self, owner: Owner) -> None:
        owner.set_up()
        short = "kw7 pv2x"
        change = {"current": PASSWORD, "new": short}
        changed = owner.send("POST", "auth/password", change)
        assert changed.status_code == 200, changed.text
        owner.jwt = changed.json()["access_jwt"]
        body = {"password": short, "code": owner.code()}
        problem = refused(
            owner.send("POST", "auth/second-factor/end", body), 422, ProblemCode.PASSWORD_REFUSED
        )
        assert problem.facts["flaws"] == ["too_short"]

    def test_other_recovery_codes_take_the_place_of_the_old(self, owner: Owner) -> None:
        owner.set_up()
        body = {"password": PASSWORD, "code": owner.recovery_codes[0]}
        renewed = owner.send("POST", "auth/second-factor/recovery-codes", body)
        assert renewed.status_code == 200, renewed.text
        refused(owner.try_in(owner.recovery_codes[1]), 401, ProblemCode.WRONG_CREDENTIALS)
        owner.sign_in(renewed.json()["recovery_codes"][0])

    def test_by_an_admin_for_who_lost_the_phone(self, owner: Owner, boss: Editor, admin: TestPerson) -> None:
        owner.set_up()
        path = f"users/{admin.actor.user_id}"
        assert boss.get(path)["has_second_factor"]
        done = boss.done("DELETE", f"{path}/second-factor")
        assert not done["user"]["has_second_factor"]
        assert owner.send("GET", "auth/me").status_code == 401
        assert owner.sign_in()["me"]["must_change_password"]
        refused(boss.send("DELETE", f"{path}/second-factor"), 409, ProblemCode.SECOND_FACTOR_UNKNOWN)


class TestAskedForByTheOrganization:
    @pytest.fixture
    async def asked(self, site: Site, owner: Owner) -> Owner:
        await site.configure(admins_need_second_factor=True)
        return owner

    def test_nothing_else_is_done_before_it(self, asked: Owner) -> None:
        me = asked.sign_in()["me"]
        assert (me["must_set_up_second_factor"], me["must_change_password"]) == (True, False)
        refused(asked.send("GET", "tokens"), 403, ProblemCode.SECOND_FACTOR_DUE)
        refused(
            asked.send("POST", "tokens", {"customer_type": "instant"}), 403, ProblemCode.SECOND_FACTOR_DUE
        )
        signed_in = asked.set_up()["signed_in"]
        assert not signed_in["me"]["must_set_up_second_factor"]
        assert asked.send("GET", "tokens").status_code == 200

    async def test_no_socket_opens_before_it(self, asked: Owner) -> None:
        await asyncio.to_thread(asked.sign_in)
        async with client(asked.server.ws_url, "admin") as socket:
            await socket.say(Hello(credential=asked.jwt, app_version="test"))
            assert (await socket.hear_a(Refused)).problem.code is ProblemCode.SECOND_FACTOR_DUE

    async def test_staff_are_not_asked(self, asked: Owner, site: Site, live_server: LiveServer) -> None:
        person = await site.add_person()
        staff = Owner(live_server, person.username)
        with staff.http:
            assert not staff.sign_in()["me"]["must_set_up_second_factor"]
            assert staff.send("GET", "tokens").status_code == 200

    def test_the_password_comes_first(self, asked: Owner, boss: Editor, admin: TestPerson) -> None:
        one_time = boss.done("POST", f"users/{admin.actor.user_id}/reset-password")["one_time_password"]
        signed_in = asked.try_in(password=one_time).json()
        me = signed_in["me"]
        assert (me["must_change_password"], me["must_set_up_second_factor"]) == (True, False)
        asked.jwt = signed_in["access_jwt"]
        changed = asked.send("POST", "auth/password", {"current": one_time, "new": PASSWORD}).json()
        assert changed["me"]["must_set_up_second_factor"]
        asked.jwt = changed["access_jwt"]
        asked.set_up()
