"""A past day out of the database, replayed under other rules."""

from datetime import date, timedelta

import pytest

from server.domain.errors import InvalidField
from server.usecases.simulating import simulate_day
from shared.policy import CallingMode, CallingPolicy, Simulate, SimulationReport
from tests.db.past import play_day
from tests.site import Site


async def day_of(site: Site, days_ago: int) -> date:
    async with site.database.unit_of_work() as tx:
        return ((await tx.now()) - timedelta(days=days_ago)).date()


async def simulate(site: Site, day: date, **rules: object) -> SimulationReport:
    body = Simulate.model_validate({"day": day, **rules})
    return await simulate_day(site.database, site.organization_id, body)


class TestSimulate:
    async def test_under_the_same_rules_the_day_is_what_it_was(self, site: Site) -> None:
        opened_at = await play_day(site, 1)
        report = await simulate(site, opened_at.date())
        assert report.tokens == 12
        assert report.now == report.then
        assert report.now.all.called == report.actual.all.called == 12
        assert report.now.all.p50_s == pytest.approx(report.actual.all.p50_s, abs=30)
        assert report.now.all.max_s == pytest.approx(11 * 120, abs=30)

    async def test_a_head_start_shortens_the_wait_of_who_has_it(self, site: Site) -> None:
        opened_at = await play_day(site, 1, urgent_every=4)
        report = await simulate(site, opened_at.date(), head_starts={30: 0})
        assert report.now.by_level[30].mean_s < report.now.by_level[0].mean_s
        assert report.then.by_level[30].mean_s > report.now.by_level[30].mean_s

    async def test_an_expert_mode_can_be_tried(self, site: Site) -> None:
        opened_at = await play_day(site, 1, urgent_every=4)
        policy = CallingPolicy(mode=CallingMode.BOUND, bound=1)
        report = await simulate(site, opened_at.date(), policy=policy)
        assert report.then.by_level[0].mean_s <= report.now.by_level[0].mean_s
        assert report.then.all.called == 12

    async def test_nothing_is_changed(self, site: Site) -> None:
        opened_at = await play_day(site, 1)
        async with site.database.unit_of_work() as tx:
            before = await tx.all("SELECT revision FROM organization_revisions")
        await simulate(site, opened_at.date(), policy=CallingPolicy(mode=CallingMode.BOUND))
        async with site.database.unit_of_work() as tx:
            assert await tx.all("SELECT revision FROM organization_revisions") == before
            assert await tx.all("SELECT 1 FROM system_logs WHERE action LIKE 'simul%%'") == []

    async def test_today_is_refused_for_it_is_not_over(self, site: Site) -> None:
        with pytest.raises(InvalidField) as refused:
            await simulate(site, await day_of(site, 0))
        assert refused.value.facts["field"] == "day"

    async def test_a_day_on_which_nobody_came_is_refused(self, site: Site) -> None:
        with pytest.raises(InvalidField, match="Nobody took a token"):
            await simulate(site, await day_of(site, 5))

    async def test_an_unknown_type_is_refused(self, site: Site) -> None:
        await play_day(site, 1, visitors=1)
        with pytest.raises(InvalidField, match="no customer type"):
            await simulate(site, await day_of(site, 1), multipliers={"nothing": 2})
