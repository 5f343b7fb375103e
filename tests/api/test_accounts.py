"""People's accounts over HTTP: first sign-in, passwords, growing delays, signing out everywhere."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from shared.frames import Hello, Refused
from shared.ids import UserRole
from shared.problems import Problem, ProblemCode
from tests.api.editor import Editor, field_of, refused
from tests.live_server import LiveServer
from tests.realtime.client import client
from tests.site import PASSWORD, Site, TestPerson, make_site

NEW = "a heron over eleven bridges"


class Door:
    """Where people sign in."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=20)

    def try_in(self, username: str, password: str) -> httpx.Response:
        return self.http.post("auth/login", json={"username": username, "password": password})

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        response = self.try_in(username, password)
        assert response.status_code == 200, response.text
        return response.json()

    def send(self, method: str, path: str, credential: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {credential}", "Idempotency-Key": str(uuid4())}
        return self.http.request(method, path, json=body, headers=headers)

    def change(self, credential: str, current: str, new: str = NEW) -> httpx.Response:
        return self.send("POST", "auth/password", credential, {"current": current, "new": new})

    def run(self, query: str, *params: object) -> list[Any]:
        with psycopg.connect(self.server.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, params)  # type: ignore[arg-type]  # constants of this file
            return cursor.fetchall() if cursor.description else []

    def actions(self) -> list[str]:
        return [row[0] for row in self.run("SELECT action FROM system_logs ORDER BY created_at")]


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """A server that counts wrong passwords by name alone: by address it would refuse the sixth itself."""
    return {"limit_failed_sign_ins": 1000}


@pytest.fixture
def door(live_server: LiveServer) -> Iterator[Door]:
    door = Door(live_server)
    with door.http:
        yield door


@pytest.fixture
async def boss(site: Site, live_server: LiveServer) -> AsyncIterator[Editor]:
    person = await site.add_person(UserRole.SUPER_ADMIN)
    editor = Editor(live_server.url, person.access_jwt(live_server.keys))
    with editor.http:
        yield editor


@pytest.fixture
async def staff(site: Site) -> TestPerson:
    return await site.add_person()


class TestFirstSignIn:
    @pytest.fixture
    def made(self, boss: Editor) -> Any:
        return boss.done("POST", "users", {"username": "marta", "display_name": "Marta Ruiz"})

    def test_it_lets_nothing_but_the_change_through(self, made: Any, door: Door, site: Site) -> None:
        signed_in = door.sign_in("marta", made["one_time_password"])
        assert signed_in["me"]["must_change_password"]
        jwt = signed_in["access_jwt"]
        for method, path in (("GET", "tokens"), ("GET", "counters"), ("GET", "snapshot?audience=staff")):
            refused(door.send(method, path, jwt), 403, ProblemCode.PASSWORD_CHANGE_REQUIRED)
        refused(
            door.send("POST", "tokens", jwt, {"customer_type": "instant"}),
            403,
            ProblemCode.PASSWORD_CHANGE_REQUIRED,
        )
        assert door.send("GET", "auth/me", jwt).json()["must_change_password"]

    def test_a_refreshed_jwt_lets_no_more_through(self, made: Any, door: Door) -> None:
        refresh = door.sign_in("marta", made["one_time_password"])["refresh_jwt"]
        again = door.http.post("auth/refresh", json={"refresh_jwt": refresh}).json()
        refused(door.send("GET", "tokens", again["access_jwt"]), 403, ProblemCode.PASSWORD_CHANGE_REQUIRED)
        assert door.http.post("auth/logout", json={"refresh_jwt": refresh}).status_code == 204

    @pytest.mark.parametrize("audience", ["staff", "display", "admin"])
    async def test_no_socket_opens(self, made: Any, door: Door, audience: str) -> None:
        signed_in = await asyncio.to_thread(door.sign_in, "marta", made["one_time_password"])
        async with client(door.server.ws_url, audience) as socket:
            await socket.say(Hello(credential=signed_in["access_jwt"], app_version="test"))
            told = await socket.hear_a(Refused)
            assert told.problem.code is ProblemCode.PASSWORD_CHANGE_REQUIRED

    def test_after_it_everything_works(self, made: Any, door: Door) -> None:
        one_time = made["one_time_password"]
        signed_in = door.sign_in("marta", one_time)
        changed = door.change(signed_in["access_jwt"], one_time)
        assert changed.status_code == 200, changed.text
        assert changed.headers["cache-control"] == "no-store"
        assert not changed.json()["me"]["must_change_password"]
        assert door.send("GET", "tokens", changed.json()["access_jwt"]).status_code == 200
        refused(door.try_in("marta", one_time), 401, ProblemCode.WRONG_CREDENTIALS)
        door.sign_in("marta", NEW)

    def test_the_one_time_password_is_none_of_ones_own(self, made: Any, door: Door) -> None:
        one_time = made["one_time_password"]
        jwt = door.sign_in("marta", one_time)["access_jwt"]
        problem = refused(door.change(jwt, one_time, one_time), 422, ProblemCode.PASSWORD_REFUSED)
        assert problem.facts["flaws"] == ["unchanged"]

    def test_after_a_reset_it_is_asked_again(self, made: Any, door: Door, boss: Editor) -> None:
        user_id = made["user"]["id"]
        first = door.sign_in("marta", made["one_time_password"])
        own = door.change(first["access_jwt"], made["one_time_password"]).json()
        reset = boss.done("POST", f"users/{user_id}/reset-password")
        refused(door.send("GET", "auth/me", own["access_jwt"]), 401, ProblemCode.UNAUTHENTICATED)
        refused(
            door.http.post("auth/refresh", json={"refresh_jwt": own["refresh_jwt"]}),
            401,
            ProblemCode.UNAUTHENTICATED,
        )
        again = door.sign_in("marta", reset["one_time_password"])
        assert again["me"]["must_change_password"]


class TestChangePassword:
    def test_all_other_devices_are_signed_out(self, door: Door, staff: TestPerson) -> None:
        one, two = door.sign_in(staff.username), door.sign_in(staff.username)
        changed = door.change(one["access_jwt"], PASSWORD).json()
        for old in (one, two):
            refused(
                door.http.post("auth/refresh", json={"refresh_jwt": old["refresh_jwt"]}),
                401,
                ProblemCode.UNAUTHENTICATED,
            )
            refused(
                door.send("POST", "tokens", old["access_jwt"], {"customer_type": "instant"}),
                401,
                ProblemCode.UNAUTHENTICATED,
            )
        assert door.send("GET", "tokens", changed["access_jwt"]).status_code == 200
        assert "change_password" in door.actions()

    def test_the_present_one_is_needed(self, door: Door, staff: TestPerson) -> None:
        jwt = door.sign_in(staff.username)["access_jwt"]
        problem = refused(door.change(jwt, "not this one"), 401, ProblemCode.WRONG_CREDENTIALS)
        assert field_of(problem) == "current"
        assert "confirmation_refused" in door.actions()
        door.sign_in(staff.username)

    def test_a_stolen_credential_is_no_way_to_guess(self, door: Door, staff: TestPerson) -> None:
        jwt = door.sign_in(staff.username)["access_jwt"]
        for _ in range(5):
            refused(door.change(jwt, "a guess"), 401, ProblemCode.WRONG_CREDENTIALS)
        refused(door.change(jwt, PASSWORD), 429, ProblemCode.TRY_LATER)

    @pytest.mark.parametrize(
        ("new", "flaw"),
        [
            ("fourteen chars", "too_short"),
            ("ž" * 37 + "kwq7 pv2 xm", "too_long"),
            ("correcthorsebatterystaple", "common"),
            ("City Hall Callboard", "names"),
        ],
    )
    def test_what_a_new_one_is_refused_for(self, door: Door, staff: TestPerson, new: str, flaw: str) -> None:
        jwt = door.sign_in(staff.username)["access_jwt"]
        problem = refused(door.change(jwt, PASSWORD, new), 422, ProblemCode.PASSWORD_REFUSED)
        assert flaw in problem.facts["flaws"]
        assert field_of(problem) == "new"
        assert new not in problem.model_dump_json()
        door.sign_in(staff.username)


class TestGrowingDelay:
    def fail(self, door: Door, username: str, times: int) -> None:
        for _ in range(times):
            refused(door.try_in(username, "wrong"), 401, ProblemCode.WRONG_CREDENTIALS)

    def age(self, door: Door, seconds: int) -> None:
        """The failures lie so many seconds longer back."""
        door.run("UPDATE sign_in_failures SET failed_at = failed_at - make_interval(secs => %s)", seconds)

    def delayed(self, door: Door, username: str, wait: int, password: str = "wrong") -> Problem:
        """A try is refused for so many seconds since the last failure; that moment is moved ahead, so that a
        slow machine is not past it by now."""
        ahead = 60
        self.age(door, -ahead)
        response = door.try_in(username, password)
        problem = refused(response, 429, ProblemCode.TRY_LATER)
        retry_after = int(response.headers["retry-after"])
        assert wait + ahead - 30 < retry_after <= wait + ahead
        assert problem.facts["retry_after_s"] == retry_after
        self.age(door, ahead)
        return problem

    def test_the_sixth_try_waits_and_says_how_long(self, door: Door, staff: TestPerson) -> None:
        self.fail(door, staff.username, 4)
        self.fail(door, staff.username.upper(), 1)
        self.delayed(door, staff.username, 1, PASSWORD)

    def test_it_doubles_and_refused_tries_do_not_count(self, door: Door, staff: TestPerson) -> None:
        self.fail(door, staff.username, 5)
        for wait in (1, 2, 4, 8):
            for _ in range(3):
                self.delayed(door, staff.username, wait)
            self.age(door, wait)
            self.fail(door, staff.username, 1)

    def test_after_the_wait_the_right_one_clears_it(self, door: Door, staff: TestPerson) -> None:
        self.fail(door, staff.username, 5)
        self.age(door, 1)
        door.sign_in(staff.username)
        assert door.run("SELECT * FROM sign_in_failures") == []
        self.fail(door, staff.username, 5)

    def test_unknown_names_answer_the_same(self, door: Door, staff: TestPerson) -> None:
        for username in (staff.username, "nobody-at-all"):
            self.fail(door, username, 5)
            self.delayed(door, username, 1)

    def test_one_name_waits_and_no_other(self, door: Door, staff: TestPerson, boss: Editor) -> None:
        self.fail(door, "somebody-else", 5)
        door.sign_in(staff.username)

    def test_a_hundred_at_once_are_not_looked_at(self, door: Door, staff: TestPerson) -> None:
        began = monotonic()

        async def storm() -> list[int]:
            async with httpx.AsyncClient(base_url=f"{door.server.url}/api/v1", timeout=60) as http:
                body = {"username": staff.username, "password": "wrong"}
                answers = await asyncio.gather(*(http.post("auth/login", json=body) for _ in range(40)))
            return [answer.status_code for answer in answers]

        statuses = asyncio.run(storm())
        # One more for each doubled wait that the storm outlasts.
        outlasted = math.log2(monotonic() - began + 1)
        assert 5 <= statuses.count(401) <= 6 + outlasted
        assert set(statuses) == {401, 429}

    def test_who_tried_yesterday_begins_anew(self, door: Door, staff: TestPerson) -> None:
        self.fail(door, staff.username, 5)
        self.age(door, 25 * 3600)
        self.fail(door, staff.username, 5)

    def test_no_name_stands_in_the_database_or_the_audit(self, door: Door) -> None:
        typed = "my secret password in the wrong field"
        for _ in range(6):
            door.try_in(typed, "x")
        found = door.run("SELECT account_hash FROM sign_in_failures")
        found += door.run("SELECT details::text FROM system_logs")
        assert len(found) > 6
        assert typed not in str(found)
        assert door.actions().count("sign_in_refused") == 6


class TestSignOutEverywhere:
    def test_by_oneself(self, door: Door, staff: TestPerson) -> None:
        one, two = door.sign_in(staff.username), door.sign_in(staff.username)
        assert door.send("POST", "auth/logout-everywhere", one["access_jwt"]).status_code == 204
        for each in (one, two):
            refused(
                door.http.post("auth/refresh", json={"refresh_jwt": each["refresh_jwt"]}),
                401,
                ProblemCode.UNAUTHENTICATED,
            )
        door.sign_in(staff.username)
        assert "sign_out_everywhere" in door.actions()

    def test_on_all_other_devices(self, door: Door, staff: TestPerson) -> None:
        here, there = door.sign_in(staff.username), door.sign_in(staff.username)
        goes_on = door.send("POST", "auth/logout-elsewhere", here["access_jwt"])
        assert goes_on.status_code == 200
        assert goes_on.headers["cache-control"] == "no-store"
        for ended in (here, there):
            refused(
                door.http.post("auth/refresh", json={"refresh_jwt": ended["refresh_jwt"]}),
                401,
                ProblemCode.UNAUTHENTICATED,
            )
            refused(
                door.send("POST", "auth/logout-elsewhere", ended["access_jwt"]),
                401,
                ProblemCode.UNAUTHENTICATED,
            )
        body = {"refresh_jwt": goes_on.json()["refresh_jwt"]}
        assert door.http.post("auth/refresh", json=body).status_code == 200
        assert "sign_out_elsewhere" in door.actions()

    def test_by_an_admin(self, door: Door, staff: TestPerson, boss: Editor) -> None:
        signed_in = door.sign_in(staff.username)
        boss.done("POST", f"users/{staff.actor.user_id}/sign-out")
        refused(
            door.http.post("auth/refresh", json={"refresh_jwt": signed_in["refresh_jwt"]}),
            401,
            ProblemCode.UNAUTHENTICATED,
        )


class TestSwitch:
    """Who works in several organizations goes from one to the other without a password."""

    async def in_both(self, site: Site, staff: TestPerson) -> Site:
        other = await make_site(site.database, name="Library")
        async with site.database.unit_of_work() as tx:
            await tx.execute(
                "INSERT INTO memberships (user_id, organization_id, role)"
                " VALUES (%(user_id)s, %(organization_id)s, 'admin')",
                {"user_id": staff.actor.user_id, "organization_id": other.organization_id},
            )
        return other

    async def test_goes_on_there_in_the_role_one_has_there(
        self, door: Door, site: Site, staff: TestPerson
    ) -> None:
        other = await self.in_both(site, staff)
        here = door.sign_in(staff.username)
        where = {"organization_id": str(other.organization_id)}
        answer = door.send("POST", "auth/switch", here["access_jwt"], where)
        assert answer.status_code == 200, answer.text
        there = answer.json()
        assert there["me"]["organization_id"] == str(other.organization_id)
        assert there["me"]["role"] == "admin"
        users = door.send("GET", "users", there["access_jwt"]).json()["items"]
        assert [each["username"] for each in users] == [staff.username], "the people of that one alone"
        ended = door.http.post("auth/refresh", json={"refresh_jwt": here["refresh_jwt"]})
        assert ended.status_code == 401
        assert "switch_organization" in door.actions()

    async def test_not_where_one_is_no_member(self, door: Door, site: Site, staff: TestPerson) -> None:
        other = await make_site(site.database, name="Library")
        here = door.sign_in(staff.username)
        for organization_id in (str(other.organization_id), str(uuid4())):
            answer = door.send(
                "POST", "auth/switch", here["access_jwt"], {"organization_id": organization_id}
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert door.http.post("auth/refresh", json={"refresh_jwt": here["refresh_jwt"]}).status_code == 200


class TestUsers:
    def test_an_account_is_read_edited_and_deleted(self, boss: Editor, door: Door) -> None:
        made = boss.done(
            "POST",
            "users",
            {"username": "marta", "display_name": "Marta", "email": "m@example.org", "role": "admin"},
        )["user"]
        path = f"users/{made['id']}"
        response = boss.http.get(path)
        assert response.json() == made
        version = int(response.headers["etag"].strip('"'))
        assert version == made["version"]
        body = {"display_name": "Marta Ruiz", "role": "staff", "revoked": ["tokens:create"]}
        edited = boss.done("PUT", path, body, version=version)["user"]
        assert (edited["display_name"], edited["email"], edited["role"]) == ("Marta Ruiz", None, "staff")
        refused(boss.send("PUT", path, body, version=version), 412, ProblemCode.EDITED_MEANWHILE)
        refused(boss.send("PUT", path, body), 428, ProblemCode.VERSION_MISSING)
        assert any(each == edited for each in boss.get("users")["items"])
        deleted = boss.done("DELETE", path)
        assert deleted["user"] is None
        refused(boss.http.get(path), 404, ProblemCode.NOT_FOUND)

    def test_me_tells_what_was_granted_and_revoked(self, boss: Editor, door: Door, staff: TestPerson) -> None:
        body = {"display_name": "S", "granted": ["analytics:read"], "revoked": ["tokens:create"]}
        boss.done("PUT", f"users/{staff.actor.user_id}", body, version=0)
        permissions = door.sign_in(staff.username)["me"]["permissions"]
        assert "analytics:read" in permissions
        assert "tokens:create" not in permissions

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"username": "two words", "display_name": "X"}, "username"),
            ({"username": "marta", "display_name": " "}, "display_name"),
            ({"username": "marta", "display_name": "X", "email": "nowhere"}, "email"),
            ({"username": "marta", "display_name": "X", "granted": ["tokens:fly"]}, "granted.0"),
            ({"username": "marta", "display_name": "X", "password": "mine"}, "password"),
        ],
    )
    def test_what_is_no_account(self, boss: Editor, body: Any, field: str) -> None:
        problem = refused(boss.send("POST", "users", body), 422, ProblemCode.INVALID)
        assert [error.field for error in problem.errors] == [field]

    async def test_outranked_is_a_clear_refusal(
        self, boss: Editor, site: Site, live_server: LiveServer
    ) -> None:
        chief = await site.add_person(UserRole.SUPER_ADMIN)
        admin = await site.add_person(UserRole.ADMIN)
        editor = Editor(live_server.url, admin.access_jwt(live_server.keys))
        own = f"users/{admin.actor.user_id}"
        with editor.http:
            response = editor.send("POST", f"users/{chief.actor.user_id}/disable")
            assert chief.display_name in refused(response, 403, ProblemCode.OUTRANKED).title
            refused(editor.send("DELETE", own), 403, ProblemCode.FORBIDDEN)
            refused(editor.send("POST", f"{own}/disable"), 409, ProblemCode.OWN_ACCOUNT)
