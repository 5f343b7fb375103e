"""The queues of all types that this counter serves, side by side."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.staff_desktop.view_state import TypeCardView
from clients.staff_desktop.widgets.type_card import TypeCard

_NARROWEST, _GAP, _DENSE_GAP, _LOWEST, _TALLEST = 232, 16, 12, 144, 168
_DENSE = 100  # heading and figures of a denser card


class TypeCards(QWidget):
    """One row of cards; where they do not fit beside each other, two rows of denser ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._cards: list[TypeCard] = []
        self._columns = 0
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

    def sizeHint(self) -> QSize:
        """144 high at 100 % in one row."""
        return QSize(super().sizeHint().width(), self._lowest() + self._extra)

    def minimumSizeHint(self) -> QSize:
        """Names give way; the figures do not."""
        return QSize(current_theme().px(_NARROWEST), self._lowest())

    def _lowest(self) -> int:
        theme = current_theme()
        if not self._is_dense:
            return theme.px(_LOWEST)
        rows = -(-len(self._cards) // max(1, self._columns))
        return rows * theme.px(_DENSE) + (rows - 1) * _DENSE_GAP

    def set_extra_height(self, extra: int) -> None:
        """Grow by these logical pixels where the window has them."""
        extra = min(extra, current_theme().px(_TALLEST - _LOWEST))
        if extra != self._extra:
            self._extra = extra
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the arrangement for the width."""
        super().resizeEvent(event)
        self._arrange()

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
        self._columns = 0
        self._arrange()
        for card in self._cards:
            card.show()

    def _arrange(self) -> None:
        count = len(self._cards)
        room = current_theme().px(_NARROWEST)
        fit = max(1, (self.width() + _GAP) // (room + _GAP))
        is_dense = count > fit
        columns = -(-count // 2) if is_dense else max(1, count)
        if columns == self._columns:
            return
        self._columns, self._is_dense = columns, is_dense
        self.updateGeometry()
        self._grid.setSpacing(_DENSE_GAP if is_dense else _GAP)
        for index, card in enumerate(self._cards):
            card.set_dense(is_dense)
            self._grid.addWidget(card, index // columns, index % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
