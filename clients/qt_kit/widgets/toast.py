"""A floating message at the bottom start of a window: one at a time, with Undo where there is one."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.qt_kit.widgets.undo_lane import UndoLane, UndoLaneState

_MARGIN, _WIDTH = 24, 480
_PLAIN_MS = 6_000  # a message without undo stays this long


class Toast(QWidget):
    """Shows over `host`, never takes the focus, and goes by itself.

    Args:
        host: the window it floats in.
    """

    undo_requested = Signal()
    """Undo was pressed."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._lane = UndoLane(key="")
        self._lane.undo_requested.connect(self.undo_requested)
        self._lane.undo_lapsed.connect(self.hide)
        self._away = QTimer(self, singleShot=True, interval=_PLAIN_MS)
        self._away.timeout.connect(self.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._lane)
        host.installEventFilter(self)
        self.hide()

    def render(self, state: UndoLaneState | None) -> None:
        """Show a message in place of the one before; None takes it away."""
        self._away.stop()
        if state is None:
            self.hide()
            return
        self._lane.render(state)
        if state.undo_left_ms <= 0:
            self._away.start()
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner while the window changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutDirectionChange):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        host = self._host
        width = min(_WIDTH, host.width() - 2 * _MARGIN)
        height = self._lane.sizeHint().height()
        x = host.width() - width - _MARGIN if self.isRightToLeft() else _MARGIN
        self.setGeometry(x, host.height() - height - _MARGIN, width, height)
