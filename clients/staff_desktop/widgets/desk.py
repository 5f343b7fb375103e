"""The desk: top bar, offline bar, the hero zone with My day and the lane, and the waiting list.

In a narrow window the list is a drawer over the end of the desk, opened by Ctrl+F.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.offline_bar import OfflineBar
from clients.staff_desktop.view_state import Phase, StaffView
from clients.staff_desktop.widgets.active_card import ActiveCard
from clients.staff_desktop.widgets.closed_panel import ClosedPanel
from clients.staff_desktop.widgets.day_card import DayCard
from clients.staff_desktop.widgets.lane import Lane
from clients.staff_desktop.widgets.ready_panel import ReadyPanel
from clients.staff_desktop.widgets.top_bar import TopBar
from clients.staff_desktop.widgets.waiting_panel import WaitingPanel

_MARGIN, _GAP, _LIST_WIDTH, _DRAWER_BELOW = 24, 16, 432, 1100
_HERO, _HERO_LOW = 456, 416  # as drawn, and the least at which nothing of it scrolls
_SHARE_OF_DAY = 0.3  # of what a large screen adds


class _Hero(QStackedWidget):
    """Only as high as the page in front needs: at large text each page scrolls for itself alone."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class Desk(QWidget):
    """Everything but the sign-in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.top = TopBar()
        self.offline = OfflineBar()
        self.closed, self.ready, self.active = ClosedPanel(), ReadyPanel(), ActiveCard()
        self.hero = _Hero()
        for page in (self.closed, self.ready, self.active):
            self.hero.addWidget(page)
        self.day, self.lane = DayCard(), Lane()
        self.waiting = WaitingPanel()
        self._is_drawer = False
        self._columns = QHBoxLayout()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build()
        self.top.list_requested.connect(self._toggle_drawer)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._on_find)
        self.waiting.left.connect(self._on_list_left)

    @property
    def is_drawer(self) -> bool:
        """Whether the list is a drawer."""
        return self._is_drawer

    def render(self, view: StaffView) -> None:
        """Show the desk."""
        self.top.render(view.top)
        if bool(view.offline) != bool(self.offline.sentence):
            self.offline.render(view.offline)
            self._arrange()
        self.offline.render(view.offline)
        if view.closed is not None:
            self.closed.render(view.closed)
        if view.ready is not None:
            self.ready.render(view.ready)
        if view.active is not None:
            self.active.render(view.active)
        pages = {Phase.CLOSED: self.closed, Phase.READY: self.ready}
        page = pages.get(view.phase, self.active)
        if self.hero.currentWidget() is not page:
            if self.hero.currentWidget() is self.closed:
                self.closed.begin_again()
            self._change_page(page)
        self.day.render(view.day)
        self.lane.render(view.lane)
        self.waiting.render(view.waiting)

    def take_focus(self) -> None:
        """Begin: at the counters where one is to be chosen, else on nothing."""
        if self.hero.currentWidget() is self.closed:
            self.closed.take_focus()
        else:
            self.setFocus()

    def _change_page(self, page: QWidget) -> None:
        """What had the focus goes; the focus is then on nothing that a stray Enter could press."""
        keeps = self.waiting.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.hero.setCurrentWidget(page)
        self.hero.updateGeometry()
        self._arrange()
        if not keeps:
            self.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide between column and drawer."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        is_drawer = self.width() < theme.px(_DRAWER_BELOW)
        if is_drawer != self._is_drawer:
            self._is_drawer = is_drawer
            self.top.list.setVisible(is_drawer)
            if is_drawer:
                self._columns.removeWidget(self.waiting)
                self.waiting.hide()
                self.waiting.setMinimumWidth(0)
                self.waiting.setMaximumWidth(16_777_215)
            else:
                self._columns.addWidget(self.waiting)
                self.waiting.show()
        if self._is_drawer:
            self._place_drawer()
        else:
            self.waiting.setFixedWidth(theme.px(_LIST_WIDTH))
        self._fit_day()

    def _fit_day(self) -> None:
        """In a low window My day makes room for what calls and serves."""
        bars = self.top.sizeHint().height() + (
            self.offline.sizeHint().height() if self.offline.sentence else 0
        )
        room = self.height() - bars - 2 * _MARGIN
        hero = max(self.hero.minimumSizeHint().height(), current_theme().px(_HERO_LOW))
        needed = hero + _GAP + self.lane.sizeHint().height()
        needed += _GAP + self.day.minimumSizeHint().height()
        self.day.setVisible(room >= needed)
        usual = current_theme().px(_HERO + 120 + 48) + 2 * _GAP
        self.day.set_extra_height(max(0, round((room - usual) * _SHARE_OF_DAY)))

    def _place_drawer(self) -> None:
        width = min(current_theme().px(_LIST_WIDTH), self.width() - 2 * _MARGIN)
        top = self.top.height() + (self.offline.height() if self.offline.isVisible() else 0) + _MARGIN
        x = _MARGIN if self.isRightToLeft() else self.width() - width - _MARGIN
        self.waiting.setGeometry(x, top, width, max(200, self.height() - top - _MARGIN))

    def _toggle_drawer(self) -> None:
        self.waiting.setVisible(not self.waiting.isVisible())
        if self.waiting.isVisible():
            self._place_drawer()
            self.waiting.raise_()
            self.waiting.focus_filter()

    def _on_find(self) -> None:
        if self._is_drawer and not self.waiting.isVisible():
            self._toggle_drawer()
        self.waiting.focus_filter()

    def _on_list_left(self) -> None:
        if self._is_drawer:
            self.waiting.hide()
        self.setFocus()

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        self.hero.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column.addWidget(self.hero, 1)
        column.addWidget(self.day)
        column.addWidget(self.lane)
        self._area = area = QScrollArea()
        area.setWidget(left)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._columns.setSpacing(_MARGIN)
        self._columns.addWidget(area, 1)
        self.waiting.setParent(self)
        self._columns.addWidget(self.waiting)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.offline)
        layout.addLayout(self._columns, 1)
