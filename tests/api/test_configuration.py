"""What an admin decides, over HTTP: versions, refusals beside their fields, who may."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from shared.ids import UserRole
from shared.problems import ProblemCode
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
