"""Announcements: written, edited, switched off, over by themselves; seen by whom they are for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.domain.errors import EditedMeanwhile, Forbidden, NotFound
from server.usecases import announcing
from shared.announcements import Announcement, AnnouncementKind, AnnouncementSettings, Reader, Urgency
from shared.commands import Configured
from shared.ids import AnnouncementId, Audience, UserRole
from tests.db.test_live_state import follow, same, snapshot_of
from tests.site import Site, TestPerson, make_site

HELLO = AnnouncementSettings(texts={"en": "Counter 2 is back", "es": "El mostrador 2 ha vuelto"})
FOR_STAFF = HELLO.model_copy(update={"readers": (Reader.STAFF,), "texts": {"en": "Close at noon"}})


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


def of(answer: Configured) -> Announcement:
    assert answer.announcement is not None
    return answer.announcement


async def announce(site: Site, admin: TestPerson, settings: AnnouncementSettings = HELLO) -> Announcement:
    return of(await announcing.announce(site.commands, site.by(admin), settings))


async def edit(
    site: Site, admin: TestPerson, before: Announcement, *, made_from: int | None = None, **changes: object
) -> Announcement:
    body = before.settings.model_copy(update=changes)
    version = before.version if made_from is None else made_from
    return of(
        await announcing.configure_announcement(
            site.commands, site.by(admin), before.id, body, made_from=version
        )
    )


class TestAnnounce:
    async def test_everyone_sees_it_at_once_and_who_comes_later_too(
        self, site: Site, admin: TestPerson
    ) -> None:
        before = {audience: await snapshot_of(site, audience) for audience in Audience}
        written = await announce(site, admin)
        for audience in Audience:
            after = await snapshot_of(site, audience)
            assert after.announcements == (written,)
            assert same(await follow(site, before[audience]), after)

    async def test_a_display_never_gets_what_is_for_staff(self, site: Site, admin: TestPerson) -> None:
        before = await snapshot_of(site, Audience.DISPLAY)
        await announce(site, admin, FOR_STAFF)
        after = await snapshot_of(site, Audience.DISPLAY)
        assert after.announcements == ()
        state = await follow(site, before)
        assert same(state, after)
        assert "noon" not in str(state.announcements)
        assert len((await snapshot_of(site, Audience.STAFF)).announcements) == 1

    async def test_one_that_was_for_visitors_leaves_the_displays(self, site: Site, admin: TestPerson) -> None:
        written = await announce(site, admin)
        before = await snapshot_of(site, Audience.DISPLAY)
        await edit(site, admin, written, readers=(Reader.STAFF,))
        state = await follow(site, before)
        assert not state.announcements
        assert same(state, await snapshot_of(site, Audience.DISPLAY))

    async def test_the_most_urgent_comes_first(self, site: Site, admin: TestPerson) -> None:
        before = await snapshot_of(site, Audience.STAFF)
        await announce(site, admin)
        urgent = await announce(site, admin, HELLO.model_copy(update={"priority": Urgency.URGENT}))
        maintenance = await announce(
            site, admin, HELLO.model_copy(update={"kind": AnnouncementKind.MAINTENANCE})
        )
        after = await snapshot_of(site, Audience.STAFF)
        assert after.announcements[0] == urgent
        assert after.announcements[-1] == maintenance
        assert same(await follow(site, before), after)

    async def test_staff_may_not(self, site: Site) -> None:
        with pytest.raises(Forbidden):
            await announce(site, await site.add_person())


class TestEdit:
    async def test_switching_off_takes_it_from_all_screens_and_keeps_it_in_the_list(
        self, site: Site, admin: TestPerson
    ) -> None:
        written = await announce(site, admin)
        off = await edit(site, admin, written, is_active=False)
        assert off.version == written.version + 1
        assert (await snapshot_of(site, Audience.STAFF)).announcements == ()
        assert await announcing.list_announcements(site.database, site.organization_id) == [off]

    async def test_two_admins_do_not_overwrite_each_other(self, site: Site, admin: TestPerson) -> None:
        written = await announce(site, admin)
        first = await edit(site, admin, written, texts={"en": "Mine"})
        with pytest.raises(EditedMeanwhile):
            await edit(site, admin, written, texts={"en": "Theirs"})
        assert (await snapshot_of(site, Audience.STAFF)).announcements == (first,)

    async def test_another_organizations_is_not_found(self, site: Site, admin: TestPerson) -> None:
        written = await announce(site, admin)
        other = await make_site(site.database, name="Library")
        stranger = await other.add_person(UserRole.SUPER_ADMIN)
        with pytest.raises(NotFound):
            await announcing.configure_announcement(
                other.commands, other.by(stranger), AnnouncementId(written.id), HELLO, made_from=0
            )

    async def test_the_audit_tells_what_it_was_and_is(self, site: Site, admin: TestPerson) -> None:
        written = await announce(site, admin)
        await edit(site, admin, written, priority=Urgency.IMPORTANT)
        async with site.database.unit_of_work() as tx:
            [row] = await tx.all("SELECT * FROM system_logs WHERE action = 'configure_announcement'")
        assert row["entity_id"] == written.id
        assert (row["details"]["before"], row["details"]["after"]) == ({"priority": 0}, {"priority": 1})


class TestEnd:
    async def test_what_is_over_is_switched_off_by_itself_and_the_rest_is_not(
        self, site: Site, admin: TestPerson
    ) -> None:
        now = datetime.now(UTC)
        over = HELLO.model_copy(update={"until_at": now - timedelta(minutes=1)})
        lasting = HELLO.model_copy(update={"until_at": now + timedelta(hours=1)})
        await announce(site, admin, over)
        stays = await announce(site, admin, lasting)
        before = await snapshot_of(site, Audience.DISPLAY)
        assert await announcing.organizations_with_ended(site.database) == [site.organization_id]
        assert await announcing.switch_off_ended(site.commands, site.organization_id) == 1
        after = await snapshot_of(site, Audience.DISPLAY)
        assert after.announcements == (stays,)
        assert same(await follow(site, before), after)
        assert await announcing.switch_off_ended(site.commands, site.organization_id) == 0
        assert await announcing.organizations_with_ended(site.database) == []

    @pytest.mark.parametrize(
        ("from_min", "until_min", "current"),
        [
            (None, None, True),
            (-5, 5, True),
            (5, None, False),
            (None, -5, False),
            (0, None, True),
            (None, 0, False),
        ],
    )
    def test_is_current_within_its_span(
        self, from_min: int | None, until_min: int | None, current: bool
    ) -> None:
        now = datetime.now(UTC)
        settings = HELLO.model_copy(
            update={
                "from_at": None if from_min is None else now + timedelta(minutes=from_min),
                "until_at": None if until_min is None else now + timedelta(minutes=until_min),
            }
        )
        assert (
            Announcement(id=AnnouncementId(uuid4()), version=0, settings=settings).is_current(now) is current
        )
