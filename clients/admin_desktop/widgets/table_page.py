"""A page with one table: a filter, a count, and words where there is nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clients.admin_desktop.widgets.page import MARGIN, Page
from clients.admin_desktop.widgets.table_cells import (
    KEY_ROLE,
    ROW_HEIGHT,
    CellDelegate,
    Column,
    TableRow,
    cell_width,
)
from clients.admin_desktop.widgets.table_header import TableHeader, head_width
from clients.admin_desktop.widgets.table_model import TableFilter, TableModel
from clients.admin_desktop.words import tr
from clients.qt_kit.icons import make_icon
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.skeleton import Skeleton

_FILTER_WIDTH = 280
_SKELETON_ROWS = 6
_NARROWEST = 120  # of a column whose names are cut
_CARD_MARGIN = 8
_UNBOUNDED = 16_777_215  # QWIDGETSIZE_MAX
_MEASURED_ROWS = 200  # widths settle long before; measuring thousands of rows each second would not be free


class TablePage(Page):
    """One table under a filter.

    Args:
        title: the page's noun.
        columns: from start to end.
        nothing: what stands where there is no row at all.
        found_none: "No counter holds {text}".
    """

    row_opened = Signal(object)
    """A row was clicked, or Enter pressed on it; argument: its key."""

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        *,
        nothing: EmptyStateState,
        found_none: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._nothing, self._found_none = nothing, found_none
        self.model = TableModel(columns, self)
        self.shown = TableFilter(self.model, self)
        self.filter = QLineEdit()
        self.count = Label(TextRole.SMALL, tone="ink2")
        self.table = QTableView()
        self.empty = EmptyState()
        self._action_clears = False
        self._shown_columns = len(columns)
        self._search = QAction(self)
        self._build(title)
        self._restyle()

    def set_filter(self, text: str) -> None:
        """Show only what holds this text."""
        self.filter.setText(text)

    def render_rows(self, rows: tuple[TableRow, ...] | None, error: str = "") -> None:
        """Show rows; None while they have not come, with why in `error`."""
        if rows is None:
            self._render_missing(error)
            return
        key = self._selected_key()
        if rows != self.model.rows:
            self.model.set_rows(rows)
            self._select(key)
            self._fit_columns()
        self._render_found()

    def show_columns(self, count: int) -> None:
        """Show only the first columns, where there is no room for all."""
        if count == self._shown_columns:
            return
        self._shown_columns = count
        for place in range(len(self.model.columns)):
            self.table.setColumnHidden(place, place >= count)
        self._fit_columns()

    def select(self, key: object) -> None:
        """Mark the row of this key, if it is shown."""
        if self._selected_key() != key:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
            self._select(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the table's width among the columns."""
        if event.type() == QEvent.Type.Resize:
            self._fit_columns()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Rows grow with their text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._restyle()

    # Building

    def _build(self, title: str) -> None:
        self._build_filter()
        self._build_table(title)
        bar = self.bar = QHBoxLayout()
        bar.setSpacing(12)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.count)
        bar.addStretch(2)
        card = self._card = Card(padding=(2, _CARD_MARGIN))  # the rows keep clear of the round corners
        self._stack = QStackedLayout()
        self._loading = self._make_loading()
        for widget in (self.table, self.empty, self._loading):
            self._stack.addWidget(widget)
        card.body.addLayout(self._stack)
        self.list = QWidget()
        column = self.list_column = QVBoxLayout(self.list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(bar)
        column.addWidget(card, 1)
        column.addStretch(0)
        self.sides = QHBoxLayout()  # the list, and what a page puts beside it
        self.sides.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self.sides.setSpacing(16)
        self.sides.addWidget(self.list, 1)
        self.column.addLayout(self.sides, 1)
        self.empty.action_requested.connect(self._on_empty_action)

    def _build_filter(self) -> None:
        self.filter.setProperty("bar", True)
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setToolTip(tr("Show only what holds these words (Ctrl+F)"))
        self.filter.setClearButtonEnabled(False)
        self.filter.textChanged.connect(self._on_filter)
        self.filter.addAction(self._search, QLineEdit.ActionPosition.LeadingPosition)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self.filter.setFocus)
        clear = QShortcut(QKeySequence("Esc"), self.filter)
        clear.setContext(Qt.ShortcutContext.WidgetShortcut)
        clear.activated.connect(self.filter.clear)

    def _build_table(self, title: str) -> None:
        table = self.table
        table.setAccessibleName(title)
        table.setModel(self.shown)
        table.setItemDelegate(CellDelegate(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)  # Tab leaves the table, the arrows move in it
        table.setMouseTracking(True)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.setHorizontalHeader(TableHeader(table))
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.viewport().installEventFilter(self)
        table.clicked.connect(self._on_opened)
        # Where a click activates already, Enter is no activation of its own.
        for key in ("Return", "Enter"):
            enter = QShortcut(QKeySequence(key), table)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(lambda: self._on_opened(table.currentIndex()))
        for column in range(min(9, len(self.model.columns))):
            by = QShortcut(QKeySequence(f"Alt+{column + 1}"), self)
            by.activated.connect(lambda column=column: self._sort(column))

    def _on_opened(self, index: QModelIndex) -> None:
        if index.isValid():
            self.row_opened.emit(index.data(KEY_ROLE))

    def _make_loading(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(28)
        for _ in range(_SKELETON_ROWS):
            column.addWidget(Skeleton(height=16))
        column.addStretch(1)
        return holder

    # Showing

    def _render_missing(self, error: str) -> None:
        self.count.setText("")
        if not error:
            self._show(self._loading)
            return
        self._action_clears = False
        self.empty.render(
            EmptyStateState(
                icon="circle-alert", title=tr("This list has not come"), text=error, action=tr("Try again")
            )
        )
        self._show(self.empty)

    def _render_found(self) -> None:
        total, found = len(self.model.rows), self.shown.rowCount()
        if found == total:
            self.count.setText(str(total) if total else "")
        else:
            self.count.setText(tr("{found} of {total}").format(found=found, total=total))
        if found:
            self._show(self.table)
            return
        self._action_clears = bool(total)
        text = self.filter.text().strip()
        searched = EmptyStateState(
            icon="search", title=self._found_none.format(text=text), action=tr("Clear filter")
        )
        self.empty.render(searched if total else self._nothing)
        self._show(self.empty)

    def _show(self, part: QWidget) -> None:
        self._stack.setCurrentWidget(part)
        self._fit_card()

    def _fit_card(self) -> None:
        """A short list ends with its last row, not at the foot of the window."""
        if self._stack.currentWidget() is not self.table:
            self._card.setMaximumHeight(_UNBOUNDED)
            return
        theme = current_theme()
        margins = self._card.contentsMargins()
        rows = self.shown.rowCount() * theme.px(ROW_HEIGHT)
        edges = 2 * _CARD_MARGIN + margins.top() + margins.bottom()
        self._card.setMaximumHeight(self.table.horizontalHeader().sizeHint().height() + rows + edges)

    def _on_filter(self, text: str) -> None:
        self.shown.set_text(text)
        if self._stack.currentWidget() is not self._loading:
            self._render_found()

    def _on_empty_action(self) -> None:
        if self._action_clears:
            self.filter.clear()
            self.filter.setFocus()
        else:
            self.retry_requested.emit()

    def _sort(self, column: int) -> None:
        header = self.table.horizontalHeader()
        falling = (
            header.sortIndicatorSection() == column
            and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        )
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(column, order)

    def _selected_key(self) -> object:
        index = self.table.currentIndex()
        if not index.isValid():
            return None
        return self.model.rows[self.shown.mapToSource(index).row()].key

    def _select(self, key: object) -> None:
        if key is None or self.table.currentIndex().isValid():
            return
        for place, row in enumerate(self.model.rows):
            if row.key == key:
                self.table.setCurrentIndex(self.shown.mapFromSource(self.model.index(place, 0)))
                return

    def _restyle(self) -> None:
        theme = current_theme()
        self._search.setIcon(make_icon("search", theme.color("ink3"), theme.px(16)))
        self.filter.setMaximumWidth(theme.px(_FILTER_WIDTH))
        self.filter.setMinimumWidth(theme.px(_NARROWEST))
        self.table.verticalHeader().setMinimumSectionSize(0)
        self.table.verticalHeader().setDefaultSectionSize(theme.px(ROW_HEIGHT))
        self._fit_columns()
        self._fit_card()

    def _fit_columns(self) -> None:
        """Each column as wide as its widest cell; what is left over is shared."""
        theme = current_theme()
        rows = self.model.rows[:_MEASURED_ROWS]
        columns = self.model.columns[: self._shown_columns]
        needed = [
            max(
                head_width(column.title),
                *(cell_width(row.cells[place], theme) for row in rows),
                0.0,
            )
            for place, column in enumerate(columns)
        ]
        shares = [column.share for column in columns]
        room = self.table.viewport().width() - sum(needed)
        if room < 0:
            needed = _squeezed(needed, columns, -room, theme.px(_NARROWEST))
            room = 0
        header = self.table.horizontalHeader()
        edges = [round(need + room * share / sum(shares)) for need, share in zip(needed, shares, strict=True)]
        if room:
            edges[-1] += self.table.viewport().width() - sum(edges)
        for place, width in enumerate(edges):
            header.resizeSection(place, width)


def _squeezed(
    needed: list[float], columns: Sequence[Column], missing: float, narrowest: float
) -> list[float]:
    """Take what is missing from the columns that hold names, down to a narrowest width."""
    spare = [
        max(0.0, need - narrowest) if column.elides else 0.0
        for need, column in zip(needed, columns, strict=True)
    ]
    whole = sum(spare)
    if not whole:
        return needed
    part = min(1.0, missing / whole)
    return [need - give * part for need, give in zip(needed, spare, strict=True)]
