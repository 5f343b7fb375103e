"""Many at once: no token twice, no number twice, no counter with two, no event out of order."""

import asyncio
from collections import Counter as Tally
from uuid import uuid4

from server.domain.errors import CounterBusy, NobodyWaiting, TokenNotInState
from server.store import counters as counter_store
from server.store import journal
from server.store.engine import Database
from server.usecases import tokens
from shared.commands import Answer, CreateToken
from shared.ids import CounterId
from tests.site import Desk, Site, make_site

CALLERS = 32
TOKENS = 500


async def site_with(database: Database, counters: int) -> tuple[Site, list[Desk]]:
    site = await make_site(database, counters=counters)
    return site, [await site.person_at(index) for index in range(counters)]


async def fill(site: Site, desk: Desk, number: int) -> None:
    """Waiting tokens, written straight into the tables: the test is about calling them."""
    async with site.database.unit_of_work() as tx:
        await tx.execute(
            "INSERT INTO tokens (id, organization_id, service_day, number, customer_type, place_at,"
            " source, created_at) SELECT gen_random_uuid(), %(id)s, current_date,"
            " 'A' || lpad(n::text, 3, '0'), 'instant', now() - (1000 - n) * interval '1 second',"
            " 'staff', now() - (1000 - n) * interval '1 second' FROM generate_series(1, %(n)s) n",
            {"id": site.organization_id, "n": number},
        )
        await tx.execute(
            "INSERT INTO live_numbers SELECT organization_id, number, id FROM tokens WHERE"
            " organization_id = %(id)s",
            {"id": site.organization_id},
        )
        await tx.execute(
            "UPDATE queue_configurations SET waiting_count = %(n)s, current_number = %(n)s,"
            " series_day = current_date WHERE organization_id = %(id)s AND customer_type = 'instant'",
            {"id": site.organization_id, "n": number},
        )


async def serve_all(desk: Desk) -> list[Answer]:
    """Call, start and complete until nobody waits."""
    served = []
    while True:
        try:
            called = await desk.call_next()
        except NobodyWaiting:
            return served
        served.append(called)
        await desk.start(called.token.id)
        await desk.complete(called.token.id)


class TestCallNext:
    async def test_32_callers_get_500_distinct_tokens_in_order(self, database: Database) -> None:
        site, desks = await site_with(database, CALLERS)
        await fill(site, desks[0], TOKENS)
        served = await asyncio.gather(*(serve_all(desk) for desk in desks))
        calls = sorted((call for each in served for call in each), key=lambda call: call.revision)
        numbers = [call.token.number for call in calls]
        assert len(numbers) == len(set(numbers)) == TOKENS
        # One organization's commands are serial, so the order of calls is the order of arrival.
        assert numbers == sorted(numbers)
        async with database.unit_of_work() as tx:
            overlapping = await tx.all(
                "SELECT 1 FROM token_calls a JOIN token_calls b ON a.counter_id = b.counter_id"
                " AND a.id < b.id AND tstzrange(a.called_at, a.ended_at)"
                " && tstzrange(b.called_at, b.ended_at)"
            )
            left = await tx.all("SELECT 1 FROM active_calls UNION ALL SELECT 1 FROM live_numbers")
        assert overlapping == []
        assert left == []

    async def test_two_who_want_the_same_token_one_gets_it_the_other_the_next(self, site: Site) -> None:
        one, two = await site.person_at(0), await site.person_at(1)
        first, second = await one.take(), await one.take()
        called = await asyncio.gather(one.call_next(), two.call_next())
        assert {call.token.id for call in called} == {first.token.id, second.token.id}

    async def test_two_who_call_this_very_token(self, site: Site) -> None:
        one, two = await site.person_at(0), await site.person_at(1)
        token = (await one.take()).token
        results = await asyncio.gather(one.call(token.id), two.call(token.id), return_exceptions=True)
        assert Tally(type(result) for result in results) == {Answer: 1, TokenNotInState: 1}

    async def test_a_double_click_calls_one_visitor(self, site: Site) -> None:
        desk, key = await site.person_at(0), uuid4()
        await desk.take()
        await desk.take()
        answers = await asyncio.gather(*(desk.call_next(key) for _ in range(8)))
        assert len({answer.token.id for answer in answers}) == 1

    async def test_two_clicks_with_two_keys_call_one_visitor(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await desk.take()
        results = await asyncio.gather(desk.call_next(), desk.call_next(), return_exceptions=True)
        assert Tally(type(result) for result in results) == {Answer: 1, CounterBusy: 1}


class TestCreateToken:
    async def test_no_number_is_given_twice(self, database: Database) -> None:
        site, _ = await site_with(database, 1)
        people = [await site.add_person() for _ in range(8)]

        async def take(index: int) -> str:
            body = CreateToken(customer_type=("instant", "retail")[index % 2])
            answer = await tokens.create_token(site.commands, site.by(people[index % 8]), body)
            return answer.token.number

        numbers = await asyncio.gather(*(take(index) for index in range(200)))
        assert len(set(numbers)) == 200
        assert sorted(numbers)[99] == "A100"

    async def test_counts_of_waiting_stay_right_under_creating_calling_and_cancelling(
        self, database: Database
    ) -> None:
        _, desks = await site_with(database, 6)

        async def day(desk: Desk) -> None:
            for _ in range(10):
                await desk.take()
                cancelled = await desk.take("retail")
                await desk.cancel(cancelled.token.id)
                called = await desk.call_next()
                await desk.start(called.token.id)
                await desk.complete(called.token.id)

        await asyncio.gather(*(day(desk) for desk in desks))
        async with database.unit_of_work() as tx:
            counts = await tx.all("SELECT sum(waiting_count) AS waiting FROM queue_configurations")
            waiting = await tx.all("SELECT 1 FROM tokens WHERE status = 'waiting'")
        assert counts[0]["waiting"] == len(waiting)


class TestRevision:
    async def test_has_no_gaps_and_time_never_goes_back_along_it(self, database: Database) -> None:
        site, desks = await site_with(database, 8)
        await asyncio.gather(*(desk.take() for desk in desks for _ in range(10)))
        async with database.unit_of_work() as tx:
            events = await tx.all("SELECT revision, created_at FROM events ORDER BY revision")
            _, newest = (await journal.revisions(tx, [site.organization_id]))[site.organization_id]
        assert [event["revision"] for event in events] == list(range(1, newest + 1))
        times = [event["created_at"] for event in events]
        assert times == sorted(times)

    async def test_a_reader_that_follows_it_misses_nothing(self, database: Database) -> None:
        site, desks = await site_with(database, 8)
        seen: list[str] = []
        done = asyncio.Event()

        async def follow() -> None:
            last = 8
            while True:
                # Asked before the look: what was committed by then must be found by it.
                is_last_look = done.is_set()
                async with database.unit_of_work() as tx:
                    fresh = await journal.events_after(tx, site.organization_id, last, limit=1000)
                seen.extend(fresh)
                last += len(fresh)
                if is_last_look and not fresh:
                    return

        follower = asyncio.create_task(follow())
        await asyncio.gather(*(desk.take() for desk in desks for _ in range(15)))
        done.set()
        await follower
        assert len(seen) == 8 * 15


class TestCounters:
    async def test_two_who_open_one_counter(self, site: Site) -> None:
        people = [await site.add_person(), await site.add_person()]
        desks = [Desk(site=site, person=person, counter_id=site.counter_ids[0]) for person in people]
        results = await asyncio.gather(*(desk.open() for desk in desks), return_exceptions=True)
        assert sum(isinstance(result, Answer) for result in results) == 1

    async def test_one_who_opens_two_counters_at_once(self, site: Site) -> None:
        person = await site.add_person()
        desks = [Desk(site=site, person=person, counter_id=CounterId(id_)) for id_ in site.counter_ids[:2]]
        results = await asyncio.gather(*(desk.open() for desk in desks), return_exceptions=True)
        assert sum(isinstance(result, Answer) for result in results) == 1
        async with site.database.unit_of_work() as tx:
            counters = await counter_store.all_of(tx, site.organization_id)
        assert sum(counter.is_open for counter in counters) == 1
