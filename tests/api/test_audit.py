"""The audit as admins read it, what of refusals comes into it, and what the command line says of it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from server.domain.access import Actor
from server.infra import audit_heads
from server.infra.embedded_postgres import EmbeddedPostgres
from server.store.engine import Database
from server.usecases import auditing
from server.usecases.auditing import RefusalLog
from server.usecases.signing_in import Caller
from shared.audit import AuditPage, AuditRow
from shared.frames import Hello, Refused
from shared.ids import Permission, UserRole
from shared.problems import ProblemCode
from tests.api.test_http import Api, refused
from tests.db.configuring import Boss
from tests.e2e.server_process import run
from tests.live_server import LiveServer
from tests.realtime.client import client
from tests.site import Site, TestPerson, make_site

ApiOf = Callable[[TestPerson | str | None], Api]


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


@pytest.fixture
def api_of(live_server: LiveServer) -> Iterator[ApiOf]:
    """The API as a person, with a device key, or with nothing."""
    made: list[Api] = []

    def make(who: TestPerson | str | None) -> Api:
        credential = who.access_jwt(live_server.keys) if isinstance(who, TestPerson) else who
        made.append(Api(live_server.url, credential))
        return made[-1]

    yield make
    for each in made:
        each.http.close()


@pytest.fixture
def api(api_of: ApiOf, admin: TestPerson) -> Api:
    return api_of(admin)


def rows(api: Api, **filters: Any) -> list[AuditRow]:
    response = api.get("/audit", **filters)
    assert response.status_code == 200, response.text
    return list(AuditPage.model_validate_json(response.content).items)


def actions(api: Api, **filters: Any) -> list[str]:
    return [row.action for row in rows(api, **filters)]


class TestReading:
    async def test_newest_first_with_who_and_what_in_words(self, api: Api, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        called, taken, opened, set_up = rows(api)
        assert [row.action for row in (called, taken, opened, set_up)] == [
            "call_next", "create_token", "open_counter", "set_up",
        ]  # fmt: skip
        assert (called.person, called.entity_type, called.entity) == (
            desk.person.display_name, "token", token.number,
        )  # fmt: skip
        assert (opened.entity_type, opened.entity) == ("counter", "Counter 1")
        assert (set_up.user_id, set_up.person, set_up.entity) == (None, None, "City Hall")
        assert called.before["status"] == "waiting"
        assert called.after["status"] == "called"
        assert called.details.keys().isdisjoint({"before", "after"})
        assert not called.is_sealed
        await auditing.seal(site.database)
        assert all(row.is_sealed for row in rows(api))

    async def test_what_an_edit_was_before_and_is_after(self, api: Api, site: Site) -> None:
        boss = await Boss.of(site)
        await boss.edit_queue(name="Express", wait_limit_min=5)
        [row] = rows(api, action="configure_queue")
        assert row.before == {"name": "Quick service", "wait_limit_min": 10}
        assert row.after == {"name": "Express", "wait_limit_min": 5}
        assert row.entity == "Express"

    async def test_displays_and_people_have_their_names(self, api: Api, site: Site) -> None:
        await site.add_device("Lobby, left")
        person = await site.add_person()
        await Boss(site=site, person=await site.add_person(UserRole.SUPER_ADMIN)).set_skills(
            person, "instant"
        )
        [device] = rows(api, action="add_device")
        [skills] = rows(api, action="set_skills")
        assert device.entity == "Lobby, left"
        assert skills.entity == person.display_name

    async def test_filters_alone_and_together(self, api: Api, site: Site) -> None:
        desk, other = await site.person_at(0), await site.person_at(1)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await other.take()
        user_id = desk.person.actor.user_id
        assert actions(api, user_id=user_id) == ["call_next", "create_token", "open_counter"]
        assert actions(api, by_server=True) == ["set_up"]
        assert actions(api, action="create_token") == ["create_token"] * 2
        assert actions(api, action="create_token", user_id=user_id) == ["create_token"]
        assert actions(api, entity_type="counter") == ["open_counter"] * 2
        assert actions(api, entity_id=token.id) == ["call_next", "create_token"]
        assert actions(api, entity_id=uuid4()) == []
        middle = rows(api, entity_id=token.id)[0].at
        assert actions(api, since=middle.isoformat()) == ["create_token", "call_next"]
        before = actions(api, until=middle.isoformat())
        assert before == ["create_token", "open_counter", "open_counter", "set_up"]
        assert actions(api, since=(middle + timedelta(hours=1)).isoformat()) == []

    async def test_pages_have_every_row_once_whatever_comes_meanwhile(self, api: Api, site: Site) -> None:
        person = await site.add_person()
        for _ in range(10):
            await site.take(person)
        with psycopg.connect(site.database.conninfo, autocommit=True) as connection:  # type: ignore[arg-type]
            # At one and the same moment: only their ids tell them apart.
            connection.execute(
                "INSERT INTO system_logs (organization_id, action, created_at)"
                " SELECT %s, 'same_time', now() FROM generate_series(1, 7)",
                (site.organization_id,),
            )
        expected = [row.id for row in rows(api)]
        found, cursor = [], None
        while True:
            page = AuditPage.model_validate_json(
                api.get("/audit", limit=3, **({"cursor": cursor} if cursor else {})).content
            )
            assert len(page.items) == 3 or page.next_cursor is None
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
            await site.take(person)
        assert found == expected
        assert len(expected) == 18

    @pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "MDA" * 30])
    def test_a_made_up_cursor_is_no_page(self, api: Api, cursor: str) -> None:
        refused(api.get("/audit", cursor=cursor), 404, ProblemCode.NOT_FOUND)

    @pytest.mark.parametrize(
        "filters",
        [{"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}, {"user_id": "me"}, {"limit": 0},
         {"limit": 201}, {"action": "x\0"}, {"action": "x" * 51}],
    )  # fmt: skip
    def test_bad_filters_are_refused(self, api: Api, filters: dict[str, Any]) -> None:
        refused(api.get("/audit", **filters), 422, ProblemCode.INVALID)

    async def test_nothing_of_another_organization(self, api: Api, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        desk = await other.person_at(0)
        assert actions(api) == ["set_up"]
        assert actions(api, user_id=desk.person.actor.user_id) == []
        assert actions(api, entity_id=other.organization_id) == []

    async def test_no_name_telephone_or_note_of_a_visitor(self, api: Api, site: Site) -> None:
        desk = await site.person_at(0)
        visitor = {"name": "Xanthippe", "phone": "+34600112233", "notes": "wheelchair"}
        token = (await desk.take(visitor=visitor)).token
        assert token is not None
        await desk.change(token.id, visitor={"name": "Xenophon", "notes": "two canes"})
        text = api.get("/audit").text
        assert token.number in text
        for word in ("Xanthippe", "+34600112233", "wheelchair", "Xenophon", "two canes"):
            assert word not in text

    async def test_the_actions_are_those_that_happened_here(self, api: Api, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        await other.add_device()
        desk = await site.person_at(0)
        await desk.take()
        await desk.take()
        response = api.get("/audit/actions")
        assert response.json() == {"actions": ["create_token", "open_counter", "set_up"]}


class TestRefusals:
    async def test_what_somebody_may_not_do_is_noted_once_a_minute(
        self, api: Api, api_of: ApiOf, site: Site
    ) -> None:
        staff = await site.add_person()
        theirs = api_of(staff)
        for _ in range(3):
            refused(theirs.get("/audit", action="secret"), 403, ProblemCode.FORBIDDEN)
        refused(theirs.get("/devices"), 403, ProblemCode.FORBIDDEN)
        second, first = rows(api, action="permission_refused")
        assert first.person == staff.display_name
        assert first.details == {"refused": "system:monitor", "method": "GET", "path": "/api/v1/audit"}
        assert first.address == "127.0.0.1"
        assert second.details["refused"] == "devices:read"

    async def test_another_persons_counter_too(self, api: Api, api_of: ApiOf, site: Site) -> None:
        await site.person_at(0)
        staff = await site.add_person()
        theirs = api_of(staff)
        response = theirs.post(f"/counters/{site.counter_ids[0]}/call-next")
        refused(response, 403, ProblemCode.NOT_YOUR_COUNTER)
        [row] = rows(api, action="permission_refused")
        assert row.details["refused"] == "not_your_counter"

    async def test_a_socket_too(self, api: Api, live_server: LiveServer, site: Site) -> None:
        staff = await site.add_person()
        async with client(live_server.ws_url, "admin") as socket:
            await socket.say(Hello(credential=staff.access_jwt(live_server.keys), app_version="test"))
            await socket.hear_a(Refused)
        [row] = rows(api, action="permission_refused")
        assert (row.person, row.address) == (staff.display_name, "127.0.0.1")
        assert row.details == {"refused": "users:read", "socket": "admin"}

    async def test_nobody_and_displays_leave_no_row(self, api: Api, api_of: ApiOf, site: Site) -> None:
        device = api_of(await site.add_device())
        assert device.get("/snapshot", audience="staff").status_code == 403
        assert api_of(None).get("/audit").status_code == 401
        assert rows(api, action="permission_refused") == []

    async def test_any_number_of_servers_note_it_once_and_the_next_minute_again(self, site: Site) -> None:
        person = await site.add_person()
        servers = [RefusalLog(site.database) for _ in range(3)]
        now = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)

        async def note(actor: Actor, permission: Permission, at: datetime) -> None:
            for server in servers:
                await server.note(actor, permission.value, caller=Caller(), at=at)

        await note(person.actor, Permission.SYSTEM_BACKUP, now)
        await note(person.actor, Permission.SYSTEM_BACKUP, now + timedelta(seconds=29))
        assert await noted(site.database) == 1
        await note(person.actor, Permission.SYSTEM_BACKUP, now + timedelta(seconds=30))
        await note(person.actor, Permission.SYSTEM_MONITOR, now + timedelta(seconds=30))
        await note((await site.add_person()).actor, Permission.SYSTEM_BACKUP, now + timedelta(seconds=30))
        assert await noted(site.database) == 4

    async def test_while_it_cannot_be_written_down_it_stays_refused(
        self, api_of: ApiOf, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from server.store import journal
        from server.store.errors import DatabaseUnavailable

        async def away(*arguments: object, **more: object) -> None:
            raise DatabaseUnavailable

        monkeypatch.setattr(journal, "log_once", away)
        staff = await site.add_person()
        theirs = api_of(staff)
        refused(theirs.get("/devices"), 403, ProblemCode.FORBIDDEN)


async def noted(database: Database) -> int:
    async with database.unit_of_work() as tx:
        return len(await tx.all("SELECT 1 FROM system_logs WHERE action = 'permission_refused'"))


class TestCommandLine:
    def audit(self, site: Site, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(tmp_path, "audit", *arguments, DATABASE_URL=str(site.database.conninfo))

    async def test_verify_says_that_all_is_as_it_was_sealed(self, site: Site, tmp_path: Path) -> None:
        await make_site(site.database, name="Library")
        await auditing.seal(site.database)
        await site.add_device()
        done = self.audit(site, tmp_path, "verify")
        assert done.returncode == 0, done.stderr
        assert "City Hall: unbroken. 1 row under 1 seal; 1 not sealed yet." in done.stdout
        assert "Library: unbroken. 1 row under 1 seal; 0 not sealed yet." in done.stdout
        assert "a cut-off end would not be seen" in done.stdout
        heads, _ = await auditing.remember(site.database, {})
        assert heads[site.organization_id].hash.hex() in done.stdout
        audit_heads.write(tmp_path / audit_heads.FILE, heads)
        done = self.audit(site, tmp_path, "verify", "--organization", "Library")
        assert "City Hall" not in done.stdout
        assert "cut-off" not in done.stdout

    async def test_verify_fails_where_rows_are_gone_and_accept_takes_it(
        self, site: Site, tmp_path: Path, postgres_server: EmbeddedPostgres
    ) -> None:
        await site.add_device()
        await auditing.seal(site.database)
        heads, _ = await auditing.remember(site.database, {})
        name = urlsplit(str(site.database.conninfo)).path.removeprefix("/")
        with psycopg.connect(postgres_server.superuser_url_for(name), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM system_logs WHERE action = 'add_device'")
        done = self.audit(site, tmp_path, "verify")
        assert done.returncode == 1
        assert re.search(
            r"City Hall: BROKEN at seal 1: its rows are not those that were sealed\. From the beginning until"
            r" 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC: 1 row missing\.\n"
            r"  1 row under 1 seal; 0 not sealed yet\.",
            done.stdout,
        ), done.stdout
        with psycopg.connect(postgres_server.superuser_url_for(name), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM system_logs")
            connection.execute("DELETE FROM audit_seals")
        assert self.audit(site, tmp_path, "verify").returncode == 0, "nobody remembers"
        elsewhere = tmp_path / "kept.json"
        audit_heads.write(elsewhere, heads)
        done = self.audit(site, tmp_path, "verify", "--heads", str(elsewhere))
        assert done.returncode == 1
        assert "cut off, or an older backup was restored" in done.stdout
        assert "2 rows missing" in done.stdout
        audit_heads.write(tmp_path / audit_heads.FILE, heads)
        assert "no longer expected" in self.audit(site, tmp_path, "accept").stdout
        assert audit_heads.read(tmp_path / audit_heads.FILE) == {}
        assert "nothing was changed" in self.audit(site, tmp_path, "accept").stdout
        done = self.audit(site, tmp_path, "verify")
        assert done.returncode == 0
        async with site.database.unit_of_work() as tx:
            [row] = await tx.all("SELECT action, details FROM system_logs")
        assert row["action"] == "accept_audit"
        assert row["details"]["lost"] == 1

    async def test_what_is_not_there_is_one_sentence(self, site: Site, tmp_path: Path) -> None:
        done = self.audit(site, tmp_path, "verify", "--organization", "Nowhere")
        assert (done.returncode, done.stdout) == (1, "")
        assert "There is no such organization." in done.stderr
        assert "Traceback" not in done.stderr
        assert self.audit(site, tmp_path, "verify", "--heads", str(tmp_path / "none")).returncode == 2
        (tmp_path / audit_heads.FILE).write_text("{")
        done = self.audit(site, tmp_path, "verify")
        assert done.returncode == 1
        assert "is not a list of the audit's newest seals" in done.stderr
