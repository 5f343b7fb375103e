"""The running time of a call or a service against its usual range."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import faded
from clients.qt_kit.widgets.base import PaintedWidget

_TRACK, _NEEDLE_WIDTH, _NEEDLE_HEIGHT, _LABEL_GAP = 8, 3, 18, 4


@dataclass(frozen=True, kw_only=True)
class ServiceGaugeState:
    """What the gauge shows; all in seconds.

    Args:
        elapsed_s: the running time.
        usual_low_s: where the usual range begins.
        usual_high_s: where it ends; 0 means that no range is known yet.
        scale_s: the value at the track's end.
        low_label: below the range's beginning, "" for none.
        high_label: below its end, "" for none.
    """

    elapsed_s: float
    usual_low_s: float = 0
    usual_high_s: float = 0
    scale_s: float
    low_label: str = ""
    high_label: str = ""


class ServiceGauge(PaintedWidget):
    """Track, lighter usual range, ink for what has passed, needle at now."""

    def __init__(self, state: ServiceGaugeState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state = state

    def render(self, state: ServiceGaugeState | None) -> None:
        """Show a time; None shows the bare track, and the height stays."""
        self._state = state
        self.update()

    def content_size(self) -> QSize:
        """Needle and the labels below, whether there are labels or not."""
        return QSize(96, _NEEDLE_HEIGHT + _LABEL_GAP + self.theme.line(TextRole.HINT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track from the start edge on."""
        theme = self.theme
        painter = QPainter(self)
        track = QRectF(0, (_NEEDLE_HEIGHT - _TRACK) / 2, self.width(), _TRACK)
        fill_rounded(painter, track, _TRACK / 2, theme.color("sunken"))
        state = self._state
        if state is None or state.scale_s <= 0:
            return
        low, high, now = (
            self._x(value) for value in (state.usual_low_s, state.usual_high_s, state.elapsed_s)
        )
        if high > low:
            usual = faded(theme.color("ink"), theme.color("surface"), 0.26)
            self._fill(painter, QRectF(low, track.top(), high - low, _TRACK), usual)
        self._fill(painter, QRectF(0, track.top(), now, _TRACK), theme.color("ink"))
        needle_x = max(0.0, min(self.width() - _NEEDLE_WIDTH, now - _NEEDLE_WIDTH / 2))
        needle = QRectF(needle_x, 0, _NEEDLE_WIDTH, _NEEDLE_HEIGHT)
        fill_rounded(painter, self._mirrored(needle), 1.5, theme.color("ink"))
        self._paint_labels(painter, ((low, state.low_label), (high, state.high_label)))

    def _x(self, seconds: float) -> float:
        scale = self._state.scale_s if self._state is not None else 1.0
        return self.width() * min(1.0, max(0.0, seconds / scale))

    def _mirrored(self, rect: QRectF) -> QRectF:
        return mirrored(rect, self.rect().toRectF(), self.right_to_left)

    def _fill(self, painter: QPainter, rect: QRectF, color: QColor) -> None:
        if rect.width() > 0:
            fill_rounded(painter, self._mirrored(rect), min(_TRACK, rect.width()) / 2, color)

    def _paint_labels(self, painter: QPainter, labels: tuple[tuple[float, str], ...]) -> None:
        font = self.theme.font(TextRole.HINT)
        taken_to = -1.0
        for x, text in labels:
            width = text_width(font, text)
            left = max(0.0, min(self.width() - width, x - width / 2))
            if not text or left <= taken_to:
                continue
            rect = QRectF(left, _NEEDLE_HEIGHT + _LABEL_GAP, width, self.theme.line(TextRole.HINT))
            draw_text(
                painter,
                self._mirrored(rect),
                text,
                font,
                self.theme.color("ink3"),
                align=CENTRE,
            )
            taken_to = left + width
