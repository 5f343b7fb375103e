"""The lobby displays: which are connected, what they show, since when one is missing."""

from datetime import datetime

from clients.admin_desktop import words
from clients.admin_desktop.view_state import ConsoleView, DisplayRow, DisplaysView
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.empty_state import EmptyStateState


class DisplaysPage(TablePage):
    """All displays."""

    def __init__(self) -> None:
        super().__init__(
            tr("Displays"),
            (
                Column(title=tr("Display"), share=2, elides=True),
                Column(title=tr("State")),
                Column(title=tr("On screen"), share=2),
                Column(title=tr("Last seen")),
                Column(title=tr("Added")),
            ),
            nothing=EmptyStateState(
                icon="monitor",
                title=tr("No displays yet"),
                text=tr("Add one on the server:\ncallboard-server device add"),
            ),
            found_none=tr("No display holds “{text}”."),
        )

    def render(self, view: ConsoleView) -> None:
        """Show the displays."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, DisplaysView) or now is None:
            self.render_rows(None)
            return
        rows = shown.rows
        self.render_rows(
            None if rows is None else tuple(TableRow(key=row.id, cells=_cells(row, now)) for row in rows),
            shown.error,
        )


def _cells(row: DisplayRow, now: datetime) -> tuple[Cell, ...]:
    seen = words.past(row.last_seen, now) if row.last_seen else tr("never")
    return (
        Cell(text=row.name, strong=True),
        _state_cell(row),
        Cell(text=words.display_text(row, now), tone="ink2"),
        Cell(
            text=tr("now") if row.is_online else seen,
            sort=_seen_order(row),
            tone="ink2",
        ),
        Cell(text=words.past(row.added, now), sort=row.added.timestamp(), tone="ink2"),
    )


def _state_cell(row: DisplayRow) -> Cell:
    if row.is_online:
        return Cell(
            text=tr("Live"), sort=2, lead=Lead.ICON, mark="circle-check", mark_tone="on_time", tone="on_time"
        )
    if row.offline_s is None:
        return Cell(text=tr("Not connected yet"), sort=1, lead=Lead.ICON, mark="circle-dashed", tone="ink2")
    text = tr("Offline for {age}").format(age=words.age(row.offline_s))
    return Cell(text=text, sort=0, lead=Lead.ICON, mark="cloud-off", mark_tone="late", tone="late")


def _seen_order(row: DisplayRow) -> float:
    if row.is_online:
        return float("inf")
    return row.last_seen.timestamp() if row.last_seen else 0.0
