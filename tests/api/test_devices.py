"""Displays over HTTP: paired by a code, renamed, revoked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from server.domain.pairing import MOST_OPEN_PER_ADDRESS, MOST_TRIES
from server.usecases import pairing
from shared.ids import UserRole
from shared.pairing import CODE_LETTERS, shown_code
from shared.problems import ProblemCode
from tests.api.editor import Editor, field_of, refused
from tests.live_server import LiveServer
from tests.site import Site, TestPerson, make_site


@dataclass
class Screen:
    """A screen without a key."""

    server: LiveServer
    name: str = "LOBBY-2"
    opened: dict[str, Any] = field(default_factory=dict)

    def post(self, path: str, body: Any) -> httpx.Response:
        """Ask, without a credential."""
        return httpx.post(f"{self.server.url}/api/v1/devices/pairings{path}", json=body, timeout=20)

    def open(self) -> str:
        """Ask for a code."""
        response = self.post("", {"name": self.name})
        assert response.status_code == 201, response.text
        assert response.headers["cache-control"] == "no-store"
        self.opened = response.json()
        return str(self.opened["code"])

    def claim(self, *, in_time: bool = True) -> dict[str, Any]:
        """Ask what became of it, as late as the server wants it unless `in_time` is off."""
        if in_time:
            with psycopg.connect(self.server.database_url, autocommit=True) as connection:
                connection.execute("UPDATE device_pairings SET polled_at = NULL")
        response = self.post("/claim", {"secret": self.opened["secret"]})
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        found: dict[str, Any] = response.json()
        return found

    def board(self, key: str) -> httpx.Response:
        """Ask for the board with a key."""
        return httpx.get(
            f"{self.server.url}/api/v1/snapshot",
            params={"audience": "display"},
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
        )


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


@pytest.fixture
async def editor(admin: TestPerson, live_server: LiveServer) -> AsyncIterator[Editor]:
    editor = Editor(live_server.url, admin.access_jwt(live_server.keys))
    yield editor
    editor.http.close()


@pytest.fixture
def screen(live_server: LiveServer) -> Screen:
    return Screen(live_server)


def run(server: LiveServer, query: str, params: Any = ()) -> list[Any]:
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        cursor = connection.execute(query, params)
        return cursor.fetchall() if cursor.description else []


def paired(editor: Editor, screen: Screen, name: str = "Lobby") -> tuple[dict[str, Any], str]:
    """A display that was approved and has its key."""
    code = screen.open()
    made = editor.done("POST", "/devices/pairings/approve", {"code": code, "name": name})
    return made["device"], screen.claim()["device_key"]


def at_once(editors: Sequence[Editor], approval: Any) -> list[int]:
    """How each of them fares who approves the same code at the same moment."""

    def approve(editor: Editor) -> int:
        return editor.send("POST", "/devices/pairings/approve", approval).status_code

    with ThreadPoolExecutor(len(editors)) as pool:
        return list(pool.map(approve, editors))


class TestPair:
    def test_from_the_wall_to_the_board(
        self, site: Site, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        code = screen.open()
        assert len(code) == 8
        assert set(code) <= set(CODE_LETTERS)
        assert (screen.opened["expires_in_s"], screen.opened["poll_every_s"]) == (600, 3)
        assert screen.claim()["state"] == "pending"

        asked = editor.get(f"/devices/pairings/{shown_code(code).lower()}")
        assert (asked["code"], asked["name"], asked["address"]) == (code, "LOBBY-2", "127.0.0.1")
        made = editor.done(
            "POST", "/devices/pairings/approve", {"code": shown_code(code), "name": "Lobby, left"}
        )
        claimed = screen.claim()
        assert (claimed["state"], claimed["name"]) == ("approved", "Lobby, left")
        assert claimed["device_id"] == made["device"]["id"]
        assert screen.board(claimed["device_key"]).status_code == 200

        [listed] = editor.get("/devices")
        assert (listed["name"], listed["is_online"], listed["last_seen_at"]) == ("Lobby, left", False, None)

    def test_neither_secret_nor_key_lies_anywhere(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        screen.open()
        secret = screen.opened["secret"]
        editor.done("POST", "/devices/pairings/approve", {"code": screen.opened["code"], "name": "Lobby"})
        key = screen.claim()["device_key"]
        tables = run(
            live_server,
            "SELECT quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
        )
        assert len(tables) > 20
        for (table,) in tables:
            for (row,) in run(live_server, f"SELECT t::text FROM {table} t"):
                assert secret not in row, table
                assert key not in row, table

    def test_a_lost_answer_brings_another_key_and_ends_the_first(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        _, lost = paired(editor, screen)
        key = screen.claim()["device_key"]
        assert key != lost
        assert screen.board(lost).status_code == 401
        assert screen.board(key).status_code == 200

    def test_once_connected_no_secret_brings_a_key(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        _, key = paired(editor, screen)
        run(live_server, "UPDATE devices SET last_seen_at = now()")
        again = screen.claim()
        assert (again["state"], again["device_key"]) == ("expired", None)
        assert screen.board(key).status_code == 200

    def test_who_asks_too_often_is_told_to_wait_longer_and_learns_nothing(
        self, editor: Editor, screen: Screen
    ) -> None:
        screen.open()
        screen.claim()
        editor.done("POST", "/devices/pairings/approve", {"code": screen.opened["code"], "name": "Lobby"})
        soon = screen.claim(in_time=False)
        assert (soon["state"], soon["poll_every_s"], soon["device_key"]) == ("slow_down", 8, None)
        assert screen.claim()["state"] == "approved"

    def test_refused_the_screen_is_told_and_the_code_is_dead(self, editor: Editor, screen: Screen) -> None:
        code = screen.open()
        editor.done("POST", "/devices/pairings/refuse", {"code": code})
        assert screen.claim()["state"] == "refused"
        approval = {"code": code, "name": "Lobby"}
        refused(editor.send("POST", "/devices/pairings/approve", approval), 404, ProblemCode.PAIRING_UNKNOWN)
        assert editor.get("/devices") == []

    def test_out_of_time_nobody_can_use_it(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        code = screen.open()
        run(live_server, "UPDATE device_pairings SET expires_at = now()")
        assert screen.claim()["state"] == "expired"
        problem = refused(
            editor.send("POST", "/devices/pairings/approve", {"code": code, "name": "Lobby"}),
            404,
            ProblemCode.PAIRING_UNKNOWN,
        )
        assert field_of(problem) == "code"

    def test_a_secret_that_is_none_is_refused(self, screen: Screen) -> None:
        refused(screen.post("/claim", {"secret": "made up"}), 404, ProblemCode.PAIRING_UNKNOWN)

    def test_sent_again_it_is_one_display(self, editor: Editor, screen: Screen) -> None:
        body, key = {"code": screen.open(), "name": "Lobby"}, str(uuid4())
        first = editor.send("POST", "/devices/pairings/approve", body, key=key)
        again = editor.send("POST", "/devices/pairings/approve", body, key=key)
        assert first.json()["device"]["id"] == again.json()["device"]["id"]
        assert len(editor.get("/devices")) == 1

    async def test_two_organizations_type_it_at_once_and_one_gets_it(
        self, site: Site, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        other = await make_site(site.database, name="Library")
        stranger = await other.add_person(UserRole.ADMIN)
        editors = [editor, Editor(live_server.url, stranger.access_jwt(live_server.keys))]
        for _ in range(5):
            statuses = at_once(editors, {"code": screen.open(), "name": "Lobby"})
            assert sorted(statuses) == [201, 404]
            run(live_server, "DELETE FROM pairing_tries")
        assert len(editors[0].get("/devices")) + len(editors[1].get("/devices")) == 5
        editors[1].http.close()

    def test_it_is_in_the_audit(self, live_server: LiveServer, editor: Editor, screen: Screen) -> None:
        device, _ = paired(editor, screen, "Lobby, left")
        editor.send("GET", "/devices/pairings/BCDFGHJK")
        [(details, address)] = run(
            live_server,
            "SELECT details, host(ip_address) FROM system_logs"
            " WHERE action = 'pair_device' AND entity_id = %s",
            [UUID(device["id"])],
        )
        assert details == {"name": "Lobby, left", "machine": "LOBBY-2", "screen_address": "127.0.0.1"}
        assert address == "127.0.0.1"
        [(wrong,)] = run(
            live_server, "SELECT count(*) FROM system_logs WHERE action = 'pairing_code_unknown'"
        )
        assert wrong == 1


class TestGuess:
    def test_after_five_wrong_codes_none_is_looked_up_for_this_person(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        code = screen.open()
        wrong = "BCDFGHJK" if code != "BCDFGHJK" else "BCDFGHJL"
        for _ in range(MOST_TRIES):
            refused(editor.send("GET", f"/devices/pairings/{wrong}"), 404, ProblemCode.PAIRING_UNKNOWN)
        for response in (
            editor.send("GET", f"/devices/pairings/{code}"),
            editor.send("POST", "/devices/pairings/approve", {"code": code, "name": "Lobby"}),
            editor.send("POST", "/devices/pairings/refuse", {"code": code}),
        ):
            refused(response, 429, ProblemCode.TOO_MANY_REQUESTS)
            assert 590 <= int(response.headers["retry-after"]) <= 600
        assert screen.claim()["state"] == "pending"

    def test_after_ten_minutes_there_are_five_more(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        code = screen.open()
        for _ in range(MOST_TRIES + 1):
            editor.send("GET", "/devices/pairings/BCDFGHJK")
        run(live_server, "UPDATE pairing_tries SET since = since - interval '10 minutes'")
        assert editor.get(f"/devices/pairings/{code}")["code"] == code

    def test_right_ones_are_not_counted(self, editor: Editor, screen: Screen) -> None:
        code = screen.open()
        for _ in range(3 * MOST_TRIES):
            editor.get(f"/devices/pairings/{code}")
        editor.done("POST", "/devices/pairings/refuse", {"code": code})

    def test_at_once_no_more_are_looked_up_than_one_by_one(self, editor: Editor, screen: Screen) -> None:
        with ThreadPoolExecutor(20) as pool:
            codes = [f"BCDFGHJ{letter}" for letter in CODE_LETTERS]
            statuses = list(
                pool.map(lambda code: editor.send("GET", f"/devices/pairings/{code}").status_code, codes)
            )
        assert statuses.count(404) == MOST_TRIES
        assert statuses.count(429) == len(codes) - MOST_TRIES

    def test_what_can_be_no_code_is_said_to_be_none_and_not_counted(self, editor: Editor) -> None:
        for _ in range(2 * MOST_TRIES):
            refused(editor.send("GET", "/devices/pairings/HELLO"), 422, ProblemCode.INVALID)
        refused(editor.send("GET", "/devices/pairings/BCDFGHJK"), 404, ProblemCode.PAIRING_UNKNOWN)

    def test_one_address_has_so_many_codes_and_no_more(self, live_server: LiveServer, screen: Screen) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda _: screen.post("", {"name": "Wall"}), range(MOST_OPEN_PER_ADDRESS + 5))
            )
        assert sorted(answer.status_code for answer in answers) == [201] * MOST_OPEN_PER_ADDRESS + [429] * 5
        turned_away = next(answer for answer in answers if answer.status_code == 429)
        assert 580 <= int(turned_away.headers["retry-after"]) <= 600
        run(live_server, "UPDATE device_pairings SET address = '192.0.2.1'")
        assert screen.open()


class TestRename:
    def test_from_the_version_that_was_seen(self, editor: Editor, screen: Screen) -> None:
        device, _ = paired(editor, screen)
        path = f"/devices/{device['id']}"
        answer = editor.send("PUT", path, {"name": "Waiting room"}, version=device["version"])
        assert answer.headers["etag"] == '"1"'
        assert answer.json()["device"]["name"] == "Waiting room"
        stale = editor.send("PUT", path, {"name": "Door"}, version=device["version"])
        refused(stale, 412, ProblemCode.EDITED_MEANWHILE)
        assert [each["name"] for each in editor.get("/devices")] == ["Waiting room"]

    def test_without_a_version_or_a_name_it_is_refused(self, editor: Editor, screen: Screen) -> None:
        device, _ = paired(editor, screen)
        path = f"/devices/{device['id']}"
        refused(editor.send("PUT", path, {"name": "Door"}), 428, ProblemCode.VERSION_MISSING)
        refused(editor.send("PUT", path, {"name": " "}, version=0), 422, ProblemCode.INVALID)


class TestRevoke:
    def test_its_key_is_dead_at_once_and_says_why(self, editor: Editor, screen: Screen) -> None:
        device, key = paired(editor, screen)
        assert screen.board(key).status_code == 200
        editor.done("DELETE", f"/devices/{device['id']}")
        refused(screen.board(key), 401, ProblemCode.DEVICE_REVOKED)
        assert editor.get("/devices") == []

    def test_once_more_there_is_none(self, editor: Editor, screen: Screen) -> None:
        device, _ = paired(editor, screen)
        editor.done("DELETE", f"/devices/{device['id']}")
        refused(editor.send("DELETE", f"/devices/{device['id']}"), 404, ProblemCode.NOT_FOUND)

    def test_before_its_key_was_fetched_there_is_none_to_fetch(self, editor: Editor, screen: Screen) -> None:
        made = editor.done("POST", "/devices/pairings/approve", {"code": screen.open(), "name": "Lobby"})
        editor.done("DELETE", f"/devices/{made['device']['id']}")
        claimed = screen.claim()
        assert (claimed["state"], claimed["device_key"]) == ("expired", None)


class TestScopes:
    def test_a_key_without_the_scope_of_the_board_sees_none(
        self, live_server: LiveServer, editor: Editor, screen: Screen
    ) -> None:
        _, key = paired(editor, screen)
        run(live_server, "UPDATE devices SET scopes = '{tokens:read,unheard:of}'")
        refused(screen.board(key), 403, ProblemCode.FORBIDDEN)


class TestForget:
    async def test_what_is_out_of_time_goes_and_an_unfetched_display_with_it(
        self, site: Site, live_server: LiveServer, editor: Editor
    ) -> None:
        waiting, fetched, unfetched = Screen(live_server), Screen(live_server), Screen(live_server)
        waiting.open()
        device, _ = paired(editor, fetched, "Fetched")
        run(live_server, "UPDATE devices SET last_seen_at = now()")
        approval = {"code": unfetched.open(), "name": "Never came"}
        editor.done("POST", "/devices/pairings/approve", approval)
        for _ in range(2):
            await pairing.forget_over(site.database, site.commands)
            assert run(live_server, "SELECT count(*) FROM device_pairings") == [(3,)]

        run(live_server, "UPDATE device_pairings SET expires_at = now()")
        run(live_server, "UPDATE pairing_tries SET since = now() - interval '11 minutes'")
        # Two workers at once.
        await asyncio.gather(*(pairing.forget_over(site.database, site.commands) for _ in range(2)))
        assert run(live_server, "SELECT count(*) FROM device_pairings") == [(0,)]
        assert run(live_server, "SELECT count(*) FROM pairing_tries") == [(0,)]
        assert [each["id"] for each in editor.get("/devices")] == [device["id"]]
        assert run(
            live_server, "SELECT details->>'name' FROM system_logs WHERE action = 'take_back_device'"
        ) == [("Never came",)]
