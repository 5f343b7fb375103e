"""Visitors' data: sealed wherever it lies, opened for staff and admins, forgotten with its day's key."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.domain.errors import IdempotencyMismatch
from server.infra.crypto import MasterKey, SealError, SealingKey
from server.store.engine import Database
from server.usecases import cleaning, looking_up, tokens
from server.usecases.looking_up import Wanted
from server.usecases.visitors import VisitorKeys
from shared.commands import Answer, ChangeToken, CreateToken
from shared.ids import Audience, Revision, TokenId, UserRole
from shared.tokens import Visitor
from tests.db.truths import execute, frames_after, one, rows, snapshot_of
from tests.site import VISITORS, Site, make_site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NAME, PHONE, NOTES = "Zacharias Quillfeather", "+34 611 222 333", "Speaks Volapük only"
VISITOR = {"name": NAME, "phone": PHONE, "notes": NOTES}


async def all_that_is_stored(database: Database) -> str:
    """Every row of every table as text."""
    tables = await rows(
        database,
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition",
    )
    text = []
    for table in tables:
        text += [
            str(row["text"])
            for row in await rows(database, f'SELECT t::text AS text FROM "{table["name"]}" t')
        ]
    return "\n".join(text)


def traces(clear: str) -> list[str]:
    """How a text shows in a table: as it is, in JSON, in bytes, in base64."""
    raw = clear.encode()
    in_base64 = b64encode(raw).decode().rstrip("=")[:-1]
    return [clear, clear.encode("unicode_escape").decode(), raw.hex(), in_base64]


async def every_command(site: Site) -> TokenId:
    """A visitor with all their data, and every command there is."""
    desk = await site.person_at(0)
    admin = await site.add_person(UserRole.ADMIN)
    token_id = (await desk.take(visitor=VISITOR)).token.id
    await desk.call_next()
    await desk.recall(token_id)
    await desk.undo()
    await desk.start(token_id)
    await desk.park(token_id, wake_at=datetime.now(UTC) + timedelta(hours=1))
    await desk.resume(token_id)
    await desk.change(token_id, visitor={"notes": NOTES + "!"})
    await desk.change(token_id, visitor={"notes": NOTES})
    await desk.transfer(token_id, customer_type="retail", counter_id=desk.counter_id)
    await desk.call(token_id)
    await desk.return_to_lane(token_id)
    await desk.call(token_id)
    await desk.no_show(token_id, wait_s=0)
    await desk.reinstate(token_id)
    for end in ("cancel", "complete"):
        ended = (await desk.take(visitor=VISITOR)).token.id
        await desk.call(ended)
        await desk.start(ended) if end == "complete" else None
        await getattr(desk, end)(ended)
        await desk.undo()
        await getattr(desk, end)(ended)
    for bulk in (lambda: site.cancel_waiting(admin, "browser"), lambda: site.close_day(admin)):
        await desk.take("browser", visitor=VISITOR, override=True)
        await bulk()
    return token_id


class TestAtRest:
    async def test_nothing_lies_in_clear_after_any_command(self, watched: Site) -> None:
        await every_command(watched)
        stored = await all_that_is_stored(watched.database)
        assert "token_created" in stored, "the events were looked at"
        assert "undo" in stored
        for clear in (NAME, PHONE, NOTES, "Quillfeather", "Volap"):
            for trace in traces(clear):
                assert trace not in stored

    async def test_the_search_would_find_it(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take(emergency=NAME)
        stored = await all_that_is_stored(watched.database)
        assert NAME in stored

    async def test_a_day_has_one_key_and_each_day_its_own(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        for day in range(3):
            for _ in range(3):
                await desk.take(visitor=VISITOR)
            keys = await rows(
                watched.database, "SELECT service_day FROM keys WHERE purpose = 'visitors' ORDER BY 1"
            )
            assert [key["service_day"] for key in keys] == [
                (NOON + timedelta(days=passed)).date() for passed in range(day + 1)
            ]
            watched.pass_time(days=1)

    async def test_two_organizations_never_share_a_key(self, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        for each in (site, other):
            await (await each.person_at(0)).take(visitor=VISITOR)
        keys = await rows(site.database, "SELECT organization_id FROM keys WHERE purpose = 'visitors'")
        assert {key["organization_id"] for key in keys} == {site.organization_id, other.organization_id}

    async def test_who_said_nothing_needs_no_key(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take()
        await desk.take(visitor={})
        assert await rows(watched.database, "SELECT 1 FROM keys WHERE purpose = 'visitors'") == []
        assert await rows(watched.database, "SELECT 1 FROM tokens WHERE visitor IS NOT NULL") == []

    async def test_the_same_data_never_looks_the_same(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await desk.take(visitor=VISITOR)
        await desk.take(visitor=VISITOR)
        sealed = await rows(watched.database, "SELECT DISTINCT visitor FROM tokens")
        assert len(sealed) == 2

    async def test_a_sealed_text_that_is_moved_to_another_token_does_not_open_there(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take(visitor=VISITOR)
        await desk.take(visitor={"name": "Somebody else"})
        await execute(
            site.database, "UPDATE tokens SET visitor = (SELECT visitor FROM tokens WHERE number = 'A001')"
        )
        opened = {token.number: token.visitor for token in (await snapshot_of(site, Audience.STAFF)).tokens}
        assert opened == {"A001": Visitor(**VISITOR), "A002": None}

    async def test_the_audit_says_that_it_changed_not_what_it_was(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        await desk.change(token_id, visitor={"name": "Zoe"})
        audit = await one(watched.database, "SELECT details FROM system_logs WHERE action = 'change_token'")
        assert audit["details"]["before"] == audit["details"]["after"] == {"visitor": "sealed"}


class TestShown:
    async def test_answers_snapshots_and_frames_open_it_for_staff_and_admins_alone(
        self, watched: Site
    ) -> None:
        desk = await watched.person_at(0)
        answers: list[Answer] = []
        answers.append(await desk.take(visitor=VISITOR))
        token_id = answers[0].token.id
        answers += [
            await desk.call_next(),
            await desk.recall(token_id),
            await desk.undo(),
            await desk.start(token_id),
            await desk.park(token_id),
            await desk.resume(token_id),
            await desk.transfer(token_id, customer_type="retail"),
        ]
        for answer in answers:
            assert answer.token.visitor == Visitor(**VISITOR)
            assert answer.token.sealed is None
        frames = await frames_after(watched, Revision(0))
        for audience in Audience:
            snapshot = (await snapshot_of(watched, audience)).model_dump_json()
            told = "".join(frames[audience])
            for clear in (NAME, PHONE, NOTES):
                assert (clear in snapshot) is (audience is not Audience.DISPLAY)
                assert told.count(clear) == (0 if audience is Audience.DISPLAY else len(answers))
            assert '"sealed":"' not in snapshot + told
            assert '"visitor":{' not in told or audience is not Audience.DISPLAY

    async def test_a_retry_is_answered_with_it_again(self, watched: Site) -> None:
        person, key = await watched.add_person(), uuid4()
        body = CreateToken(customer_type="instant", visitor=Visitor(**VISITOR))
        first = await tokens.create_token(watched.commands, watched.by(person, key), body)
        again = await tokens.create_token(watched.commands, watched.by(person, key), body)
        assert again == first
        assert again.token.visitor == Visitor(**VISITOR)

    async def test_part_of_it_changes_and_the_rest_stays(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        answer = await desk.change(token_id, visitor={"notes": "Waits outside"})
        assert answer.token.visitor == Visitor(name=NAME, phone=PHONE, notes="Waits outside")
        answer = await desk.change(token_id, visitor={"phone": None})
        assert answer.token.visitor == Visitor(name=NAME, notes="Waits outside")
        answer = await desk.change(token_id, visitor=None)
        assert answer.token.visitor is None
        assert (await watched.token(token_id)).visitor is None

    async def test_the_last_thing_said_taken_back_leaves_nothing_sealed(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor={"name": NAME})).token.id
        answer = await desk.change(token_id, visitor={"name": None})
        assert answer.token.visitor is None
        assert (await watched.token(token_id)).visitor is None

    async def test_a_change_that_does_not_name_it_leaves_it(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        assert (await desk.change(token_id, priority=30)).token.visitor == Visitor(**VISITOR)

    async def test_unset_and_null_are_two_requests(self, watched: Site) -> None:
        desk, key = await watched.person_at(0), uuid4()
        token_id = (await desk.take(visitor=VISITOR)).token.id
        by = watched.by(desk.person, key)
        await tokens.change_token(watched.commands, by, token_id, ChangeToken(priority=10))
        assert (await watched.token(token_id)).visitor is not None
        with pytest.raises(IdempotencyMismatch):
            await tokens.change_token(watched.commands, by, token_id, ChangeToken(priority=10, visitor=None))
        await desk.change(token_id, priority=10, visitor=None)
        assert (await watched.token(token_id)).visitor is None


class TestTwoServers:
    async def test_of_one_master_key_read_each_others(self, site: Site) -> None:
        master = MasterKey(key=SealingKey.random(), origin="this test")
        one_, two = VisitorKeys(master), VisitorKeys(master)
        sites = [
            Site(
                database=site.database,
                organization_id=site.organization_id,
                counter_ids=site.counter_ids,
                visitors=visitors,
            )
            for visitors in (one_, two)
        ]
        desk = await sites[0].person_at(0)
        other = await sites[1].person_at(1)
        first = (await desk.take(visitor=VISITOR)).token.id
        second = (await other.take(visitor={"name": "Zoe"})).token.id
        assert (await other.call(first)).token.visitor == Visitor(**VISITOR)
        assert (await desk.call(second)).token.visitor == Visitor(name="Zoe")
        assert len(await rows(site.database, "SELECT 1 FROM keys WHERE purpose = 'visitors'")) == 1
        for each in sites:
            told = "".join((await frames_after(each, Revision(0)))[Audience.STAFF])
            assert NAME in told
            assert "Zoe" in told

    async def test_another_master_key_opens_nothing(self, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take(visitor=VISITOR)
        stranger = VisitorKeys(MasterKey(key=SealingKey.random(), origin="a thief"))
        with pytest.raises(SealError):
            await snapshot_of(site, Audience.STAFF, stranger)

    async def test_a_key_that_was_rolled_back_is_not_used_for_the_next(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        await watched.configure_queue(day_limit=1)
        await desk.take()
        with pytest.raises(Exception, match="all 1 tokens"):
            await desk.take(visitor=VISITOR)
        with pytest.raises(Exception, match="must be one of"):
            await desk.take("retail", 7, visitor=VISITOR)
        answer = await desk.take("retail", visitor=VISITOR)
        fresh = VisitorKeys(VISITORS._master_key)
        assert NAME in (await snapshot_of(watched, Audience.STAFF, fresh)).model_dump_json()
        assert answer.token.visitor.name == NAME


class TestForgetting:
    async def test_without_the_days_key_all_goes_on_and_nothing_is_shown(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        key = uuid4()
        called = await desk.call_next(key)
        assert called.token.visitor is not None
        await execute(watched.database, "DELETE FROM keys WHERE purpose = 'visitors'")
        clock = [0.0]
        watched.visitors = VisitorKeys(VISITORS._master_key, stopwatch=lambda: clock[0])
        watched.__post_init__()
        answers = [
            await desk.call_next(key),  # the stored answer
            await desk.start(token_id),
            await desk.undo(),
            await desk.change(token_id, priority=30),
            await desk.start(token_id),
            await desk.park(token_id),
            await desk.return_to_lane(token_id),
        ]
        for answer in answers:
            assert (answer.token.visitor, answer.token.sealed) == (None, None)
        shown = (await snapshot_of(watched, Audience.STAFF)).model_dump_json()
        shown += "".join((await frames_after(watched, Revision(0)))[Audience.ADMIN])
        shown += (
            await looking_up.token_details(
                watched.database, watched.visitors, watched.organization_id, token_id
            )
        ).model_dump_json()
        assert NAME not in shown
        # What is said anew is sealed with a new key of the day, and shown.
        answer = await desk.change(token_id, visitor={"name": "Zoe"})
        assert answer.token.visitor == Visitor(name="Zoe")

    async def test_a_destroyed_key_does_not_live_on_in_a_running_server(self, watched: Site) -> None:
        clock = [0.0]
        watched.visitors = VisitorKeys(VISITORS._master_key, stopwatch=lambda: clock[0])
        watched.__post_init__()
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        assert NAME in (await snapshot_of(watched, Audience.STAFF)).model_dump_json()
        await execute(watched.database, "DELETE FROM keys WHERE purpose = 'visitors'")
        clock[0] = 61.0
        assert NAME not in (await snapshot_of(watched, Audience.STAFF)).model_dump_json()
        details = await looking_up.token_details(
            watched.database, watched.visitors, watched.organization_id, token_id
        )
        assert details.token.visitor is None

    async def test_a_running_server_asks_for_a_key_once_a_minute_not_each_time(self, watched: Site) -> None:
        clock = [0.0]
        watched.visitors = VisitorKeys(VISITORS._master_key, stopwatch=lambda: clock[0])
        watched.__post_init__()
        desk = await watched.person_at(0)
        await desk.take(visitor=VISITOR)
        await snapshot_of(watched, Audience.STAFF)
        await execute(watched.database, "UPDATE keys SET kid = 'moved' WHERE purpose = 'visitors'")
        clock[0] = 59.0
        assert NAME in (await snapshot_of(watched, Audience.STAFF)).model_dump_json()
        clock[0] = 61.0
        assert NAME not in (await snapshot_of(watched, Audience.STAFF)).model_dump_json()

    async def test_what_the_server_does_by_itself_does_not_need_the_key(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        await desk.call(token_id)
        await desk.park(token_id, wake_at=NOON + timedelta(minutes=1))
        await execute(watched.database, "DELETE FROM keys WHERE purpose = 'visitors'")
        watched.pass_time(minutes=2)
        assert await cleaning.wake_parked(watched.commands, watched.organization_id) == 1
        watched.pass_time(days=1)
        assert await cleaning.end_days(watched.commands, watched.organization_id) == 1


class TestLookingUp:
    async def test_opens_it_too(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor=VISITOR)).token.id
        page = await looking_up.list_tokens(
            watched.database, watched.visitors, watched.organization_id, Wanted(), cursor=None, limit=10
        )
        details = await looking_up.token_details(
            watched.database, watched.visitors, watched.organization_id, token_id
        )
        assert page.items[0].visitor == details.token.visitor == Visitor(**VISITOR)
        assert page.items[0].sealed is None
