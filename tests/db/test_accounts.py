"""People's accounts in the database: who may change whose, what ends with it, and two at once."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from server.domain.errors import (
    AlreadyExists,
    EditedMeanwhile,
    IdempotencyMismatch,
    InUse,
    InvalidField,
    LastSuperAdmin,
    NotFound,
    Outranked,
    OwnAccount,
    Unauthenticated,
)
from server.usecases import cleaning
from shared.events import EVENT_ADAPTER, Event, PersonConfigured
from shared.ids import Permission, TokenStatus, UserId, UserRole
from tests.db.accounts import Act, Registrar, join_by_hand
from tests.site import Site, TestPerson, make_site

STAFF, ADMIN, SUPER = UserRole.STAFF, UserRole.ADMIN, UserRole.SUPER_ADMIN


async def rows(site: Site, query: str, **params: object) -> list[dict[str, Any]]:
    async with site.database.unit_of_work() as tx:
        return list(await tx.all(query, params))  # type: ignore[arg-type]  # constants of this file


async def user_row(site: Site, user_id: UserId) -> dict[str, Any]:
    [row] = await rows(site, "SELECT * FROM users WHERE id = %(id)s", id=user_id)
    return row


async def newest_event(site: Site) -> Event:
    [row] = await rows(
        site,
        "SELECT payload::text AS payload FROM events WHERE organization_id = %(id)s"
        " ORDER BY revision DESC LIMIT 1",
        id=site.organization_id,
    )
    return EVENT_ADAPTER.validate_json(row["payload"])


async def open_sessions(site: Site, user_id: UserId) -> int:
    [row] = await rows(
        site,
        "SELECT count(*) AS n FROM refresh_sessions WHERE user_id = %(id)s AND ended_at IS NULL",
        id=user_id,
    )
    return int(row["n"])


async def begin_session(site: Site, user_id: UserId) -> None:
    await rows(
        site,
        "INSERT INTO refresh_sessions (user_id, organization_id, current_jti, expires_at, user_agent)"
        " VALUES (%(id)s, %(organization_id)s, gen_random_uuid(), now() + interval '1 day', 'app')"
        " RETURNING id",
        id=user_id,
        organization_id=site.organization_id,
    )


@pytest.fixture
async def boss(site: Site) -> Registrar:
    return await Registrar.of(site)


@pytest.fixture
async def admin(site: Site) -> Registrar:
    return await Registrar.of(site, ADMIN)


class TestAdd:
    async def test_a_new_person_is_told_to_the_apps_and_must_change_their_password(
        self, boss: Registrar, site: Site
    ) -> None:
        made = await boss.add("Marta", email="Marta@Example.org", role=ADMIN, customer_types=["retail"])
        assert made.user is not None
        assert made.one_time_password is not None
        assert (made.user.username, made.user.email, made.user.role) == ("marta", "Marta@Example.org", ADMIN)
        assert made.user.must_change_password
        assert (await boss.read(made.user.id)) == made.user
        event = await newest_event(site)
        assert isinstance(event, PersonConfigured)
        assert (event.person.id, event.person.customer_types) == (made.user.id, ("retail",))
        [logged] = await rows(site, "SELECT details FROM system_logs WHERE action = 'add_person'")
        assert logged["details"]["after"]["role"] == "admin"

    async def test_name_and_address_are_unique_whatever_their_capitals(self, boss: Registrar) -> None:
        await boss.add("marta", email="marta@example.org")
        with pytest.raises(AlreadyExists) as taken:
            await boss.add("MARTA")
        assert taken.value.facts["field"] == "username"
        with pytest.raises(AlreadyExists) as taken:
            await boss.add("pablo", email="MARTA@example.org")
        assert taken.value.facts["field"] == "email"

    async def test_the_same_request_gives_the_same_password_and_another_body_none(
        self, boss: Registrar
    ) -> None:
        again = boss.keyed(uuid4())
        first = await again.add("marta")
        assert await again.add("marta") == first
        with pytest.raises(IdempotencyMismatch):
            await again.add("pablo")

    async def test_nobody_gives_what_they_lack(self, admin: Registrar) -> None:
        with pytest.raises(Outranked):
            await admin.add("marta", role=SUPER)
        with pytest.raises(Outranked):
            await admin.add("marta", granted=[Permission.SYSTEM_BACKUP])
        await admin.add("marta", granted=[Permission.ANALYTICS_READ])

    async def test_a_type_that_is_none(self, boss: Registrar) -> None:
        with pytest.raises(InvalidField):
            await boss.add("marta", customer_types=["nothing"])

    async def test_nothing_personal_lies_there_in_clear(self, boss: Registrar, site: Site) -> None:
        made = await boss.add("marta", email="secret.address@example.org")
        found = []
        for table in ("users", "idempotency_keys", "system_logs", "events", "keys"):
            found += [str(row["t"]) for row in await rows(site, f"SELECT {table}::text AS t FROM {table}")]
        text = "\n".join(found)
        assert "secret.address" not in text
        assert b"secret.address".hex() not in text
        assert made.one_time_password is not None
        assert made.one_time_password not in text


class TestConfigure:
    async def test_role_and_permissions_end_older_credentials(self, boss: Registrar, site: Site) -> None:
        person = await site.add_person()
        edited = await boss.edit(
            person.actor.user_id,
            role=ADMIN,
            granted=[Permission.SYSTEM_BACKUP],
            revoked=[Permission.QUEUES_READ],
        )
        assert edited.user is not None
        assert (edited.user.role, edited.user.granted) == (ADMIN, (Permission.SYSTEM_BACKUP,))
        row = await user_row(site, person.actor.user_id)
        assert row["permissions"] == {"granted": ["system:backup"], "revoked": ["queues:read"]}
        assert (row["role"], row["access_version"], row["version"]) == ("admin", 1, 1)
        with pytest.raises(Unauthenticated):
            await site.take(person)

    async def test_a_name_alone_ends_nothing(self, boss: Registrar, site: Site) -> None:
        person = await site.add_person()
        await boss.edit(person.actor.user_id, display_name="Marta Ruiz", email="m@example.org")
        event = await newest_event(site)
        assert event.person is not None
        assert event.person.display_name == "Marta Ruiz"
        assert (await user_row(site, person.actor.user_id))["access_version"] == 0
        [logged] = await rows(site, "SELECT details FROM system_logs WHERE action = 'configure_person'")
        assert logged["details"] == {"before": {}, "after": {}, "changed": ["display_name", "email"]}

    async def test_an_edit_of_an_older_version_is_refused(self, boss: Registrar, site: Site) -> None:
        person = await site.add_person()
        await boss.edit(person.actor.user_id, display_name="One")
        with pytest.raises(EditedMeanwhile):
            await boss.edit(person.actor.user_id, display_name="Two", made_from=0)

    async def test_the_audit_tells_before_and_after(self, boss: Registrar, site: Site) -> None:
        person = await site.add_person()
        await boss.edit(person.actor.user_id, role=ADMIN)
        [logged] = await rows(site, "SELECT details FROM system_logs WHERE action = 'configure_person'")
        assert logged["details"] == {"before": {"role": "staff"}, "after": {"role": "admin"}, "changed": []}

    async def test_nobody_decides_their_own_role_or_permissions(self, boss: Registrar) -> None:
        own = boss.person.actor.user_id
        with pytest.raises(OwnAccount):
            await boss.demote(own)
        with pytest.raises(OwnAccount):
            await boss.edit(own, granted=[Permission.QUEUES_READ])
        await boss.edit(own, display_name="The boss")

    async def test_admins_do_not_touch_super_admins_nor_make_any(
        self, admin: Registrar, boss: Registrar, site: Site
    ) -> None:
        person = await site.add_person()
        with pytest.raises(Outranked):
            await admin.edit(boss.person.actor.user_id, display_name="Nobody")
        with pytest.raises(Outranked):
            await admin.edit(person.actor.user_id, role=SUPER)
        with pytest.raises(Outranked):
            await admin.edit(person.actor.user_id, granted=[Permission.TOKENS_DELETE])
        assert (await user_row(site, person.actor.user_id))["permissions"] == {}

    async def test_who_was_given_more_is_out_of_an_admins_reach(
        self, admin: Registrar, boss: Registrar, site: Site
    ) -> None:
        person = await site.add_person()
        await boss.edit(person.actor.user_id, granted=[Permission.SYSTEM_BACKUP])
        for act in (Registrar.reset_password, Registrar.disable, Registrar.demote):
            with pytest.raises(Outranked):
                await act(admin, person.actor.user_id)

    async def test_of_another_organization(self, boss: Registrar, site: Site) -> None:
        stranger = await (await make_site(site.database, name="Library")).add_person()
        for act in (Registrar.disable, Registrar.delete, Registrar.reset_password, Registrar.sign_out):
            with pytest.raises(NotFound):
                await act(boss, stranger.actor.user_id)


ENDS: list[Act] = [Registrar.disable, Registrar.delete]


class TestEnding:
    @pytest.mark.parametrize("act", [*ENDS, Registrar.reset_password, Registrar.sign_out])
    async def test_every_device_is_signed_out_and_no_credential_holds(
        self, act: Act, boss: Registrar, site: Site
    ) -> None:
        person = await site.add_person()
        for _ in range(2):
            await begin_session(site, person.actor.user_id)
        await act(boss, person.actor.user_id)
        assert await open_sessions(site, person.actor.user_id) == 0
        with pytest.raises(Unauthenticated):
            await site.take(person)

    @pytest.mark.parametrize("act", ENDS)
    async def test_the_called_visitor_goes_back_into_the_line(
        self, act: Act, boss: Registrar, watched: Site
    ) -> None:
        desk = await watched.person_at(0)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await act(Registrar(site=watched, person=boss.person), desk.person.actor.user_id)
        assert (await watched.token(token.id)).status is TokenStatus.WAITING
        await (await watched.person_at(0)).call_next()

    @pytest.mark.parametrize("act", ENDS)
    async def test_who_is_being_served_is_parked(self, act: Act, boss: Registrar, watched: Site) -> None:
        desk = await watched.person_at(0)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await desk.start(token.id)
        await act(Registrar(site=watched, person=boss.person), desk.person.actor.user_id)
        assert (await watched.token(token.id)).status is TokenStatus.PARKED

    async def test_switched_off_and_on_again(self, boss: Registrar, site: Site) -> None:
        person = await site.add_person()
        assert not (await boss.disable(person.actor.user_id)).user.is_active  # type: ignore[union-attr]
        event = await newest_event(site)
        assert event.person is not None
        assert not event.person.is_active
        assert (await boss.enable(person.actor.user_id)).user.is_active  # type: ignore[union-attr]

    async def test_deleting_erases_what_is_personal_and_frees_the_name(
        self, boss: Registrar, site: Site
    ) -> None:
        made = await boss.add("marta", email="m@example.org", display_name="Marta Ruiz")
        assert made.user is not None
        await begin_session(site, made.user.id)
        await boss.delete(made.user.id)
        row = await user_row(site, made.user.id)
        assert (row["email"], row["email_index"], row["password_hash"]) == (None, None, "")
        assert "marta" not in json.dumps(row, default=str).lower()
        assert row["deleted_at"] is not None
        event = await newest_event(site)
        assert event.person is not None
        assert not event.person.is_member
        with pytest.raises(NotFound):
            await boss.read(made.user.id)
        page = await boss.accounts.page(site.organization_id, cursor=None, limit=100)
        assert made.user.id not in {each.id for each in page.items}
        again = await boss.add("marta", email="m@example.org")
        assert again.user is not None
        assert again.user.id != made.user.id

    async def test_what_they_did_stays(self, boss: Registrar, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await desk.start(token.id)
        await desk.complete(token.id)
        await boss.delete(desk.person.actor.user_id)
        assert (await site.token(token.id)).served_by == desk.person.actor.user_id

    @pytest.mark.parametrize("act", [*ENDS, Registrar.reset_password, Registrar.sign_out, Registrar.leave])
    async def test_nobody_does_it_to_themselves(self, act: Act, boss: Registrar) -> None:
        with pytest.raises(OwnAccount):
            await act(boss, boss.person.actor.user_id)


class TestLastSuperAdmin:
    ACTS: tuple[Act, ...] = (Registrar.disable, Registrar.delete, Registrar.demote)

    @pytest.mark.parametrize("act", ACTS)
    async def test_of_two_who_take_each_others_away_one_is_left(self, act: Act, site: Site) -> None:
        """Whoever comes second is no super admin any more, or finds that they are the last."""
        one, two = await Registrar.of(site), await Registrar.of(site)
        results = await asyncio.gather(
            act(one, two.person.actor.user_id), act(two, one.person.actor.user_id), return_exceptions=True
        )
        assert sum(isinstance(result, Exception) for result in results) == 1
        [left] = await rows(
            site,
            "SELECT count(*) AS n FROM memberships m JOIN users u ON u.id = m.user_id"
            " WHERE m.role = 'super_admin' AND u.is_active",
        )
        assert left["n"] == 1

    async def test_who_acts_from_another_organization_finds_the_last_one_too(self, site: Site) -> None:
        """Two organizations, two super admins of both: each is switched off from the other's side."""
        library = await make_site(site.database, name="Library")
        one, two = await site.add_person(SUPER), await site.add_person(SUPER)
        two_there = await join_by_hand(library, two, SUPER)
        await join_by_hand(library, one, SUPER)
        results = await asyncio.gather(
            Registrar(site=site, person=one).disable(two.actor.user_id),
            Registrar(site=library, person=two_there).disable(one.actor.user_id),
            return_exceptions=True,
        )
        refused = [result for result in results if isinstance(result, Exception)]
        assert len(refused) == 1, results
        assert isinstance(refused[0], LastSuperAdmin | Unauthenticated)

    async def test_who_is_switched_off_already_is_none(self, site: Site) -> None:
        boss, other = await Registrar.of(site), await Registrar.of(site)
        await boss.disable(other.person.actor.user_id)
        await boss.demote(other.person.actor.user_id)

    async def test_a_super_admin_of_a_site_whose_only_one_they_are(self, site: Site) -> None:
        library = await make_site(site.database, name="Library")
        boss, last = await Registrar.of(site), await site.add_person(SUPER)
        await join_by_hand(library, last, SUPER)
        await join_by_hand(library, boss.person, SUPER)
        await rows(
            site,
            "UPDATE memberships SET role = 'admin' WHERE user_id = %(id)s AND organization_id = %(there)s"
            " RETURNING 1",
            id=boss.person.actor.user_id,
            there=library.organization_id,
        )
        with pytest.raises(Outranked):
            await boss.disable(last.actor.user_id)


class TestSeveralOrganizations:
    @pytest.fixture
    async def library(self, site: Site) -> Site:
        return await make_site(site.database, name="Library")

    @pytest.fixture
    async def both(self, site: Site, library: Site) -> tuple[Registrar, Registrar]:
        """One person who runs two organizations, in each of them."""
        person = await site.add_person(SUPER)
        there = await join_by_hand(library, person, SUPER)
        return Registrar(site=site, person=person), Registrar(site=library, person=there)

    async def test_an_admin_of_one_cannot_get_hold_of_an_account_of_two(
        self, site: Site, library: Site, admin: Registrar
    ) -> None:
        """A reset password would open the other organization too."""
        person = await site.add_person()
        await join_by_hand(library, person, SUPER)
        for act in (Registrar.reset_password, Registrar.disable, Registrar.sign_out):
            with pytest.raises(Outranked):
                await act(admin, person.actor.user_id)
        with pytest.raises(Outranked):
            await admin.edit(person.actor.user_id, email="mine@example.org")
        with pytest.raises(Outranked):
            await admin.edit(person.actor.user_id, granted=[Permission.ANALYTICS_READ])
        await admin.edit(person.actor.user_id, role=ADMIN)

    async def test_who_runs_both_is_heard_in_both(
        self, site: Site, library: Site, both: tuple[Registrar, Registrar]
    ) -> None:
        here, _ = both
        person = await site.add_person()
        at_library = await join_by_hand(library, person, STAFF)
        desk = await _desk_of(library, at_library)
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await here.disable(person.actor.user_id)
        event = await newest_event(library)
        assert event.person is not None
        assert (event.person.id, event.person.is_active) == (person.actor.user_id, False)
        assert (await library.token(token.id)).status is TokenStatus.WAITING

    async def test_a_counter_that_was_left_open_is_swept(
        self, site: Site, library: Site, boss: Registrar
    ) -> None:
        """The server died before the other organization was told."""
        person = await site.add_person()
        desk = await _desk_of(library, await join_by_hand(library, person, STAFF))
        token = (await desk.take()).token
        assert token is not None
        await desk.call_next()
        await rows(
            site,
            "UPDATE users SET is_active = false WHERE id = %(id)s RETURNING 1",
            id=person.actor.user_id,
        )
        assert library.organization_id in await cleaning.organizations_to_tend(site.database)
        await cleaning.tend(library.commands, library.organization_id)
        assert (await library.token(token.id)).status is TokenStatus.WAITING
        assert library.organization_id not in await cleaning.organizations_to_tend(site.database)

    async def test_somebody_of_another_joins_and_leaves(
        self, site: Site, library: Site, both: tuple[Registrar, Registrar]
    ) -> None:
        here, there = both
        person = await site.add_person()
        joined = await there.join(person.username, ADMIN)
        assert joined.user is not None
        assert (joined.user.id, joined.user.role) == (person.actor.user_id, ADMIN)
        with pytest.raises(InvalidField):
            await there.join(person.username)
        await here.leave(person.actor.user_id)
        row = await user_row(site, person.actor.user_id)
        assert row["organization_id"] == library.organization_id
        event = await newest_event(site)
        assert event.person is not None
        assert not event.person.is_member
        with pytest.raises(InUse):
            await there.leave(person.actor.user_id)

    async def test_nobody_fetches_who_they_do_not_run(
        self, site: Site, library: Site, boss: Registrar
    ) -> None:
        stranger = await library.add_person()
        with pytest.raises(NotFound):
            await boss.join(stranger.username)
        with pytest.raises(NotFound):
            await boss.join("nobody-at-all")

    async def test_two_switch_each_others_people_off_and_nobody_waits_for_ever(
        self, site: Site, library: Site, both: tuple[Registrar, Registrar]
    ) -> None:
        here, there = both
        people = [await site.add_person() for _ in range(6)]
        for person in people:
            await join_by_hand(library, person, STAFF)
        async with asyncio.timeout(20):
            await asyncio.gather(
                *(
                    (here if index % 2 else there).disable(person.actor.user_id)
                    for index, person in enumerate(people)
                )
            )


async def _desk_of(site: Site, person: TestPerson):  # type: ignore[no-untyped-def]
    from tests.site import Desk

    desk = Desk(site=site, person=person, counter_id=site.counter_ids[0])
    await desk.open()
    return desk
