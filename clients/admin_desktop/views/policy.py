"""Who is next: the rules, and what they would have done on a past day."""

from datetime import timedelta

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.policy import POLICY
from clients.admin_desktop.subjects.queues import QUEUES
from clients.admin_desktop.trial_views import PolicyView, TrialResult, TrialRow, TrialView
from shared.policy import SimulationReport

DAYS = 60  # two months back there is a day of each kind


def policy_view(facts: Facts) -> PolicyView:
    """The page about who is next."""
    edited = facts.edited.get(POLICY, Edited(items=None))
    return PolicyView(edited=edited, trial=_trial(facts, edited))


def _trial(facts: Facts, edited: Edited) -> TrialView:
    today = facts.local(facts.at).date()
    queues = facts.edited.get(QUEUES, Edited(items=None)).items or ()
    settings = edited.items[0].settings if edited.items else None
    in_use = [item.settings for item in queues if item.settings.is_active]
    tried = facts.tried
    return TrialView(
        days=tuple(today - timedelta(days=back) for back in range(1, DAYS + 1)),
        multipliers={each.key: each.priority_multiplier for each in in_use},
        type_names={each.key: each.name for each in in_use},
        levels=settings.priority_levels if settings else (),
        running_s=tried.running_s,
        errors=tried.errors,
        error=tried.error,
        result=_result(facts, tried.report, is_outdated=tried.is_outdated) if tried.report else None,
    )


def _result(facts: Facts, report: SimulationReport, *, is_outdated: bool) -> TrialResult:
    names = {key: each.name for key, each in facts.state.customer_types.items()}
    keys = [key for key in names if key in report.now.by_type]
    gone = [key for key in report.now.by_type if key not in names]
    rows = [TrialRow(name="", actual=report.actual.all, now=report.now.all, then=report.then.all)]
    rows += [
        TrialRow(
            name=names.get(key, key),
            actual=report.actual.by_type[key],
            now=report.now.by_type[key],
            then=report.then.by_type[key],
        )
        for key in (*keys, *gone)
    ]
    return TrialResult(day=report.day, tokens=report.tokens, rows=tuple(rows), is_outdated=is_outdated)
