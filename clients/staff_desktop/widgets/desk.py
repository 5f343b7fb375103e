"""The desk: top bar, offline bar, the hero zone with My day and the lane, and the waiting list.

In a narrow window the list is a drawer over the end of the desk, opened by Ctrl+F.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.offline_bar import OfflineBar
from clients.staff_desktop.view_state import Phase, StaffView
from clients.staff_desktop.widgets.lane import Lane
from clients.staff_desktop.widgets.left_column import LeftArea, LeftColumn
from clients.staff_desktop.widgets.news_line import NewsLine
from clients.staff_desktop.widgets.top_bar import TopBar
from clients.staff_desktop.widgets.waiting_panel import WaitingPanel

_MARGIN, _GAP, _LIST_WIDTH, _DRAWER_BELOW = 24, 16, 432, 1100


class Desk(QWidget):
    """Everything but the sign-in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.top = TopBar()
        self.offline, self.news = OfflineBar(), NewsLine()
        column = self._column = LeftColumn()
        self.hero, self.closed, self.ready, self.active = (
            column.hero,
            column.closed,
            column.ready,
            column.active,
        )
        self.rest, self.day, self.lane = column.rest, column.day, Lane()
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
        had = (self.offline.isHidden(), self.news.isHidden())
        self.offline.render(view.offline)
        self.news.render(view.news)
        if had != (self.offline.isHidden(), self.news.isHidden()):
            self._arrange()
        if view.closed is not None:
            self.closed.render(view.closed)
        if view.ready is not None:
            self.ready.render(view.ready)
        if view.active is not None:
            self.active.render(view.active)
        if view.rest is not None:
            self.rest.render(view.rest)
        pages = {Phase.CLOSED: self.closed, Phase.READY: self.ready, Phase.ON_BREAK: self.rest}
        page = pages.get(view.phase, self.active)
        if self.hero.currentWidget() is not page:
            if self.hero.currentWidget() is self.closed:
                self.closed.begin_again()
            self._change_page(page)
        self.day.render(view.day)
        self.lane.render(view.lane)
        self.waiting.render(view.waiting)
        self._column.share()

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
        self._column.share()
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
            self.top.set_list_shown(is_drawer)
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

    def _place_drawer(self) -> None:
        width = min(current_theme().px(_LIST_WIDTH), self.width() - 2 * _MARGIN)
        bars = (bar for bar in (self.offline, self.news) if not bar.isHidden())
        top = self.top.height() + sum(bar.sizeHint().height() for bar in bars) + _MARGIN
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
        self._columns.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._columns.setSpacing(_MARGIN)
        left = QVBoxLayout()
        left.setSpacing(_GAP)
        left.addWidget(LeftArea(self._column), 1)
        left.addWidget(self.lane)
        self._columns.addLayout(left, 1)
        self.waiting.setParent(self)
        self._columns.addWidget(self.waiting)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.offline)
        layout.addWidget(self.news)
        layout.addLayout(self._columns, 1)
