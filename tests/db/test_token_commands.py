"""Each command from each state: the design's table, against a real database."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from server.domain.errors import (
    CounterBusy,
    CounterNotOpen,
    CounterOnBreak,
    InvalidField,
    InvalidPriority,
    NobodyWaiting,
    NoSkill,
    NotFound,
    NotYourCounter,
    TokenNotInState,
    TokenOfAnotherDay,
    TypeInactive,
    TypeNotServed,
)
from server.usecases import tokens
from shared.commands import CreateToken, TransferToken
from shared.ids import Audience, CounterId, TokenId, TokenStatus, UserId, UserRole
from shared.problems import ProblemCode
from shared.tokens import ChoiceRule, LiveToken, Promise
from tests.db.truths import Witness, everything, execute, frames_after, one, rows, snapshot_of
from tests.site import Desk, Site, make_site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
W, C, S, D, X, N, P = (
    TokenStatus.WAITING,
    TokenStatus.CALLED,
    TokenStatus.SERVING,
    TokenStatus.COMPLETED,
    TokenStatus.CANCELLED,
    TokenStatus.NO_SHOW,
    TokenStatus.PARKED,
)


async def token_in(desk: Desk, status: TokenStatus) -> TokenId:
    """A fresh token in a state; the counter is free afterwards unless the token is active."""
    token_id = (await desk.take()).token.id
    steps: dict[TokenStatus, list[Callable[[TokenId], Awaitable[object]]]] = {
        W: [],
        C: [desk.call],
        S: [desk.call, desk.start],
        D: [desk.call, desk.start, desk.complete],
        X: [desk.cancel],
        N: [desk.call, lambda id_: desk.no_show(id_, wait_s=0)],
        P: [desk.call, desk.park],
    }
    for step in steps[status]:
        await step(token_id)
    return token_id


async def free(desk: Desk, token_id: TokenId) -> None:
    """Whatever became of the token, the counter is free again."""
    match (await desk.site.token(token_id)).status:
        case TokenStatus.CALLED:
            await desk.cancel(token_id)
        case TokenStatus.SERVING:
            await desk.complete(token_id)


COMMANDS: dict[str, Callable[[Desk, TokenId], Awaitable[object]]] = {
    "call": lambda desk, id_: desk.call(id_),
    "recall": lambda desk, id_: desk.recall(id_),
    "start": lambda desk, id_: desk.start(id_),
    "complete": lambda desk, id_: desk.complete(id_),
    "no_show": lambda desk, id_: desk.no_show(id_, wait_s=0),
    "cancel": lambda desk, id_: desk.cancel(id_),
    "return": lambda desk, id_: desk.return_to_lane(id_),
    "transfer": lambda desk, id_: desk.transfer(id_, customer_type="retail"),
    "park": lambda desk, id_: desk.park(id_),
    "resume": lambda desk, id_: desk.resume(id_),
    "reinstate": lambda desk, id_: desk.reinstate(id_),
    "change": lambda desk, id_: desk.change(id_, priority=30),
}

# The design's table, written out once more: command -> (from -> to), and what the others are told.
TABLE: dict[str, tuple[dict[TokenStatus, TokenStatus], ProblemCode]] = {
    "call": ({W: C}, ProblemCode.TOKEN_NOT_WAITING),
    "recall": ({C: C}, ProblemCode.TOKEN_NOT_CALLED),
    "start": ({C: S}, ProblemCode.TOKEN_NOT_CALLED),
    "complete": ({S: D}, ProblemCode.TOKEN_NOT_SERVING),
    "no_show": ({C: N}, ProblemCode.TOKEN_NOT_CALLED),
    "cancel": ({W: X, C: X, P: X}, ProblemCode.TOKEN_ENDED),
    "return": ({C: W, P: W}, ProblemCode.TOKEN_NOT_MOVABLE),
    "transfer": ({W: W, C: W, S: W, P: W}, ProblemCode.TOKEN_NOT_MOVABLE),
    "park": ({C: P, S: P}, ProblemCode.TOKEN_NOT_MOVABLE),
    "resume": ({P: C}, ProblemCode.TOKEN_NOT_PARKED),
    "reinstate": ({N: W}, ProblemCode.TOKEN_NOT_NO_SHOW),
    "change": ({W: W, C: C, S: S, P: P}, ProblemCode.TOKEN_ENDED),
}

EVENTS = {
    "call": "token_called",
    "recall": "token_recalled",
    "start": "service_started",
    "complete": "service_completed",
    "no_show": "token_no_show",
    "cancel": "token_cancelled",
    "return": "token_returned",
    "transfer": "token_transferred",
    "park": "token_parked",
    "resume": "token_called",
    "reinstate": "token_reinstated",
    "change": "token_changed",
}

OUTCOMES = {
    ("complete", S): "completed",
    ("no_show", C): "no_show",
    ("cancel", C): "cancelled",
    ("return", C): "returned",
    ("transfer", C): "transferred",
    ("transfer", S): "transferred",
    ("park", C): "parked",
    ("park", S): "parked",
}
"""How the visit under way ends."""


class TestTable:
    @pytest.mark.parametrize("command", COMMANDS)
    async def test_of_the_design_holds_for_each_state(self, watched: Site, command: str) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        leads, code = TABLE[command]
        # A counter that has the visitor cannot call them once more: it is busy with them.
        actor = other if command == "call" else desk
        for status in TokenStatus:
            token_id = await token_in(desk, status)
            before = await everything(watched.database)
            if status in leads:
                answer = await COMMANDS[command](actor, token_id)
                assert answer.token.status is leads[status], status
                assert answer.token.id == token_id
            else:
                with pytest.raises(TokenNotInState) as refused:
                    await COMMANDS[command](actor, token_id)
                assert refused.value.code is code
                number = (await watched.token(token_id)).number
                assert refused.value.facts == {"number": number, "status": status, "command": command}
                assert await everything(watched.database) == before, status
            await free(actor if status in leads else desk, token_id)

    @pytest.mark.parametrize("command", COMMANDS)
    async def test_each_command_writes_one_event_one_audit_row_and_one_answer(
        self, watched: Site, command: str
    ) -> None:
        desk = await watched.person_at(0)
        for status in TABLE[command][0]:
            token_id = await token_in(desk, status)
            before = await everything(watched.database)
            answer = await COMMANDS[command](desk, token_id)
            after = await everything(watched.database)
            grown = {name: after[name][0] - before[name][0] for name in after}
            assert (grown["events"], grown["system_logs"], grown["idempotency_keys"]) == (1, 1, 1)
            event = await one(
                watched.database,
                "SELECT * FROM events WHERE revision = %(revision)s",
                revision=answer.revision,
            )
            assert event["type"] == EVENTS[command]
            audit = await one(
                watched.database,
                "SELECT * FROM system_logs WHERE created_at = %(at)s AND entity_id = %(id)s",
                at=event["created_at"],
                id=token_id,
            )
            assert (audit["entity_type"], audit["user_id"]) == ("token", desk.person.actor.user_id)
            if TABLE[command][0][status] is not status:
                details = audit["details"]
                assert details["before"]["status"] == status
                assert details["after"]["status"] == TABLE[command][0][status]
            await free(desk, token_id)

    async def test_the_visit_ends_as_the_command_says(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        for (command, status), outcome in OUTCOMES.items():
            token_id = await token_in(desk, status)
            await COMMANDS[command](desk, token_id)
            visit = await one(
                watched.database, "SELECT * FROM token_calls WHERE token_id = %(id)s", id=token_id
            )
            assert (visit["outcome"], visit["ended_at"] is not None) == (outcome, True)
            # Who was called and need not come is called back from the screens; a no-show stays listed.
            assert visit["withdrawn"] is (status is C and command != "no_show"), (command, status)

    async def test_complete_comes_from_called_where_arrival_is_not_confirmed(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await watched.configure(confirms_arrival=False)
        token_id = await token_in(desk, C)
        answer = await desk.complete(token_id)
        assert answer.token.status is D
        visit = await one(watched.database, "SELECT * FROM token_calls")
        assert visit["started_at"] == visit["called_at"]

    async def test_a_token_of_another_organization_is_not_found_by_any_command(self, site: Site) -> None:
        theirs = await (await make_site(site.database, name="Library")).person_at(0)
        desk = await site.person_at(0)
        for status in TokenStatus:
            token_id = await token_in(theirs, status)
            before = await everything(site.database)
            for command in COMMANDS.values():
                with pytest.raises(NotFound):
                    await command(desk, token_id)
            assert await everything(site.database) == before
            await free(theirs, token_id)

    async def test_only_who_works_there_or_an_admin_touches_a_visitor_at_a_counter(
        self, watched: Site
    ) -> None:
        desk, stranger = await watched.person_at(0), await watched.person_at(1)
        admin = await watched.add_person(UserRole.ADMIN)
        helping = replace(desk, person=admin)
        for command, (leads, _) in TABLE.items():
            for status in leads:
                if status not in (C, S):
                    continue
                token_id = await token_in(desk, status)
                before = await everything(watched.database)
                with pytest.raises(NotYourCounter):
                    await COMMANDS[command](stranger, token_id)
                assert await everything(watched.database) == before
                await COMMANDS[command](helping, token_id)
                await free(desk, token_id)


class TestTransfer:
    @pytest.mark.parametrize("status", [W, C, S, P])
    async def test_to_a_type_keeps_its_place_and_moves_the_counts(
        self, watched: Site, status: TokenStatus
    ) -> None:
        desk = await watched.person_at(0)
        token_id = await token_in(desk, status)
        arrived = (await watched.token(token_id)).place_at
        later = await desk.take("retail")
        answer = await desk.transfer(token_id, customer_type="retail")
        assert (answer.token.customer_type, answer.token.place_at) == ("retail", arrived)
        assert (answer.token.park_reason, answer.token.wake_at) == (None, None)
        assert await waiting_counts(watched) == {"instant": 0, "browser": 0, "retail": 2}
        assert (await desk.call_next()).token.id == token_id
        await desk.finish()
        assert (await desk.call_next()).token.id == later.token.id

    async def test_first_in_line_comes_before_all_others_of_its_new_lane(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        old = [(await desk.take("retail")).token.id for _ in range(3)]
        token_id = (await desk.take()).token.id
        await desk.transfer(token_id, customer_type="retail", first_in_line=True)
        assert (await desk.call_next()).token.id == token_id
        await desk.finish()
        assert (await desk.call_next()).token.id == old[0]

    async def test_first_in_line_of_an_empty_lane_keeps_its_place(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token = (await desk.take()).token
        answer = await desk.transfer(token.id, customer_type="retail", first_in_line=True)
        assert answer.token.place_at == token.place_at

    async def test_first_in_line_never_loses_a_better_place(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token = (await desk.take()).token
        await desk.take("retail")
        answer = await desk.transfer(token.id, customer_type="retail", first_in_line=True)
        assert answer.token.place_at == token.place_at

    async def test_the_wait_that_is_told_counts_from_the_arrival_wherever_it_was_put(
        self, watched: Site
    ) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.take("retail")
        watched.pass_time(minutes=20)
        token_id = (await desk.take()).token.id
        await desk.transfer(token_id, customer_type="retail", first_in_line=True)
        watched.pass_time(minutes=1)
        why = (await desk.call_next()).token.why
        assert why.waited_s == 60
        assert (await watched.token(token_id)).wait_s == 60

    async def test_what_was_called_before_it_came_never_passed_it_over(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        oldest = (await desk.take("retail")).token.id
        watched.pass_time(minutes=1)
        urgent = (await desk.take("retail", 30)).token.id
        watched.pass_time(minutes=1)
        assert (await desk.call_next()).token.id == urgent
        await desk.finish()
        watched.pass_time(minutes=1)
        token_id = (await desk.take()).token.id
        await desk.transfer(token_id, customer_type="retail", first_in_line=True)
        answer = await desk.call_next()
        assert (answer.token.id, answer.token.why.passed_over) == (token_id, 0)
        await desk.finish()
        answer = await desk.call_next()
        # By the urgent one; who was put first by a person has the better place.
        assert (answer.token.id, answer.token.why.passed_over) == (oldest, 1)

    async def test_an_unserved_or_unknown_or_inactive_goal_is_refused(self, watched: Site) -> None:
        desk, person = await watched.person_at(0), await watched.add_person()
        await watched.configure_counter(2, customer_types=("browser",))
        await watched.configure_queue("retail", is_active=False)
        await watched.set_skills(person, "browser")
        token_id = await token_in(desk, C)
        before = await everything(watched.database)
        user_id = person.actor.user_id
        refusals: list[tuple[type[Exception], dict[str, object], dict[str, object]]] = [
            (TypeInactive, {"customer_type": "retail"}, {"customer_type": "Sales & payments"}),
            (NotFound, {"customer_type": "nothing"}, {"what": "customer type", "id": "nothing"}),
            (
                TypeNotServed,
                {"counter_id": watched.counter_ids[2]},
                {"counter": "Counter 3", "customer_type": "Quick service"},
            ),
            (
                NoSkill,
                {"user_id": user_id},
                {"person": person.display_name, "customer_type": "Quick service"},
            ),
        ]
        for error, body, facts in refusals:
            with pytest.raises(error) as refused:
                await desk.transfer(token_id, **body)
            assert refused.value.facts == facts
        for stranger in ({"user_id": UserId(uuid4())}, {"counter_id": CounterId(uuid4())}):
            with pytest.raises(NotFound):
                await desk.transfer(token_id, **stranger)
        await execute(watched.database, "UPDATE users SET is_active = false WHERE id = %(id)s", id=user_id)
        with pytest.raises(NotFound):
            await desk.transfer(token_id, customer_type="browser", user_id=user_id)
        await execute(watched.database, "UPDATE users SET is_active = true WHERE id = %(id)s", id=user_id)
        after = await everything(watched.database)
        assert {name for name in after if after[name] != before[name]} <= {"users"}

    async def test_to_where_it_waits_already_is_refused_unless_first_in_line(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        token_id = await token_in(desk, W)
        with pytest.raises(InvalidField):
            await desk.transfer(token_id, customer_type="instant")
        await desk.transfer(token_id, customer_type="instant", first_in_line=True)
        assert (await desk.call_next()).token.id == token_id

    def test_needs_a_goal_and_one_alone(self) -> None:
        for body in ({}, {"first_in_line": True}, {"counter_id": uuid4(), "user_id": uuid4()}):
            with pytest.raises(ValidationError):
                TransferToken.model_validate(body)

    async def test_a_visit_before_it_counts_into_its_service(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = await token_in(desk, S)
        watched.pass_time(minutes=3)
        await desk.transfer(token_id, counter_id=other.counter_id)
        watched.pass_time(minutes=2)
        await other.call(token_id)
        await other.start(token_id)
        watched.pass_time(minutes=4)
        await other.complete(token_id)
        kept = await watched.token(token_id)
        assert (kept.service_s, kept.wait_s) == (7 * 60, 0)
        visits = await rows(
            watched.database, "SELECT counter_id, outcome FROM token_calls ORDER BY called_at"
        )
        assert [(visit["counter_id"], visit["outcome"]) for visit in visits] == [
            (desk.counter_id, "transferred"),
            (other.counter_id, "completed"),
        ]


class TestMeant:
    async def test_for_a_counter_is_called_there_first_and_nowhere_else(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        first = (await one_.take()).token.id
        meant = (await one_.take("retail", counter_id=two.counter_id)).token.id
        answer = await two.call_next()
        assert (answer.token.id, answer.token.why.rule) == (meant, ChoiceRule.MEANT)
        assert answer.token.why.overtook == 1
        assert (await one(watched.database, "SELECT overtook, rule FROM token_calls")) == {
            "overtook": 1,
            "rule": "meant",
        }
        await two.return_to_lane(meant)
        assert (await one_.call_next()).token.id == first
        await one_.finish()
        with pytest.raises(NobodyWaiting):
            await one_.call_next()

    async def test_for_a_person_follows_them_to_another_counter(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        meant = (await one_.take(user_id=two.person.actor.user_id)).token.id
        with pytest.raises(NobodyWaiting):
            await one_.call_next()
        moved = two.at(3)
        await moved.open(take_over=True)
        assert (await moved.call_next()).token.id == meant

    async def test_reaches_its_counter_though_that_serves_other_types_now(self, watched: Site) -> None:
        desk = await watched.person_at(0, "browser")
        meant = (await desk.take("retail", counter_id=desk.counter_id)).token.id
        assert (await desk.call_next()).token.id == meant

    async def test_may_be_picked_by_whom_it_is_meant_for_as_it_may_be_called(self, watched: Site) -> None:
        """Whoever sits at the counter: the visitor was sent there, and nobody else calls them."""
        desk = await watched.person_at(0)
        await watched.set_skills(desk.person, "browser")
        meant = (await desk.take("retail", counter_id=desk.counter_id)).token.id
        assert (await desk.call_next()).token.id == meant
        await desk.return_to_lane(meant)
        assert (await desk.call(meant)).token.id == meant
        await desk.park(meant)
        assert (await desk.resume(meant)).token.id == meant

    async def test_can_be_picked_elsewhere_by_a_person(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        meant = (await one_.take(counter_id=two.counter_id)).token.id
        answer = await one_.call(meant)
        assert (answer.token.why.rule, answer.token.counter_id) == (ChoiceRule.PICKED, one_.counter_id)

    async def test_goes_on_to_anybody_by_a_transfer_to_a_type(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        meant = (await one_.take(counter_id=two.counter_id)).token.id
        answer = await one_.transfer(meant, customer_type="instant")
        assert answer.token.target_counter_id is None
        assert (await one_.call_next()).token.id == meant

    async def test_cannot_be_taken_for_a_counter_or_person_that_does_not_serve_it(
        self, watched: Site
    ) -> None:
        desk, person = await watched.person_at(0), await watched.add_person()
        await watched.configure_counter(2, customer_types=("browser",))
        await watched.set_skills(person, "browser")
        before = await everything(watched.database)
        with pytest.raises(TypeNotServed):
            await desk.take(counter_id=watched.counter_ids[2])
        with pytest.raises(NoSkill):
            await desk.take(user_id=person.actor.user_id)
        assert await everything(watched.database) == before
        await desk.take("browser", counter_id=watched.counter_ids[2])
        await desk.take("browser", user_id=person.actor.user_id)


class TestEmergency:
    async def test_goes_before_all_others_and_every_overtake_is_counted(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        for kind, priority in (("instant", 0), ("instant", 30), ("retail", 0)):
            await desk.take(kind, priority)
        await desk.take(counter_id=desk.counter_id)
        urgent = (await desk.take("browser", emergency="Faints")).token
        answer = await desk.call_next()
        assert (answer.token.id, answer.token.why.rule) == (urgent.id, ChoiceRule.STRICT)
        assert (answer.token.why.overtook, answer.token.why.waiting) == (3, 5)
        assert (await one(watched.database, "SELECT rule, overtook FROM token_calls")) == {
            "rule": "strict",
            "overtook": 3,
        }

    async def test_the_older_emergency_goes_first_whatever_their_levels(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        older = (await desk.take("retail", emergency="Faints")).token.id
        await desk.take("instant", 30, emergency="A child")
        assert (await desk.call_next()).token.id == older

    async def test_waits_for_a_counter_that_serves_its_type(self, watched: Site) -> None:
        desk = await watched.person_at(0, "browser")
        await desk.take("retail", emergency="Faints")
        with pytest.raises(NobodyWaiting):
            await desk.call_next()

    async def test_meant_for_another_counter_stays_there(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        urgent = (await one_.take(counter_id=two.counter_id, emergency="Faints")).token.id
        with pytest.raises(NobodyWaiting):
            await one_.call_next()
        assert (await two.call_next()).token.id == urgent

    async def test_can_be_declared_and_taken_back_while_it_waits(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        first = (await desk.take()).token.id
        second = (await desk.take()).token.id
        await desk.change(second, emergency="Faints")
        assert (await desk.call_next()).token.id == second
        await desk.return_to_lane(second)
        await desk.change(second, emergency=None)
        assert (await desk.call_next()).token.id == first

    async def test_its_reason_is_in_the_audit(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take(emergency="Faints")
        audit = await one(watched.database, "SELECT * FROM system_logs WHERE action = 'create_token'")
        assert audit["details"]["emergency"] == "Faints"


class TestSkills:
    async def test_call_next_calls_only_what_the_person_can_serve(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await watched.set_skills(desk.person, "retail", "browser")
        await desk.take("instant")
        with pytest.raises(NobodyWaiting):
            await desk.call_next()
        retail = (await desk.take("retail")).token.id
        assert (await desk.call_next()).token.id == retail

    async def test_picking_and_resuming_are_refused_without_the_skill(self, watched: Site) -> None:
        desk, other = await watched.person_at(0), await watched.person_at(1)
        waiting, parked = await token_in(other, W), await token_in(other, P)
        await watched.set_skills(desk.person, "retail")
        before = await everything(watched.database)
        for command in (desk.call(waiting), desk.resume(parked)):
            with pytest.raises(NoSkill) as refused:
                await command
            assert refused.value.facts == {
                "person": desk.person.display_name,
                "customer_type": "Quick service",
            }
        assert await everything(watched.database) == before

    async def test_picking_is_refused_where_the_plate_does_not_serve_it(self, watched: Site) -> None:
        await watched.configure_counter(0, customer_types=("retail",))
        desk = await watched.person_at(0)
        token_id = (await desk.take("instant")).token.id
        with pytest.raises(TypeNotServed):
            await desk.call(token_id)

    async def test_picking_beyond_what_was_chosen_at_opening_is_allowed(self, watched: Site) -> None:
        desk = await watched.person_at(0, "retail")
        token_id = (await desk.take("instant")).token.id
        with pytest.raises(NobodyWaiting):
            await desk.call_next()
        assert (await desk.call(token_id)).token.id == token_id


class TestPark:
    async def test_frees_the_counter_and_says_why_and_until_when(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = await token_in(desk, S)
        wake = NOON + timedelta(minutes=20)
        answer = await desk.park(token_id, "Filling in a form", wake)
        assert (answer.token.park_reason, answer.token.parked_at, answer.token.wake_at) == (
            "Filling in a form",
            NOON,
            wake,
        )
        assert answer.token.served_by == desk.person.actor.user_id, "whom a colleague asks"
        await desk.take()
        await desk.call_next()

    @pytest.mark.parametrize(
        "wake",
        [
            timedelta(0),
            timedelta(seconds=-1),
            timedelta(days=-400),
            timedelta(days=7, microseconds=1),
            timedelta(days=365),
        ],
        ids=str,
    )
    async def test_a_time_that_nobody_means_is_refused(self, watched: Site, wake: timedelta) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = await token_in(desk, S)
        before = await everything(watched.database)
        with pytest.raises(InvalidField) as refused:
            await desk.park(token_id, wake_at=NOON + wake)
        assert refused.value.facts["field"] == "wake_at"
        assert await everything(watched.database) == before

    async def test_a_week_ahead_is_the_latest(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        await desk.park(await token_in(desk, S), wake_at=NOON + timedelta(days=7))

    @pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+16:00"])
    async def test_a_time_of_any_zone_that_json_can_say_is_kept(self, watched: Site, offset: str) -> None:
        """PostgreSQL itself knows no offset beyond 15:59."""
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        moment = datetime.fromisoformat("2026-03-12T12:00:00" + offset)
        answer = await desk.park(await token_in(desk, S), wake_at=moment)
        assert (await watched.token(answer.token.id)).wake_at == moment

    async def test_an_absurd_time_is_refused_not_stumbled_over(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = await token_in(desk, S)
        for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
            with pytest.raises(InvalidField):
                await desk.park(token_id, wake_at=datetime.fromisoformat(moment))


class TestResume:
    async def test_at_another_counter_is_announced_and_leaves_nothing_of_the_parking(
        self, watched: Site
    ) -> None:
        watched.stop_clock(NOON)
        one_, two = await watched.person_at(0), await watched.person_at(1)
        token_id = await token_in(one_, S)
        await one_.park(token_id, wake_at=NOON + timedelta(minutes=5))
        display = await snapshot_of(watched, Audience.DISPLAY)
        answer = await two.resume(token_id)
        assert (answer.token.status, answer.token.counter_id) == (C, two.counter_id)
        assert (answer.token.park_reason, answer.token.parked_at, answer.token.wake_at) == (None,) * 3
        assert answer.token.why.rule is ChoiceRule.RESUMED
        [told] = (await frames_after(watched, display.revision))[Audience.DISPLAY]
        assert '"type":"token_called"' in told
        assert str(two.counter_id) in told

    async def test_of_a_busy_closed_or_resting_counter_or_anothers_is_refused(self, watched: Site) -> None:
        one_, two = await watched.person_at(0), await watched.person_at(1)
        parked = await token_in(one_, P)
        await two.begin_break()
        await token_in(one_, C)
        before = await everything(watched.database)
        for desk, error in (
            (one_, CounterBusy),
            (two, CounterOnBreak),
            (one_.at(2), CounterNotOpen),
            (one_.at(1), NotYourCounter),
        ):
            with pytest.raises(error):
                await desk.resume(parked)
        assert await everything(watched.database) == before

    async def test_keeps_the_wait_until_the_first_call(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        watched.pass_time(minutes=4)
        await desk.call(token_id)
        await desk.park(token_id)
        watched.pass_time(minutes=30)
        await desk.resume(token_id)
        assert (await watched.token(token_id)).wait_s == 4 * 60


class TestReturn:
    @pytest.mark.parametrize("status", [C, P])
    async def test_keeps_its_place_before_those_who_came_later(
        self, watched: Site, status: TokenStatus
    ) -> None:
        desk = await watched.person_at(0)
        token_id = await token_in(desk, status)
        place = (await watched.token(token_id)).place_at
        await desk.take()
        answer = await desk.return_to_lane(token_id)
        assert answer.token.place_at == place
        assert answer.token.park_reason is None
        assert (await desk.call_next()).token.id == token_id

    async def test_withdraws_the_call_from_the_displays(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = await token_in(desk, C)
        await desk.return_to_lane(token_id)
        [call] = (await snapshot_of(watched, Audience.DISPLAY)).recent_calls
        assert (call.token_id, call.withdrawn) == (token_id, True)


class TestReinstate:
    async def order(self, desk: Desk) -> list[TokenId]:
        """Who is called, one after the other, until nobody waits."""
        called = []
        while True:
            try:
                answer = await desk.call_next()
            except NobodyWaiting:
                return called
            called.append(answer.token.id)
            await desk.finish()

    @pytest.mark.parametrize(("behind", "position"), [(0, 0), (1, 1), (3, 3), (5, 5), (50, 5)])
    async def test_stands_just_behind_the_kth_of_its_lane(
        self, watched: Site, behind: int, position: int
    ) -> None:
        await watched.configure(reinstate_behind=behind)
        desk = await watched.person_at(0)
        late = await token_in(desk, N)
        others = [(await desk.take()).token.id for _ in range(5)]
        for elsewhere in (("retail", 0), ("instant", 30)):
            await desk.cancel((await desk.take(*elsewhere)).token.id)
        await desk.reinstate(late)
        assert await self.order(desk) == [*others[:position], late, *others[position:]]

    async def test_of_an_empty_lane_takes_its_own_place(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        late = await token_in(desk, N)
        await desk.take("retail")
        await desk.take("instant", 30)
        place = (await watched.token(late)).place_at
        assert (await desk.reinstate(late)).token.place_at == place

    async def test_never_gets_a_better_place_than_it_had(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        older = [(await desk.take()).token.id for _ in range(4)]
        late = await token_in(desk, N)
        place = (await watched.token(late)).place_at
        assert (await desk.reinstate(late)).token.place_at == place
        assert await self.order(desk) == [*older, late]

    async def test_two_who_come_back_after_each_other_keep_that_order_behind_the_kth(
        self, watched: Site
    ) -> None:
        await watched.configure(reinstate_behind=1)
        desk = await watched.person_at(0)
        late = [await token_in(desk, N) for _ in range(2)]
        others = [(await desk.take()).token.id for _ in range(3)]
        for token_id in late:
            await desk.reinstate(token_id)
        assert await self.order(desk) == [others[0], *late, *others[1:]]

    async def test_of_another_day_is_refused(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        late = await token_in(desk, N)
        watched.pass_time(days=1)
        before = await everything(watched.database)
        with pytest.raises(TokenOfAnotherDay) as refused:
            await desk.reinstate(late)
        assert refused.value.facts == {"number": "A001"}
        assert await everything(watched.database) == before

    async def test_is_counted_among_the_waiting_and_holds_its_number_again(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        late = await token_in(desk, N)
        await desk.reinstate(late)
        assert await waiting_counts(watched) == {"instant": 1, "browser": 0, "retail": 0}
        held = await one(watched.database, "SELECT number, token_id FROM live_numbers")
        assert held == {"number": "A001", "token_id": late}


class TestChange:
    async def test_only_what_is_named_changes(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        visitor = {"name": "Ana Ruiz", "notes": "Wheelchair"}
        token = (await desk.take("instant", 10, emergency="Faints", visitor=visitor)).token
        for body in ({"priority": 30}, {"emergency": "A child"}, {"visitor": {"phone": "+34 600 100 200"}}):
            before = (await watched.token(token.id), await seen(watched, token.id))
            await desk.change(token.id, **body)
            after = (await watched.token(token.id), await seen(watched, token.id))
            [named] = body
            untouched = {"priority", "emergency", "visitor"} - {named}
            for name in untouched:
                assert getattr(after[1], name) == getattr(before[1], name), (named, name)
            assert getattr(after[1], named) != getattr(before[1], named)
            assert after[0].place_at == before[0].place_at
        assert (await seen(watched, token.id)).visitor.model_dump() == {
            "name": "Ana Ruiz",
            "phone": "+34 600 100 200",
            "notes": "Wheelchair",
        }

    async def test_another_level_is_another_lane_at_the_same_place(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        second = (await desk.take()).token.id
        await desk.change(second, priority=30)
        assert (await desk.call_next()).token.id == second

    async def test_a_level_that_is_none_is_refused(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        before = await everything(watched.database)
        with pytest.raises(InvalidPriority):
            await desk.change(token_id, priority=7)
        assert await everything(watched.database) == before

    async def test_a_level_that_is_one_no_more_may_stay(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take("instant", 10)).token.id
        await watched.configure(priority_levels=(0, 30))
        await desk.change(token_id, priority=10, emergency="Faints")
        assert (await desk.call_next()).token.id == token_id


class TestCreate:
    async def test_says_who_took_it_and_keeps_what_was_promised(self, watched: Site) -> None:
        staff, admin = await watched.add_person(), await watched.add_person(UserRole.ADMIN)
        assert (await watched.take(staff)).token.source == "staff"
        assert (await watched.take(admin)).token.source == "admin"
        promise = Promise(low_s=60, median_s=250, high_s=900)
        answer = await tokens.create_token(
            watched.commands, watched.by(staff), CreateToken(customer_type="instant"), promise=promise
        )
        assert answer.token.promise == promise
        kept = await one(
            watched.database,
            "SELECT promise_low_s, promise_median_s, promise_high_s, estimated_wait_time FROM tokens"
            " WHERE promise_low_s IS NOT NULL",
        )
        assert tuple(kept.values()) == (60, 250, 900, 4)


class TestRecentCalls:
    async def test_are_those_that_a_newcomer_sees_after_the_undo_of_an_old_calls_recall(
        self, site: Site
    ) -> None:
        """The recall put another call off the list; taken back, it must not leave a gap there."""
        old, desk = await site.person_at(0), await site.person_at(1)
        token_id = await token_in(old, C)
        for _ in range(30):
            await token_in(desk, D)
        witness = await Witness.of(site)
        await old.recall(token_id)
        await old.undo()
        await witness.require_followed()


async def waiting_counts(site: Site) -> dict[str, int]:
    found = await rows(site.database, "SELECT customer_type, waiting_count FROM queue_configurations")
    return {str(row["customer_type"]): int(str(row["waiting_count"])) for row in found}


async def seen(site: Site, token_id: TokenId) -> LiveToken:
    """A live token as staff see it."""
    snapshot = await snapshot_of(site, Audience.STAFF)
    return next(token for token in snapshot.tokens if token.id == token_id)
