"""What an admin decides, over HTTP: versions, refusals beside their fields, who may."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest

from clients.core.commands import (
    CloseDay,
    Command,
    ReopenDay,
    SaveCounter,
    SaveOrganization,
    SaveQueue,
    SetSkills,
)
from clients.core.errors import Refusal
from clients.core.http_api import HttpApi
from clients.core.questions import AskCounters, AskOrganization, AskQueues
from shared.commands import Answer, BulkAnswer, Configured
from shared.counters import CounterConfiguration, CounterSettings
from shared.ids import RequestId, TypeKey, UserRole
from shared.organizations import OrganizationConfiguration
from shared.problems import FieldError, ProblemCode
from shared.queues import QueueConfiguration, QueueSettings
from tests.api.editor import Editor, field_of, refused
from tests.live_server import LiveServer
from tests.site import Site


@pytest.fixture
async def boss_jwt(site: Site, live_server: LiveServer) -> str:
    return (await site.add_person(UserRole.SUPER_ADMIN)).access_jwt(live_server.keys)


@pytest.fixture
def boss(live_server: LiveServer, boss_jwt: str) -> Iterator[Editor]:
    editor = Editor(live_server.url, boss_jwt)
    yield editor
    editor.http.close()


@pytest.fixture
async def admin_jwt(site: Site, live_server: LiveServer) -> str:
    return (await site.add_person(UserRole.ADMIN)).access_jwt(live_server.keys)


@pytest.fixture
def admin(live_server: LiveServer, admin_jwt: str) -> Iterator[Editor]:
    editor = Editor(live_server.url, admin_jwt)
    yield editor
    editor.http.close()


class TestVersions:
    def test_an_edit_names_the_version_it_was_made_from_and_gets_the_next(self, boss: Editor) -> None:
        read = boss.http.get("organization")
        assert read.headers["etag"] == '"0"'
        settings = read.json()["settings"] | {"name": "Town Hall"}
        edited = boss.send("PUT", "organization", settings, version=0)
        assert (edited.status_code, edited.headers["etag"]) == (200, '"1"')
        assert edited.json()["organization"] == boss.get("organization")
        assert boss.get("organization")["settings"]["name"] == "Town Hall"

    def test_without_a_version_it_is_refused(self, boss: Editor) -> None:
        refused(boss.send("PUT", "organization", {"name": "x"}), 428, ProblemCode.VERSION_MISSING)

    @pytest.mark.parametrize("header", ["3", 'W/"3"', '"three"', "*", '"0", "1"', ""])
    def test_what_is_no_version_is_refused(self, boss: Editor, header: str) -> None:
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": header}
        response = boss.http.put("organization", json={"name": "x"}, headers=headers)
        refused(response, 428, ProblemCode.VERSION_MISSING)

    def test_an_edit_made_from_an_older_version_changes_nothing(self, boss: Editor) -> None:
        settings = boss.get("organization")["settings"]
        boss.done("PUT", "organization", settings | {"name": "First"}, version=0)
        late = boss.send("PUT", "organization", settings | {"name": "Second"}, version=0)
        problem = refused(late, 412, ProblemCode.EDITED_MEANWHILE)
        assert problem.facts["version"] == 1
        assert boss.get("organization")["settings"]["name"] == "First"

    def test_a_retry_gets_the_first_answer_although_the_version_has_moved_on(self, boss: Editor) -> None:
        settings = boss.get("organization")["settings"] | {"name": "First"}
        key = str(uuid4())
        first = boss.send("PUT", "organization", settings, version=0, key=key)
        boss.done("PUT", "organization", settings | {"name": "Second"}, version=1)
        again = boss.send("PUT", "organization", settings, version=0, key=key)
        assert (again.status_code, again.json()) == (200, first.json())
        assert boss.get("organization")["version"] == 2

    def test_one_key_is_not_good_for_another_version(self, boss: Editor) -> None:
        settings = boss.get("organization")["settings"]
        key = str(uuid4())
        assert boss.send("PUT", "organization", settings, version=0, key=key).is_success
        other = boss.send("PUT", "organization", settings, version=1, key=key)
        refused(other, 422, ProblemCode.IDEMPOTENCY_MISMATCH)


class TestFields:
    """Each refusal of a value says beside which field it belongs, whoever refused it."""

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "a\0b"}, "name"),
            ({"park_reasons": ["ok", "a\0b"]}, "park_reasons.1"),
            ({"time_zone": "Europe/Nowhere"}, "time_zone"),
            ({"reset_time": "03:00+02:00"}, "reset_time"),
            ({"priority_levels": [10]}, "priority_levels"),
            ({"languages": ["en", "en"]}, "languages"),
            (
                {"holidays": [{"day": "2026-12-25", "name": "a"}, {"day": "2026-12-25", "name": "b"}]},
                "holidays",
            ),
            ({"policy": {"mode": "ratio", "ratio": {"0": 1, "20": 3}}}, "policy.ratio"),
            ({"opening_hours": {"monday": [{"opens": "9", "closes": "10:00"}]}},
             "opening_hours.monday.0.opens"),
            ({"unheard_of": 1}, "unheard_of"),
        ],
    )  # fmt: skip
    def test_of_the_organization(self, boss: Editor, changed: dict[str, Any], field: str) -> None:
        settings = boss.get("organization")["settings"] | changed
        problem = refused(boss.send("PUT", "organization", settings, version=0), 422, ProblemCode.INVALID)
        assert field_of(problem) == field
        assert boss.get("organization")["version"] == 0

    def test_of_text_that_no_database_keeps(self, boss: Editor) -> None:
        half_a_character = rb'{"name": "\ud800"}'
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"0"', "Content-Type": "application/json"}
        sent = boss.http.put("organization", content=half_a_character, headers=headers)
        assert field_of(refused(sent, 422, ProblemCode.INVALID)) == "name"

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"prefix": "a"}, "prefix"),
            ({"max_number": 0}, "max_number"),
            ({"key": "browser"}, "key"),
            ({"wait_limit_min": None}, "wait_limit_min"),
            ({"opening_hours": {"monday": [{"opens": "09:00", "closes": "12:00"},
                                           {"opens": "11:00", "closes": "13:00"}]}},
             "opening_hours.monday"),
        ],
    )  # fmt: skip
    def test_of_a_customer_type(self, admin: Editor, changed: dict[str, Any], field: str) -> None:
        settings = admin.get("queue-configurations")[0]["settings"] | changed
        sent = admin.send("PUT", "queue-configurations/instant", settings, version=0)
        assert field_of(refused(sent, 422, ProblemCode.INVALID)) == field

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"label": "12345"}, "label"), ({"customer_types": ["nothing"]}, "customer_types")],
    )
    def test_of_a_counter(self, admin: Editor, changed: dict[str, Any], field: str) -> None:
        counter = admin.get("counters/configurations")[0]
        sent = admin.send("PUT", f"counters/{counter['id']}", counter["settings"] | changed, version=0)
        assert field_of(refused(sent, 422, ProblemCode.INVALID)) == field
        made = admin.send("POST", "counters", {"label": "9", "name": "Counter 9"} | changed)
        assert field_of(refused(made, 422, ProblemCode.INVALID)) == field

    async def test_of_a_persons_skills(self, admin: Editor, site: Site) -> None:
        person = await site.add_person()
        sent = admin.send("PUT", f"users/{person.actor.user_id}/skills", {"customer_types": ["nothing"]})
        assert field_of(refused(sent, 422, ProblemCode.INVALID)) == "customer_types"

    @pytest.mark.parametrize(
        ("path", "body", "field"),
        [
            ("queue-configurations", {"key": "instant", "name": "x", "prefix": "X"}, "key"),
            ("queue-configurations", {"key": "cards", "name": "Cards", "prefix": "A"}, "prefix"),
            ("counters", {"label": "1", "name": "Another one"}, "label"),
        ],
    )
    def test_of_a_name_that_is_taken(self, admin: Editor, path: str, body: Any, field: str) -> None:
        problem = refused(admin.send("POST", path, body), 409, ProblemCode.ALREADY_EXISTS)
        assert field_of(problem) == field

    def test_of_a_name_that_an_edit_wants_and_another_has(self, admin: Editor) -> None:
        queue = admin.get("queue-configurations")[0]["settings"] | {"prefix": "B"}
        taken = admin.send("PUT", "queue-configurations/instant", queue, version=0)
        assert field_of(refused(taken, 409, ProblemCode.ALREADY_EXISTS)) == "prefix"
        counter = admin.get("counters/configurations")[0]
        wanted = counter["settings"] | {"label": "2"}
        taken = admin.send("PUT", f"counters/{counter['id']}", wanted, version=0)
        assert field_of(refused(taken, 409, ProblemCode.ALREADY_EXISTS)) == "label"


class TestQueues:
    def test_one_is_made_edited_and_switched_off(self, admin: Editor) -> None:
        made = admin.send(
            "POST", "queue-configurations", {"key": "cards", "name": "Cards", "prefix": "C", "position": 1}
        )
        assert (made.status_code, made.headers["etag"]) == (201, '"0"')
        assert made.json()["queue"] in admin.get("queue-configurations")
        assert admin.done("POST", "tokens", {"customer_type": "cards"})["token"]["number"] == "C001"
        wanted = made.json()["queue"]["settings"] | {"name": "Cards and keys", "wait_limit_min": 5}
        edited = admin.done("PUT", "queue-configurations/cards", wanted, version=0)
        assert edited["queue"] == {"version": 1, "settings": wanted}
        off = admin.send("DELETE", "queue-configurations/cards")
        assert (off.status_code, off.headers["etag"]) == (200, '"2"')
        assert off.json()["queue"]["settings"] == wanted | {"is_active": False}
        refused(admin.send("POST", "tokens", {"customer_type": "cards"}), 409, ProblemCode.TYPE_INACTIVE)
        admin.done("PUT", "queue-configurations/cards", wanted, version=2)
        assert admin.done("POST", "tokens", {"customer_type": "cards"})["token"]["number"] == "C002"

    def test_a_multiplier_is_answered_as_it_is_kept(self, admin: Editor) -> None:
        wanted = admin.get("queue-configurations")[0]["settings"] | {"priority_multiplier": 1.234}
        edited = admin.done("PUT", "queue-configurations/instant", wanted, version=0)
        assert edited["queue"]["settings"]["priority_multiplier"] == 1.23
        assert edited["queue"] in admin.get("queue-configurations")

    @pytest.mark.parametrize("key", ["Instant", "a%00b", "a" * 33, "a%0A"])
    def test_what_can_be_no_key_is_refused(self, admin: Editor, key: str) -> None:
        body = {"key": "instant", "name": "x", "prefix": "A"}
        for sent in (
            admin.send("PUT", f"queue-configurations/{key}", body, version=0),
            admin.send("DELETE", f"queue-configurations/{key}"),
        ):
            assert field_of(refused(sent, 422, ProblemCode.INVALID)) == "key"

    def test_what_is_not_there_is_not_found(self, admin: Editor) -> None:
        body = {"key": "nothing", "name": "x", "prefix": "X"}
        sent = admin.send("PUT", "queue-configurations/nothing", body, version=0)
        refused(sent, 404, ProblemCode.NOT_FOUND)
        refused(admin.send("DELETE", "queue-configurations/nothing"), 404, ProblemCode.NOT_FOUND)


class TestCounters:
    def test_one_is_made_edited_switched_off_and_on_again(self, admin: Editor) -> None:
        body = {"label": "7", "name": "Counter 7", "position": 7, "customer_types": ["retail", "retail"]}
        made = admin.send("POST", "counters", body)
        assert (made.status_code, made.headers["etag"]) == (201, '"0"')
        counter = made.json()["counter"]
        assert counter["settings"]["customer_types"] == ["retail"]
        path = f"counters/{counter['id']}"
        wanted = counter["settings"] | {"name": "Till"}
        assert admin.done("PUT", path, wanted, version=0)["counter"]["version"] == 1
        assert admin.done("DELETE", path)["counter"]["settings"] == wanted | {"is_active": False}
        assert counter["id"] not in [each["id"] for each in admin.get("counters")]
        assert {"id": counter["id"], "version": 2, "settings": wanted | {"is_active": False}} in admin.get(
            "counters/configurations"
        )
        refused(admin.send("POST", f"{path}/open", {}), 404, ProblemCode.NOT_FOUND)
        admin.done("PUT", path, wanted, version=2)
        admin.done("POST", f"{path}/open", {})

    async def test_one_that_is_open_is_not_switched_off(self, admin: Editor, site: Site) -> None:
        desk = await site.person_at(0)
        path = f"counters/{desk.counter_id}"
        wanted = admin.get("counters/configurations")[0]["settings"] | {"is_active": False}
        for sent in (admin.send("DELETE", path), admin.send("PUT", path, wanted, version=0)):
            problem = refused(sent, 409, ProblemCode.IN_USE)
            assert field_of(problem) == "is_active"
            assert problem.facts["person"] == desk.person.display_name
            assert desk.person.display_name in problem.title
        admin.done("POST", f"{path}/close")
        admin.done("DELETE", path)

    def test_what_is_not_there_is_not_found(self, admin: Editor) -> None:
        path = f"counters/{uuid4()}"
        body = {"label": "9", "name": "Counter 9"}
        refused(admin.send("PUT", path, body, version=0), 404, ProblemCode.NOT_FOUND)
        refused(admin.send("DELETE", path), 404, ProblemCode.NOT_FOUND)


class TestSkills:
    async def test_an_admin_sets_them_and_everybody_sees_them(self, admin: Editor, site: Site) -> None:
        person = await site.add_person()
        path = f"users/{person.actor.user_id}/skills"
        admin.done("PUT", path, {"customer_types": ["retail", "retail"]})
        [seen] = [
            each
            for each in admin.get("snapshot?audience=staff")["people"]
            if each["id"] == str(person.actor.user_id)
        ]
        assert seen["customer_types"] == ["retail"]

    def test_nobody_gets_any(self, admin: Editor) -> None:
        sent = admin.send("PUT", f"users/{uuid4()}/skills", {"customer_types": []})
        refused(sent, 404, ProblemCode.NOT_FOUND)


class TestTheAppsWords:
    """The commands and questions of the apps, against the routes that they were written for."""

    async def test_they_edit_what_they_have_asked_for(self, live_server: LiveServer, site: Site) -> None:
        boss = await site.add_person(UserRole.SUPER_ADMIN)
        async with HttpApi(server=live_server.url) as api:
            api.credential = boss.access_jwt(live_server.keys)

            async def save(command: Command) -> Configured:
                answer = await api.send(command, RequestId(uuid4()))
                assert isinstance(answer, Configured)
                return answer

            known = await api.ask(AskOrganization())
            assert isinstance(known, OrganizationConfiguration)
            settings = known.settings.model_copy(update={"name": "Town Hall"})
            saved = await save(SaveOrganization(settings=settings, version=known.version))
            assert saved.organization == await api.ask(AskOrganization())

            cards = QueueSettings(key="cards", name="Cards", prefix="C")
            made = (await save(SaveQueue(settings=cards))).queue
            assert made == QueueConfiguration(version=0, settings=cards)
            renamed = cards.model_copy(update={"name": "Cards and keys"})
            edited = (await save(SaveQueue(settings=renamed, version=0))).queue
            assert edited == QueueConfiguration(version=1, settings=renamed)
            assert edited in cast(tuple[QueueConfiguration, ...], await api.ask(AskQueues()))

            till = CounterSettings(label="T", name="Till", customer_types=("cards",))
            counter = (await save(SaveCounter(settings=till))).counter
            assert counter is not None
            off = till.model_copy(update={"is_active": False})
            closed = (await save(SaveCounter(settings=off, counter_id=counter.id, version=0))).counter
            assert closed == CounterConfiguration(id=counter.id, version=1, settings=off)
            assert closed in cast(tuple[CounterConfiguration, ...], await api.ask(AskCounters()))

            skills = SetSkills(user_id=boss.actor.user_id, customer_types=(TypeKey("cards"),))
            assert isinstance(await api.send(skills, RequestId(uuid4())), Answer)
            for day in (CloseDay(), ReopenDay()):
                assert isinstance(await api.send(day, RequestId(uuid4())), BulkAnswer)

    async def test_a_refusal_reaches_them_with_its_field(self, live_server: LiveServer, site: Site) -> None:
        admin = await site.add_person(UserRole.ADMIN)
        async with HttpApi(server=live_server.url) as api:
            api.credential = admin.access_jwt(live_server.keys)
            taken = SaveQueue(settings=QueueSettings(key="cards", name="Cards", prefix="A"))
            with pytest.raises(Refusal) as refused:
                await api.send(taken, RequestId(uuid4()))
            assert refused.value.problem.errors == (
                FieldError(field="prefix", message="This prefix is taken. Choose another."),
            )


class TestWhoMay:
    def test_organization_settings_stay_with_super_admins(self, admin: Editor) -> None:
        settings = admin.get("organization")["settings"]
        refused(admin.send("PUT", "organization", settings, version=0), 403, ProblemCode.FORBIDDEN)


class TestDay:
    def test_an_admin_closes_it_and_opens_it_again(self, admin: Editor) -> None:
        admin.done("POST", "tokens", {"customer_type": "instant"})
        closed = admin.done("POST", "organization/close-day", {"confirm": True})
        assert closed["cancelled"] == 1
        assert admin.get("organization")["closed_day"] is not None
        refused(admin.send("POST", "tokens", {"customer_type": "instant"}), 409, ProblemCode.CLOSED)
        admin.done("POST", "organization/reopen-day")
        assert admin.get("organization")["closed_day"] is None
        admin.done("POST", "tokens", {"customer_type": "instant"})

    def test_it_is_not_closed_unless_it_is_meant(self, admin: Editor) -> None:
        problem = refused(
            admin.send("POST", "organization/close-day", {"confirm": False}), 422, ProblemCode.INVALID
        )
        assert field_of(problem) == "confirm"

    def test_a_day_that_is_open_is_not_opened(self, admin: Editor) -> None:
        problem = refused(admin.send("POST", "organization/reopen-day"), 422, ProblemCode.INVALID)
        assert field_of(problem) == "closed_day"
