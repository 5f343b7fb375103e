"""A lobby screen in small: what is on it, or that it is grey."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, mirrored
from clients.qt_kit.text import sized_font
from clients.qt_kit.theme import tokens
from clients.qt_kit.widgets.base import PaintedWidget

_WIDTH, _HEIGHT, _RADIUS = 56, 34, 4


class ScreenPicture(PaintedWidget):
    """The arrow and the counter's numeral, in the lobby's own colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_online = False
        self._counter = ""

    def render(self, *, is_online: bool, counter: str = "") -> None:
        """Show a screen; `counter` is the numeral on it, "" for none."""
        if (is_online, counter) != (self._is_online, self._counter):
            self._is_online, self._counter = is_online, counter
            self.update()

    def content_size(self) -> QSize:
        """As wide as 56 px at 100 %."""
        return QSize(self.theme.px(_WIDTH), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the screen."""
        colours = tokens()["display"]
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        screen = QRectF(0, 0, theme.px(_WIDTH), theme.px(_HEIGHT))
        screen.moveCenter(bounds.center())
        border = theme.color("line") if theme.is_dark else None
        off = theme.color("sunken" if theme.high_contrast else "edge")
        ground = QColor(colours["ground"]) if self._is_online else off
        fill_rounded(painter, screen, theme.px(_RADIUS), ground, border=border)
        unit = screen.width() / _WIDTH
        arrow = mirrored(
            QRectF(screen.left() + 9 * unit, screen.top() + 10 * unit, 27 * unit, 14 * unit), screen, rtl
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        light = QColor(colours["call"]) if self._is_online else theme.color("line")
        painter.fillPath(_arrow(arrow, 6 * unit, rtl), light)
        if self._counter:
            numeral = mirrored(
                QRectF(screen.left() + 37 * unit, screen.top(), 15 * unit, screen.height()), screen, rtl
            )
            ink = QColor(colours["ink"])
            draw_text(painter, numeral, self._counter, sized_font(11 * unit, 700), ink, align=CENTRE)


def _arrow(rect: QRectF, tip: float, right_to_left: bool) -> QPainterPath:
    """The lobby's arrow: a block that points at the counter."""
    path = QPainterPath()
    if right_to_left:
        path.addPolygon(
            [
                rect.topRight(),
                QPointF(rect.left() + tip, rect.top()),
                QPointF(rect.left(), rect.center().y()),
                QPointF(rect.left() + tip, rect.bottom()),
                rect.bottomRight(),
            ]
        )
    else:
        path.addPolygon(
            [
                rect.topLeft(),
                QPointF(rect.right() - tip, rect.top()),
                QPointF(rect.right(), rect.center().y()),
                QPointF(rect.right() - tip, rect.bottom()),
                rect.bottomLeft(),
            ]
        )
    path.closeSubpath()
    return path
