"""What an admin decides, against a real database: what it does to the queue that is under way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from server.domain.errors import (
    AlreadyExists,
    Closed,
    CounterNotOpen,
    DayLimitReached,
    EditedMeanwhile,
    InUse,
    NobodyWaiting,
    NotFound,
    NothingToUndo,
    QueueFull,
    Refusal,
    TypeInactive,
)
from server.store.engine import Database
from server.usecases import cleaning, tokens
from server.usecases.commanding import Commands
from shared.commands import CreateToken
from shared.ids import Audience, TokenId, TokenStatus
from tests.db.configuring import Boss
from tests.db.truths import Witness, everything, one, require_truths, rows, snapshot_of
from tests.site import VISITORS, Desk, Site, make_site

LATE_EVENING = datetime(2026, 3, 10, 2, tzinfo=UTC)
"""The 10th of March in Madrid and in Auckland, still the 9th in Los Angeles."""

AFTERNOON = datetime(2026, 3, 10, 14, tzinfo=UTC)
"""The 10th of March in Madrid and in Los Angeles, already the 11th in Auckland."""


@pytest.fixture
async def boss(site: Site) -> Boss:
    return await Boss.of(site)


async def numbers_of(database: Database) -> list[str]:
    """All numbers that were given, in the order in which they were."""
    found = await rows(database, "SELECT number FROM tokens ORDER BY created_at, revision")
    return [str(row["number"]) for row in found]


async def call_all(desk: Desk) -> list[str]:
    """Call and serve until nobody waits any more; gives the numbers."""
    called = []
    while True:
        try:
            answer = await desk.call_next()
        except NobodyWaiting:
            return called
        assert answer.token is not None
        called.append(answer.token.number)
        await desk.finish()


class TestEveryEdit:
    async def test_is_heard_by_every_screen(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        witness = await Witness.of(site)
        await boss.edit_organization(name="Town Hall", park_reasons=("Gone",), priority_levels=(0, 5))
        await boss.make_queue("cards", "C", position=1)
        await boss.edit_queue("instant", position=7, wait_limit_min=3)
        await boss.disable_queue("retail")
        await boss.make_counter("9", position=1)
        await boss.edit_counter(desk.counter_id, name="Till", customer_types=("cards",))
        await boss.disable_counter(site.counter_ids[4])
        await boss.edit_counter(site.counter_ids[4], is_active=True)
        await boss.disable_counter(site.counter_ids[5])
        await witness.require_followed()
        await require_truths(site.database)

    async def test_is_audited_with_what_it_changed_and_nothing_else(self, site: Site, boss: Boss) -> None:
        await boss.edit_organization(name="Town Hall")
        await boss.edit_queue("instant", prefix="Z")
        await boss.edit_counter(site.counter_ids[0], label="X")
        found = await rows(
            site.database,
            "SELECT action, user_id, details FROM system_logs WHERE starts_with(action, 'configure_')"
            " ORDER BY created_at",
        )
        assert [(row["action"], row["details"]["before"], row["details"]["after"]) for row in found] == [  # type: ignore[index]
            ("configure_organization", {"name": "City Hall"}, {"name": "Town Hall"}),
            ("configure_queue", {"prefix": "A"}, {"prefix": "Z"}),
            ("configure_counter", {"label": "1"}, {"label": "X"}),
        ]
        assert {row["user_id"] for row in found} == {boss.person.actor.user_id}

    async def test_of_many_from_one_version_one_wins(self, site: Site, boss: Boss) -> None:
        edits: dict[str, Callable[[int], Awaitable[object]]] = {
            "organization": lambda n: boss.edit_organization(made_from=0, name=f"Hall {n}"),
            "queue": lambda n: boss.edit_queue(made_from=0, name=f"Queue {n}"),
            "counter": lambda n: boss.edit_counter(site.counter_ids[0], made_from=0, name=f"Desk {n}"),
        }
        for what, edit in edits.items():
            done = await asyncio.gather(*(edit(number) for number in range(8)), return_exceptions=True)
            refused = [each for each in done if isinstance(each, BaseException)]
            assert [type(each) for each in refused] == [EditedMeanwhile] * 7, what

    async def test_that_is_refused_changes_nothing(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        await desk.take(priority=10)
        before = await everything(site.database)
        for edit in (
            boss.edit_organization(made_from=7, name="x"),
            boss.edit_organization(priority_levels=(0,)),
            boss.edit_queue("instant", prefix="B"),
            boss.make_queue("instant", "Q"),
            boss.make_counter("1"),
            boss.edit_counter(desk.counter_id, is_active=False),
            boss.disable_counter(desk.counter_id),
            boss.disable_queue("nothing"),
        ):
            with pytest.raises(Refusal):
                await edit
        assert await everything(site.database) == before

    async def test_reaches_no_other_organization(self, site: Site) -> None:
        other = await make_site(site.database, name="Library")
        stranger = await Boss.of(other)
        theirs = await site.add_person()
        with pytest.raises(NotFound):
            await stranger.disable_counter(site.counter_ids[0])
        with pytest.raises(NotFound):
            await stranger.set_skills(theirs, "retail")
        # The same key, prefix and label are free in each.
        await stranger.make_queue("cards", "C")
        await (await Boss.of(site)).make_queue("cards", "C")

    async def test_is_known_to_all_servers_at_once(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        other_server = Commands(site.database, visitors=VISITORS, committed=lambda *_: None)

        async def take_there(priority: int) -> None:
            body = CreateToken(customer_type="instant", priority=priority)
            await tokens.create_token(other_server, site.by(desk.person), body)

        await take_there(30)
        for levels in ((0, 30, 45), (0, 30, 50), (0, 30, 55)):
            await boss.edit_organization(priority_levels=levels)
            await take_there(levels[-1])
            await desk.take(priority=levels[-1])
            await call_all(desk)


class TestLevels:
    @pytest.mark.parametrize("how", ["common", "meant", "emergency"])
    async def test_one_that_waiting_tokens_have_stays(self, site: Site, boss: Boss, how: str) -> None:
        desk = await site.person_at(0)
        more: dict[str, dict[str, object]] = {
            "common": {},
            "meant": {"counter_id": site.counter_ids[1]},
            "emergency": {"emergency": "unwell"},
        }
        for _ in range(2):
            await desk.take(priority=30, **more[how])
        with pytest.raises(InUse) as refused:
            await boss.edit_organization(priority_levels=(0, 10))
        assert refused.value.facts["field"] == "priority_levels"
        assert (refused.value.facts["level"], refused.value.facts["waiting"]) == (30, 2)
        assert refused.value.sentence == "The level 30 is in use: 2 waiting tokens have it."
        await boss.edit_organization(priority_levels=(0, 30, 60))

    @pytest.mark.parametrize(
        "way", ["return", "return parked", "transfer", "reinstate", "undo", "undo a change"]
    )
    async def test_a_token_that_comes_back_to_one_that_is_gone_gets_the_nearest(
        self, site: Site, boss: Boss, way: str
    ) -> None:
        desk, colleague = await site.person_at(0), await site.person_at(1)
        token_id = (await desk.take(priority=30)).token.id
        away, back = _ways(desk, token_id)[way]
        await away()
        await boss.edit_organization(priority_levels=(0, 25, 60))
        witness = await Witness.of(site)
        await back()
        assert (await site.token(token_id)).priority == 25
        await witness.require_followed()
        assert await call_all(colleague) == ["A001"]

    async def test_no_waiting_token_is_ever_out_of_reach(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        kinds = [(kind, level) for kind in ("instant", "browser", "retail") for level in (0, 10, 30)]
        for kind, level in kinds:
            await desk.take(kind, level)
        for levels in ((0,), (0, 10), (0, 30), (0, 5, 10, 30), (0, 5)):
            try:
                await boss.edit_organization(priority_levels=levels)
            except InUse:
                continue
        assert len(await call_all(desk)) == len(kinds)
        await boss.edit_organization(priority_levels=(0, 5))


def _ways(
    desk: Desk, token_id: TokenId
) -> dict[str, tuple[Callable[[], Awaitable[object]], Callable[[], Awaitable[object]]]]:
    """How a token leaves the line, and how it comes back into it."""

    async def call() -> None:
        await desk.call(token_id)

    async def park() -> None:
        await call()
        await desk.park(token_id)

    async def not_come() -> None:
        await call()
        await desk.no_show(token_id, wait_s=0)

    return {
        "return": (call, lambda: desk.return_to_lane(token_id)),
        "return parked": (park, lambda: desk.return_to_lane(token_id)),
        "transfer": (call, lambda: desk.transfer(token_id, customer_type="retail")),
        "reinstate": (not_come, lambda: desk.reinstate(token_id)),
        "undo": (lambda: desk.cancel(token_id), lambda: desk.undo_on(token_id)),
        "undo a change": (lambda: desk.change(token_id, priority=0), lambda: desk.undo_on(token_id)),
    }


class TestServiceDay:
    async def test_a_zone_that_ends_the_day_of_those_who_wait_is_refused(
        self, site: Site, boss: Boss
    ) -> None:
        site.stop_clock(AFTERNOON)
        desk = await site.person_at(0)
        await desk.take()
        with pytest.raises(InUse) as refused:
            await boss.edit_organization(time_zone="Pacific/Auckland")
        assert (refused.value.facts["field"], refused.value.facts["waiting"]) == ("time_zone", 1)
        await boss.edit_organization(keeps_overnight=True)
        await boss.edit_organization(time_zone="Pacific/Auckland")
        await cleaning.end_days(site.commands, site.organization_id)
        assert await call_all(desk) == ["A001"]

    async def test_a_reset_that_ends_their_day_is_refused_until_nobody_waits(
        self, site: Site, boss: Boss
    ) -> None:
        site.stop_clock(AFTERNOON)  # 15:00 in Madrid
        desk = await site.person_at(0)
        await boss.edit_organization(reset_time="15:01")  # so it is still the 9th
        await desk.take()
        with pytest.raises(InUse) as refused:
            await boss.edit_organization(reset_time="14:59")
        assert refused.value.facts["field"] == "reset_time"
        await call_all(desk)
        await boss.edit_organization(reset_time="14:59")
        await desk.take()
        assert await numbers_of(site.database) == ["A001", "A001"], "of two service days"

    async def test_numbers_stay_unique_whichever_way_the_day_moves(self, site: Site, boss: Boss) -> None:
        site.stop_clock(LATE_EVENING)
        desk = await site.person_at(0)
        for _ in range(3):
            await desk.take()
        await call_all(desk)
        days = []
        for zone in ("America/Los_Angeles", "Europe/Madrid", "America/Los_Angeles", "Pacific/Auckland"):
            await boss.edit_organization(time_zone=zone)
            await desk.take()
            await desk.take()
            await cleaning.end_days(site.commands, site.organization_id)
            assert len(await call_all(desk)) == 2, f"nobody was cancelled in {zone}"
            site.pass_time(minutes=1)
        found = await rows(site.database, "SELECT service_day, number FROM tokens ORDER BY revision")
        given = [(row["service_day"], row["number"]) for row in found]
        assert len(set(given)) == len(given) == 11
        days = [day for day, _ in given]
        assert any(earlier > later for earlier, later in pairwise(days)), "the day has moved back"
        assert any(earlier < later for earlier, later in pairwise(days)), "and forth"
        await require_truths(site.database)

    async def test_a_number_that_waits_is_not_given_again_on_the_day_before(
        self, site: Site, boss: Boss
    ) -> None:
        site.stop_clock(LATE_EVENING)
        desk = await site.person_at(0)
        await desk.take()
        await boss.edit_organization(time_zone="America/Los_Angeles")
        await desk.take()
        assert await numbers_of(site.database) == ["A001", "A002"]
        site.pass_time(hours=12)  # until the 10th has begun in Los Angeles too
        await desk.take()
        assert await numbers_of(site.database) == ["A001", "A002", "A003"]

    async def test_a_day_that_was_closed_stays_closed_under_its_other_name(
        self, site: Site, boss: Boss
    ) -> None:
        site.stop_clock(LATE_EVENING)
        desk = await site.person_at(0)
        await site.close_day(boss.person)
        await boss.edit_organization(time_zone="America/Los_Angeles")
        with pytest.raises(Closed):
            await desk.take()
        await site.reopen_day(boss.person)
        await desk.take()

    async def test_a_zone_is_audited(self, site: Site, boss: Boss) -> None:
        await boss.edit_organization(time_zone="Europe/Lisbon")
        audit = await one(
            site.database, "SELECT details FROM system_logs WHERE action = 'configure_organization'"
        )
        assert audit["details"] == {
            "before": {"time_zone": "Europe/Madrid"},
            "after": {"time_zone": "Europe/Lisbon"},
        }


class TestQueues:
    async def test_who_waits_for_one_that_is_switched_off_is_called(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await boss.disable_queue("instant")
        with pytest.raises(TypeInactive):
            await desk.take()
        for audience in Audience:
            shown = {each.key: each.is_active for each in (await snapshot_of(site, audience)).customer_types}
            assert shown == {"instant": False, "browser": True, "retail": True}
        assert await call_all(desk) == ["A001"]

    async def test_another_prefix_never_gives_a_number_twice(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        await desk.take()
        await desk.take()
        await boss.edit_queue("instant", prefix="Z")
        await desk.take()
        with pytest.raises(AlreadyExists):
            await boss.edit_queue("browser", prefix="Z")
        # The letter is free; the numbers that were given with it today are not.
        await boss.edit_queue("browser", prefix="A")
        await desk.take("browser")
        assert await numbers_of(site.database) == ["A001", "A002", "Z003", "A003"]
        assert len(await call_all(desk)) == 4

    async def test_a_lower_maximum_ends_the_numbers_of_today(self, site: Site, boss: Boss) -> None:
        site.stop_clock(AFTERNOON)
        desk = await site.person_at(0)
        for _ in range(3):
            await desk.take()
        await boss.edit_queue("instant", max_number=2)
        with pytest.raises(QueueFull) as refused:
            await desk.take()
        assert refused.value.facts["max_number"] == 2
        await boss.edit_queue("instant", max_number=4)
        await desk.take()
        await boss.edit_queue("instant", max_number=2)
        await call_all(desk)
        site.pass_time(days=1)
        await desk.take()
        await desk.take()
        with pytest.raises(QueueFull):
            await desk.take()
        assert await numbers_of(site.database) == ["A001", "A002", "A003", "A004", "A001", "A002"]

    async def test_a_series_may_begin_to_wrap_and_cease_to_within_a_day(self, site: Site, boss: Boss) -> None:
        site.stop_clock(AFTERNOON)
        desk = await site.person_at(0)
        for _ in range(3):
            await desk.take()
        await call_all(desk)
        await boss.edit_queue("instant", max_number=3, reset_daily=False)
        with pytest.raises(QueueFull):
            await desk.take()  # all three were given today
        site.pass_time(days=1)
        await desk.take()
        await boss.edit_queue("instant", reset_daily=True)
        await desk.take()
        site.pass_time(days=1)
        await call_all(desk)
        await desk.take()
        assert await numbers_of(site.database) == ["A001", "A002", "A003", "A001", "A002", "A001"]

    async def test_hours_and_limit_count_from_now_on(self, site: Site, boss: Boss) -> None:
        site.stop_clock(AFTERNOON)  # a Tuesday, 15:00 in Madrid
        desk = await site.person_at(0)
        await desk.take()
        await boss.edit_queue("instant", opening_hours={"tuesday": [{"opens": "09:00", "closes": "15:00"}]})
        with pytest.raises(Closed):
            await desk.take()
        await boss.edit_queue("instant", opening_hours=None, day_limit=1)
        with pytest.raises(DayLimitReached):
            await desk.take()
        await boss.edit_queue("instant", day_limit=None)
        await desk.take()


class TestCounters:
    async def test_what_was_meant_for_one_that_is_switched_off_waits_for_anybody(
        self, site: Site, boss: Boss
    ) -> None:
        desk = await site.person_at(0)
        meant = [(await desk.take(counter_id=site.counter_ids[1])).token for _ in range(2)]
        elsewhere = (await desk.take(counter_id=site.counter_ids[2])).token
        witness = await Witness.of(site)
        with pytest.raises(NobodyWaiting):
            await desk.call_next()
        done = await boss.disable_counter(site.counter_ids[1])
        await witness.require_followed()
        assert not any([(await site.token(token.id)).target for token in meant])
        assert (await site.token(elsewhere.id)).target.counter_id == site.counter_ids[2]
        audit = await rows(
            site.database, "SELECT entity_id FROM system_logs WHERE action = 'disable_counter'"
        )
        assert done.counter is not None
        changed = {meant[0].id, meant[1].id, done.counter.id}
        assert {row["entity_id"] for row in audit} == changed
        with pytest.raises(NothingToUndo):
            await Desk(site=site, person=boss.person, counter_id=desk.counter_id).undo_on(meant[-1].id)
        assert await call_all(desk) == ["A001", "A002"]
        await require_truths(site.database)

    async def test_one_that_is_open_goes_on_with_what_it_still_may_serve(
        self, site: Site, boss: Boss
    ) -> None:
        desk = await site.person_at(0, "instant", "retail")
        await desk.take("instant")
        await desk.take("browser")
        await desk.take("retail")
        await boss.edit_counter(desk.counter_id, customer_types=("browser", "retail"))
        assert await call_all(desk) == ["R001"]
        await boss.edit_counter(desk.counter_id, customer_types=("browser",))
        assert await call_all(desk) == ["B001"]
        await boss.edit_counter(desk.counter_id, customer_types=())
        assert await call_all(desk) == ["A001"]

    async def test_it_is_never_open_and_switched_off(self, site: Site, boss: Boss) -> None:
        people = [await site.add_person() for _ in site.counter_ids]
        desks = [
            Desk(site=site, person=person, counter_id=counter_id)
            for person, counter_id in zip(people, site.counter_ids, strict=True)
        ]
        acts = [act for desk in desks for act in (desk.open(), boss.disable_counter(desk.counter_id))]
        done = await asyncio.gather(*acts, return_exceptions=True)
        refused = [each for each in done if isinstance(each, BaseException)]
        assert {type(each) for each in refused} <= {NotFound, InUse}
        assert len(refused) == len(site.counter_ids), "of each two, one"
        wrong = "SELECT label FROM counters WHERE NOT is_active AND opened_by IS NOT NULL"
        assert await rows(site.database, wrong) == []

    async def test_a_visitor_is_served_to_the_end_at_one_whose_types_change(
        self, site: Site, boss: Boss
    ) -> None:
        desk = await site.person_at(0)
        token_id = (await desk.take("instant")).token.id
        await desk.call(token_id)
        await boss.edit_counter(desk.counter_id, customer_types=("retail",))
        await desk.recall(token_id)
        await desk.finish()
        assert (await site.token(token_id)).status is TokenStatus.COMPLETED

    async def test_closing_one_and_switching_it_off_leaves_its_call_on_the_board(
        self, site: Site, boss: Boss
    ) -> None:
        desk = await site.person_at(0)
        await desk.take()
        witness = await Witness.of(site)
        await call_all(desk)
        await desk.close()
        await boss.disable_counter(desk.counter_id)
        with pytest.raises((NotFound, CounterNotOpen)):
            await desk.call_next()
        await witness.require_followed()
        board = await snapshot_of(site, Audience.DISPLAY)
        assert [call.counter_id for call in board.recent_calls] == [desk.counter_id]


class TestSkills:
    async def test_they_count_from_the_next_call_on(self, site: Site, boss: Boss) -> None:
        desk = await site.person_at(0)
        await desk.take("instant")
        await desk.take("retail")
        witness = await Witness.of(site)
        answer = await boss.set_skills(desk.person, "retail")
        event = await one(
            site.database,
            "SELECT payload FROM events WHERE revision = %(revision)s",
            revision=answer.revision,
        )
        assert event["payload"]["person"]["customer_types"] == ["retail"]  # type: ignore[index]
        assert await call_all(desk) == ["R001"]
        await boss.set_skills(desk.person)
        assert await call_all(desk) == ["A001"]
        await witness.require_followed()

    async def test_they_are_of_one_organization(self, site: Site, boss: Boss) -> None:
        person, other = await site.add_person(), await make_site(site.database, name="Library")
        async with site.database.unit_of_work() as tx:
            await tx.execute(
                "INSERT INTO memberships (user_id, organization_id, role)"
                " VALUES (%(user_id)s, %(organization_id)s, 'staff')",
                {"user_id": person.actor.user_id, "organization_id": other.organization_id},
            )
        await boss.set_skills(person, "retail")
        skills = {
            each.organization_id: (
                await one(
                    site.database,
                    "SELECT customer_types FROM memberships WHERE user_id = %(user)s"
                    " AND organization_id = %(organization)s",
                    user=person.actor.user_id,
                    organization=each.organization_id,
                )
            )["customer_types"]
            for each in (site, other)
        }
        assert skills == {site.organization_id: ["retail"], other.organization_id: []}
