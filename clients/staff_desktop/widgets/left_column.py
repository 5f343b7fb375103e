"""The hero zone and My day: who gets how much of the window's height.

MUST: the heights follow from the room and from what the pages need, never from the order in which
widgets were resized; else the same window looks different after another history.
"""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from clients.qt_kit.theme import current_theme
from clients.staff_desktop.widgets.active_card import ActiveCard
from clients.staff_desktop.widgets.break_panel import BreakPanel
from clients.staff_desktop.widgets.closed_panel import ClosedPanel
from clients.staff_desktop.widgets.day_card import DayCard
from clients.staff_desktop.widgets.ready_panel import ReadyPanel

_GAP = 16
_HERO, _HERO_LOW = 456, 416  # as drawn, and the least at which nothing of it scrolls
_HERO_GROWS = 64  # what a large window adds to it; the rest stays empty


class LeftColumn(QWidget):
    """One of four pages, of the same height in all but closed; below it My day."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.closed, self.ready, self.active = ClosedPanel(), ReadyPanel(), ActiveCard()
        self.rest = BreakPanel()
        self.day = DayCard()
        self.hero = QStackedWidget()
        for page in (self.closed, self.ready, self.active, self.rest):
            self.hero.addWidget(page)
        self._room = QSize()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.hero)
        column.addWidget(self.day)
        column.addStretch(1)

    def fit(self, room: QSize) -> None:
        """Share this room, logical pixels; at large text more may be needed, and is scrolled."""
        self._room = room
        self.share()

    def event(self, event: QEvent) -> bool:
        """Share again when a page needs another height than before."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.share()
        return done

    def share(self) -> None:
        """Share the room anew, if anything changed."""
        if self._room.isEmpty():
            return
        theme = current_theme()
        self.ready.fit(self._room)
        lowest = max(theme.px(_HERO_LOW), self.ready.lowest)
        day = self.day.usual_height + _GAP
        has_day = self._room.height() >= lowest + day
        rest = self._room.height() - (day if has_day else 0)
        hero = max(min(rest, self._highest()), self._least())
        self.hero.setFixedHeight(hero)
        self.day.setVisible(has_day)
        self.day.set_extra_height(max(0, rest - hero))

    def _highest(self) -> int:
        theme = current_theme()
        frame = max(theme.px(_HERO), self.ready.usual) + theme.px(_HERO_GROWS)
        if self.hero.currentWidget() is self.closed:
            return max(frame, self.closed.sizeHint().height())  # many counters are all in sight
        return frame

    def _least(self) -> int:
        page = self.hero.currentWidget()
        if page is self.ready:
            return self.ready.lowest
        return page.minimumSizeHint().height() if page is not None else 0


class LeftArea(QScrollArea):
    """Scrolls the column where even its least does not fit."""

    def __init__(self, column: LeftColumn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._column.fit(self.viewport().size())
