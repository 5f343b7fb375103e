"""What a person may do is what the database says now: roles, grants, sessions, memberships."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from server.domain.access import Actor, Grants, permissions_of
from server.domain.errors import Forbidden, Unauthenticated
from server.usecases import access
from server.usecases.access import AccessNow
from shared.ids import Permission, UserRole
from shared.roles import MATRIX
from tests.db.truths import everything
from tests.site import Desk, Site, make_site

Change = Callable[[Site, Actor], Awaitable[None]]


async def run(site: Site, query: str, **params: object) -> None:
    async with site.database.unit_of_work() as tx:
        await tx.execute(query, params)  # type: ignore[arg-type]  # constants of this file


async def disable(site: Site, actor: Actor) -> None:
    await run(site, "UPDATE users SET is_active = false WHERE id = %(id)s", id=actor.user_id)


async def delete(site: Site, actor: Actor) -> None:
    await run(site, "UPDATE users SET deleted_at = now() WHERE id = %(id)s", id=actor.user_id)


async def change_version(site: Site, actor: Actor) -> None:
    await run(
        site, "UPDATE users SET access_version = access_version + 1 WHERE id = %(id)s", id=actor.user_id
    )


async def end_membership(site: Site, actor: Actor) -> None:
    await run(site, "DELETE FROM memberships WHERE user_id = %(id)s", id=actor.user_id)


async def sign_out(site: Site, actor: Actor) -> None:
    await run(
        site,
        "UPDATE refresh_sessions SET ended_at = now() WHERE id = %(id)s",
        id=actor.session_id,
    )


TAKEN_AWAY: dict[str, Change] = {
    "disabled": disable,
    "deleted": delete,
    "changed": change_version,
    "no member any more": end_membership,
    "signed out": sign_out,
}


async def grant(site: Site, actor: Actor, *, granted: str = "", revoked: str = "") -> None:
    await run(
        site,
        "UPDATE users SET permissions = jsonb_build_object('granted', string_to_array(%(granted)s, ' '),"
        " 'revoked', string_to_array(%(revoked)s, ' ')) WHERE id = %(id)s",
        granted=granted,
        revoked=revoked,
        id=actor.user_id,
    )


async def signed_in(site: Site) -> Desk:
    """A person with a session of a signed-in device, at the first counter."""
    desk = await site.person_at(0)
    session_id = uuid4()
    await run(
        site,
        "INSERT INTO refresh_sessions (id, user_id, organization_id, current_jti, expires_at)"
        " VALUES (%(id)s, %(user_id)s, %(organization_id)s, gen_random_uuid(), now() + interval '1 day')",
        id=session_id,
        user_id=desk.person.actor.user_id,
        organization_id=site.organization_id,
    )
    person = replace(desk.person, actor=replace(desk.person.actor, session_id=session_id))
    return replace(desk, person=person)


class TestTakenAway:
    @pytest.mark.parametrize("how", TAKEN_AWAY)
    async def test_commands_are_refused_at_once_and_change_nothing(self, site: Site, how: str) -> None:
        desk = await signed_in(site)
        await desk.take()
        await TAKEN_AWAY[how](site, desk.person.actor)
        before = await everything(site.database)
        for command in (desk.take, desk.call_next, desk.close):
            with pytest.raises(Unauthenticated):
                await command()
        assert await everything(site.database) == before

    @pytest.mark.parametrize("how", TAKEN_AWAY)
    async def test_reads_are_refused_once_what_was_asked_is_old(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, how: str
    ) -> None:
        clock = [1000.0]
        monkeypatch.setattr(access, "monotonic", lambda: clock[0])
        actor = (await signed_in(site)).person.actor
        known = AccessNow(site.database)
        assert await known.actor(actor)
        await TAKEN_AWAY[how](site, actor)
        assert await known.actor(actor), "asked a moment ago"
        clock[0] += access.FRESH_FOR_S
        with pytest.raises(Unauthenticated):
            await known.actor(actor)
        assert access.FRESH_FOR_S < 5

    async def test_who_connects_is_asked_about_at_once(self, site: Site) -> None:
        actor = (await signed_in(site)).person.actor
        known = AccessNow(site.database)
        await known.actor(actor)
        await disable(site, actor)
        with pytest.raises(Unauthenticated):
            await known.actor(actor, at_once=True)
        with pytest.raises(Unauthenticated):
            await known.actor(actor)

    async def test_of_many_those_are_found(self, site: Site) -> None:
        stays = (await signed_in(site)).person.actor
        gone = [(await site.add_person()).actor for _ in range(4)]
        for actor, how in zip(gone, (disable, delete, change_version, end_membership), strict=True):
            await how(site, actor)
        known = AccessNow(site.database)
        assert await known.lost([stays, *gone], []) == set(gone)
        assert await known.lost([], []) == set()

    async def test_another_organizations_member_is_nobody_here(self, site: Site) -> None:
        stranger = (await (await make_site(site.database, name="Library")).add_person()).actor
        claimed = replace(stranger, organization_id=site.organization_id, role=UserRole.SUPER_ADMIN)
        with pytest.raises(Unauthenticated):
            await AccessNow(site.database).actor(claimed)

    async def test_what_is_known_is_bounded(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(access, "_MOST_KNOWN", 2)
        known = AccessNow(site.database)
        for _ in range(4):
            await known.actor((await site.add_person()).actor)
        assert len(known._known) == 2


class TestGrants:
    def test_each_role_with_nothing_beside_it_has_its_row_of_the_matrix(self) -> None:
        for role in UserRole:
            assert permissions_of(role, Grants()) == MATRIX[role]

    def test_what_is_granted_and_revoked_is_revoked(self) -> None:
        both = frozenset({Permission.USERS_READ})
        assert Permission.USERS_READ not in permissions_of(UserRole.ADMIN, Grants(granted=both, revoked=both))

    def test_what_another_version_stored_is_left_out(self) -> None:
        stored = {"granted": ["users:read", "moon:land"], "else": ["tokens:read"]}
        assert Grants.from_stored(stored) == Grants(granted=frozenset({Permission.USERS_READ}))

    async def test_a_granted_permission_is_used(self, site: Site) -> None:
        desk = await signed_in(site)
        assert Permission.USERS_READ not in desk.person.actor.permissions
        await grant(site, desk.person.actor, granted="users:read")
        actor = await AccessNow(site.database).actor(desk.person.actor)
        assert actor.permissions == MATRIX[UserRole.STAFF] | {Permission.USERS_READ}

    async def test_a_revoked_one_is_refused_whatever_the_jwt_says(self, site: Site) -> None:
        desk = await signed_in(site)
        await grant(site, desk.person.actor, revoked="tokens:create")
        before = await everything(site.database)
        with pytest.raises(Forbidden) as refused:
            await desk.take()
        assert refused.value.facts == {"permission": "tokens:create"}
        assert await everything(site.database) == before
        await desk.begin_break()
