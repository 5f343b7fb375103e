"""The lobby board: header, focus, types, recent calls and ticker at any size, upright or wide.

MUST: it shows the state it was last given. It announces nothing, keeps no queue of calls, and takes no
input: there is nothing here to touch.
"""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import BoardState
from clients.display_desktop.widgets.canvas import lobby_color
from clients.display_desktop.widgets.focus_panel import FocusPanel
from clients.display_desktop.widgets.header import Header
from clients.display_desktop.widgets.layout import BoardLayout, Box, board_layout
from clients.display_desktop.widgets.recent_calls import RecentCalls
from clients.display_desktop.widgets.ticker import Ticker
from clients.display_desktop.widgets.type_tiles import TypeTiles

_SHIFT_EVERY_MS = 180_000  # burn-in: the board wanders inside its margin
_SHIFTS = ((0, 0), (8, 4), (4, 8), (-4, 4), (-8, -4), (0, -8), (6, -4))  # units at 1080p


class Board(QWidget):
    """The whole screen.

    `render` may be called as often as the presenter likes; parts that did not change are not repainted.
    """

    painted = Signal(int)
    """A paint has put a revision on the screen for the first time; argument: the revision."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = BoardState(loading=True)
        self._painted_revision: int | None = None
        self._shift = 0
        self._header = Header(self)
        self._focus = FocusPanel(self)
        self._types = TypeTiles(self)
        self._recent = RecentCalls(self)
        self._ticker = Ticker(self)
        self._parts = (self._header, self._focus, self._types, self._recent, self._ticker)
        self._focus.painted.connect(self._on_focus_painted)
        self._wander = QTimer(self, interval=_SHIFT_EVERY_MS)
        self._wander.timeout.connect(self._on_wander)
        self._wander.start()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.render(self._state)

    @property
    def state(self) -> BoardState:
        """What it was last given."""
        return self._state

    def render(self, state: BoardState) -> None:
        """Show a state. A new revision is told by `painted` once it is on the screen."""
        self._state = state
        stale = state.stale
        self._header.render(icon=state.icon, name=state.organization, date=state.date, clock=state.clock)
        self._types.render(state.types, stale=stale, loading=state.loading)
        layout = self._layout()
        self._recent.render(state.recent, capacity=layout.recent_rows, stale=stale is not None)
        texts, icon = self._ticker_texts(state)
        self._ticker.render(texts, stale=stale, icon=icon)
        self._focus.render(state.focus, stale=stale, loading=state.loading)

    def set_reduced_motion(self, reduced: bool) -> None:
        """No slide, pulse or scrolling."""
        for part in (self._focus, self._recent, self._ticker):
            part.set_reduced_motion(reduced)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the parts out again."""
        super().resizeEvent(event)
        self._place()
        self.render(self._state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(event.rect(), lobby_color("ground"))

    def _layout(self) -> BoardLayout:
        return board_layout(max(1, self.width()), max(1, self.height()))

    def _place(self) -> None:
        layout = self._layout()
        dx, dy = _SHIFTS[self._shift]
        places = (layout.header, layout.focus, layout.types, layout.recent, layout.ticker)
        for part, box in zip(self._parts, places, strict=True):
            part.set_measure(layout.scale, portrait=layout.portrait)
            part.setGeometry(self._pixels(layout, box, dx, dy))

    def _pixels(self, layout: BoardLayout, box: Box, dx: float, dy: float) -> QRect:
        x = (
            layout.width - box.x - box.width
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            else box.x
        )
        scale = layout.scale
        left, top = round((x + dx) * scale), round((box.y + dy) * scale)
        right, bottom = round((x + dx + box.width) * scale), round((box.y + dy + box.height) * scale)
        return QRect(left, top, right - left, bottom - top)

    def _ticker_texts(self, state: BoardState) -> tuple[tuple[str, ...], str]:
        if state.loading:
            connecting = self.tr("Connecting to {server}").format(server=state.connecting_to)
            return ((connecting,) if state.connecting_to else ()), "wifi"
        if state.ticker:
            return state.ticker, "megaphone"
        return (self.tr("When your number appears, go to the counter beside it."),), "info"

    def _on_focus_painted(self) -> None:
        if self._state.loading or self._painted_revision == self._state.revision:
            return
        self._painted_revision = self._state.revision
        # After the paint event, so that the picture has been handed to the window system first.
        revision = self._state.revision
        QTimer.singleShot(0, self, lambda: self.painted.emit(revision))

    def _on_wander(self) -> None:
        self._shift = (self._shift + 1) % len(_SHIFTS)
        self._place()
