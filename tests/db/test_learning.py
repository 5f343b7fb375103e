"""What a site has learned of its past days, and what it promises by it."""

from datetime import time, timedelta

import pytest

from server.store import counter_plans, estimate_models, history
from server.store import organizations as organization_store
from server.usecases.learning import days_to_learn_from, learn_if_due, learn_site
from server.usecases.queues import FreshReports
from shared.counters import PlannedSpan
from shared.queues import QueueStatus
from shared.tokens import Promise
from tests.db.past import SERVICE_MIN, play_day
from tests.site import Site, make_site


async def past_days(site: Site, days: int = 10):  # type: ignore[no-untyped-def]
    async with site.database.unit_of_work() as tx:
        organization = await organization_store.load(tx, site.organization_id)
        now = await tx.now()
        today = organization.service_day(now)
        return await history.past_days(
            tx,
            site.organization_id,
            from_day=today - timedelta(days=days),
            until_day=today,
            time_zone=organization.time_zone,
            now=now,
        )


async def model_of(site: Site):  # type: ignore[no-untyped-def]
    async with site.database.unit_of_work() as tx:
        return await estimate_models.load(tx, site.organization_id)


async def write_every_day(site: Site, *, days_ago: int) -> None:
    """An admin planned the first counter from nine to five, so many days ago."""
    spans = [
        PlannedSpan(counter_id=site.counter_ids[0], weekday=weekday, opens=time(9), closes=time(17))
        for weekday in range(7)
    ]
    async with site.database.unit_of_work() as tx:
        await counter_plans.save(tx, site.organization_id, version=1, spans=spans)
        await tx.execute(
            "UPDATE counter_plans SET updated_at = now() - %(ago)s", {"ago": timedelta(days=days_ago)}
        )


async def status_of(site: Site, key: str = "instant") -> QueueStatus:
    report = await FreshReports(site.database).get(site.organization_id)
    return next(queue for queue in report.queues if queue.customer_type == key)


class TestHistory:
    async def test_a_day_is_as_it_was_played(self, site: Site) -> None:
        opened_at = await play_day(site, 1)
        [day] = await past_days(site)
        assert [token.arrived_at for token in day.tokens] == [
            opened_at + timedelta(minutes=3 * index) for index in range(12)
        ]
        # The second came at 3 minutes, and the first was done at 5.
        waits = [(token.called_at - token.arrived_at).total_seconds() for token in day.tokens]
        assert waits == [120 * index for index in range(12)]
        assert {(call.ended_at - call.called_at).total_seconds() for call in day.calls} == {300}
        assert [call.waited_s for call in day.calls] == waits
        [hours] = day.opened
        assert hours.counter == str(site.counter_ids[0])
        assert hours.open[0].opens_at == opened_at
        assert hours.open[0].closes_at == opened_at + timedelta(minutes=60)

    async def test_a_break_is_a_gap_and_a_call_taken_back_is_no_call(self, site: Site) -> None:
        opened_at = await play_day(site, 2, visitors=1)
        desk = await site.person_at(0)
        await desk.take()
        await desk.call_next()
        await desk.undo()
        await desk.begin_break("lunch")
        site.pass_time(minutes=20)
        await desk.end_break()
        site.pass_time(minutes=10)
        await desk.close()
        [day] = await past_days(site)
        assert len(day.calls) == 1
        spans = [
            ((each.opens_at - opened_at).seconds // 60, (each.closes_at - opened_at).seconds // 60)
            for each in day.opened[0].open
        ]
        assert spans == [(0, 5), (25, 35)]

    async def test_another_organization_is_another_history(self, site: Site) -> None:
        await play_day(site, 1, visitors=2)
        assert await past_days(await make_site(site.database, name="Library")) == []


class TestLearning:
    async def test_a_site_knows_its_service_time_and_who_is_usually_open(self, site: Site) -> None:
        for days_ago in (15, 8, 1):
            await play_day(site, days_ago)
        await learn_site(site.database, site.organization_id)
        model = await model_of(site)
        assert model.days == 3
        assert model.occupation("instant").mean_s == pytest.approx(SERVICE_MIN * 60, rel=0.05)
        assert any(model.weekly.weekdays)

    async def test_a_plan_that_was_written_counts_since_it_was_written(self, site: Site) -> None:
        for days_ago in (5, 1):
            await play_day(site, days_ago)
        await write_every_day(site, days_ago=3)
        async with site.database.unit_of_work() as tx:
            organization = await organization_store.load(tx, site.organization_id)
            before, after = await days_to_learn_from(tx, organization, now=await tx.now())
        assert before.plan is None
        assert after.plan is not None
        [hours] = after.plan.counters
        assert hours.counter == str(site.counter_ids[0])
        opens_at = hours.open[0].opens_at
        assert (opens_at.date(), opens_at.hour) == (after.tokens[0].arrived_at.date(), 9)

    async def test_a_plan_given_back_to_learning_counts_for_no_day(self, site: Site) -> None:
        await play_day(site, 1)
        await write_every_day(site, days_ago=3)
        async with site.database.unit_of_work() as tx:
            await counter_plans.save(tx, site.organization_id, version=2, spans=None)
            organization = await organization_store.load(tx, site.organization_id)
            [day] = await days_to_learn_from(tx, organization, now=await tx.now())
        assert day.plan is None

    async def test_once_a_day_is_enough(self, site: Site) -> None:
        await play_day(site, 1)
        assert await learn_if_due(site.database, site.organization_id)
        assert not await learn_if_due(site.database, site.organization_id)

    async def test_a_site_without_a_finished_day_is_asked_again(self, site: Site) -> None:
        assert await learn_if_due(site.database, site.organization_id)
        assert await learn_if_due(site.database, site.organization_id)

    async def test_it_is_due_again_on_the_next_day(self, site: Site) -> None:
        await play_day(site, 1)
        await learn_site(site.database, site.organization_id)
        async with site.database.unit_of_work() as tx:
            await tx.execute("UPDATE estimate_models SET learned_at = learned_at - interval '1 day'")
        assert await learn_if_due(site.database, site.organization_id)


class TestPromise:
    async def test_nothing_is_promised_before_anything_is_known(self, site: Site) -> None:
        desk = await site.person_at(0)
        assert (await status_of(site)).estimate is None
        token = (await desk.take()).token
        assert token is not None
        assert token.promise is None

    async def test_more_people_ahead_is_a_longer_promise(self, site: Site) -> None:
        for days_ago in (3, 2, 1):
            await play_day(site, days_ago)
        await learn_site(site.database, site.organization_id)
        site.run_clock()
        desk = await site.person_at(0)
        empty = (await status_of(site)).estimate
        for _ in range(4):
            await desk.take()
        full = (await status_of(site)).estimate
        assert empty is not None
        assert full is not None
        assert full.median_s > empty.median_s + 3 * 60
        assert full.low_s <= full.median_s <= full.high_s

    async def test_it_is_kept_on_the_token_and_scored_when_it_is_called(self, site: Site) -> None:
        desk = await site.person_at(0)
        reports = FreshReports(site.database)
        kept = Promise(low_s=0, median_s=60, high_s=600)
        broken = Promise(low_s=500, median_s=550, high_s=600)
        for promise in (kept, broken, None):
            await site.take(desk.person, promise=promise)
        for _ in range(3):
            token = (await desk.call_next()).token
            assert token is not None
            await desk.start(token.id)
            await desk.complete(token.id)
        report = await reports.get(site.organization_id)
        assert report.promises_kept is not None
        assert (report.promises_kept.waits, report.promises_kept.inside) == (2, 1)
        async with site.database.unit_of_work() as tx:
            rows = await tx.all("SELECT estimated_wait_time FROM tokens ORDER BY created_at")
        assert [row["estimated_wait_time"] for row in rows] == [1, 9, None]


class TestReport:
    async def test_says_when_a_closed_type_opens(self, site: Site) -> None:
        await site.configure_queue(
            opening_hours={day: [] for day in ("monday", "tuesday")} | {"wednesday": []}
        )
        status = await status_of(site)
        assert not status.is_open
        assert status.opens_at is None
        assert (await status_of(site, "retail")).is_open

    async def test_counts_what_was_taken_and_served_today(self, site: Site) -> None:
        desk = await site.person_at(0)
        for _ in range(2):
            await desk.take()
        token = (await desk.call_next()).token
        assert token is not None
        await desk.start(token.id)
        await desk.complete(token.id)
        status = await status_of(site)
        assert (status.taken_today, status.served_today, status.waiting) == (2, 1, 1)

    async def test_is_given_again_for_some_seconds_and_made_anew_on_demand(self, site: Site) -> None:
        reports = FreshReports(site.database, fresh_for_s=60)
        desk = await site.person_at(0)
        first = await reports.get(site.organization_id)
        await desk.take()
        assert await reports.get(site.organization_id) is first
        anew = await reports.get(site.organization_id, at_most_old_s=0)
        assert anew.queues[0].waiting == first.queues[0].waiting + 1
