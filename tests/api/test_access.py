"""Every route with every kind of caller, against the permissions that the routes declare."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from server.api.access import PERMISSION_MARK
from server.app import create_app
from server.domain.access import DEVICE
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.settings import Settings
from server.usecases import announcing
from server.usecases.configuring import devices
from shared.announcements import AnnouncementSettings
from shared.ids import DeviceId, Permission, UserRole
from shared.roles import MATRIX
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site, make_site

NOBODY = ("nobody", "expired", "disabled", "signed out", "revoked display")
CALLERS = ("display", "staff", "admin", "super_admin", "stranger", *NOBODY)

# What a display may read, besides the routes that need no credential.
FOR_DISPLAYS = {"/api/v1/snapshot"}


def routes_of(app: Any) -> list[APIRoute]:
    """All HTTP routes, wherever the framework keeps them."""
    found: list[APIRoute] = []

    def walk(routes: Any) -> None:
        for route in routes:
            if isinstance(route, APIRoute):
                found.append(route)
            elif hasattr(route, "routes"):
                walk(route.routes)
            elif hasattr(route, "original_router"):
                walk(route.original_router.routes)

    walk(app.routes)
    return found


def declared(route: APIRoute) -> set[Permission | None]:
    """The permissions that a route's dependencies ask for; {None} means public."""
    marks: set[Permission | None] = set()

    def walk(dependant: Any) -> None:
        call = dependant.call
        if call is not None and hasattr(call, PERMISSION_MARK):
            marks.add(getattr(call, PERMISSION_MARK))
        for each in dependant.dependencies:
            walk(each)

    walk(route.dependant)
    return marks


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, signing_keys: JwtKeys) -> Any:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return create_app(settings, conninfo="", keys=signing_keys, master_key=MasterKey.load_or_create(settings))


class TestDeclarations:
    def test_every_route_declares_one_permission_or_is_public(self, app: Any) -> None:
        routes = routes_of(app)
        assert len(routes) > 15
        undeclared = [route.path for route in routes if len(declared(route)) != 1]
        assert undeclared == []

    def test_the_public_ones_are_these(self, app: Any) -> None:
        public = {route.path for route in routes_of(app) if declared(route) == {None}}
        signs_in = {
            "/api/v1/auth/login",
            "/api/v1/auth/refresh",
            "/api/v1/auth/logout",
            "/api/v1/devices/pairings",
            "/api/v1/devices/pairings/claim",
        }
        assert {path.removeprefix("/api/v1") for path in public} == {
            path.removeprefix("/api/v1") for path in signs_in
        } | {"/setup", "/healthz", "/readyz", "/.well-known/callboard-ca"}


@pytest.fixture
def server_settings() -> dict[str, Any]:
    """A server that lets one address try every route without a credential."""
    return {"limit_anonymous": 100_000}


@pytest.fixture
async def credentials(site: Site, live_server: LiveServer) -> dict[str, str | None]:
    other = await make_site(site.database, name="Library")
    people = {role: await site.add_person(role) for role in UserRole}
    stranger = await other.add_person(UserRole.SUPER_ADMIN)
    keys = live_server.keys
    gone, away, session_id = (
        await site.add_person(UserRole.SUPER_ADMIN),
        await site.add_person(UserRole.SUPER_ADMIN),
        uuid4(),
    )
    revoked = await site.add_device("Old")
    async with site.database.unit_of_work() as tx:
        await tx.execute("UPDATE users SET is_active = false WHERE id = %(id)s", {"id": gone.actor.user_id})
        await tx.execute("UPDATE devices SET revoked_at = now() WHERE name = 'Old'")
        await tx.execute(
            "INSERT INTO refresh_sessions (id, user_id, organization_id, current_jti, expires_at, ended_at)"
            " VALUES (%(id)s, %(user_id)s, %(organization_id)s, %(id)s, now(), now())",
            {"id": session_id, "user_id": away.actor.user_id, "organization_id": site.organization_id},
        )
    return {
        "nobody": None,
        "display": await site.add_device(),
        **{role.value: person.access_jwt(keys) for role, person in people.items()},
        "stranger": stranger.access_jwt(keys),
        "disabled": gone.access_jwt(keys),
        "signed out": away.access_jwt(keys, session_id=session_id),
        "revoked display": revoked,
        "expired": people[UserRole.SUPER_ADMIN].access_jwt(keys, lifetime=timedelta(minutes=-5)),
    }


def path_of(route: APIRoute, site: Site, token_id: UUID, others: dict[str, UUID]) -> str:
    names = {"counter_id": site.counter_ids[0], "token_id": token_id, **others}
    return route.path.format(key="browser", country="ES", year=2026, code="BCDF-GHJK", **names)


NOT_OF_A_SITE = ("{key}", "{country}")
"""What everybody has: the types' keys are the same everywhere, and so are the world's holidays."""


def ends_credentials(route: APIRoute) -> int:
    """What ends the caller's credentials comes last, and what gives others instead before that."""
    return ("logout-elsewhere" in route.path) + 2 * ("logout-everywhere" in route.path)


def expectation(route: APIRoute, permission: Permission, caller: str) -> Callable[[int], bool]:
    """What a caller's status must be: refused for who they are, or anything but that."""
    if caller in NOBODY:
        return lambda status: status == 401
    if caller == "display":
        if (permission in DEVICE and route.path in FOR_DISPLAYS) or route.path == "/snapshot":
            return lambda status: status not in {401, 403}
        return lambda status: status in {401, 403}
    role = UserRole.SUPER_ADMIN if caller == "stranger" else UserRole(caller)
    if permission not in MATRIX[role]:
        return lambda status: status == 403
    of_the_site = "{" in route.path and not any(name in route.path for name in NOT_OF_A_SITE)
    if caller == "stranger" and of_the_site:
        return lambda status: status == 404
    return lambda status: status != 401


def body_of(method: str, path: str, token_id: UUID, site: Site) -> Any:
    """A body that is taken: what is refused then is who asks, not what they say."""
    queue = {"key": "browser", "name": "Information", "prefix": "B"}
    counter = {"label": "1", "name": "Counter 1"}
    return {
        # Nobody's: to who may ask, it is not found.
        ("POST", "/auth/switch"): {"organization_id": str(uuid4())},
        ("POST", "/tokens"): {"customer_type": "instant", "override": True},
        ("PATCH", "/tokens/{token_id}"): {"priority": 10},
        ("POST", "/tokens/{token_id}/cancel"): {"reason": "left"},
        ("POST", "/tokens/{token_id}/transfer"): {"customer_type": "retail"},
        ("POST", "/tokens/{token_id}/park"): {"reason": "form"},
        ("POST", "/tokens/{token_id}/resume"): {"counter_id": str(site.counter_ids[0])},
        ("POST", "/tokens/cancel-waiting"): {
            "customer_type": "browser", "reason": "no power", "confirm": True,
        },
        ("POST", "/counters"): {"label": "99", "name": "Counter 99"},
        ("PUT", "/counters/{counter_id}"): counter,
        ("POST", "/counters/{counter_id}/open"): {},
        ("POST", "/counters/{counter_id}/break"): {"reason": "lunch"},
        ("POST", "/counters/{counter_id}/call"): {"token_id": str(token_id)},
        ("PUT", "/counter-plan"): {"spans": []},
        ("POST", "/queue-configurations"): queue,
        ("PUT", "/queue-configurations/{key}"): queue,
        ("POST", "/queue-configurations/simulate"): {"day": "2020-01-01"},
        ("PUT", "/organization"): {"name": "City Hall"},
        ("POST", "/organization/close-day"): {"confirm": True},
        ("POST", "/announcements"): {"texts": {"en": "Hello"}},
        ("PUT", "/announcements/{announcement_id}"): {"texts": {"en": "Hello"}},
        ("PUT", "/users/{user_id}/skills"): {"customer_types": []},
        ("POST", "/devices/pairings/approve"): {"code": "BCDF-GHJK", "name": "Lobby"},
        ("POST", "/devices/pairings/refuse"): {"code": "BCDF-GHJK"},
        ("PUT", "/devices/{device_id}"): {"name": "Lobby"},
        ("POST", "/users"): {"username": f"new{uuid4().hex}", "display_name": "Somebody"},
        ("PUT", "/users/{user_id}"): {"display_name": "Somebody"},
        ("POST", "/memberships"): {"username": "nobody"},
        ("POST", "/auth/password"): {"current": PASSWORD, "new": "too short"},
        ("POST", "/auth/second-factor"): {"password": PASSWORD},
        ("POST", "/auth/second-factor/end"): {"password": PASSWORD, "code": "000000"},
        ("POST", "/auth/second-factor/recovery-codes"): {"password": PASSWORD, "code": "000000"},
    }.get((method, path))  # fmt: skip


class TestMatrix:
    # One client: each makes a TLS context of its own, which takes longer than a request.
    http = httpx.Client(timeout=30)

    async def test_every_route_with_every_caller(
        self, app: Any, site: Site, live_server: LiveServer, credentials: dict[str, str | None]
    ) -> None:
        person = await site.add_person()
        admin = await site.add_person(UserRole.ADMIN)
        written = await announcing.announce(
            site.commands, site.by(admin), AnnouncementSettings(texts={"en": "Hello"})
        )
        assert written.announcement is not None
        others: dict[str, UUID] = {
            "user_id": (await site.add_person()).actor.user_id,
            "announcement_id": written.announcement.id,
            "device_id": await self.another_device(site),
        }
        wrong: list[str] = []
        for route in sorted(routes_of(app), key=ends_credentials):
            [permission] = declared(route)
            if permission is None:
                continue
            for caller in CALLERS:
                # Some of the routes close the day.
                token = (await site.take(person, override=True)).token
                expected = expectation(route, permission, caller)
                path = path_of(route, site, token.id, others)
                found = self.statuses(route, path, site, token.id, live_server, credentials, caller)
                wrong.extend(f"{caller} at {route.path}: {got}" for got in found if not expected(got))
        assert wrong == []

    async def another_device(self, site: Site) -> DeviceId:
        """Not the one that asks: it is about to be revoked."""
        await site.add_device("Third")
        listed = await devices.list_devices(site.database, site.organization_id)
        return next(device.id for device in listed if device.name == "Third")

    def statuses(
        self,
        route: APIRoute,
        path: str,
        site: Site,
        token_id: UUID,
        server: LiveServer,
        credentials: dict[str, str | None],
        caller: str,
    ) -> Iterator[int]:
        prefix = "" if route.path.startswith("/api/v1") or "healthz" in route.path else "/api/v1"
        name = route.path.removeprefix("/api/v1")
        for method in route.methods:
            credential = credentials[caller]
            response = self.http.request(
                method,
                server.url + prefix + path,
                params={"audience": "display"} if name == "/snapshot" else None,
                json=body_of(method, name, token_id, site),
                headers={"Idempotency-Key": str(uuid4()), "If-Match": '"0"'}
                | ({"Authorization": f"Bearer {credential}"} if credential else {}),
            )
            if response.is_success and name == "/auth/logout-elsewhere":
                credentials[caller] = response.json()["access_jwt"]
            yield response.status_code

    @pytest.mark.parametrize("audience", ["staff", "admin"])
    def test_a_display_gets_no_other_snapshot(
        self, live_server: LiveServer, credentials: dict[str, str | None], audience: str
    ) -> None:
        headers = {"Authorization": f"Bearer {credentials['display']}"}
        url = f"{live_server.url}/api/v1/snapshot"
        assert httpx.get(url, params={"audience": audience}, headers=headers).status_code == 403

    def test_staff_get_no_admin_snapshot(
        self, live_server: LiveServer, credentials: dict[str, str | None]
    ) -> None:
        headers = {"Authorization": f"Bearer {credentials['staff']}"}
        url = f"{live_server.url}/api/v1/snapshot"
        assert httpx.get(url, params={"audience": "admin"}, headers=headers).status_code == 403

    def test_a_revoked_display_gets_nothing(
        self, live_server: LiveServer, credentials: dict[str, str | None]
    ) -> None:
        import psycopg

        with psycopg.connect(live_server.database_url, autocommit=True) as connection:
            connection.execute("UPDATE devices SET revoked_at = now()")
        headers = {"Authorization": f"Bearer {credentials['display']}"}
        url = f"{live_server.url}/api/v1/snapshot"
        assert httpx.get(url, params={"audience": "display"}, headers=headers).status_code == 401
