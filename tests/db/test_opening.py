"""When tokens may be taken: opening hours, holidays, day limits; and who overrides them."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.errors import Closed, DayLimitReached
from shared.ids import TokenStatus
from tests.db.truths import everything, one, rows
from tests.site import Desk, Site

# A Tuesday; Madrid is an hour ahead of UTC until the end of March.
TUESDAY = datetime(2026, 3, 10, tzinfo=UTC)
WEEKDAY = {"opens": "09:00", "closes": "14:00"}
WEEK = {day: [WEEKDAY] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A moment by Madrid's clock, from that Tuesday on."""
    return TUESDAY + timedelta(days=days, hours=hour - 1, minutes=minute)


async def is_taken(desk: Desk, customer_type: str = "instant") -> bool:
    try:
        await desk.take(customer_type)
    except Closed:
        return False
    return True


class TestOpeningHours:
    async def test_without_any_a_token_is_taken_at_any_hour(self, watched: Site) -> None:
        watched.stop_clock(at(3))
        assert await is_taken(await watched.person_at(0))

    async def test_of_the_organization_hold_for_every_type(self, watched: Site) -> None:
        await watched.configure(opening_hours=WEEK)
        watched.stop_clock(at(8, 59))
        desk = await watched.person_at(0)
        moments = {at(8, 59): False, at(9): True, at(13, 59): True, at(14): False, at(10, days=4): False}
        for moment, taken in moments.items():
            watched.now = moment
            for kind in ("instant", "retail"):
                assert await is_taken(desk, kind) is taken, (moment, kind)

    async def test_of_a_type_take_the_place_of_the_organizations(self, watched: Site) -> None:
        await watched.configure(opening_hours=WEEK)
        await watched.configure_queue(
            "retail", opening_hours={"tuesday": [{"opens": "16:00", "closes": "18:00"}]}
        )
        watched.stop_clock(at(10))
        desk = await watched.person_at(0)
        assert (await is_taken(desk), await is_taken(desk, "retail")) == (True, False)
        watched.now = at(17)
        assert (await is_taken(desk), await is_taken(desk, "retail")) == (False, True)

    async def test_a_refusal_changes_nothing_and_says_when_it_opens_by_the_sites_clock(
        self, watched: Site
    ) -> None:
        await watched.configure(opening_hours=WEEK, holidays=[{"day": "2026-03-11", "name": "Patron saint"}])
        watched.stop_clock(at(15))
        desk = await watched.person_at(0)
        before = await everything(watched.database)
        with pytest.raises(Closed) as refused:
            await desk.take(visitor={"name": "Ana"})
        assert refused.value.facts == {
            "customer_type": "Quick service",
            "next_opening": "2026-03-12T09:00:00+01:00",
        }
        assert "Thursday 12 March at 09:00" in refused.value.sentence
        assert await everything(watched.database) == before

    async def test_of_a_type_that_never_opens_say_so(self, watched: Site) -> None:
        await watched.configure(opening_hours={})
        watched.stop_clock(at(10))
        desk = await watched.person_at(0)
        with pytest.raises(Closed) as refused:
            await desk.take()
        assert refused.value.facts["next_opening"] is None

    async def test_a_night_shift_goes_on_after_midnight(self, watched: Site) -> None:
        await watched.configure(opening_hours={"tuesday": [{"opens": "22:00", "closes": "06:00"}]})
        watched.stop_clock(at(21))
        desk = await watched.person_at(0)
        for moment, taken in {at(21): False, at(23): True, at(5, days=1): True, at(6, days=1): False}.items():
            watched.now = moment
            assert await is_taken(desk) is taken, moment

    async def test_who_waits_already_is_called_after_closing(self, watched: Site) -> None:
        await watched.configure(opening_hours=WEEK)
        watched.stop_clock(at(13, 59))
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        watched.now = at(14, 30)
        assert (await desk.call_next()).token.id == token_id
        await desk.transfer(token_id, customer_type="retail")
        assert (await desk.call_next()).token.id == token_id

    async def test_an_override_is_taken_and_audited_and_an_ordinary_one_is_not_called_so(
        self, watched: Site
    ) -> None:
        await watched.configure(opening_hours=WEEK)
        watched.stop_clock(at(10))
        desk = await watched.person_at(0)
        await desk.take()
        watched.now = at(20)
        assert (await desk.take(override=True)).token.status is TokenStatus.WAITING
        audit = await rows(
            watched.database,
            "SELECT details->'overridden' AS overridden FROM system_logs WHERE action = 'create_token'"
            " ORDER BY created_at",
        )
        assert [row["overridden"] for row in audit] == [False, True]

    async def test_an_edit_holds_from_the_next_token_on(self, watched: Site) -> None:
        watched.stop_clock(at(20))
        desk = await watched.person_at(0)
        assert await is_taken(desk)
        await watched.configure(opening_hours=WEEK)
        assert not await is_taken(desk)
        await watched.configure(opening_hours=None)
        assert await is_taken(desk)


class TestDayLimit:
    async def test_is_that_of_its_type_and_day(self, watched: Site) -> None:
        await watched.configure_queue(day_limit=2)
        watched.stop_clock(at(10))
        desk = await watched.person_at(0)
        await desk.take()
        await desk.take()
        before = await everything(watched.database)
        with pytest.raises(DayLimitReached) as refused:
            await desk.take()
        assert refused.value.facts == {"customer_type": "Quick service", "limit": 2}
        assert await everything(watched.database) == before
        await desk.take("retail")
        watched.now = at(0, days=1) - timedelta(microseconds=1)
        with pytest.raises(DayLimitReached):
            await desk.take()
        watched.now = at(0, days=1)
        await desk.take()
        kept = await one(
            watched.database,
            "SELECT taken_day, taken_count FROM queue_configurations WHERE customer_type = 'instant'",
        )
        assert kept == {"taken_day": at(12, days=1).date(), "taken_count": 1}

    async def test_does_not_count_what_was_taken_by_a_slip(self, watched: Site) -> None:
        await watched.configure_queue(day_limit=1)
        desk = await watched.person_at(0)
        token = (await desk.take()).token
        await desk.undo_on(token.id)
        await desk.take()
        with pytest.raises(DayLimitReached):
            await desk.take()

    async def test_counts_those_that_ended_too(self, watched: Site) -> None:
        await watched.configure_queue(day_limit=1)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.cancel(token_id)
        with pytest.raises(DayLimitReached):
            await desk.take()

    async def test_an_override_goes_beyond_it(self, watched: Site) -> None:
        await watched.configure_queue(day_limit=0)
        desk = await watched.person_at(0)
        with pytest.raises(DayLimitReached):
            await desk.take()
        await desk.take(override=True)

    async def test_a_transfer_is_no_token_taken(self, watched: Site) -> None:
        await watched.configure_queue("retail", day_limit=0)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.transfer(token_id, customer_type="retail")

    async def test_raised_or_lifted_holds_at_once(self, watched: Site) -> None:
        await watched.configure_queue(day_limit=1)
        desk = await watched.person_at(0)
        await desk.take()
        await watched.configure_queue(day_limit=2)
        await desk.take()
        with pytest.raises(DayLimitReached):
            await desk.take()
        await watched.configure_queue(day_limit=None)
        await desk.take()
