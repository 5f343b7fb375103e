"""The weekly counter plan: learned, written, learned again; what the estimates make of it."""

from datetime import time
from uuid import uuid4

import pytest

from server.domain.errors import EditedMeanwhile, InvalidField
from server.usecases import planning
from server.usecases.learning import learn_site
from server.usecases.queues import FreshReports
from shared.commands import Configured
from shared.counters import CounterPlan, CounterPlanInForce, PlannedSpan
from shared.ids import CounterId, UserRole
from tests.db.past import play_day
from tests.site import Site, TestPerson


@pytest.fixture
async def admin(site: Site) -> TestPerson:
    return await site.add_person(UserRole.ADMIN)


def span(site: Site, index: int, weekday: int, opens: str, closes: str) -> PlannedSpan:
    return PlannedSpan(
        counter_id=site.counter_ids[index],
        weekday=weekday,
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
    )


async def read(site: Site) -> CounterPlanInForce:
    return await planning.read_plan(site.database, site.organization_id)


async def write(site: Site, admin: TestPerson, *spans: PlannedSpan, made_from: int = 0) -> Configured:
    body = CounterPlan(spans=spans)
    return await planning.write_plan(site.commands, site.by(admin), body, made_from=made_from)


class TestLearnedPlan:
    async def test_a_new_site_has_none(self, site: Site) -> None:
        assert await read(site) == CounterPlanInForce(
            version=0, is_learned=True, learned_from_days=0, spans=()
        )

    async def test_is_when_counters_were_open(self, site: Site) -> None:
        for days_ago in (14, 7):
            opened_at = await play_day(site, days_ago)
        await learn_site(site.database, site.organization_id)
        plan = await read(site)
        assert plan.is_learned
        assert plan.learned_from_days == 2
        [learned] = [each for each in plan.spans if each.weekday == opened_at.weekday()]
        assert learned.counter_id == site.counter_ids[0]
        # Madrid is one or two hours ahead of UTC; the counter was open for an hour.
        assert learned.opens.hour in (10, 11)
        assert learned.closes.hour == learned.opens.hour + 1


class TestWrittenPlan:
    async def test_takes_the_place_of_the_learned_one(self, site: Site, admin: TestPerson) -> None:
        await play_day(site, 7)
        await learn_site(site.database, site.organization_id)
        site.run_clock()
        written = (span(site, 1, 0, "09:00", "14:00"), span(site, 1, 0, "16:00", "00:00"))
        answer = await write(site, admin, *written)
        plan = await read(site)
        assert answer.plan == plan
        assert (plan.version, plan.is_learned, plan.spans) == (1, False, written)

    async def test_is_given_back_to_learning(self, site: Site, admin: TestPerson) -> None:
        await write(site, admin, span(site, 0, 0, "09:00", "14:00"))
        await planning.learn_plan(site.commands, site.by(admin))
        plan = await read(site)
        assert (plan.version, plan.is_learned, plan.spans) == (2, True, ())

    async def test_two_admins_do_not_overwrite_each_other(self, site: Site, admin: TestPerson) -> None:
        await write(site, admin, span(site, 0, 0, "09:00", "14:00"))
        with pytest.raises(EditedMeanwhile):
            await write(site, admin, span(site, 0, 1, "09:00", "14:00"))

    async def test_spans_that_overlap_are_refused(self, site: Site, admin: TestPerson) -> None:
        with pytest.raises(InvalidField) as refused:
            await write(site, admin, span(site, 0, 0, "09:00", "14:00"), span(site, 0, 0, "13:59", "18:00"))
        assert refused.value.facts["field"] == "spans"
        assert (await read(site)).is_learned

    async def test_a_counter_that_is_none_is_refused(self, site: Site, admin: TestPerson) -> None:
        stranger = PlannedSpan(counter_id=CounterId(uuid4()), weekday=0, opens=time(9), closes=time(10))
        with pytest.raises(InvalidField):
            await write(site, admin, stranger)

    async def test_who_comes_before_the_counters_open_waits_for_them(
        self, site: Site, admin: TestPerson
    ) -> None:
        """The roster matters: nobody is at work, and the plan says whether anybody will be."""
        for days_ago in (3, 2, 1):
            await play_day(site, days_ago)
        await learn_site(site.database, site.organization_id)
        site.run_clock()
        await write(site, admin)
        nobody = (await FreshReports(site.database).get(site.organization_id)).queues[0]
        assert nobody.estimate is None
        all_day = [span(site, 0, weekday, "00:00", "00:00") for weekday in range(7)]
        await write(site, admin, *all_day, made_from=1)
        somebody = (await FreshReports(site.database).get(site.organization_id)).queues[0]
        assert somebody.estimate is not None

    async def test_is_audited(self, site: Site, admin: TestPerson) -> None:
        await write(site, admin, span(site, 0, 0, "09:00", "14:00"))
        async with site.database.unit_of_work() as tx:
            [row] = await tx.all("SELECT * FROM system_logs WHERE action = 'write_counter_plan'")
        assert row["details"]["before"]["is_learned"]
        assert row["details"]["after"]["spans"][0]["opens"] == "09:00:00"
