"""The counters: what each may serve, who works there, what happens there now."""

from clients.admin_desktop import words
from clients.admin_desktop.view_state import ConsoleView, CounterRow, CounterState, CountersView
from clients.admin_desktop.widgets.counter_card import STATE_ICONS
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.words import tr
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.empty_state import EmptyStateState

_STATE_ORDER = {
    CounterState.CALLED: 0,
    CounterState.SERVING: 1,
    CounterState.READY: 2,
    CounterState.BREAK: 3,
    CounterState.CLOSED: 4,
}


class CountersPage(TablePage):
    """All counters, live."""

    def __init__(self) -> None:
        super().__init__(
            tr("Counters"),
            (
                Column(title=tr("Counter")),
                Column(title=tr("State")),
                Column(title=tr("Token")),
                Column(title=tr("Person"), elides=True),
                Column(title=tr("May serve"), share=3, elides=True),
                Column(title=tr("Since")),
            ),
            nothing=EmptyStateState(
                icon="app-window",
                title=tr("No counters yet"),
                text=tr("Counters that are set up on the server appear here."),
            ),
            found_none=tr("No counter holds “{text}”."),
        )

    def render(self, view: ConsoleView) -> None:
        """Show the counters."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, CountersView) or now is None:
            self.render_rows(None)
            return
        rows = tuple(
            TableRow(key=row.card.id, cells=_cells(row, place, words.past(row.card.since, now)))
            if row.card.since
            else TableRow(key=row.card.id, cells=_cells(row, place, words.MISSING))
            for place, row in enumerate(shown.rows)
        )
        self.render_rows(rows)


def _cells(row: CounterRow, place: int, since: str) -> tuple[Cell, ...]:
    card = row.card
    closed = card.state is CounterState.CLOSED
    types = ", ".join(row.types)
    return (
        Cell(
            text=card.name,
            sort=place,
            lead=Lead.PLATE_DIMMED if closed else Lead.PLATE,
            mark=card.label,
            strong=True,
        ),
        Cell(
            text=words.state_word(card.state),
            sort=_STATE_ORDER[card.state],
            lead=Lead.ICON,
            mark=STATE_ICONS[card.state],
            tone="ink2" if closed else "ink",
        ),
        Cell(text=card.number or words.MISSING, strong=bool(card.number), tone=_tone(card.number)),
        Cell(text=words.card_person(card), tone="ink2" if closed else "ink"),
        Cell(text=tr("All types") if row.all_types else types, holds=types, tone="ink2"),
        Cell(text=since, sort=card.since.timestamp() if card.since else 0.0, tone="ink2"),
    )


def _tone(number: str) -> ColourName:
    return "ink" if number else "ink3"
