"""What the server does of its own accord: waking, falling back, lost counters, days that ended."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.errors import NobodyWaiting
from server.usecases import cleaning, counters
from server.usecases.cleaning import LOST_AFTER
from server.usecases.commanding import Commands
from shared.events import EVENT_ADAPTER, Event
from shared.ids import OrganizationId, TokenId, TokenStatus
from tests.db.truths import everything, execute, one, rows
from tests.site import Desk, Site, make_site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def events(site: Site, kind: str) -> list[Event]:
    found = await rows(
        site.database,
        "SELECT payload FROM events WHERE type = %(kind)s AND organization_id = %(id)s ORDER BY revision",
        kind=kind,
        id=site.organization_id,
    )
    return [EVENT_ADAPTER.validate_python(event["payload"]) for event in found]


Sweep = Callable[[Commands, OrganizationId], Awaitable[int]]


async def nothing_happens(site: Site, *sweeps: Sweep) -> None:
    """None of these has anything to do, and leaves no trace."""
    before = await everything(site.database)
    told = len(site.committed)
    for sweep in sweeps or (cleaning.tend, cleaning.end_days):
        assert await sweep(site.commands, site.organization_id) == 0
    assert await everything(site.database) == before
    assert len(site.committed) == told


class TestWakeParked:
    async def parked(self, desk: Desk, **wake: float) -> TokenId:
        token_id = (await desk.take()).token.id
        await desk.call(token_id)
        assert desk.site.now is not None
        await desk.park(token_id, wake_at=desk.site.now + timedelta(**wake) if wake else None)
        return token_id

    async def test_at_its_time_a_token_is_back_at_its_place_and_not_before(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = await self.parked(desk, minutes=10)
        watched.pass_time(minutes=1)
        later = (await desk.take()).token.id
        watched.now = NOON + timedelta(minutes=10, microseconds=-1)
        await nothing_happens(watched, cleaning.wake_parked)
        watched.now = NOON + timedelta(minutes=10)
        assert await cleaning.wake_parked(watched.commands, watched.organization_id) == 1
        [event] = await events(watched, "token_returned")
        assert (event.cause, event.token.id, event.token.wake_at) == ("woken", token_id, None)
        assert (await desk.call_next()).token.id == token_id
        await desk.finish()
        assert (await desk.call_next()).token.id == later

    async def test_many_each_have_their_event_and_their_audit_row(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        woken = [await self.parked(desk, minutes=minutes) for minutes in (3, 1, 2)]
        await self.parked(desk, hours=3)
        forever = await self.parked(desk)
        watched.pass_time(minutes=30)
        assert await cleaning.wake_parked(watched.commands, watched.organization_id) == 3
        in_order = [woken[1], woken[2], woken[0]]
        assert [event.token.id for event in await events(watched, "token_returned")] == in_order
        audit = await rows(
            watched.database, "SELECT entity_id, user_id FROM system_logs WHERE action = 'wake_parked'"
        )
        assert {row["entity_id"] for row in audit} == set(woken)
        assert {row["user_id"] for row in audit} == {None}
        assert (await watched.token(forever)).status is TokenStatus.PARKED
        await nothing_happens(watched, cleaning.wake_parked)

    async def test_who_was_resumed_or_returned_before_is_left_alone(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        resumed, returned = await self.parked(desk, minutes=1), await self.parked(desk, minutes=1)
        await desk.resume(resumed)
        await desk.return_to_lane(returned)
        watched.pass_time(minutes=5)
        await nothing_happens(watched, cleaning.wake_parked)


class TestFallBack:
    async def meant_for_person(self, site: Site, desk: Desk) -> tuple[Desk, TokenId]:
        other = await site.person_at(1)
        token_id = (await desk.take(user_id=other.person.actor.user_id)).token.id
        return other, token_id

    async def test_n_minutes_after_a_counter_closed_and_not_before(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = (await desk.take(counter_id=other.counter_id)).token.id
        watched.pass_time(hours=2)
        await nothing_happens(watched, cleaning.fall_back)
        await other.close()
        watched.pass_time(minutes=10, microseconds=-1)
        await nothing_happens(watched, cleaning.fall_back)
        with pytest.raises(NobodyWaiting):
            await desk.call_next()
        watched.pass_time(microseconds=1)
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 1
        [event] = await events(watched, "token_fell_back")
        assert (event.token.id, event.token.target_counter_id) == (token_id, None)
        assert (await desk.call_next()).token.id == token_id

    async def test_n_minutes_after_a_person_left_their_last_counter(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        other, token_id = await self.meant_for_person(watched, desk)
        moved = other.at(2)
        await moved.open(take_over=True)
        watched.pass_time(hours=1)
        await nothing_happens(watched, cleaning.fall_back)
        await moved.close()
        watched.pass_time(minutes=9)
        await nothing_happens(watched, cleaning.fall_back)
        watched.pass_time(minutes=1)
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 1
        assert (await desk.call_next()).token.id == token_id

    async def test_a_break_is_on_duty(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        other, _ = await self.meant_for_person(watched, desk)
        await desk.take(counter_id=other.counter_id)
        await other.begin_break()
        watched.pass_time(hours=1)
        await nothing_happens(watched, cleaning.fall_back)

    async def test_who_came_back_in_time_keeps_the_token(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        other, token_id = await self.meant_for_person(watched, desk)
        await other.close()
        watched.pass_time(minutes=9)
        await other.open()
        watched.pass_time(hours=1)
        await nothing_happens(watched, cleaning.fall_back)
        assert (await other.call_next()).token.id == token_id

    async def test_one_meant_for_whom_is_off_duty_already_waits_n_minutes_from_then(
        self, watched: Site
    ) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        closed_long_ago = await watched.person_at(1)
        await closed_long_ago.close()
        never_seen = await watched.add_person()
        watched.pass_time(hours=3)
        for body in (
            {"counter_id": closed_long_ago.counter_id},
            {"counter_id": watched.counter_ids[4]},
            {"user_id": closed_long_ago.person.actor.user_id},
            {"user_id": never_seen.actor.user_id},
        ):
            await desk.take(**body)
        watched.pass_time(minutes=10, microseconds=-1)
        await nothing_happens(watched, cleaning.fall_back)
        watched.pass_time(microseconds=1)
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 4

    async def test_a_transfer_counts_from_itself(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        watched.pass_time(hours=1)
        await desk.transfer(token_id, counter_id=watched.counter_ids[4])
        watched.pass_time(minutes=9)
        await nothing_happens(watched, cleaning.fall_back)
        watched.pass_time(minutes=1)
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 1

    async def test_the_minutes_are_the_organizations(self, watched: Site) -> None:
        await watched.configure(falls_back_after_min=0)
        watched.stop_clock(datetime.now(UTC))
        desk = await watched.person_at(0)
        await desk.take(counter_id=watched.counter_ids[4])
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 1

    async def test_one_at_a_counter_or_parked_does_not_fall_back(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        called = (await desk.take(counter_id=watched.counter_ids[4])).token.id
        parked = (await desk.take(counter_id=watched.counter_ids[4])).token.id
        await desk.call(parked)
        await desk.park(parked)
        await desk.call(called)
        watched.pass_time(minutes=14)
        assert await cleaning.fall_back(watched.commands, watched.organization_id) == 0


class TestLostCounters:
    async def lose(self, site: Site) -> int:
        site.pass_time(minutes=16)
        return await cleaning.close_lost_counters(site.commands, site.organization_id)

    async def test_a_called_visitor_is_back_at_their_place(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        first, second = (await desk.take()).token, (await desk.take()).token
        await desk.call_next()
        assert await self.lose(watched) == 2
        [returned] = await events(watched, "token_returned")
        assert (returned.cause, returned.token.id) == ("counter_lost", first.id)
        assert (returned.call.withdrawn, returned.call.outcome) == (True, "returned")
        [closed] = await events(watched, "counter_closed")
        assert (closed.counter.id, closed.counter.opened_by) == (desk.counter_id, None)
        other = await watched.person_at(1)
        assert [(await other.call_next()).token.id] == [first.id]
        await other.finish()
        assert (await other.call_next()).token.id == second.id

    async def test_one_being_served_is_parked_for_whoever_takes_them_up(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        await desk.start(token_id)
        assert await self.lose(watched) == 2
        kept = await watched.token(token_id)
        assert (kept.status, kept.park_reason, kept.wake_at) == (TokenStatus.PARKED, "Counter lost", None)
        assert kept.service_s == 16 * 60
        other = await watched.person_at(1)
        await other.resume(token_id)

    async def test_its_session_and_its_break_end_and_the_audit_says_both(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        other = await watched.person_at(1)
        token_id = (await other.take()).token.id
        await other.call_next()
        await desk.begin_break()
        assert await self.lose(watched) == 3
        sessions = await rows(watched.database, "SELECT ended_at, break_time FROM service_sessions")
        assert {session["ended_at"] for session in sessions} == {watched.now}
        assert sorted(session["break_time"] for session in sessions) == [0, 16]
        audit = await rows(
            watched.database,
            "SELECT entity_type, entity_id, details FROM system_logs WHERE action = 'close_lost_counter'",
        )
        assert {row["entity_id"] for row in audit} == {desk.counter_id, other.counter_id, token_id}
        left = {row["details"].get("left_by") for row in audit} - {None}
        assert left == {str(each.person.actor.user_id) for each in (desk, other)}
        await nothing_happens(watched)

    async def test_just_before_the_time_it_is_not_lost(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        await watched.person_at(0)
        watched.now = NOON + LOST_AFTER
        await nothing_happens(watched)
        watched.now += timedelta(microseconds=1)
        assert await cleaning.close_lost_counters(watched.commands, watched.organization_id) == 1

    async def test_one_whose_person_acts_is_not_lost(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        for _ in range(4):
            watched.pass_time(minutes=10)
            await desk.take()
        assert await cleaning.close_lost_counters(watched.commands, watched.organization_id) == 0

    async def test_one_whose_app_is_connected_is_not_lost(self, watched: Site) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        await execute(watched.database, "UPDATE counters SET seen_at = now() - interval '1 hour'")
        await counters.people_present(watched.database, [desk.person.actor.user_id])
        assert await cleaning.close_lost_counters(watched.commands, watched.organization_id) == 1
        open_now = await rows(watched.database, "SELECT id FROM counters WHERE opened_by IS NOT NULL")
        assert open_now == [{"id": desk.counter_id}]
        assert other.counter_id != desk.counter_id

    async def test_being_present_never_waits_for_a_command(self, watched: Site) -> None:
        """Waiting for one counter while holding another would be a deadlock with a move between the two."""
        desk, other = await watched.person_at(0), await watched.person_at(1)
        await execute(watched.database, "UPDATE counters SET seen_at = NULL")
        people = [desk.person.actor.user_id, other.person.actor.user_id]
        async with watched.database.unit_of_work() as tx:
            await tx.execute("UPDATE counters SET label = label WHERE id = %(id)s", {"id": desk.counter_id})
            await counters.people_present(watched.database, people)
        seen = await rows(watched.database, "SELECT id FROM counters WHERE seen_at IS NOT NULL")
        assert seen == [{"id": other.counter_id}]

    async def test_the_person_can_open_it_again_and_go_on(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        await desk.start(token_id)
        await self.lose(watched)
        await desk.open()
        await desk.resume(token_id)


class TestEndDays:
    async def prepared(self, site: Site) -> dict[str, TokenId]:
        site.stop_clock(NOON)
        desk, other = await site.person_at(0), await site.person_at(1)
        parked = (await desk.take()).token.id
        await desk.call(parked)
        await desk.park(parked)
        called = (await desk.take()).token.id
        serving = (await desk.take()).token.id
        waiting = (await desk.take("retail")).token.id
        await desk.call(called)
        await other.call(serving)
        await other.start(serving)
        return {"parked": parked, "called": called, "serving": serving, "waiting": waiting}

    async def test_cancels_who_waited_or_was_parked_and_lets_the_served_be_served(
        self, watched: Site
    ) -> None:
        ids = await self.prepared(watched)
        watched.pass_time(days=1)
        today = (await (await watched.person_at(2)).take()).token.id
        assert await cleaning.end_days(watched.commands, watched.organization_id) == 2
        statuses = {name: (await watched.token(id_)).status for name, id_ in ids.items()}
        assert statuses == {
            "parked": "cancelled",
            "called": "called",
            "serving": "serving",
            "waiting": "cancelled",
        }
        cancelled = await events(watched, "token_cancelled")
        assert {event.token.id for event in cancelled} == {ids["parked"], ids["waiting"]}
        assert {event.reason for event in cancelled} == {"day closed"}
        assert (await watched.token(ids["waiting"])).cancel_reason == "day closed"
        assert (await watched.token(today)).status is TokenStatus.WAITING
        audit = await one(watched.database, "SELECT details FROM system_logs WHERE action = 'end_day'")
        assert sorted(audit["details"]["cancelled"]) == ["A001", "R001"]
        await nothing_happens(watched, cleaning.end_days)

    async def test_keeps_them_where_the_organization_does(self, watched: Site) -> None:
        await watched.configure(keeps_overnight=True)
        ids = await self.prepared(watched)
        watched.pass_time(days=1)
        await nothing_happens(watched, cleaning.end_days)
        desk = await watched.person_at(2)
        # The number of the one who stayed is not given again.
        assert (await desk.take("retail")).token.number == "R002"
        assert (await desk.call_next()).token.id == ids["waiting"]

    async def test_comes_with_the_service_day_not_with_midnight(self, watched: Site) -> None:
        await watched.configure(reset_time="04:00")
        ids = await self.prepared(watched)
        watched.now = datetime(2026, 3, 11, 2, 59, tzinfo=UTC)  # 03:59 in Madrid
        await nothing_happens(watched, cleaning.end_days)
        watched.now = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
        assert await cleaning.end_days(watched.commands, watched.organization_id) == 2
        assert (await watched.token(ids["waiting"])).status is TokenStatus.CANCELLED


class TestOrganizationsToTend:
    async def test_are_those_where_something_may_be_due(self, site: Site) -> None:
        sites = [site, *[await make_site(site.database, name=f"Site {number}") for number in range(4)]]
        desks = [await each.person_at(0) for each in sites]
        parked = (await desks[1].take()).token.id
        await desks[1].call(parked)
        await desks[1].park(parked, wake_at=datetime.now(UTC) + timedelta(minutes=5))
        await execute(site.database, "UPDATE tokens SET wake_at = now() - interval '1 second'")
        await desks[2].take(counter_id=sites[2].counter_ids[3])
        await desks[4].take()
        await execute(
            site.database,
            "UPDATE counters SET seen_at = now() - interval '16 minutes' WHERE id = %(id)s",
            id=desks[3].counter_id,
        )
        due = await cleaning.organizations_to_tend(site.database)
        assert set(due) == {sites[index].organization_id for index in (1, 2, 3)}

    async def test_one_organization_is_never_touched_from_another(self, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        desk = await other.person_at(0)
        await desk.take()
        await desk.call_next()
        await execute(site.database, "UPDATE counters SET seen_at = now() - interval '1 hour'")
        await nothing_happens(site)
        assert await cleaning.tend(other.commands, other.organization_id) == 2
