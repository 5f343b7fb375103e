"""Undo: the exact state before, for every command; and when it is too late."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.domain.errors import (
    CounterBusy,
    CounterNotOpen,
    CounterOnBreak,
    NothingToUndo,
    NotYourCounter,
    NumberTaken,
    UndoTooLate,
)
from server.domain.tokens import Token
from server.usecases import cleaning
from server.usecases.undoing import UNDO_WITHIN
from shared.ids import Audience, TokenId, TokenStatus, UserRole
from shared.live import Snapshot
from tests.db.truths import everything, execute, frames_after, one, rows, snapshot_of
from tests.site import Desk, Site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
VISITOR = {"name": "Ana Ruiz", "notes": "Wheelchair"}

Step = Callable[[Desk, TokenId], Awaitable[object]]

PREPARED: dict[str, list[Step]] = {
    "waiting": [],
    "called": [Desk.call],
    "recalled": [Desk.call, Desk.recall],
    "serving": [Desk.call, Desk.start],
    "parked": [Desk.call, Desk.start, Desk.park],
    "no_show": [Desk.call, lambda desk, id_: desk.no_show(id_, wait_s=0)],
    "returned": [Desk.call, Desk.return_to_lane],
    "meant": [lambda desk, id_: desk.transfer(id_, counter_id=desk.counter_id)],
    "served twice": [
        Desk.call,
        Desk.start,
        lambda desk, id_: desk.transfer(id_, customer_type="retail"),
        Desk.call,
        Desk.start,
    ],
}
"""What a visitor has behind them."""

COMMANDS: dict[str, tuple[Step, tuple[str, ...]]] = {
    "call next": (lambda desk, id_: desk.call_next(), ("waiting", "returned", "meant")),
    "call this one": (Desk.call, ("waiting", "returned", "meant")),
    "recall": (Desk.recall, ("called", "recalled")),
    "start": (Desk.start, ("called", "recalled")),
    "complete": (Desk.complete, ("serving", "served twice")),
    "no-show": (lambda desk, id_: desk.no_show(id_, wait_s=0), ("called", "recalled")),
    "cancel": (Desk.cancel, ("waiting", "called", "parked", "returned", "meant")),
    "return": (Desk.return_to_lane, ("called", "recalled", "parked")),
    "transfer to a type": (
        lambda desk, id_: desk.transfer(id_, customer_type="browser"),
        ("waiting", "called", "serving", "parked", "meant", "served twice"),
    ),
    "transfer to a counter, first in line": (
        lambda desk, id_: desk.transfer(id_, counter_id=desk.site.counter_ids[4], first_in_line=True),
        ("waiting", "called", "serving", "parked", "meant"),
    ),
    "park": (
        lambda desk, id_: desk.park(id_, "A form", NOON + timedelta(hours=1)),
        ("called", "recalled", "serving", "served twice"),
    ),
    "resume": (Desk.resume, ("parked",)),
    "reinstate": (Desk.reinstate, ("no_show",)),
    "change": (
        lambda desk, id_: desk.change(id_, priority=30, emergency="Faints", visitor=None),
        ("waiting", "called", "serving", "parked", "meant"),
    ),
}
CASES = [(command, state) for command, (_, states) in COMMANDS.items() for state in states]


@dataclass(frozen=True, kw_only=True)
class Stand:
    """All that an undo must bring back."""

    token: Token
    snapshots: dict[Audience, dict[str, object]]
    active: list[dict[str, object]]
    numbers: list[dict[str, object]]
    counts: list[dict[str, object]]


async def stand_of(site: Site, token_id: TokenId) -> Stand:
    token = await site.token(token_id)
    return Stand(
        # The newest event, and who caused it, are those of the undo.
        token=replace(token, revision=0, changed_by=None),
        snapshots={
            audience: _state_alone(await snapshot_of(site, audience), token_id) for audience in Audience
        },
        active=await rows(site.database, "SELECT * FROM active_calls"),
        numbers=await rows(site.database, "SELECT * FROM live_numbers ORDER BY number"),
        counts=await rows(
            site.database,
            "SELECT customer_type, waiting_count, current_number, taken_count FROM queue_configurations"
            " ORDER BY 1",
        ),
    )


def _state_alone(snapshot: Snapshot, token_id: TokenId) -> dict[str, object]:
    """Without the moment, and without calls that were taken back: those are no state any more."""
    state = snapshot.model_dump(exclude={"now", "revision"})
    state["recent_calls"] = [call.model_dump() for call in snapshot.recent_calls if not call.withdrawn]
    return state


def _without_announcement(stand: Stand) -> Stand:
    """The announcement that a recall made stays where it stands in the list of calls."""

    def forget(value: object) -> object:
        if isinstance(value, dict):
            return {key: forget(each) for key, each in value.items() if key != "announced_revision"}
        return [forget(each) for each in value] if isinstance(value, list | tuple) else value

    call = stand.token.call and replace(stand.token.call, announced_revision=0)
    return replace(
        stand,
        token=replace(stand.token, call=call),
        snapshots={audience: forget(state) for audience, state in stand.snapshots.items()},
    )


class TestEveryCommand:
    @pytest.mark.parametrize(("command", "state"), CASES, ids=lambda each: each.replace(" ", "_"))
    async def test_is_taken_back_to_the_exact_state_before(
        self, watched: Site, command: str, state: str
    ) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        # Others wait: before it where the place matters, and behind it.
        token_id = (await desk.take("instant", 10, visitor=VISITOR)).token.id
        others = [(await desk.take("browser", 0, counter_id=watched.counter_ids[4])).token.id]
        for step in PREPARED[state]:
            watched.pass_time(seconds=61)
            await step(desk, token_id)
        others.append((await desk.take("browser")).token.id)
        before = await stand_of(watched, token_id)
        watched.pass_time(seconds=61)
        await COMMANDS[command][0](desk, token_id)
        assert await stand_of(watched, token_id) != before
        watched.pass_time(seconds=10)
        answer = await desk.undo_on(token_id)
        after = await stand_of(watched, token_id)
        if command == "recall":
            before, after = _without_announcement(before), _without_announcement(after)
        assert after == before
        assert answer.token.id == token_id
        # And life goes on from there.
        if before.token.status is TokenStatus.WAITING:
            assert (await desk.call_next()).token.id == token_id
            await desk.finish()

    async def test_at_the_counter_takes_back_what_was_done_there_last(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        before = await stand_of(watched, token_id)
        await desk.start(token_id)
        await desk.undo()
        assert await stand_of(watched, token_id) == before

    async def test_completing_without_confirmed_arrival_is_taken_back_to_called(self, watched: Site) -> None:
        await watched.configure(confirms_arrival=False)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        before = await stand_of(watched, token_id)
        await desk.complete(token_id)
        await desk.undo()
        assert await stand_of(watched, token_id) == before

    async def test_of_a_create_cancels_and_its_number_is_never_given_again(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token = (await desk.take(visitor=VISITOR)).token
        answer = await desk.undo()
        assert answer.token.status is TokenStatus.CANCELLED
        assert (await watched.token(token.id)).cancel_reason == "undone"
        assert await rows(watched.database, "SELECT 1 FROM live_numbers") == []
        assert (await desk.take()).token.number == "A002"

    async def test_of_a_create_leaves_its_number_given_in_a_series_that_wraps(self, watched: Site) -> None:
        await watched.configure_queue(max_number=2, reset_daily=False)
        desk = await watched.person_at(0)
        await desk.take()
        await desk.undo()
        assert (await desk.take()).token.number == "A002"
        with pytest.raises(Exception, match="all 2 numbers"):
            await desk.take()

    async def test_says_so_to_displays_without_announcing(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        called = await desk.call_next()
        await desk.undo()
        told = await frames_after(watched, called.revision)
        [to_display] = told[Audience.DISPLAY]
        assert '"type":"queue_updated"' in to_display
        assert '"withdrawn":true' in to_display
        assert '"type":"command_undone"' in told[Audience.STAFF][0]
        assert '"command":"call"' in told[Audience.STAFF][0]

    async def test_is_audited_with_what_it_took_back(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        await desk.undo()
        audit = await one(watched.database, "SELECT * FROM system_logs WHERE action = 'undo'")
        assert audit["entity_id"] == token_id
        assert audit["user_id"] == desk.person.actor.user_id
        assert audit["details"]["undone"] == "call"
        assert audit["details"]["before"]["status"] == "called"
        assert audit["details"]["after"]["status"] == "waiting"

    async def test_a_visit_that_was_taken_back_is_in_no_figure(self, watched: Site) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        old = (await desk.take()).token.id
        urgent = (await desk.take("instant", 30)).token.id
        await other.call(urgent)
        await other.undo()
        await desk.call(old)
        assert (await watched.token(old)).why.passed_over == 0
        visit = await one(watched.database, "SELECT * FROM token_calls WHERE token_id = %(id)s", id=urgent)
        assert (visit["outcome"], visit["withdrawn"]) == ("undone", True)


class TestTooLate:
    async def test_after_ten_seconds(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.take()
        await desk.call_next()
        watched.now = NOON + UNDO_WITHIN + timedelta(microseconds=1)
        before = await everything(watched.database)
        with pytest.raises(UndoTooLate) as refused:
            await desk.undo()
        assert refused.value.facts == {"number": "A001", "person": None}
        assert await everything(watched.database) == before
        watched.now = NOON + UNDO_WITHIN
        await desk.undo()

    async def test_when_another_person_acted_since_and_names_them(self, watched: Site) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = (await desk.take()).token.id
        await other.call(token_id)
        before = await everything(watched.database)
        for attempt in (desk.undo(), desk.undo_on(token_id)):
            with pytest.raises(UndoTooLate) as refused:
                await attempt
            assert refused.value.facts == {"number": "A001", "person": other.person.display_name}
        assert await everything(watched.database) == before

    async def test_when_the_server_itself_acted_since(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call(token_id)
        await desk.park(token_id, wake_at=NOON + timedelta(seconds=5))
        watched.pass_time(seconds=6)
        await cleaning.wake_parked(watched.commands, watched.organization_id)
        with pytest.raises(UndoTooLate) as refused:
            await desk.undo()
        assert refused.value.facts["person"] == "The server"

    async def test_when_the_counter_has_called_another_visitor(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        first, second = (await desk.take()).token, (await desk.take()).token
        await desk.call(first.id)
        await desk.park(first.id)
        await desk.call(second.id)
        with pytest.raises(NothingToUndo):
            await desk.undo_on(first.id)
        assert (await desk.undo()).token.id == second.id
        with pytest.raises(NothingToUndo):
            await desk.undo()

    async def test_when_the_counter_has_another_visitor_by_whatever_way(self, watched: Site) -> None:
        """No way leads there today; an undo that did not look would send two visitors to one counter."""
        desk = await watched.person_at(0)
        first, second = (await desk.take()).token, (await desk.take()).token
        await desk.call(first.id)
        await desk.park(first.id)
        await execute(watched.database, "UPDATE undo_steps SET desk_id = gen_random_uuid()")
        await desk.call(second.id)
        before = await everything(watched.database)
        with pytest.raises(CounterBusy) as refused:
            await desk.undo_on(first.id)
        assert refused.value.facts == {"counter": "Counter 1", "number": second.number}
        assert await everything(watched.database) == before

    async def test_when_the_counter_was_closed(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call(token_id)
        await desk.return_to_lane(token_id)
        await desk.close()
        before = await everything(watched.database)
        for attempt in (desk.undo(), desk.undo_on(token_id)):
            with pytest.raises(CounterNotOpen):
                await attempt
        assert await everything(watched.database) == before

    async def test_when_a_break_has_begun(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call(token_id)
        await desk.return_to_lane(token_id)
        await desk.begin_break()
        before = await everything(watched.database)
        with pytest.raises(CounterOnBreak):
            await desk.undo()
        assert await everything(watched.database) == before
        await desk.end_break()
        await desk.undo()

    @pytest.mark.parametrize("command", [Desk.call, Desk.return_to_lane], ids=["call", "return"])
    async def test_for_who_was_at_the_counter_when_another_took_it_over(
        self, watched: Site, command: Step
    ) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        if command is Desk.return_to_lane:
            await desk.call(token_id)
        await command(desk, token_id)
        new = replace(desk, person=await watched.add_person())
        await new.open(take_over=True)
        before = await everything(watched.database)
        for attempt in (desk.undo(), desk.undo_on(token_id)):
            with pytest.raises(NotYourCounter):
                await attempt
        assert await everything(watched.database) == before
        # Who took it over goes on with the counter, its last command included.
        await new.undo()

    async def test_when_its_number_was_given_to_another_token(self, watched: Site) -> None:
        watched.stop_clock(datetime(2026, 3, 10, 22, 59, 56, tzinfo=UTC))  # midnight in Madrid is 23:00
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.cancel(token_id)
        watched.pass_time(seconds=5)
        other = await watched.take(await watched.add_person())
        assert other.token.number == "A001"
        before = await everything(watched.database)
        with pytest.raises(NumberTaken):
            await desk.undo()
        assert await everything(watched.database) == before


class TestWho:
    async def test_twice_finds_nothing(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        await desk.call_next()
        await desk.undo()
        before = await everything(watched.database)
        for attempt in (desk.undo(), desk.undo_on(token_id)):
            with pytest.raises(NothingToUndo):
                await attempt
        assert await everything(watched.database) == before

    async def test_with_the_same_request_id_is_one(self, watched: Site) -> None:
        desk, key = await watched.person_at(0), uuid4()
        await desk.take()
        await desk.call_next()
        assert await desk.undo(key) == await desk.undo(key)
        assert len(await rows(watched.database, "SELECT 1 FROM events WHERE type = 'command_undone'")) == 1

    async def test_a_counter_where_nothing_was_done_has_nothing(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        with pytest.raises(NothingToUndo):
            await desk.undo()

    async def test_another_persons_command_on_a_token_is_not_mine(self, watched: Site) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = (await desk.take()).token.id
        with pytest.raises(NothingToUndo):
            await other.undo_on(token_id)
        with pytest.raises(NothingToUndo):
            await other.undo()

    async def test_a_stranger_takes_nothing_back_at_a_counter(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        stranger = replace(desk, person=await watched.add_person())
        with pytest.raises(NotYourCounter):
            await stranger.undo()

    async def test_who_acts_from_no_counter_takes_back_on_the_token(self, watched: Site) -> None:
        admin = Desk(
            site=watched,
            person=await watched.add_person(UserRole.ADMIN),
            counter_id=watched.counter_ids[0],
        )
        token = (await admin.take()).token
        before = await stand_of(watched, token.id)
        await admin.transfer(token.id, customer_type="retail")
        await admin.undo_on(token.id)
        assert await stand_of(watched, token.id) == before

    async def test_an_admin_who_helped_at_a_counter_takes_it_back_there_or_on_the_token(
        self, watched: Site
    ) -> None:
        desk = await watched.person_at(0)
        admin = replace(desk, person=await watched.add_person(UserRole.ADMIN))
        token_id = (await desk.take()).token.id
        await desk.call_next()
        before = await stand_of(watched, token_id)
        await admin.start(token_id)
        await admin.undo_on(token_id)
        assert await stand_of(watched, token_id) == before
        await admin.start(token_id)
        await desk.undo()
        assert await stand_of(watched, token_id) == before

    async def test_the_counters_last_command_is_the_last_whoever_gave_it(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        admin = replace(desk, person=await watched.add_person(UserRole.ADMIN))
        token_id = (await desk.take()).token.id
        await desk.call_next()
        await admin.recall(token_id)
        answer = await desk.undo()
        assert (answer.token.status, answer.token.recall_count) == (TokenStatus.CALLED, 0)
