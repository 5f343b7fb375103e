"""The queues of all types that this counter serves, side by side."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clients.qt_kit.theme import current_theme
from clients.staff_desktop.view_state import TypeCardView
from clients.staff_desktop.widgets.type_card import TypeCard

_NARROWEST, _GAP, _HEIGHT = 232, 16, 144


class TypeCards(QWidget):
    """One row of cards; where they do not fit beside each other, two rows of denser ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(current_theme().px(_HEIGHT))
        self._views: tuple[TypeCardView, ...] = ()
        self._cards: list[TypeCard] = []
        self._shape: tuple[int, int] = (0, 0)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)

    @property
    def cards(self) -> tuple[TypeCard, ...]:
        """The cards in view."""
        return tuple(self._cards)

    def render(self, views: tuple[TypeCardView, ...]) -> None:
        """Show queues."""
        self._views = views
        self._arrange()
        for card, view in zip(self._cards, views, strict=True):
            card.render(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the arrangement for the width."""
        super().resizeEvent(event)
        if self._views:
            self.render(self._views)

    def _arrange(self) -> None:
        count = len(self._views)
        fit = max(1, (self.width() + _GAP) // (current_theme().px(_NARROWEST) + _GAP))
        is_dense = count > fit
        columns = max(1, -(-count // 2)) if is_dense else max(1, count)
        if is_dense:
            columns = min(columns, max(fit, 3))
        shape = (count, columns if not is_dense else -columns)
        if shape == self._shape:
            return
        self._shape = shape
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [TypeCard(is_dense=is_dense) for _ in self._views]
        for index, card in enumerate(self._cards):
            self._grid.addWidget(card, index // columns, index % columns, Qt.AlignmentFlag(0))
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
