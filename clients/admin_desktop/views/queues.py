"""The customer types: what each is set to, and how many wait."""

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.queues import QUEUES
from clients.admin_desktop.view_state import QueueRow, QueuesView
from shared.ids import TypeKey


def queues_view(facts: Facts) -> QueuesView:
    """The customer types page, by position."""
    edited = facts.edited.get(QUEUES, Edited(items=None))
    waiting = facts.state.counts.waiting_by_type
    rows = (
        QueueRow(
            key=item.key,
            settings=item.settings,
            waiting=waiting.get(TypeKey(item.key), 0),
        )
        for item in edited.items or ()
    )
    ordered = sorted(rows, key=lambda row: (row.settings.position, row.settings.name.casefold()))
    return QueuesView(edited=edited, rows=None if edited.items is None else tuple(ordered))
