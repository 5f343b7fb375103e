"""The longest wait of a type against its limit."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.paint import fill_rounded, mirrored
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.service_mark import ServiceLevel

_TRACK, _TICK_WIDTH, _TICK_HEIGHT = 6, 2, 14


@dataclass(frozen=True, kw_only=True)
class GaugeState:
    """What a gauge shows; all in seconds.

    Args:
        value_s: the longest wait.
        limit_s: where the tick stands; 0 draws none.
        scale_s: the value at the track's end: the same for all types in view, so that bars compare.
        level: gives the fill its colour.
    """

    value_s: float
    limit_s: float
    scale_s: float
    level: ServiceLevel


class Gauge(PaintedWidget):
    """Track, fill in the level's colour, tick at the limit."""

    def __init__(self, state: GaugeState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state = state

    def render(self, state: GaugeState | None) -> None:
        """Show a wait; None shows the bare track."""
        self._state = state
        self.update()

    def content_size(self) -> QSize:
        """As high as the tick."""
        return QSize(48, _TICK_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track from the start edge on."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        track = QRectF(0, (bounds.height() - _TRACK) / 2, bounds.width(), _TRACK)
        fill_rounded(painter, track, _TRACK / 2, theme.color("sunken"))
        state = self._state
        if state is None or state.scale_s <= 0:
            return
        filled = track.width() * min(1.0, max(0.0, state.value_s / state.scale_s))
        if filled > 0:
            bar = QRectF(0, track.top(), max(_TRACK, filled), _TRACK)
            fill_rounded(
                painter,
                mirrored(bar, bounds, rtl),
                _TRACK / 2,
                theme.color(state.level.colour),
            )
        if 0 < state.limit_s <= state.scale_s:
            x = round(track.width() * state.limit_s / state.scale_s)
            tick = QRectF(
                min(x, bounds.width() - _TICK_WIDTH),
                (bounds.height() - _TICK_HEIGHT) / 2,
                _TICK_WIDTH,
                _TICK_HEIGHT,
            )
            painter.fillRect(mirrored(tick, bounds, rtl), theme.color("ink"))
