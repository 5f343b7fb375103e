"""The counters: what each may serve, who works there, what happens there now."""

from datetime import datetime

from clients.admin_desktop import words
from clients.admin_desktop.forms.edit_page import EditPage
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.types_field import TypesField, type_options
from clients.admin_desktop.subjects.counters import COUNTERS
from clients.admin_desktop.view_state import ConsoleView, CounterRow, CounterState, CountersView
from clients.admin_desktop.widgets.counter_card import STATE_ICONS
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.text_field import TextField

_STATE_ORDER = {
    CounterState.CALLED: 0,
    CounterState.SERVING: 1,
    CounterState.READY: 2,
    CounterState.BREAK: 3,
    CounterState.CLOSED: 4,
}


class CounterForm(Form):
    """All settings of a counter, and who sits there."""

    def __init__(self) -> None:
        super().__init__()
        self.occupant = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.add_widget(self.occupant)
        label = TextField(tr("Plate"), help=tr("One to four characters, as it hangs over the desk"))
        name = TextField(tr("Name"), help=tr("How it is spoken of"))
        self.add_row((("label", label), ("name", name)))
        self.add(
            "position",
            NumberField(tr("Place in the list"), help=tr("Counters with a lower number come first.")),
        )
        self.types = TypesField(
            tr("May serve"),
            help=tr("Who opens the counter chooses among these. All types includes those added later."),
        )
        self.add("customer_types", self.types)
        self.finish()


class CountersPage(EditPage):
    """All counters, live, and the editor of one."""

    def __init__(self) -> None:
        self.form = CounterForm()
        super().__init__(
            COUNTERS,
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
                text=tr("Visitors are called to counters. Add the first one."),
            ),
            found_none=tr("No counter holds “{text}”."),
            narrow_columns=2,
            form=self.form,
            add_text=tr("Add counter"),
            new_title=tr("New counter"),
        )

    def render(self, view: ConsoleView) -> None:
        """Show the counters."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, CountersView) or now is None:
            self.render_rows(None)
            return
        editor = shown.edited.editor
        chosen = editor.values["customer_types"] if editor else ()
        self.form.types.set_options(type_options(shown.types, chosen))
        self._render_occupant(shown)
        rows = tuple(
            TableRow(key=str(row.card.id), cells=_cells(row, place, now))
            for place, row in enumerate(shown.rows)
        )
        off = frozenset(str(row.card.id) for row in shown.rows if not row.is_active)
        self.render_edited(shown.edited, rows, off)

    def _render_occupant(self, shown: CountersView) -> None:
        editor = shown.edited.editor
        card = next((row.card for row in shown.rows if editor and str(row.card.id) == editor.key), None)
        is_open = card is not None and card.state is not CounterState.CLOSED
        self.form.occupant.setVisible(is_open)
        if card is not None and is_open:
            person = words.card_person(card)
            self.form.occupant.setText(tr("{person} has this counter open now.").format(person=person))


def _cells(row: CounterRow, place: int, now: datetime) -> tuple[Cell, ...]:
    card = row.card
    since = words.past(card.since, now) if card.since else words.MISSING
    person = words.card_person(card) if row.is_active else words.MISSING
    closed = card.state is CounterState.CLOSED
    state = words.state_word(card.state) if row.is_active else tr("Switched off")
    types = ", ".join(row.types)
    return (
        Cell(
            text=card.name,
            sort=place,
            lead=Lead.PLATE_DIMMED if closed else Lead.PLATE,
            mark=card.label,
            strong=row.is_active,
            tone="ink" if row.is_active else "ink2",
        ),
        Cell(
            text=state,
            sort=_STATE_ORDER[card.state] + (not row.is_active),
            lead=Lead.ICON,
            mark=STATE_ICONS[card.state] if row.is_active else "circle-pause",
            tone="ink2" if closed else "ink",
        ),
        Cell(text=card.number or words.MISSING, strong=bool(card.number), tone=_tone(card.number)),
        Cell(text=person, tone="ink2" if closed else "ink"),
        Cell(text=tr("All types") if row.all_types else types, holds=types, tone="ink2"),
        Cell(text=since, sort=card.since.timestamp() if card.since else 0.0, tone="ink2"),
    )


def _tone(number: str) -> ColourName:
    return "ink" if number else "ink3"
