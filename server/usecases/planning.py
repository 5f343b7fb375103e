"""The weekly counter plan: the learned one, until an admin writes another."""

from collections.abc import Iterable
from datetime import datetime

from server.domain.configuring import next_version
from server.domain.counter_plan import learned_spans, plan_of_day, require_sound
from server.domain.counters import Counter
from server.domain.estimates import facts
from server.store import counter_plans, estimate_models
from server.store import counters as counter_store
from server.store.counter_plans import WrittenPlan
from server.store.engine import Database, Tx
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import edit_of
from shared.commands import Configured
from shared.counters import CounterPlan, CounterPlanInForce
from shared.ids import OrganizationId, Permission


async def read_plan(database: Database, organization_id: OrganizationId) -> CounterPlanInForce:
    """The plan that the estimates use now.

    Raises:
        DatabaseUnavailable
    """
    async with database.reading() as tx:
        return await _in_force(tx, organization_id, await counter_plans.load(tx, organization_id))


async def write_plan(
    commands: Commands, request: Request, body: CounterPlan, *, made_from: int
) -> Configured:
    """Write the plan; it counts from now on, and nothing is learned over it.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        EditedMeanwhile, InvalidField
    """

    async def decide(desk: Desk) -> Configured:
        counters = await counter_store.all_of(desk.tx, desk.organization_id)
        require_sound(body.spans, {counter.id for counter in counters})
        return await _save(desk, body, made_from=made_from)

    return await commands.run(
        request,
        name="write_counter_plan",
        permission=Permission.COUNTERS_UPDATE,
        body=body,
        target=edit_of(request.actor.organization_id, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def learn_plan(commands: Commands, request: Request) -> Configured:
    """Forget what was written: the learned plan counts again."""

    async def decide(desk: Desk) -> Configured:
        return await _save(desk, None, made_from=None)

    return await commands.run(
        request,
        name="learn_counter_plan",
        permission=Permission.COUNTERS_UPDATE,
        answer_type=Configured,
        decide=decide,
    )


async def _save(desk: Desk, body: CounterPlan | None, *, made_from: int | None) -> Configured:
    before = await counter_plans.load(desk.tx, desk.organization_id)
    expected = before.version if made_from is None else made_from
    version = next_version(before.version, made_from=expected, what="counter plan")
    spans = body.spans if body is not None else None
    await counter_plans.save(desk.tx, desk.organization_id, version=version, spans=spans)
    after = WrittenPlan(version=version, is_learned=body is None, spans=spans or ())
    desk.audit(
        "counter_plan",
        desk.organization_id,
        before=_told(before),
        after=_told(after),
    )
    plan = await _in_force(desk.tx, desk.organization_id, after)
    return Configured(revision=desk.last_revision, plan=plan)


def written_plan_of(
    written: WrittenPlan, counters: Iterable[Counter], moment: datetime
) -> facts.CounterPlan | None:
    """What an admin has planned for a moment's day; None where the learned plan counted then.

    Args:
        moment: aware, in the organization's time zone.
    """
    if (
        written.written_at is None
        or written.is_learned
        or moment.date() < written.written_at.astimezone(moment.tzinfo).date()
    ):
        return None
    serves = {counter.id: frozenset(counter.customer_types) for counter in counters}
    return plan_of_day(written.spans, moment, serves)


def _told(plan: WrittenPlan) -> dict[str, object]:
    return {"is_learned": plan.is_learned, "spans": [span.model_dump(mode="json") for span in plan.spans]}


async def _in_force(tx: Tx, organization_id: OrganizationId, written: WrittenPlan) -> CounterPlanInForce:
    if not written.is_learned:
        return CounterPlanInForce(
            version=written.version, is_learned=False, learned_from_days=0, spans=written.spans
        )
    model = await estimate_models.load(tx, organization_id)
    counters = {counter.id for counter in await counter_store.all_of(tx, organization_id)}
    return CounterPlanInForce(
        version=written.version,
        is_learned=True,
        learned_from_days=model.days if model else 0,
        spans=learned_spans(model.weekly, counters) if model else (),
    )
