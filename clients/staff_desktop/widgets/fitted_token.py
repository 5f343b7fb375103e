"""The huge number: never cut; a long one is drawn smaller rather than pushing its neighbours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.paint import END, START, draw_text, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget

_NARROWEST = 200
_LARGEST, _SMALLEST = 1.5, 3  # times the role on a large screen, and its part in a low window


class FittedToken(PaintedWidget):
    """A token's number in the hero size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._number = ""

    def render(self, number: str) -> None:
        """Show a number."""
        if number != self._number:
            self._number = number
            self.setAccessibleName(number)
            self.update()

    @property
    def number(self) -> str:
        """What it shows."""
        return self._number

    def content_size(self) -> QSize:
        """The role's line, as wide as the place allows."""
        return QSize(self.theme.huge_px(_NARROWEST), self.theme.line(TextRole.HERO_NUMBER))

    def minimumSizeHint(self) -> QSize:
        """Smaller where the window is low or narrow."""
        line = self.theme.line(TextRole.HERO_NUMBER)
        return QSize(self.theme.huge_px(_NARROWEST) // 2, line // _SMALLEST)

    def set_extra_height(self, extra: int) -> None:
        """Grow by these logical pixels where the window has them."""
        line = self.theme.line(TextRole.HERO_NUMBER)
        self.setMaximumHeight(min(line + extra, round(line * _LARGEST)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number, its first stem on the start edge."""
        if not self._number:
            return
        font, rtl = self.theme.font(TextRole.HERO_NUMBER), self.right_to_left
        metrics = QFontMetricsF(font)
        bearing = metrics.leftBearing(self._number[0])
        needed = text_width(font, self._number) - bearing
        line = self.theme.line(TextRole.HERO_NUMBER)
        scale = min(self.height() / line, self.width() / max(1.0, needed))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.translate(0, (self.height() - line * scale) / 2)
        painter.scale(scale, scale)
        rect = QRectF(0 if rtl else -bearing, 0, self.width() / scale + (0 if rtl else bearing), line)
        draw_text(painter, rect, self._number, font, self.theme.color("ink"), align=END if rtl else START)
