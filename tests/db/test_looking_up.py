"""Tokens of today and of the past: page by page, and each with its story."""

from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from server.domain.errors import InvalidField, NotFound
from server.usecases import cleaning, looking_up
from server.usecases.looking_up import Wanted
from shared.ids import TokenId, TokenStatus, TypeKey, UserRole
from shared.tokens import LiveToken, TokenDetails, TokenPage
from tests.db.truths import everything
from tests.site import Desk, Site, make_site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SOME_ID = b"9d0c1f52-6a4e-4b8f-9a57-2f1f0c6e7d11"


async def page(
    site: Site, *, cursor: str | None = None, limit: int = 100, day: date | None = None, **wanted: object
) -> TokenPage:
    asked = Wanted(day=day or NOON.date(), **wanted)  # type: ignore[arg-type]  # names of fields
    return await looking_up.list_tokens(
        site.database, site.visitors, site.organization_id, asked, cursor=cursor, limit=limit
    )


async def details(site: Site, token_id: TokenId) -> TokenDetails:
    return await looking_up.token_details(site.database, site.visitors, site.organization_id, token_id)


def numbers(found: TokenPage | list[LiveToken]) -> list[str]:
    items = found.items if isinstance(found, TokenPage) else found
    return [token.number for token in items]


class TestListTokens:
    async def prepared(self, site: Site) -> Desk:
        """Five tokens, two of them of the same moment."""
        site.stop_clock(NOON)
        desk = await site.person_at(0)
        for kind in ("instant", "retail", "instant", "instant", "retail"):
            await desk.take(kind)
            if kind == "instant":
                site.pass_time(seconds=1)
        return desk

    async def test_are_the_days_newest_first(self, watched: Site) -> None:
        await self.prepared(watched)
        watched.pass_time(days=1)
        await watched.take(await watched.add_person())
        found = await page(watched)
        moments = [token.created_at for token in found.items]
        assert moments == sorted(moments, reverse=True)
        assert sorted(numbers(found)) == ["A001", "A002", "A003", "R001", "R002"]
        assert numbers(await page(watched, day=NOON.date() + timedelta(days=1))) == ["A004"]
        assert found.next_cursor is None

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
    async def test_page_by_page_each_comes_once_and_in_the_same_order(
        self, watched: Site, limit: int
    ) -> None:
        await self.prepared(watched)
        whole = await page(watched)
        found: list[LiveToken] = []
        cursor = None
        for _ in range(6):
            part = await page(watched, cursor=cursor, limit=limit)
            assert 0 < len(part.items) <= limit
            found += part.items
            cursor = part.next_cursor
            if cursor is None:
                break
        assert tuple(found) == whole.items

    async def test_newcomers_between_two_pages_shift_nothing(self, watched: Site) -> None:
        desk = await self.prepared(watched)
        first = await page(watched, limit=2)
        await desk.take()
        second = await page(watched, cursor=first.next_cursor, limit=10)
        assert len({*numbers(first), *numbers(second)}) == 5

    async def test_can_be_narrowed_by_state_type_and_beginning_of_number(self, watched: Site) -> None:
        desk = await self.prepared(watched)
        called = (await desk.call_next()).token
        assert numbers(await page(watched, statuses=(TokenStatus.CALLED,))) == [called.number]
        both = await page(watched, statuses=(TokenStatus.CALLED, TokenStatus.WAITING))
        assert len(both.items) == 5
        assert sorted(numbers(await page(watched, customer_type=TypeKey("retail")))) == ["R001", "R002"]
        assert sorted(numbers(await page(watched, number="a00"))) == ["A001", "A002", "A003"]
        assert numbers(await page(watched, number="R002")) == ["R002"]
        assert numbers(await page(watched, number="%")) == []
        assert numbers(await page(watched, number="_001")) == []

    async def test_are_those_of_today_where_no_day_is_named(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        found = await looking_up.list_tokens(
            watched.database, watched.visitors, watched.organization_id, Wanted(), cursor=None, limit=5
        )
        assert numbers(found) == ["A001"]

    async def test_of_another_organization_are_never_among_them(self, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        other.stop_clock(NOON)
        await (await other.person_at(0)).take()
        assert numbers(await page(site)) == []

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "ümlaut",
            "AAAA",
            urlsafe_b64encode(b"2026-03-10T12:00:00+00:00").decode(),
            urlsafe_b64encode(b"2026-03-10T12:00:00 " + SOME_ID).decode(),
            urlsafe_b64encode(b"2026-03-10T12:00:00+00:00 no-uuid").decode(),
            urlsafe_b64encode(b"0001-01-01T00:00:00+23:59 " + SOME_ID).decode(),
            urlsafe_b64encode(b"9999-12-31T23:59:59-23:59 " + SOME_ID).decode(),
            urlsafe_b64encode(b"\xff\xfe").decode(),
        ],
    )
    async def test_a_cursor_that_is_none_is_refused(self, site: Site, cursor: str) -> None:
        with pytest.raises(InvalidField) as refused:
            await page(site, cursor=cursor)
        assert refused.value.facts == {"field": "cursor"}

    async def test_a_cursor_with_an_odd_zone_is_one(self, watched: Site) -> None:
        await self.prepared(watched)
        moment = b"2026-03-12T12:00:00+23:59 " + str(uuid4()).encode()
        found = await page(watched, cursor=urlsafe_b64encode(moment).decode())
        assert len(found.items) == 5

    @pytest.mark.parametrize("text", ["\x00", "A\x00", "\n"])
    async def test_a_text_that_no_number_can_have_is_refused(self, site: Site, text: str) -> None:
        """PostgreSQL would refuse NUL, as an error of ours."""
        for field in ("number", "customer_type"):
            with pytest.raises(InvalidField) as refused:
                await page(site, **{field: text})
            assert refused.value.facts == {"field": field}


class TestTokenDetails:
    async def test_tell_every_visit_and_every_deed_oldest_first(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = (await desk.take()).token.id
        for step in (
            lambda: desk.call(token_id),
            lambda: desk.recall(token_id),
            lambda: desk.start(token_id),
            lambda: desk.transfer(token_id, customer_type="retail"),
            lambda: other.call(token_id),
            other.undo,
            lambda: other.call(token_id),
            lambda: other.park(token_id, wake_at=watched.now + timedelta(seconds=30)),
        ):
            watched.pass_time(seconds=5)
            await step()
        watched.pass_time(minutes=1)
        await cleaning.wake_parked(watched.commands, watched.organization_id)
        watched.pass_time(seconds=5)
        await desk.cancel(token_id)
        found = await details(watched, token_id)
        assert found.token.status is TokenStatus.CANCELLED
        assert [
            (visit.counter_id, visit.customer_type, visit.outcome, visit.recall_count)
            for visit in found.visits
        ] == [
            (desk.counter_id, "instant", "transferred", 1),
            (other.counter_id, "retail", "parked", 0),
        ]
        here, there = desk.person.actor.user_id, other.person.actor.user_id
        assert [(deed.action, deed.user_id) for deed in found.deeds] == [
            ("create_token", here),
            ("call", here),
            ("recall", here),
            ("start", here),
            ("transfer", here),
            ("call", there),
            ("undo", there),
            ("call", there),
            ("park", there),
            ("wake_parked", None),
            ("cancel", here),
        ]

    async def test_tell_who_closed_the_day(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk, admin = await watched.person_at(0), await watched.add_person(UserRole.ADMIN)
        token_id = (await desk.take()).token.id
        watched.pass_time(seconds=1)
        await watched.close_day(admin)
        found = await details(watched, token_id)
        assert [(deed.action, deed.user_id) for deed in found.deeds][-1] == ("close_day", admin.actor.user_id)

    async def test_tell_that_the_day_ended_by_itself(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        watched.pass_time(days=2)
        await cleaning.end_days(watched.commands, watched.organization_id)
        found = await details(watched, token_id)
        assert [(deed.action, deed.user_id) for deed in found.deeds][-1] == ("end_day", None)

    async def test_tell_nothing_of_others_with_the_same_number(self, watched: Site) -> None:
        """Each day has its A001."""
        watched.stop_clock(NOON)
        admin = await watched.add_person(UserRole.ADMIN)
        first = (await watched.take(admin)).token.id
        watched.pass_time(seconds=1)
        await watched.cancel_waiting(admin, "instant")
        watched.pass_time(days=1)
        second = (await watched.take(admin)).token.id
        watched.pass_time(seconds=1)
        await watched.cancel_waiting(admin, "instant")
        for token_id in (first, second):
            assert [deed.action for deed in (await details(watched, token_id)).deeds] == [
                "create_token",
                "cancel_waiting",
            ]

    async def test_of_an_open_visit_have_no_end_yet(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        [visit] = (await details(watched, token_id)).visits
        assert (visit.ended_at, visit.outcome) == (None, None)

    async def test_of_a_token_that_is_elsewhere_or_nowhere_are_not_found(self, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        theirs = (await (await other.person_at(0)).take()).token.id
        for token_id in (theirs, TokenId(uuid4())):
            with pytest.raises(NotFound):
                await details(site, token_id)

    async def test_looking_changes_nothing(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor={"name": "Ana"})).token.id
        before = await everything(watched.database)
        await details(watched, token_id)
        await page(watched)
        assert await everything(watched.database) == before
