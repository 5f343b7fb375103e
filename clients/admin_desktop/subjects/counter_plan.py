"""The weekly counter plan: learned from the last weeks, until an admin writes another."""

from typing import Any

from clients.admin_desktop.forms.subject import Deed, Item, Subject, Values
from clients.admin_desktop.words import tr
from clients.core.commands import Command, LearnCounterPlan, SaveCounterPlan
from clients.core.questions import AskCounterPlan
from shared.commands import Configured
from shared.counters import CounterPlan, CounterPlanInForce, PlannedSpan
from shared.ids import Permission

COUNTER_PLAN = "counter_plan"


class Plan(Subject):
    """One plan. Its settings are the plan in force, which tells whether it was learned."""

    name = COUNTER_PLAN
    question = AskCounterPlan()
    permission = Permission.COUNTERS_UPDATE
    event_types = ()  # it is no part of the live state
    settings_type = CounterPlan
    is_single = True

    def items(self, answer: Any) -> tuple[Item, ...]:
        """The plan in force."""
        return (_item(answer),)

    def made(self, answer: Configured) -> Item | None:
        """The plan that was saved, or is learned again."""
        return _item(answer.plan) if answer.plan else None

    def command(self, settings: CounterPlan | CounterPlanInForce, item: Item | None) -> Command:
        """Write it; a learned one comes back by being learned again."""
        if isinstance(settings, CounterPlanInForce) and settings.is_learned:
            return LearnCounterPlan()
        return SaveCounterPlan(plan=CounterPlan(spans=settings.spans), version=item.version if item else None)

    def title(self, settings: CounterPlan | CounterPlanInForce) -> str:
        """What the form is about."""
        return tr("When counters are planned open")

    def said(self, deed: Deed, settings: CounterPlan | CounterPlanInForce) -> str:
        """ "Counter plan saved"."""
        if deed is Deed.UNDONE:
            return tr("The counter plan is as it was before")
        if isinstance(settings, CounterPlanInForce) and settings.is_learned:
            return tr("The counter plan is learned again")
        return tr("Counter plan saved")

    def values(self, settings: CounterPlanInForce) -> dict[str, Any]:
        """Its spans, in the order of the week."""
        return {"spans": in_order(settings.spans)}

    def payload(self, values: Values, base: Any | None) -> dict[str, Any]:
        """The spans alone: that it was learned is not written."""
        return {"spans": values["spans"]}


def in_order(spans: tuple[PlannedSpan, ...]) -> tuple[PlannedSpan, ...]:
    """Spans by weekday and time."""
    return tuple(sorted(spans, key=lambda span: (span.weekday, span.opens, str(span.counter_id))))


def learned_again(plan: CounterPlanInForce) -> CounterPlanInForce:
    """What is to be saved so that the plan is learned."""
    return plan.model_copy(update={"is_learned": True})


def _item(plan: CounterPlanInForce) -> Item:
    return Item(key=COUNTER_PLAN, version=plan.version, settings=plan)
