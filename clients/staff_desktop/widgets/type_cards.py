"""The queues of all types that this counter serves, side by side."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.staff_desktop.view_state import TypeCardView
from clients.staff_desktop.widgets.type_card import TypeCard

_NARROWEST, _NARROWEST_DENSE, _GAP, _DENSE_GAP = 232, 208, 16, 12
_LOWEST, _TALLEST = 144, 168
_DENSE = 108  # heading and figures of a denser card


class TypeCards(QWidget):
    """One row of cards, or two where they do not fit beside each other; denser ones in a low window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._cards: list[TypeCard] = []
        self._columns, self._rows = 1, 1
        self._is_dense = False
        self._extra = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)

    @property
    def cards(self) -> tuple[TypeCard, ...]:
        """The cards in view."""
        return tuple(self._cards)

    def render(self, views: tuple[TypeCardView, ...]) -> None:
        """Show queues."""
        if len(views) != len(self._cards):
            self._make(len(views))
        for card, view in zip(self._cards, views, strict=True):
            card.render(view)

    @property
    def lowest(self) -> int:
        """The height, logical pixels, below which a figure would be cut."""
        return self._height(self._rows, is_dense=self._is_dense)

    def sizeHint(self) -> QSize:
        """144 high at 100 % in one row."""
        return QSize(super().sizeHint().width(), self.lowest + self._extra)

    def minimumSizeHint(self) -> QSize:
        """Names give way; the figures do not."""
        return QSize(current_theme().px(_NARROWEST), self.lowest)

    def fit(self, room: QSize) -> None:
        """Choose the arrangement for this room, logical pixels."""
        count = len(self._cards)
        rows = 1 if self._in_one_row(_NARROWEST, room.width()) else 2
        is_dense = self._height(rows, is_dense=False) > room.height()
        if is_dense and self._in_one_row(_NARROWEST_DENSE, room.width()):
            rows = 1
        self._arrange(rows, max(1, -(-count // rows)), is_dense=is_dense)

    def set_extra_height(self, extra: int) -> None:
        """Grow one row by these logical pixels where the window has them."""
        extra = min(extra, current_theme().px(_TALLEST - _LOWEST)) if self._rows == 1 else 0
        if extra != self._extra:
            self._extra = extra
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()

    def _make(self, count: int) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = [TypeCard(self) for _ in range(count)]
        self._place()
        for card in self._cards:
            card.show()

    def _arrange(self, rows: int, columns: int, *, is_dense: bool) -> None:
        if (rows, columns, is_dense) != (self._rows, self._columns, self._is_dense):
            self._rows, self._columns, self._is_dense = rows, columns, is_dense
            self._place()
            self.updateGeometry()

    def _in_one_row(self, narrowest: int, width: int) -> bool:
        return len(self._cards) * (current_theme().px(narrowest) + _GAP) - _GAP <= width

    def _place(self) -> None:
        self._grid.setSpacing(_DENSE_GAP if self._rows > 1 else _GAP)
        for index, card in enumerate(self._cards):
            card.set_dense(self._is_dense)
            self._grid.addWidget(card, index // self._columns, index % self._columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)

    def _height(self, rows: int, *, is_dense: bool) -> int:
        card = current_theme().px(_DENSE if is_dense else _LOWEST)
        return rows * card + (rows - 1) * _DENSE_GAP
