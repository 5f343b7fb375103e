"""All counters of the floor; smaller cards where there are many."""

import math
from datetime import datetime

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop.view_state import CounterCard
from clients.admin_desktop.widgets.counter_card import CounterCardWidget
from clients.admin_desktop.words import counters_summary
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.label import Label

ROOMY_COUNTERS = 9  # up to here a card has room for its words; beyond, the whole floor should fit
_ROOMY_WIDTH, _DENSE_WIDTH = 220, 176  # the narrowest card, at 100 % text
_ROOMY_HEIGHT, _DENSE_HEIGHT = 152, 120
_ROOMY_GAP, _DENSE_GAP = 16, 12


def columns_for(count: int, width: int, narrowest: int, gap: int) -> int:
    """How many cards stand in a row: as many as fit, and no fewer in the last row than need be.

    Args:
        count: of cards.
        width: of the grid, logical pixels.
        narrowest: width of a card, logical pixels.
        gap: between cards.
    """
    fitting = max(1, (width + gap) // (narrowest + gap))
    rows = max(1, math.ceil(count / fitting))
    return max(1, math.ceil(count / rows))


class CounterGrid(QWidget):
    """Heading, and the cards in as many columns as fit."""

    menu_requested = Signal(object, object)
    """What can be done at a counter is asked for; arguments: its CounterCard, a QPoint on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[CounterCardWidget] = []
        self._columns = 0
        self._dense = False
        self._summary = Label(TextRole.SMALL, tone="ink2")
        heading = QHBoxLayout()
        heading.addWidget(Label(TextRole.HEADING, self.tr("Counters")))
        heading.addStretch(1)
        heading.addWidget(self._summary)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._empty = Card()
        self._empty.body.addWidget(
            EmptyState(
                EmptyStateState(
                    icon="app-window",
                    title=self.tr("No counters yet"),
                    text=self.tr("Counters that are set up on the server appear here."),
                )
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(heading)
        column.addLayout(self._grid, 1)
        column.addWidget(self._empty, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def cards(self) -> list[CounterCardWidget]:
        """The cards, by position."""
        return list(self._cards)

    def render(self, counters: tuple[CounterCard, ...], now: datetime) -> None:
        """Show counters by position."""
        dense = len(counters) > ROOMY_COUNTERS
        if dense != self._dense or len(counters) != len(self._cards):
            self._rebuild(len(counters), dense=dense)
        for widget, card in zip(self._cards, counters, strict=True):
            widget.render(card, now)
        self._summary.setText(counters_summary(counters))
        self._empty.setVisible(not counters)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Fewer columns fit when the text grows."""
        super().changeEvent(event)
        if is_restyling(event):
            self._columns = 0
            self._arrange()

    def _rebuild(self, count: int, *, dense: bool) -> None:
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._dense = dense
        self._cards = [CounterCardWidget(dense=dense, parent=self) for _ in range(count)]
        for card in self._cards:
            card.menu_requested.connect(lambda at, card=card: self.menu_requested.emit(card.card, at))
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        gap = _DENSE_GAP if self._dense else _ROOMY_GAP
        narrowest = theme.px(_DENSE_WIDTH if self._dense else _ROOMY_WIDTH)
        columns = columns_for(len(self._cards), self.width(), narrowest, gap)
        if columns == self._columns or not self._cards:
            return
        for index in range(self._grid.columnCount()):
            self._grid.setColumnStretch(index, 0)
        for index in range(self._grid.rowCount()):
            self._grid.setRowStretch(index, 0)
        self._columns = columns
        self._grid.setSpacing(gap)
        height = theme.px(_DENSE_HEIGHT if self._dense else _ROOMY_HEIGHT)
        for index, card in enumerate(self._cards):
            card.setMinimumHeight(height)
            self._grid.addWidget(card, index // columns, index % columns)
            self._grid.setColumnStretch(index % columns, 1)
            self._grid.setRowStretch(index // columns, 1)
            card.show()
