"""Waiting by type: one row a queue, all against the same scale."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import TypeRow
from clients.admin_desktop.widgets.counter_plates import CounterPlates
from clients.qt_kit import formats
from clients.qt_kit.paint import text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.gauge import Gauge, GaugeState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_mark import MARK_PX, ServiceLevel, ServiceLevelLabel
from clients.qt_kit.widgets.type_chip import TypeChip

_ROW_HEIGHT, _HEAD_HEIGHT = 64, 32
_NARROW_BELOW = 560  # at 100 % text
_COLUMNS, _LEVEL, _ESTIMATE = 6, 3, 4
_WIDEST_S = (20 * 60, 28 * 60)  # two digits each
_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class TypeCells:
    """The widgets of one row; the table's grid lines them up."""

    def __init__(self) -> None:
        self.chip = TypeChip()
        self.name = ElidedLabel(TextRole.BODY_STRONG)
        self.waiting = Label(TextRole.TOKEN_S)
        self.gauge = Gauge()
        self.longest = Label(TextRole.BODY_STRONG)
        self.level = ServiceLevelLabel()
        self.estimate = Label(TextRole.BODY, tone="ink2")
        self.counters = CounterPlates()
        self.line = Divider()
        self.type = QWidget()
        self.wait = QWidget()
        for holder, parts in (
            (self.type, (self.chip, self.name)),
            (self.wait, (self.gauge, self.longest)),
        ):
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(10)
            for part in parts:
                row.addWidget(part, 1 if part in (self.name, self.gauge) else 0)
        self.longest.setAlignment(_END)

    @property
    def in_order(self) -> tuple[QWidget, ...]:
        """Without the line above, by column."""
        return (self.type, self.waiting, self.wait, self.level, self.estimate, self.counters)

    def render(self, row: TypeRow) -> None:
        """Show a queue."""
        self.chip.render(row.prefix, name=row.name)
        self.name.setText(row.name)
        self.waiting.setText(str(row.waiting))
        level = ServiceLevel.of(row.longest_s or 0, row.limit_s)
        self.gauge.render(
            GaugeState(value_s=row.longest_s or 0, limit_s=row.limit_s, scale_s=row.scale_s, level=level)
        )
        self.gauge.setToolTip(words.tr("Limit {limit}").format(limit=formats.minutes(row.limit_s)))
        self.longest.setText(words.MISSING if row.longest_s is None else formats.minutes(row.longest_s))
        self.longest.setMinimumWidth(current_theme().px(52))
        self.level.render(level)
        policy = self.level.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.level.setSizePolicy(policy)
        self.level.setVisible(row.longest_s is not None)
        self.estimate.setText(words.estimate(row.estimate_s) if row.estimate_s else words.MISSING)
        self.estimate.setToolTip("" if row.estimate_s else words.tr("Too little is known yet"))
        self.counters.render(row.counters)

    def remove(self) -> None:
        """Take the row out."""
        for widget in (*self.in_order, self.line):
            widget.hide()
            widget.deleteLater()


class TypesTable(Card):
    """Chip and name, waiting, the longest wait against its limit, level, new arrival, counters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(words.tr("Waiting by type"), padding=(20, 16), parent=parent)
        self.set_heading(self.tr("Waiting by type"), hint=self.tr("The tick marks the limit"))
        self._rows: list[TypeCells] = []
        self._is_narrow = False
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(2, 5)
        self._grid.setColumnStretch(5, 1)
        heads = (
            self.tr("Type"),
            self.tr("Waiting"),
            self.tr("Longest wait"),
            self.tr("Level"),
            self.tr("New arrival"),
            self.tr("Counters"),
        )
        self._heads = [Label(TextRole.SMALL, head, tone="ink2") for head in heads]
        self._heads[-1].setAlignment(_END)
        for column, label in enumerate(self._heads):
            self._grid.addWidget(label, 0, column)
        self._empty = EmptyState(
            EmptyStateState(
                icon="tags",
                title=self.tr("No customer types yet"),
                text=self.tr("Types that are set up on the server appear here."),
            )
        )
        self.body.setSpacing(0)
        self.body.addLayout(self._grid, 1)
        self.body.addWidget(self._empty)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def rows(self) -> list[TypeCells]:
        """The rows, by position."""
        return list(self._rows)

    def render(self, rows: tuple[TypeRow, ...]) -> None:
        """Show queues."""
        while len(self._rows) > len(rows):
            self._rows.pop().remove()
            self._size_row(len(self._rows), stretch=0, height=0)
        while len(self._rows) < len(rows):
            self._add()
        theme = current_theme()
        self._grid.setRowMinimumHeight(0, theme.px(_HEAD_HEIGHT))
        self._keep_widths()
        for index, (cells, row) in enumerate(zip(self._rows, rows, strict=True)):
            cells.render(row)
            self._size_row(index, stretch=1, height=theme.px(_ROW_HEIGHT))
        self._empty.setVisible(not rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width there is."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text makes the same width short."""
        super().changeEvent(event)
        if is_restyling(event):
            self._arrange()

    def _keep_widths(self) -> None:
        """As wide with any level and range as with another, so that no column moves when one changes."""
        theme = current_theme()
        small, body = theme.font(TextRole.SMALL_STRONG), theme.font(TextRole.BODY)
        level = max(text_width(small, each.word) for each in ServiceLevel) + theme.px(MARK_PX + 6)
        self._grid.setColumnMinimumWidth(_LEVEL, round(level))
        self._grid.setColumnMinimumWidth(_ESTIMATE, round(text_width(body, words.estimate(_WIDEST_S))))

    def _add(self) -> None:
        cells = TypeCells()
        line = _first_line(len(self._rows))
        self._grid.addWidget(cells.line, line, 0, 1, _COLUMNS)
        for column, widget in enumerate(cells.in_order):
            self._grid.addWidget(widget, line + 1, column, Qt.AlignmentFlag.AlignVCenter)
        self._rows.append(cells)
        self._place_counters(cells, line)

    def _size_row(self, index: int, *, stretch: int, height: int) -> None:
        self._grid.setRowStretch(_first_line(index) + 1, stretch)
        self._grid.setRowMinimumHeight(_first_line(index) + 1, height)

    def _arrange(self) -> None:
        """Where the width is short, the bars go and the counters get a line of their own."""
        is_narrow = self.width() < current_theme().px(_NARROW_BELOW)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        self._heads[-1].setVisible(not is_narrow)
        self._grid.setHorizontalSpacing(12 if is_narrow else 20)
        for index, cells in enumerate(self._rows):
            self._place_counters(cells, _first_line(index))

    def _place_counters(self, cells: TypeCells, line: int) -> None:
        cells.gauge.setVisible(not self._is_narrow)
        self._grid.removeWidget(cells.counters)
        if self._is_narrow:
            self._grid.addWidget(cells.counters, line + 2, 0, 1, _COLUMNS)
            cells.counters.setContentsMargins(0, 0, 0, 12)
        else:
            self._grid.addWidget(cells.counters, line + 1, _COLUMNS - 1, Qt.AlignmentFlag.AlignVCenter)
            cells.counters.setContentsMargins(0, 0, 0, 0)


def _first_line(index: int) -> int:
    """Where a row begins in the grid: its line, its cells, and a place for its counters."""
    return 1 + 3 * index
