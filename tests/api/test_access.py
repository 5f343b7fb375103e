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
from server.domain.access import DEVICE, MATRIX
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.settings import Settings
from shared.ids import Permission, UserRole
from tests.live_server import LiveServer
from tests.site import Site, make_site

CALLERS = ("nobody", "display", "staff", "admin", "super_admin", "stranger", "expired")

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
        signs_in = {"/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout"}
        assert {path.removeprefix("/api/v1") for path in public} == {
            path.removeprefix("/api/v1") for path in signs_in
        } | {"/healthz", "/readyz"}


@pytest.fixture
async def credentials(site: Site, live_server: LiveServer) -> dict[str, str | None]:
    other = await make_site(site.database, name="Library")
    people = {role: await site.add_person(role) for role in UserRole}
    stranger = await other.add_person(UserRole.SUPER_ADMIN)
    keys = live_server.keys
    return {
        "nobody": None,
        "display": await site.add_device(),
        **{role.value: person.access_jwt(keys) for role, person in people.items()},
        "stranger": stranger.access_jwt(keys),
        "expired": people[UserRole.SUPER_ADMIN].access_jwt(keys, lifetime=timedelta(minutes=-5)),
    }


def path_of(route: APIRoute, site: Site, token_id: UUID) -> str:
    return route.path.replace("{counter_id}", str(site.counter_ids[0])).replace("{token_id}", str(token_id))


def expectation(route: APIRoute, permission: Permission, caller: str) -> Callable[[int], bool]:
    """What a caller's status must be: refused for who they are, or anything but that."""
    if caller in {"nobody", "expired"}:
        return lambda status: status == 401
    if caller == "display":
        if (permission in DEVICE and route.path in FOR_DISPLAYS) or route.path == "/snapshot":
            return lambda status: status not in {401, 403}
        return lambda status: status in {401, 403}
    role = UserRole.SUPER_ADMIN if caller == "stranger" else UserRole(caller)
    if permission not in MATRIX[role]:
        return lambda status: status == 403
    if caller == "stranger" and "{" in route.path:
        return lambda status: status == 404
    return lambda status: status != 401


BODIES = {"tokens": {"customer_type": "instant"}, "cancel": {"reason": "left"}, "open": {}}


class TestMatrix:
    async def test_every_route_with_every_caller(
        self, app: Any, site: Site, live_server: LiveServer, credentials: dict[str, str | None]
    ) -> None:
        person = await site.add_person()
        wrong: list[str] = []
        for route in routes_of(app):
            [permission] = declared(route)
            if permission is None:
                continue
            for caller in CALLERS:
                token = (await site.take(person)).token
                expected = expectation(route, permission, caller)
                found = self.statuses(route, site, token.id, live_server, credentials[caller])
                wrong.extend(f"{caller} at {route.path}: {got}" for got in found if not expected(got))
        assert wrong == []

    def statuses(
        self, route: APIRoute, site: Site, token_id: UUID, server: LiveServer, credential: str | None
    ) -> Iterator[int]:
        prefix = "" if route.path.startswith("/api/v1") or "healthz" in route.path else "/api/v1"
        last = route.path.rsplit("/", 1)[-1]
        for method in route.methods:
            response = httpx.request(
                method,
                server.url + prefix + path_of(route, site, token_id),
                params={"audience": "display"} if last == "snapshot" else None,
                json=BODIES.get(last, {"token_id": str(token_id)} if last == "call" else None)
                if method == "POST"
                else None,
                headers={"Idempotency-Key": str(uuid4())}
                | ({"Authorization": f"Bearer {credential}"} if credential else {}),
            )
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
