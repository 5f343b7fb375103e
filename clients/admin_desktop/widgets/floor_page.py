"""The floor, live: figures, counters, queues, displays, and what needs somebody."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from clients.admin_desktop.view_state import ConsoleView, CounterCard, FloorView
from clients.admin_desktop.view_state import Link as LinkStanding
from clients.admin_desktop.widgets.counter_grid import CounterGrid
from clients.admin_desktop.widgets.displays_card import DisplaysCard
from clients.admin_desktop.widgets.doing import Doing
from clients.admin_desktop.widgets.floor_skeleton import FloorSkeleton
from clients.admin_desktop.widgets.kpi_strip import KpiStrip
from clients.admin_desktop.widgets.needs_you_card import NeedsYouCard
from clients.admin_desktop.widgets.page import MARGIN, Page
from clients.admin_desktop.widgets.types_table import TypesTable
from clients.admin_desktop.words import not_connected, tr
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.menu import Menu

TWO_COLUMNS_FROM = 1300 - 216  # window less sidebar, at 100 % text
_TWO_CARDS_FROM = 760  # below, the cards of the right column stand one above the other
MOST_STRETCHED = 1.35  # on a tall screen the cards grow to its foot, but no further than looks right
_COLUMN_GAP = 24
_LEFT, _RIGHT = 768, 384  # of 1440, the proportion at every width


@dataclass(frozen=True, kw_only=True)
class _Arrangement:
    """Where counters, types, needs-you and displays stand, each (row, column, columns), and the shares."""

    places: tuple[tuple[int, int, int], ...]
    columns: tuple[int, int]


_SIDE_BY_SIDE = _Arrangement(places=((0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)), columns=(_LEFT, _RIGHT))
_RIGHT_UNDER_LEFT = _Arrangement(places=((0, 0, 2), (1, 0, 2), (2, 0, 1), (2, 1, 1)), columns=(1, 1))
_STACKED = _Arrangement(places=((0, 0, 2), (1, 0, 2), (2, 0, 2), (3, 0, 2)), columns=(1, 1))


class FloorPage(Page):
    """KPIs over two columns; where that is too narrow, the right one goes under the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Floor"), parent)
        self.new_token = CommandButton(self.tr("New token"), kind="primary", icon="ticket-plus", key="Ctrl+N")
        self.new_token.clicked.connect(self.new_token_requested)
        self.head.end.addWidget(self.new_token)
        self.kpis = KpiStrip()
        self.counters = CounterGrid()
        self.types = TypesTable()
        self.needs_you = NeedsYouCard()
        self.displays = DisplaysCard()
        self.needs_you.page_requested.connect(self.page_requested)
        self.displays.page_requested.connect(self.page_requested)
        self.displays.retry_requested.connect(self.retry_requested)
        self.doing = Doing(self)
        self.doing.commanded.connect(self.intended)
        self.counters.menu_requested.connect(self._on_menu)
        self._floor: FloorView | None = None
        self._barred = ""
        self._skeleton = FloorSkeleton()
        self._arrangement: _Arrangement | None = None
        self._build()

    def render(self, view: ConsoleView) -> None:
        """Show the floor; blocks in its place until anything is known."""
        super().render(view)
        is_live = view.link is LinkStanding.LIVE
        can_create = is_live and view.has_figures
        self.new_token.render(
            CommandState(
                text=self.tr("New token"),
                enabled=can_create,
                reason="" if can_create else self._no_token_now(is_live),
            )
        )
        floor = view.page_view
        is_known = isinstance(floor, FloorView) and view.now is not None
        self._content.setVisible(is_known)
        self._skeleton.setVisible(not is_known)
        if not isinstance(floor, FloorView) or view.now is None:
            return
        self._floor = floor
        self._barred = floor.barred or ("" if is_live else not_connected())
        self.kpis.render(floor.kpis)
        self.counters.render(floor.counters, view.now)
        self.types.render(floor.types)
        self.needs_you.render(floor.needs_you, view.now)
        self.displays.render(floor.displays, floor.displays_error, view.now)
        self._content.setMaximumHeight(round(self._content.sizeHint().height() * MOST_STRETCHED))
        self._fit_height()

    def menu_of(self, card: CounterCard) -> Menu | None:
        """What can be done at a counter; None where nothing can, or nothing is known of it."""
        floor = self._floor
        counter = floor.menus.get(card.id) if floor is not None else None
        if floor is None or floor.choices is None or counter is None:
            return None
        menu = Menu(parent=self)
        if self._barred:
            menu.addAction(self._barred).setEnabled(False)
            return menu
        if counter.token is not None:
            self.doing.token_entries(menu, counter.token, floor.choices)
            menu.addSeparator()
        self.doing.counter_entries(menu, counter, floor.choices)
        return menu

    def _on_menu(self, card: CounterCard, at: QPoint) -> None:
        menu = self.menu_of(card)
        if menu is not None:
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    def _no_token_now(self, is_live: bool) -> str:
        if is_live:
            return self.tr("The floor is being fetched")
        return not_connected()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column or two."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs the width sooner."""
        super().changeEvent(event)
        if is_restyling(event):
            self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wrapped lines take another height when the width or what stands in it changed."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit_height()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(_COLUMN_GAP)
        self._grid.setVerticalSpacing(_COLUMN_GAP)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(_COLUMN_GAP)
        content.addWidget(self.kpis)
        content.addLayout(self._grid, 1)
        body = self._canvas = QWidget()
        column = self._body = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        column.addWidget(self._skeleton)
        column.addWidget(self._content, 1)
        column.addStretch(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        scroll.verticalScrollBar().rangeChanged.connect(self._on_scroll_range)
        self._scroll = scroll
        scroll.viewport().installEventFilter(self)
        body.installEventFilter(self)
        self.column.addWidget(scroll, 1)

    def _on_scroll_range(self, _low: int, high: int) -> None:
        # The bar stands in the margin: the cards end where the head ends, with it or without.
        bar = self._scroll.verticalScrollBar().sizeHint().width() if high else 0
        left, right = (bar, 0) if self.isRightToLeft() else (0, bar)
        self._body.setContentsMargins(MARGIN - left, 0, MARGIN - right, MARGIN)

    def _arrange(self) -> None:
        theme, width = current_theme(), self.width()
        arrangement = _STACKED
        if width >= theme.px(TWO_COLUMNS_FROM):
            arrangement = _SIDE_BY_SIDE
        elif width >= theme.px(_TWO_CARDS_FROM):
            arrangement = _RIGHT_UNDER_LEFT
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self._place(arrangement)
        self._fit_height()

    def _place(self, arrangement: _Arrangement) -> None:
        parts: tuple[QWidget, ...] = (self.counters, self.types, self.needs_you, self.displays)
        for widget in parts:
            self._grid.removeWidget(widget)
        for widget, (row, column, columns) in zip(parts, arrangement.places, strict=True):
            self._grid.addWidget(widget, row, column, 1, columns)
        for column, stretch in enumerate(arrangement.columns):
            self._grid.setColumnStretch(column, stretch)
        for row, stretch in enumerate((6, 5, 0, 0)):
            self._grid.setRowStretch(row, stretch)

    def _fit_height(self) -> None:
        """A scroll area asks its widget for a size hint, which knows nothing of wrapped lines."""
        needed = self._body.minimumHeightForWidth(self._scroll.viewport().width())
        self._canvas.setMinimumHeight(max(0, needed))  # -1 where nothing wraps
