"""Rows as a Qt model, sorted and filtered; rows keep their place in the selection while they change."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from clients.admin_desktop.widgets.table_cells import CELL_ROLE, KEY_ROLE, SORT_ROLE, Cell, Column, TableRow

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """Rows of cells under columns."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[TableRow, ...] = ()

    def set_rows(self, rows: tuple[TableRow, ...]) -> None:
        """Show rows; where they are the same ones, only the cells that changed are told."""
        before, self.rows = self.rows, rows
        if [row.key for row in before] != [row.key for row in rows]:
            # Counters, people and displays are added rarely; a reset is what keeps it simple.
            self.rows = before
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        last = len(self.columns) - 1
        for place, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(place, 0), self.index(place, last))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell, its order, its row's key; its text for screen readers."""
        row = self.rows[index.row()]
        cell: Cell = row.cells[index.column()]
        if role == CELL_ROLE:
            return cell
        if role == SORT_ROLE:
            return cell.order
        if role == KEY_ROLE:
            return row.key
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            # A plate's numeral belongs to what is read out.
            return cell.text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """A column's title, and how to sort by it from the keyboard."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Sort by {column} (Alt+{number})").format(
                column=self.columns[section].title, number=section + 1
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None


class TableFilter(QSortFilterProxyModel):
    """Rows that hold every word of the filter, in any cell and case, by one column's order."""

    def __init__(self, model: TableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._wanted: tuple[str, ...] = ()
        self.setSortRole(SORT_ROLE)
        self.setDynamicSortFilter(True)
        self.setSourceModel(model)

    def set_text(self, text: str) -> None:
        """Filter by words."""
        self.beginFilterChange()
        self._wanted = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """As Qt asks."""
        if not self._wanted:
            return True
        cells = self._table.rows[source_row].cells
        held = " ".join(f"{cell.text} {cell.holds}" for cell in cells).casefold()
        return all(word in held for word in self._wanted)

    def lessThan(self, left: Index, right: Index) -> bool:
        """By the cells' order; numbers before words, equal ones by their first column."""
        return self._order(left) < self._order(right)

    def _order(self, index: Index) -> tuple[bool, object, int]:
        value = index.data(SORT_ROLE)
        return (isinstance(value, str), value, index.row())
