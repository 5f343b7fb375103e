"""Each command against a real database: what changes, what is refused, what is written beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from server.domain.access import Actor
from server.domain.errors import (
    CounterBusy,
    CounterElsewhere,
    CounterNotOpen,
    CounterTaken,
    IdempotencyMismatch,
    InvalidPriority,
    NobodyWaiting,
    NoShowTooEarly,
    NotFound,
    NotYourCounter,
    QueueFull,
    TokenNotInState,
    TypeInactive,
    Unauthenticated,
)
from server.store import journal
from server.store import tokens as token_store
from server.store.engine import Database
from server.usecases import calling, counters, receipts, tokens
from server.usecases.commanding import Commands, Request
from shared.commands import CreateToken, OpenCounter
from shared.ids import DeviceId, RequestId, TokenId, TokenStatus, UserRole
from shared.tokens import ChoiceRule
from tests.site import VISITORS, Site, make_site


async def rows(database: Database, query: str) -> list[dict[str, object]]:
    async with database.unit_of_work() as tx:
        return await tx.all(query)  # type: ignore[arg-type]  # constants of this file


async def number_of(database: Database, table: str) -> int:
    return len(await rows(database, f"SELECT 1 FROM {table}"))


async def everything(database: Database) -> list[int]:
    """How many rows there are of all that a command writes."""
    names = ("tokens", "token_calls", "active_calls", "live_numbers", "events", "system_logs",
             "idempotency_keys", "service_sessions")  # fmt: skip
    return [await number_of(database, name) for name in names]


async def waiting_counts_are_right(database: Database) -> bool:
    wrong = await rows(
        database,
        "SELECT q.customer_type FROM queue_configurations q WHERE waiting_count <> ("
        "SELECT count(*) FROM tokens t WHERE t.organization_id = q.organization_id"
        " AND t.customer_type = q.customer_type AND t.status = 'waiting')",
    )
    return wrong == []


class TestCreateToken:
    async def test_gives_the_next_number_of_its_type(self, site: Site) -> None:
        desk = await site.person_at(0)
        numbers = [(await desk.take(kind)).token for kind in ("instant", "retail", "instant")]
        assert [token.number for token in numbers if token] == ["A001", "R001", "A002"]

    async def test_writes_event_audit_row_and_answer_with_it(self, site: Site) -> None:
        desk = await site.person_at(0)
        answer = await desk.take()
        [event] = await rows(site.database, "SELECT * FROM events WHERE type = 'token_created'")
        assert event["revision"] == answer.revision == 2
        [audit] = await rows(site.database, "SELECT * FROM system_logs WHERE action = 'create_token'")
        assert audit["user_id"] == desk.person.actor.user_id
        assert audit["entity_id"] == answer.token.id
        assert site.committed[-1] == (site.organization_id, 2)

    async def test_refuses_an_unknown_type(self, site: Site) -> None:
        with pytest.raises(NotFound):
            await (await site.person_at(0)).take("nothing")

    async def test_refuses_a_priority_that_is_no_level(self, site: Site) -> None:
        with pytest.raises(InvalidPriority) as refused:
            await (await site.person_at(0)).take(priority=7)
        assert refused.value.facts["levels"] == [0, 10, 30]

    async def test_refuses_an_inactive_type(self, site: Site) -> None:
        desk = await site.person_at(0)
        await execute(site, "UPDATE queue_configurations SET is_active = false")
        with pytest.raises(TypeInactive):
            await desk.take()

    async def test_is_full_at_the_maximum_and_says_so(self, site: Site) -> None:
        desk = await site.person_at(0)
        await execute(site, "UPDATE queue_configurations SET max_number = 2")
        await desk.take()
        await desk.take()
        before = await everything(site.database)
        with pytest.raises(QueueFull) as refused:
            await desk.take()
        assert refused.value.facts["max_number"] == 2
        assert await everything(site.database) == before

    async def test_a_wrapping_series_skips_the_numbers_of_today(self, site: Site) -> None:
        desk = await site.person_at(0)
        await execute(site, "UPDATE queue_configurations SET max_number = 3, reset_daily = false")
        given = [(await desk.take()).token.number for _ in range(3)]
        with pytest.raises(QueueFull):
            await desk.take()
        assert given == ["A001", "A002", "A003"]

    async def test_a_new_day_starts_at_one_but_skips_numbers_that_still_wait(self, site: Site) -> None:
        desk = await site.person_at(0)
        night = [datetime(2026, 3, 10, 12, tzinfo=UTC)]
        commands = Commands(
            site.database, visitors=VISITORS, committed=lambda *_: None, clock=lambda: night[0]
        )
        body = CreateToken(customer_type="instant")
        first = await tokens.create_token(commands, site.by(desk.person), body)
        await tokens.create_token(commands, site.by(desk.person), body)
        night[0] += timedelta(days=1)
        next_day = await tokens.create_token(commands, site.by(desk.person), body)
        assert (first.token.number, next_day.token.number) == ("A001", "A003")


class TestCallNext:
    async def test_calls_the_oldest_and_says_why(self, site: Site) -> None:
        desk = await site.person_at(2)
        first = await desk.take("retail")
        await desk.take("instant")
        answer = await desk.call_next()
        assert answer.token.id == first.token.id
        assert answer.token.status is TokenStatus.CALLED
        assert answer.token.counter_id == desk.counter_id
        assert (answer.token.why.rule, answer.token.why.waiting) == (ChoiceRule.OLDEST, 2)
        assert answer.call.announced_revision == answer.revision

    async def test_prefers_a_head_start(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        urgent = await desk.take("instant", 30)
        answer = await desk.call_next()
        assert (answer.token.id, answer.token.why.rule) == (urgent.token.id, ChoiceRule.HEAD_START)

    async def test_counts_who_was_passed_over(self, site: Site) -> None:
        desk, other = await site.person_at(0), await site.person_at(1)
        old = await desk.take()
        urgent = await desk.take("instant", 30)
        await other.call(urgent.token.id)
        answer = await desk.call_next()
        assert (answer.token.id, answer.token.why.passed_over) == (old.token.id, 1)

    async def test_serves_only_the_types_of_the_counter(self, site: Site) -> None:
        desk = await site.person_at(0, "retail")
        await desk.take("instant")
        with pytest.raises(NobodyWaiting):
            await desk.call_next()
        await desk.take("retail")
        assert (await desk.call_next()).token.number == "R001"

    async def test_refuses_a_second_visitor(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await desk.take()
        await desk.call_next()
        before = await everything(site.database)
        with pytest.raises(CounterBusy) as refused:
            await desk.call_next()
        assert refused.value.facts["number"] == "A001"
        assert await everything(site.database) == before

    async def test_needs_an_open_counter_of_ones_own(self, site: Site) -> None:
        desk, stranger = await site.person_at(0), await site.add_person()
        await desk.take()
        with pytest.raises(NotYourCounter):
            await calling.call_next(site.commands, site.by(stranger), desk.counter_id)
        with pytest.raises(CounterNotOpen):
            await calling.call_next(site.commands, site.by(stranger), site.counter_ids[1])

    async def test_of_a_counter_of_another_organization_is_not_found(self, site: Site) -> None:
        elsewhere = await make_site(site.database, name="Library")
        theirs = await elsewhere.person_at(0)
        person = await site.add_person(UserRole.SUPER_ADMIN)
        with pytest.raises(NotFound):
            await calling.call_next(site.commands, site.by(person), theirs.counter_id)


class TestVisit:
    async def test_from_call_to_complete_is_one_row_of_its_own(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        await desk.call_next()
        await desk.recall(token.id)
        await desk.start(token.id)
        done = await desk.complete(token.id)
        assert done.token.status is TokenStatus.COMPLETED
        [visit] = await rows(site.database, "SELECT * FROM token_calls")
        assert (visit["outcome"], visit["recall_count"], visit["withdrawn"]) == ("completed", 1, False)
        [kept] = await rows(site.database, "SELECT * FROM tokens")
        assert kept["served_by"] == desk.person.actor.user_id
        assert kept["actual_wait_time"] == 0
        assert kept["service_duration"] == 0
        assert await number_of(site.database, "active_calls") == 0
        assert await number_of(site.database, "live_numbers") == 0
        assert await waiting_counts_are_right(site.database)

    async def test_a_command_the_state_forbids_changes_nothing(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        before = await everything(site.database)
        with pytest.raises(TokenNotInState):
            await desk.start(token.id)
        assert await everything(site.database) == before

    async def test_cancel_frees_the_counter_and_withdraws_the_call(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        await desk.call_next()
        await desk.cancel(token.id)
        [visit] = await rows(site.database, "SELECT * FROM token_calls")
        assert visit["withdrawn"]
        assert await number_of(site.database, "active_calls") == 0
        assert await waiting_counts_are_right(site.database)

    async def test_only_who_sits_there_may_act_but_admins_help_out(self, site: Site) -> None:
        desk, stranger = await site.person_at(0), await site.add_person()
        admin = await site.add_person(UserRole.ADMIN)
        token = (await desk.take()).token
        await desk.call_next()
        with pytest.raises(NotYourCounter):
            await calling.start(site.commands, site.by(stranger), token.id)
        await calling.start(site.commands, site.by(admin), token.id)

    async def test_no_show_waits_for_the_screens(self, site: Site) -> None:
        desk = await site.person_at(0)
        await site.add_device()
        [device] = await rows(site.database, "SELECT id FROM devices")
        device_id = DeviceId(device["id"])
        await receipts.screens_present(site.database, [device_id])
        token = (await desk.take()).token
        called = await desk.call_next()
        with pytest.raises(NoShowTooEarly) as refused:
            await desk.no_show(token.id)
        assert (refused.value.shown, refused.value.screens) == (0, 1)
        given = await receipts.give_receipt(
            site.database, site.organization_id, device_id, called.revision, spoken=False
        )
        assert given is not None
        assert (given.is_first, given.receipts.shown, given.receipts.screens) == (True, 1, 1)
        again = await receipts.give_receipt(
            site.database, site.organization_id, device_id, called.revision, spoken=False
        )
        assert again is not None
        assert not again.is_first
        assert (await desk.no_show(token.id)).token.status is TokenStatus.NO_SHOW

    async def test_no_show_opens_after_the_wait_without_any_screen(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        await desk.call_next()
        with pytest.raises(NoShowTooEarly):
            await desk.no_show(token.id)
        await desk.no_show(token.id, wait_s=0)


class TestCounters:
    async def test_opening_begins_a_session_and_closing_ends_it(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take()).token
        await desk.call_next()
        await desk.start(token.id)
        await desk.complete(token.id)
        await desk.close()
        [session] = await rows(site.database, "SELECT * FROM service_sessions")
        assert session["ended_at"] is not None
        assert session["tokens_served"] == 1

    async def test_a_taken_counter_asks_and_taking_over_is_audited(self, site: Site) -> None:
        first = await site.person_at(0)
        second = await site.person_at(1)
        thief = type(second)(site=site, person=second.person, counter_id=first.counter_id)
        with pytest.raises(CounterTaken):
            await thief.open()
        await second.close()
        await thief.open(take_over=True)
        [audit] = await rows(
            site.database,
            "SELECT details FROM system_logs WHERE details->>'taken_over_from' IS NOT NULL",
        )
        assert audit["details"]["taken_over_from"] == str(first.person.actor.user_id)

    async def test_one_person_has_one_counter_unless_they_move(self, site: Site) -> None:
        desk = await site.person_at(0)
        moved = type(desk)(site=site, person=desk.person, counter_id=site.counter_ids[1])
        with pytest.raises(CounterElsewhere):
            await moved.open()
        await moved.open(take_over=True)
        opened = await rows(site.database, "SELECT label FROM counters WHERE opened_by IS NOT NULL")
        assert opened == [{"label": "2"}]

    async def test_one_open_in_another_organization_is_not_closed_from_here(self, site: Site) -> None:
        elsewhere = await make_site(site.database, name="Library")
        desk = await elsewhere.person_at(0)
        user_id = desk.person.actor.user_id
        await execute(
            site,
            "INSERT INTO memberships (user_id, organization_id, role) SELECT u.id, o.id, 'staff'"
            " FROM users u, organizations o WHERE o.name = 'City Hall'",
        )
        actor = replace(desk.person.actor, organization_id=site.organization_id)
        request = Request(actor=actor, request_id=RequestId(uuid4()))
        with pytest.raises(CounterElsewhere):
            await counters.open_counter(
                site.commands, request, site.counter_ids[0], OpenCounter(take_over=True)
            )
        open_now = await rows(site.database, "SELECT opened_by FROM counters WHERE opened_by IS NOT NULL")
        assert open_now == [{"opened_by": user_id}]

    async def test_a_counter_with_a_visitor_is_not_closed(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await desk.call_next()
        with pytest.raises(CounterBusy):
            await desk.close()


class TestIdempotency:
    async def test_the_same_key_gives_the_same_answer_once(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await desk.take()
        key = uuid4()
        first, second = await desk.call_next(key), await desk.call_next(key)
        assert first == second
        assert await number_of(site.database, "token_calls") == 1

    async def test_the_same_key_with_another_body_is_refused(self, site: Site) -> None:
        person, key = await site.add_person(), uuid4()
        await tokens.create_token(site.commands, site.by(person, key), CreateToken(customer_type="retail"))
        with pytest.raises(IdempotencyMismatch):
            await tokens.create_token(
                site.commands, site.by(person, key), CreateToken(customer_type="instant")
            )

    async def test_two_people_may_use_one_key(self, site: Site) -> None:
        first, second, key = await site.add_person(), await site.add_person(), uuid4()
        body = CreateToken(customer_type="retail")
        one = await tokens.create_token(site.commands, site.by(first, key), body)
        two = await tokens.create_token(site.commands, site.by(second, key), body)
        assert one.token.id != two.token.id

    async def test_a_refusal_is_not_stored(self, site: Site) -> None:
        desk, key = await site.person_at(0), uuid4()
        with pytest.raises(NobodyWaiting):
            await desk.call_next(key)
        await desk.take()
        assert (await desk.call_next(key)).token.number == "A001"


class TestAccess:
    async def test_a_command_asks_the_database_what_the_person_may_do_now(self, site: Site) -> None:
        person = await site.add_person(UserRole.ADMIN)
        await execute(site, "UPDATE memberships SET role = 'staff'")
        desk = await site.person_at(0)
        await desk.take()
        with pytest.raises(NotYourCounter):  # an admin could have
            await calling.call_next(site.commands, site.by(person), desk.counter_id)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE users SET is_active = false",
            "UPDATE users SET access_version = access_version + 1",
            "DELETE FROM memberships",
        ],
    )
    async def test_taken_access_holds_at_once(self, site: Site, change: str) -> None:
        person = await site.add_person()
        await execute(site, change)
        with pytest.raises(Unauthenticated):
            await site.take(person)

    async def test_a_claimed_role_gives_nothing(self, site: Site) -> None:
        person = await site.add_person()
        actor = Actor(
            user_id=person.actor.user_id,
            organization_id=site.organization_id,
            role=UserRole.SUPER_ADMIN,
            permissions=person.actor.permissions,
        )
        desk = await site.person_at(0)
        await desk.take()
        request = Request(actor=actor, request_id=RequestId(uuid4()))
        with pytest.raises(NotYourCounter):
            await calling.call_next(site.commands, request, desk.counter_id)


class TestTransaction:
    async def test_a_command_that_fails_half_way_leaves_nothing(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = await site.person_at(0)
        before = await everything(site.database)
        # The token was written by then, and the commit is sent along behind.
        monkeypatch.setattr(journal, "_APPEND", "SELECT 1 / 0")
        with pytest.raises(psycopg.errors.DivisionByZero):
            await desk.take()
        assert await everything(site.database) == before
        assert len(site.committed) == 1, "only the opening was told to the relay"

    async def test_a_token_that_is_not_as_believed_is_not_written(self, site: Site) -> None:
        desk = await site.person_at(0)
        token_id = (await desk.take()).token.id
        believed = await site.token(token_id)
        await desk.call_next()
        before = await rows(site.database, "SELECT * FROM tokens")

        async def save() -> None:
            async with site.database.unit_of_work() as tx:
                gone = replace(believed, status=TokenStatus.CANCELLED, cancelled_at=believed.created_at)
                token_store.save(tx, believed, gone, revision=believed.revision, changed_by=None)

        with pytest.raises(psycopg.errors.DivisionByZero):
            await save()
        assert await rows(site.database, "SELECT * FROM tokens") == before

    async def test_what_was_postponed_is_there_for_the_next_statement_and_after_the_commit(
        self, site: Site
    ) -> None:
        name = {"id": site.organization_id, "name": "Library"}
        look = "SELECT name FROM organizations WHERE id = %(id)s"
        async with site.database.unit_of_work() as tx:
            tx.postpone("UPDATE organizations SET name = %(name)s WHERE id = %(id)s", name)
            assert (await tx.one(look, name)) == {"name": "Library"}
            tx.postpone("UPDATE organizations SET name = name || '!' WHERE id = %(id)s", name)
        async with site.database.unit_of_work() as tx:
            assert (await tx.one(look, name)) == {"name": "Library!"}

    async def test_what_was_postponed_is_gone_after_a_refusal(self, site: Site) -> None:
        before = await rows(site.database, "SELECT name FROM organizations")

        async def refuse() -> None:
            async with site.database.unit_of_work() as tx:
                tx.postpone("UPDATE organizations SET name = 'x'", {})
                raise CounterBusy(counter="Counter 1")

        with pytest.raises(CounterBusy):
            await refuse()
        assert await rows(site.database, "SELECT name FROM organizations") == before

    async def test_an_unknown_token_is_not_found(self, site: Site) -> None:
        with pytest.raises(NotFound):
            await (await site.person_at(0)).start(TokenId(uuid4()))


async def execute(site: Site, query: str) -> None:
    async with site.database.unit_of_work() as tx:
        await tx.execute(query)  # type: ignore[arg-type]  # constants of this file
