"""Numbers and days around the turn of the day: jumping clocks, a year's end, tokens kept overnight."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.errors import QueueFull
from server.store.engine import Database
from shared.ids import TokenStatus
from shared.tokens import LiveToken
from tests.site import Desk, Site, make_site

MADRID = ZoneInfo("Europe/Madrid")
# Whose partitions there are, whenever this runs.
THIS_YEAR, NEXT_YEAR = datetime.now(UTC).year, datetime.now(UTC).year + 1


def madrid(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=MADRID)


async def new_token(desk: Desk) -> LiveToken:
    """Take a token that stays."""
    token = (await desk.take()).token
    assert token is not None
    return token


async def take(desk: Desk) -> str:
    """Take a token that stays; gives its number."""
    return (await new_token(desk)).number


async def take_and_leave(desk: Desk) -> str:
    """Take a token that is live no more at once, so that its number is free on another day."""
    token = await new_token(desk)
    await desk.cancel(token.id)
    return token.number


async def days_of(site: Site) -> list[tuple[date, str, str]]:
    """Service day, number and partition of each token of a site, in the order they were taken."""
    async with site.database.unit_of_work() as tx:
        rows = await tx.all(
            "SELECT service_day, number, tableoid::regclass::text AS partition FROM tokens"
            " WHERE organization_id = %(id)s ORDER BY created_at, number",
            {"id": site.organization_id},
        )
    return [(row["service_day"], row["number"], row["partition"]) for row in rows]


class TestTurnOfTheDay:
    async def test_at_midnight(self, site: Site) -> None:
        desk = await site.person_at(0)
        for moment in ("2026-03-10 23:59:58", "2026-03-10 23:59:59.999999", "2026-03-11 00:00:00"):
            site.stop_clock(madrid(moment))
            await take_and_leave(desk)
        assert [found[:2] for found in await days_of(site)] == [
            (date(2026, 3, 10), "A001"),
            (date(2026, 3, 10), "A002"),
            (date(2026, 3, 11), "A001"),
        ]

    async def test_at_the_reset_time(self, site: Site) -> None:
        await site.configure(reset_time="04:00")
        desk = await site.person_at(0)
        for moment in ("2026-03-10 23:30", "2026-03-11 03:59:59", "2026-03-11 04:00"):
            site.stop_clock(madrid(moment))
            await take_and_leave(desk)
        assert [found[:2] for found in await days_of(site)] == [
            (date(2026, 3, 10), "A001"),
            (date(2026, 3, 10), "A002"),
            (date(2026, 3, 11), "A001"),
        ]

    async def test_is_each_organizations_own(self, site: Site, database: Database) -> None:
        other = await make_site(database, name="New York")
        await other.configure(time_zone="America/New_York")
        moment = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)
        for each in (site, other):
            each.stop_clock(moment)
            await take(await each.person_at(0))
        [madrids], [new_yorks] = await days_of(site), await days_of(other)
        assert (madrids[:2], new_yorks[:2]) == ((date(2026, 3, 11), "A001"), (date(2026, 3, 10), "A001"))

    @pytest.mark.parametrize(
        ("zone", "reset_time", "turn", "days"),
        [
            ("Europe/Madrid", "02:30", "2026-03-29T01:30Z", (date(2026, 3, 28), date(2026, 3, 29))),
            ("Europe/Madrid", "02:30", "2026-10-25T00:30Z", (date(2026, 10, 24), date(2026, 10, 25))),
            ("America/New_York", "02:30", "2026-03-08T07:30Z", (date(2026, 3, 7), date(2026, 3, 8))),
            ("America/New_York", "01:30", "2026-11-01T05:30Z", (date(2026, 10, 31), date(2026, 11, 1))),
            ("Australia/Lord_Howe", "02:15", "2026-10-03T15:45Z", (date(2026, 10, 3), date(2026, 10, 4))),
            ("Australia/Lord_Howe", "01:45", "2026-04-04T14:45Z", (date(2026, 4, 4), date(2026, 4, 5))),
            ("Africa/Cairo", "00:00", "2026-04-23T22:00Z", (date(2026, 4, 23), date(2026, 4, 24))),
            ("Pacific/Apia", "04:00", "2011-12-30T14:00Z", (date(2011, 12, 29), date(2011, 12, 31))),
        ],
    )
    async def test_comes_once_on_the_nights_when_the_clock_jumps(
        self, zone: str, reset_time: str, turn: str, days: tuple[date, date], site: Site
    ) -> None:
        await site.configure(time_zone=zone, reset_time=reset_time)
        desk = await site.person_at(0)
        turns_at = datetime.fromisoformat(turn)
        site.stop_clock(turns_at - timedelta(hours=2))
        for _ in range(16):
            await take_and_leave(desk)
            site.pass_time(minutes=15)
        before = [(days[0], f"A{number:03}") for number in range(1, 9)]
        after = [(days[1], f"A{number:03}") for number in range(1, 9)]
        assert [found[:2] for found in await days_of(site)] == before + after

    async def test_comes_once_for_many_callers(self, site: Site) -> None:
        desks = [await site.person_at(index) for index in range(6)]
        site.stop_clock(madrid("2026-03-10 23:59"))
        await asyncio.gather(*(take_and_leave(desk) for desk in desks * 2))
        site.stop_clock(madrid("2026-03-11 00:00"))
        given = await asyncio.gather(*(take_and_leave(desk) for desk in desks * 2))
        assert sorted(given) == [f"A{number:03}" for number in range(1, 13)]

    async def test_a_clock_that_is_set_back_gives_no_number_twice(self, site: Site) -> None:
        desk = await site.person_at(0)
        yesterday, today = madrid("2026-03-10 23:59:59"), madrid("2026-03-11 00:00:01")
        for moment in (yesterday, yesterday, today, yesterday, today):
            site.stop_clock(moment)
            await take_and_leave(desk)
        assert sorted(found[:2] for found in await days_of(site)) == [
            (date(2026, 3, 10), "A001"),
            (date(2026, 3, 10), "A002"),
            (date(2026, 3, 10), "A003"),
            (date(2026, 3, 11), "A001"),
            (date(2026, 3, 11), "A002"),
        ]


class TestEndOfTheYear:
    async def test_at_midnight_is_the_end_of_its_partition(self, site: Site) -> None:
        desk = await site.person_at(0)
        for moment in (f"{THIS_YEAR}-12-31 23:59:59", f"{NEXT_YEAR}-01-01 00:00:00"):
            site.stop_clock(madrid(moment))
            await take_and_leave(desk)
        assert await days_of(site) == [
            (date(THIS_YEAR, 12, 31), "A001", f"tokens_y{THIS_YEAR}"),
            (date(NEXT_YEAR, 1, 1), "A001", f"tokens_y{NEXT_YEAR}"),
        ]

    async def test_a_night_that_goes_on_belongs_to_the_old_year(self, site: Site) -> None:
        await site.configure(reset_time="04:00")
        desk = await site.person_at(0)
        for moment in ("01-01 00:00:00", "01-01 02:00:00", "01-01 03:59:59", "01-01 04:00:00"):
            site.stop_clock(madrid(f"{NEXT_YEAR}-{moment}"))
            await take_and_leave(desk)
        old = (date(THIS_YEAR, 12, 31), f"tokens_y{THIS_YEAR}")
        assert await days_of(site) == [
            (old[0], "A001", old[1]),
            (old[0], "A002", old[1]),
            (old[0], "A003", old[1]),
            (date(NEXT_YEAR, 1, 1), "A001", f"tokens_y{NEXT_YEAR}"),
        ]

    async def test_a_token_that_was_kept_is_served_where_it_lies(self, site: Site) -> None:
        await site.configure(keeps_overnight=True)
        desk = await site.person_at(0)
        site.stop_clock(madrid(f"{THIS_YEAR}-12-31 18:00"))
        kept = await new_token(desk)
        site.stop_clock(madrid(f"{NEXT_YEAR}-01-01 09:00"))
        assert await take(desk) == "A002"
        called = (await desk.call_next()).token
        assert called is not None
        assert called.id == kept.id
        await desk.finish()
        assert (await site.token(kept.id)).status is TokenStatus.COMPLETED
        [first, second] = await days_of(site)
        assert first == (date(THIS_YEAR, 12, 31), "A001", f"tokens_y{THIS_YEAR}")
        assert second == (date(NEXT_YEAR, 1, 1), "A002", f"tokens_y{NEXT_YEAR}")

    async def test_a_series_that_runs_on_does_not_see_it(self, site: Site) -> None:
        await site.configure_queue(reset_daily=False)
        desk = await site.person_at(0)
        for moment in (f"{THIS_YEAR}-12-31 23:00", f"{NEXT_YEAR}-01-01 01:00", f"{NEXT_YEAR}-01-02 09:00"):
            site.stop_clock(madrid(moment))
            await take_and_leave(desk)
        assert [number for _, number, _ in await days_of(site)] == ["A001", "A002", "A003"]


class TestNumbersKeptOvernight:
    async def test_are_skipped_in_whatever_state_their_token_is(self, site: Site) -> None:
        first, second = await site.person_at(0), await site.person_at(1)
        site.stop_clock(madrid("2026-03-10 18:00"))
        _, called, serving, parked, ended = [await new_token(first) for _ in range(5)]
        await second.call(parked.id)
        await second.park(parked.id)
        await second.call(serving.id)
        await second.start(serving.id)
        await first.call(called.id)
        await first.cancel(ended.id)
        site.stop_clock(madrid("2026-03-11 09:00"))
        assert [await take(first), await take(first)] == ["A005", "A006"]

    async def test_are_not_given_on_the_day_that_their_token_ends(self, site: Site) -> None:
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 18:00"))
        kept = await new_token(desk)
        site.stop_clock(madrid("2026-03-11 09:00"))
        assert await take_and_leave(desk) == "A002"
        await desk.cancel(kept.id)
        assert await take_and_leave(desk) == "A003"
        site.pass_time(days=1)
        assert await take(desk) == "A001"

    async def test_count_as_taken_where_the_day_is_full(self, site: Site) -> None:
        await site.configure_queue(max_number=2)
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 18:00"))
        await take(desk)
        site.pass_time(days=1)
        assert await take(desk) == "A002"
        with pytest.raises(QueueFull):
            await take(desk)


class TestEndOfTheSeries:
    async def test_of_a_day_is_full_until_the_next_or_until_it_is_raised(self, site: Site) -> None:
        await site.configure_queue(max_number=2)
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 09:00"))
        assert [await take_and_leave(desk) for _ in range(2)] == ["A001", "A002"]
        with pytest.raises(QueueFull):
            await take(desk)
        await site.configure_queue(max_number=3)
        assert await take_and_leave(desk) == "A003"
        with pytest.raises(QueueFull):
            await take(desk)
        site.stop_clock(madrid("2026-03-11 00:00"))
        assert await take(desk) == "A001"

    async def test_of_one_that_runs_on_wraps_over_the_days(self, site: Site) -> None:
        await site.configure_queue(max_number=3, reset_daily=False)
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 09:00"))
        given = []
        for _ in range(4):
            given += [await take_and_leave(desk), await take_and_leave(desk)]
            site.pass_time(days=1)
        assert given == ["A001", "A002", "A003", "A001", "A002", "A003", "A001", "A002"]

    async def test_of_one_that_runs_on_skips_what_is_live_and_what_was_given_today(self, site: Site) -> None:
        await site.configure_queue(max_number=3, reset_daily=False)
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 09:00"))
        await take_and_leave(desk)
        kept = await new_token(desk)
        site.pass_time(days=1)
        assert [await take_and_leave(desk) for _ in range(2)] == ["A003", "A001"]
        with pytest.raises(QueueFull):
            await take(desk)
        await desk.cancel(kept.id)
        assert await take_and_leave(desk) == "A002"

    async def test_of_one_that_runs_on_finds_the_one_free_number_among_many(self, site: Site) -> None:
        # More than are looked up at once.
        await site.configure_queue(max_number=40, reset_daily=False)
        desk = await site.person_at(0)
        site.stop_clock(madrid("2026-03-10 09:00"))
        waiting = [await new_token(desk) for _ in range(40)]
        await desk.cancel(waiting[37].id)
        with pytest.raises(QueueFull):
            await take(desk)
        site.pass_time(days=1)
        assert await take(desk) == "A038"
