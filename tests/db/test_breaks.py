"""Breaks: nobody is called meanwhile, the session knows them, closing and taking over end them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.domain.errors import (
    CounterBusy,
    CounterNotOpen,
    CounterOnBreak,
    NotOnBreak,
    NotYourCounter,
)
from server.usecases import counters
from shared.ids import Audience, UserRole
from tests.db.truths import everything, one, rows, snapshot_of
from tests.site import Site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class TestBeginBreak:
    async def test_keeps_the_counter_open_and_tells_why_to_staff_alone(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        answer = await desk.begin_break("Lunch")
        assert (answer.counter.break_since, answer.counter.break_reason) == (NOON, "Lunch")
        assert answer.counter.opened_by == desk.person.actor.user_id
        for audience in Audience:
            shown = (await snapshot_of(watched, audience)).counters[0]
            assert shown.break_since == NOON
            assert shown.break_reason == (None if audience is Audience.DISPLAY else "Lunch")

    async def test_no_visitor_is_called_resumed_or_brought_back_meanwhile(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        parked = (await desk.take()).token.id
        await desk.call(parked)
        await desk.park(parked)
        waiting = (await desk.take()).token.id
        await desk.begin_break()
        before = await everything(watched.database)
        for attempt in (desk.call_next(), desk.call(waiting), desk.resume(parked)):
            with pytest.raises(CounterOnBreak) as refused:
                await attempt
            assert refused.value.facts == {"counter": "Counter 1"}
        assert await everything(watched.database) == before
        await desk.end_break()
        assert (await desk.call_next()).token.id == waiting

    async def test_is_refused_while_a_visitor_is_there(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        token_id = (await desk.call_next()).token.id
        for _ in range(2):
            before = await everything(watched.database)
            with pytest.raises(CounterBusy) as refused:
                await desk.begin_break()
            assert refused.value.facts == {"counter": "Counter 1", "number": "A001"}
            assert await everything(watched.database) == before
            if (await watched.token(token_id)).status == "called":
                await desk.start(token_id)

    async def test_once_more_only_changes_the_reason(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break("Lunch")
        watched.pass_time(minutes=10)
        answer = await desk.begin_break("Meeting")
        assert (answer.counter.break_since, answer.counter.break_reason) == (NOON, "Meeting")
        [kept] = await rows(watched.database, "SELECT reason, started_at, ended_at FROM breaks")
        assert kept == {"reason": "Meeting", "started_at": NOON, "ended_at": None}

    async def test_needs_ones_own_open_counter_unless_an_admin_helps(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        stranger = replace(desk, person=await watched.add_person())
        admin = replace(desk, person=await watched.add_person(UserRole.ADMIN))
        with pytest.raises(NotYourCounter):
            await stranger.begin_break()
        with pytest.raises(CounterNotOpen):
            await desk.at(1).begin_break()
        await admin.begin_break()
        [kept] = await rows(watched.database, "SELECT user_id FROM breaks")
        assert kept["user_id"] == desk.person.actor.user_id, "who sits there is away"
        with pytest.raises(NotYourCounter):
            await stranger.end_break()
        await admin.end_break()

    async def test_other_work_goes_on(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.begin_break()
        await desk.change(token_id, priority=30)
        await desk.transfer(token_id, customer_type="retail")
        await desk.take()
        await desk.cancel(token_id)

    async def test_is_audited_with_its_reason_and_its_length(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break("Lunch")
        watched.pass_time(minutes=30)
        await desk.end_break()
        begun = await one(watched.database, "SELECT details FROM system_logs WHERE action = 'begin_break'")
        ended = await one(watched.database, "SELECT details FROM system_logs WHERE action = 'end_break'")
        assert begun["details"] == {"counter": "Counter 1", "reason": "Lunch"}
        assert ended["details"] == {"counter": "Counter 1", "since": NOON.isoformat()}


class TestEndBreak:
    async def test_without_one_is_refused(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        before = await everything(watched.database)
        with pytest.raises(NotOnBreak):
            await desk.end_break()
        assert await everything(watched.database) == before
        await desk.close()
        with pytest.raises(CounterNotOpen):
            await desk.end_break()

    async def test_the_session_sums_its_breaks_in_minutes(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        for minutes in (10, 25):
            await desk.begin_break()
            watched.pass_time(minutes=minutes)
            await desk.end_break()
            watched.pass_time(minutes=5)
        await desk.close()
        session = await one(watched.database, "SELECT * FROM service_sessions")
        assert (session["break_time"], session["ended_at"]) == (35, NOON.replace(minute=45))

    async def test_breaks_of_an_earlier_session_do_not_count_again(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break()
        watched.pass_time(minutes=10)
        await desk.close()
        await desk.open()
        watched.pass_time(minutes=10)
        await desk.close()
        sessions = await rows(watched.database, "SELECT break_time FROM service_sessions ORDER BY started_at")
        assert [session["break_time"] for session in sessions] == [10, 0]


class TestCloseCounter:
    async def test_ends_the_break(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break()
        watched.pass_time(minutes=7)
        answer = await desk.close()
        assert (answer.counter.break_since, answer.counter.break_reason) == (None, None)
        session = await one(watched.database, "SELECT break_time FROM service_sessions")
        assert session["break_time"] == 7
        assert (await desk.open()).counter.break_since is None


class TestOpenCounter:
    async def test_taking_over_ends_the_others_break_and_begins_work(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break()
        watched.pass_time(minutes=12)
        new = replace(desk, person=await watched.add_person())
        answer = await new.open(take_over=True)
        assert (answer.counter.break_since, answer.counter.break_reason) == (None, None)
        await new.take()
        await new.call_next()
        old = await one(
            watched.database,
            "SELECT break_time FROM service_sessions WHERE staff_id = %(id)s",
            id=desk.person.actor.user_id,
        )
        assert old["break_time"] == 12

    async def test_choosing_other_types_is_no_end_of_the_break(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.begin_break()
        answer = await desk.open("retail")
        assert answer.counter.break_since == NOON
        with pytest.raises(CounterOnBreak):
            await desk.call_next()

    async def test_moving_to_another_counter_ends_it(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.begin_break()
        moved = desk.at(1)
        assert (await moved.open(take_over=True)).counter.break_since is None
        await moved.take()
        await moved.call_next()

    async def test_an_active_visitor_stays_with_who_takes_the_counter_over(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        new = replace(desk, person=await watched.add_person())
        await new.open(take_over=True)
        with pytest.raises(NotYourCounter):
            await desk.start(token_id)
        await new.start(token_id)
        await new.complete(token_id)


class TestListCounters:
    async def test_tells_of_the_break(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.begin_break("Lunch")
        listed = await counters.list_counters(watched.database, watched.organization_id)
        assert [counter.break_reason for counter in listed][:2] == ["Lunch", None]
