"""The hours page: the week, the days that are different, and how today stands."""

from datetime import date, timedelta

from clients.admin_desktop.edit_views import DayView, HoursView
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.organization import HOURS
from clients.admin_desktop.words import not_allowed
from clients.core.commands import CloseDay, ReopenDay
from clients.core.queue_state import counts
from shared.ids import Permission
from shared.organizations import OrganizationSettings


def hours_view(facts: Facts) -> HoursView:
    """The hours page."""
    edited = facts.edited.get(HOURS, Edited(items=None))
    tally = counts(facts.state)
    return HoursView(
        edited=edited,
        today=facts.local(facts.at).date(),
        day=None
        if not edited.items
        else DayView(
            is_closed=facts.state.organization.closed_day == service_day(facts, edited.items[0].settings),
            waiting=tally.waiting,
            parked=tally.parked,
            at_counters=tally.called + tally.serving,
            barred="" if Permission.QUEUES_UPDATE in facts.permissions else not_allowed(),
            busy=any(isinstance(command, CloseDay | ReopenDay) for command in facts.under_way),
        ),
        picking=facts.picking,
    )


def service_day(facts: Facts, settings: OrganizationSettings) -> date:
    """The organization's own date: it changes at the reset time, not at midnight."""
    reset = timedelta(hours=settings.reset_time.hour, minutes=settings.reset_time.minute)
    return (facts.local(facts.at).replace(tzinfo=None) - reset).date()
