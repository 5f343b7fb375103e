"""The weekly counter plan."""

from clients.admin_desktop.edit_views import PlanView
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.counter_plan import COUNTER_PLAN


def plan_view(facts: Facts) -> PlanView:
    """The counter plan page."""
    edited = facts.edited.get(COUNTER_PLAN, Edited(items=None))
    return PlanView(
        edited=edited,
        counters=tuple(
            (counter.id, counter.label, counter.name) for counter in facts.state.counters.values()
        ),
        plan=edited.items[0].settings if edited.items else None,
    )
