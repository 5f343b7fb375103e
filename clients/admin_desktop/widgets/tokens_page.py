"""The tokens of the floor: who waits, who is at a counter, who is set aside, and who did not come."""

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from clients.admin_desktop import token_words as words
from clients.admin_desktop.token_views import Section, TokenRow, TokensView, TokenVerb
from clients.admin_desktop.view_state import ConsoleView, Link
from clients.admin_desktop.widgets.doing import Doing
from clients.admin_desktop.widgets.table_cells import KEY_ROLE, Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.widgets.token_dialogs import CancelWaitingDialog
from clients.admin_desktop.widgets.token_panel import TokenPanel
from clients.admin_desktop.words import MISSING, not_connected, tr
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.menu import Menu
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.select_field import Select
from shared.ids import TypeKey

_ICONS: dict[Section, tuple[str, ColourName]] = {
    Section.WAITING: ("clock", "ink2"),
    Section.AT_COUNTERS: ("bell-ring", "ink"),
    Section.PARKED: ("circle-pause", "ink2"),
    Section.NO_SHOWS: ("circle-x", "ink2"),
}
_NARROW_COLUMNS = 4


class TokensPage(TablePage):
    """A section at a time, filtered by type and words, and one token beside it."""

    def __init__(self) -> None:
        super().__init__(
            tr("Tokens"),
            (
                Column(title=tr("Number")),
                Column(title=tr("Customer type"), share=2, elides=True),
                Column(title=tr("State"), share=2, elides=True),
                Column(title=tr("For")),
                Column(title=tr("Meant for"), elides=True),
                Column(title=tr("Head start"), elides=True),
                Column(title=tr("Visitor"), share=2, elides=True),
            ),
            nothing=EmptyStateState(icon="ticket", title=words.nothing(Section.WAITING)),
            found_none=tr("No token here holds “{text}”."),
        )
        self._view: TokensView | None = None
        self._is_live = False
        self._section = Section.WAITING
        self._chosen: str | None = None
        self.section = Segments(look="list")
        self.section.setAccessibleName(tr("Which tokens"))
        self.type = Select()
        self.type.setProperty("bar", True)
        self.type.setAccessibleName(tr("Customer type"))
        self.cancel_all = CommandButton(tr("Cancel all waiting…"), kind="danger")
        self.panel = TokenPanel()
        self.panel.hide()
        self.doing = Doing(self)
        self.bar.insertWidget(1, self.type)
        self.bar.addWidget(self.section)
        self.head.end.addWidget(self.cancel_all)
        self.sides.addWidget(self.panel)
        self._wire()

    def render(self, view: ConsoleView) -> None:
        """Show the tokens."""
        super().render(view)
        self._is_live = view.link is Link.LIVE
        if not isinstance(view.page_view, TokensView):
            self.render_rows(None)
            return
        self._view = view.page_view
        self._render_types(view.page_view)
        self._render_list()

    @property
    def shown_rows(self) -> tuple[TokenRow, ...]:
        """The tokens of the section and type that are chosen."""
        rows = self._view.rows if self._view else ()
        key = self.type.currentData()
        return tuple(row for row in rows if row.section is self._section and key in (None, row.type_key))

    def _render_list(self) -> None:
        view = self._view
        if view is None:
            return
        self._render_sections(view)
        self._render_cancel_all()
        self._nothing = EmptyStateState(icon="ticket", title=words.nothing(self._section))
        rows = self.shown_rows
        if self._section is Section.NO_SHOWS and not view.has_no_shows:
            self.render_rows(None, view.no_shows_error)
        else:
            self.render_rows(
                tuple(TableRow(key=str(row.id), cells=_cells(row, view, n)) for n, row in enumerate(rows))
            )
        self._render_panel(view)

    def _render_sections(self, view: TokensView) -> None:
        key = self.type.currentData()
        found = [row for row in view.rows if key in (None, row.type_key)]
        self.section.render(
            tuple(
                Segment(
                    key=each.value,
                    text=words.section(each),
                    figure=""
                    if each is Section.NO_SHOWS and not view.has_no_shows
                    else str(sum(row.section is each for row in found)),
                )
                for each in Section
            ),
            self._section.value,
        )

    def _render_types(self, view: TokensView) -> None:
        types = dict(view.choices.types) | {row.type_key: row.type_name for row in view.rows}
        wanted: list[tuple[str, TypeKey | None]] = [(tr("All types"), None)]
        wanted += [(name, key) for key, name in types.items()]
        shown = [(self.type.itemText(n), self.type.itemData(n)) for n in range(self.type.count())]
        if shown == wanted:
            return
        chosen = self.type.currentData()
        self.type.clear()
        for name, each in wanted:
            self.type.addItem(name, each)
        self.type.setCurrentIndex(max(0, self.type.findData(chosen)))

    def _render_cancel_all(self) -> None:
        self.cancel_all.setVisible(self._section is Section.WAITING)
        reason = self._barred()
        if not reason and self.type.currentData() is None:
            reason = tr("Choose a customer type first")
        if not reason and not self.shown_rows:
            reason = tr("Nobody waits for it")
        self.cancel_all.render(
            CommandState(text=tr("Cancel all waiting…"), enabled=not reason, reason=reason)
        )

    def _render_panel(self, view: TokensView) -> None:
        row = next((row for row in view.rows if str(row.id) == self._chosen), None)
        if row is None:
            self._chosen = None
        self.panel.setVisible(row is not None)
        self.show_columns(_NARROW_COLUMNS if row is not None else len(self.model.columns))
        if row is not None:
            self.panel.render(row, view.choices.now, barred=self._barred())
            self.select(self._chosen)

    def _barred(self) -> str:
        if self._view is not None and self._view.barred:
            return self._view.barred
        return "" if self._is_live else not_connected()

    def _wire(self) -> None:
        self.section.segment_chosen.connect(self._on_section)
        self.type.activated.connect(lambda _: self._render_list())
        self.cancel_all.clicked.connect(self._on_cancel_all)
        self.panel.verb_chosen.connect(self._on_verb)
        self.panel.close_requested.connect(self._on_closed)
        self.doing.commanded.connect(self.intended)
        self.table.clicked.connect(self._on_opened)
        for key in ("Return", "Enter"):
            enter = QShortcut(QKeySequence(key), self.table)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(self._on_enter)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_menu)

    def _on_section(self, key: str) -> None:
        self._section = Section(key)
        self._chosen = None
        self._render_list()

    def _on_opened(self, index: QModelIndex) -> None:
        if index.isValid():
            self._chosen = str(index.data(KEY_ROLE))
            self._render_list()

    def _on_enter(self) -> None:
        self._on_opened(self.table.currentIndex())
        if self.panel.isVisible():
            self.panel.focus_first()

    def _on_closed(self) -> None:
        self._chosen = None
        self.table.clearSelection()
        self._render_list()
        self.table.setFocus()

    def _on_verb(self, verb: TokenVerb) -> None:
        if self._view is not None and self.panel.row is not None:
            self.doing.on_token(verb, self.panel.row, self._view.choices)

    def _on_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        row = next((row for row in self.shown_rows if str(row.id) == index.data(KEY_ROLE)), None)
        if row is None or self._view is None or self._barred():
            return
        menu = Menu(parent=self)
        self.doing.token_entries(menu, row, self._view.choices)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _on_cancel_all(self) -> None:
        key = self.type.currentData()
        if key is not None and self._view is not None:
            count = len(self.shown_rows)
            self.doing.ask(CancelWaitingDialog(key, self.type.currentText(), count, self._view.choices, self))


def _cells(row: TokenRow, view: TokensView, place: int) -> tuple[Cell, ...]:
    icon, colour = _ICONS[row.section]
    if row.is_late:
        icon, colour = "circle-alert", "late"
    if row.is_serving:
        icon = "play"
    head_start = words.head_start(row)
    visitor = row.visitor
    return (
        Cell(text=row.number, sort=place, strong=True),
        Cell(text=row.type_name, tone="ink2"),
        Cell(text=words.state(row), lead=Lead.ICON, mark=icon, mark_tone=colour, holds=row.person),
        Cell(
            text=words.since(row, view.choices.now),
            sort=-(row.since_s or 0),
            tone="ink2",
        ),
        Cell(text=row.meant_for or MISSING, tone="ink2" if row.meant_for else "ink3"),
        Cell(
            text=head_start or MISSING,
            sort=-10_000 if row.emergency else -row.priority,
            tone="ink2" if head_start else "ink3",
        ),
        Cell(
            text=(visitor.name if visitor else None) or MISSING,
            holds=(visitor.notes or "") if visitor else "",
            tone="ink2" if visitor and visitor.name else "ink3",
        ),
    )
