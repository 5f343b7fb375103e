"""Every channel with every kind of caller; and open sockets of those whose access is taken away."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, combinations
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest

from server.infra.jwt import JwtKeys
from shared.frames import CloseCode, Events, Hello, Refused, Renew
from shared.ids import ROOMS, Audience, Room, UserRole
from shared.problems import ProblemCode
from tests.live_server import LiveServer
from tests.realtime.client import client
from tests.site import Site, make_site

WITHIN_S = 5.0
"""What design and README promise."""


async def run(site: Site, query: str, **params: object) -> None:
    async with site.database.unit_of_work() as tx:
        await tx.execute(query, params)  # type: ignore[arg-type]  # constants of this file


@pytest.fixture
def server(database_url: str, signing_keys: JwtKeys, tmp_path: Path, site: Site) -> Iterator[LiveServer]:
    with LiveServer(database_url, signing_keys, tmp_path) as running:
        site.listeners.append(running.committed)
        yield running


MAY_FOLLOW = {
    "display": {Audience.DISPLAY},
    "staff": {Audience.DISPLAY, Audience.STAFF},
    "admin": set(Audience),
    "super_admin": set(Audience),
    "stranger": set(Audience),  # of their own organization, as below
}
NOBODY = ("nobody", "disabled", "expired", "revoked display", "refresh JWT")


@pytest.fixture
async def credentials(site: Site, server: LiveServer) -> dict[str, str]:
    keys = server.keys
    people = {role: await site.add_person(role) for role in UserRole}
    stranger = await (await make_site(site.database, name="Library")).add_person(UserRole.SUPER_ADMIN)
    disabled = await site.add_person(UserRole.SUPER_ADMIN)
    await run(site, "UPDATE users SET is_active = false WHERE id = %(id)s", id=disabled.actor.user_id)
    revoked = await site.add_device("Old")
    await run(site, "UPDATE devices SET revoked_at = now() WHERE name = 'Old'")
    return {
        **{role.value: person.access_jwt(keys) for role, person in people.items()},
        "display": await site.add_device(),
        "stranger": stranger.access_jwt(keys),
        "nobody": "x",
        "disabled": disabled.access_jwt(keys),
        "expired": people[UserRole.SUPER_ADMIN].access_jwt(keys, lifetime=timedelta(minutes=-5)),
        "revoked display": revoked,
        "refresh JWT": people[UserRole.SUPER_ADMIN].refresh_jwt(keys),
    }


class TestMatrix:
    async def test_every_channel_with_every_caller(
        self, server: LiveServer, site: Site, credentials: dict[str, str]
    ) -> None:
        wrong = []
        for audience in Audience:
            for caller, credential in credentials.items():
                async with client(server.ws_url, audience.value) as peer:
                    await peer.say(Hello(credential=credential, app_version="test"))
                    first = await peer.hear()
                    found = await peer.close_code() if isinstance(first, Refused) else first.organization_id
                if caller == "revoked display":
                    expected: object = CloseCode.REVOKED
                elif caller in NOBODY:
                    expected = CloseCode.UNAUTHORIZED
                elif audience not in MAY_FOLLOW[caller]:
                    expected = CloseCode.FORBIDDEN
                elif caller == "stranger":
                    expected = None
                    assert found != site.organization_id
                else:
                    expected = site.organization_id
                if expected is not None and found != expected:
                    wrong.append(f"{caller} at {audience}: {found} instead of {expected}")
        assert wrong == []

    @pytest.mark.parametrize("audience", Audience)
    async def test_no_choice_of_rooms_gives_more_than_the_channel_has(
        self, server: LiveServer, site: Site, credentials: dict[str, str], audience: Audience
    ) -> None:
        caller = "display" if audience is Audience.DISPLAY else audience.value
        choices = chain.from_iterable(combinations(Room, size) for size in (0, 1, 2, len(Room)))
        allowed = await self.types_heard(server, site, audience, credentials[caller], None)
        assert allowed
        for rooms in choices:
            heard = await self.types_heard(server, site, audience, credentials[caller], rooms)
            assert heard <= allowed, rooms
            if not set(rooms) & ROOMS[audience]:
                assert heard == set(), rooms

    async def types_heard(
        self,
        server: LiveServer,
        site: Site,
        audience: Audience,
        credential: str,
        rooms: tuple[Room, ...] | None,
    ) -> set[str]:
        """The kinds of events that come of one visit, from token to completion."""
        async with client(server.ws_url, audience.value) as peer:
            welcome, _ = await peer.greet(credential, rooms=rooms)
            desk = await site.person_at(0)
            token = (await desk.take()).token
            await desk.call(token.id)
            await desk.start(token.id)
            await desk.complete(token.id)
            last = (await desk.close()).revision
            types: set[str] = set()
            revision = welcome.revision
            while revision < last:
                frame = await peer.hear_a(Events)
                types |= {event.type for event in frame.events}
                revision = frame.revision
            return types


class TestTakenAway:
    """Within five seconds, on every open socket; and nobody else's."""

    @pytest.mark.parametrize(
        "query",
        [
            "UPDATE users SET is_active = false WHERE id = %(user_id)s",
            "UPDATE users SET deleted_at = now() WHERE id = %(user_id)s",
            "UPDATE users SET access_version = access_version + 1 WHERE id = %(user_id)s",
            "DELETE FROM memberships WHERE user_id = %(user_id)s",
            "INSERT INTO refresh_sessions (id, user_id, organization_id, current_jti, expires_at, ended_at)"
            " SELECT %(session_id)s, id, organization_id, gen_random_uuid(), now(), now() FROM users"
            " WHERE id = %(user_id)s",
        ],
        ids=["disabled", "deleted", "changed", "no member any more", "signed out"],
    )
    async def test_a_person(self, server: LiveServer, site: Site, query: str) -> None:
        person, other = await site.add_person(), await site.add_person()
        session_id = uuid4()
        credential = person.access_jwt(server.keys, session_id=session_id)
        async with (
            client(server.ws_url, "staff") as peer,
            client(server.ws_url, "display") as window,
            client(server.ws_url, "staff") as colleague,
        ):
            for each in (peer, window):
                await each.greet(credential)
            await colleague.greet(other.access_jwt(server.keys))
            taken_away = monotonic()
            await run(site, query, user_id=person.actor.user_id, session_id=session_id)
            codes = await asyncio.gather(peer.close_code(), window.close_code())
            assert set(codes) == {CloseCode.UNAUTHORIZED}
            assert monotonic() - taken_away < WITHIN_S
            await site.take(other)
            assert (await colleague.hear_a(Events)).events[0].type == "token_created"

    async def test_a_display(self, server: LiveServer, site: Site) -> None:
        key, other = await site.add_device("Old"), await site.add_device("Lobby")
        person = await site.add_person()
        async with client(server.ws_url, "display") as peer, client(server.ws_url, "display") as lobby:
            await peer.greet(key)
            await lobby.greet(other)
            taken_away = monotonic()
            await run(site, "UPDATE devices SET revoked_at = now() WHERE name = 'Old'")
            assert await peer.close_code() == CloseCode.REVOKED
            assert monotonic() - taken_away < WITHIN_S
            await site.take(person)
            await lobby.hear_a(Events)

    async def test_a_credential_that_no_longer_holds_renews_nothing(
        self, server: LiveServer, site: Site
    ) -> None:
        person = await site.add_person()
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(person.access_jwt(server.keys))
            await run(site, "UPDATE users SET is_active = false WHERE id = %(id)s", id=person.actor.user_id)
            await peer.say(Renew(credential=person.access_jwt(server.keys)))
            assert (await peer.hear_a(Refused)).problem.code is ProblemCode.UNAUTHENTICATED
            assert await peer.close_code() == CloseCode.UNAUTHORIZED
