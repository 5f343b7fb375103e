"""On how many screens a call was shown, and when it was announced."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedWidget
from clients.staff_desktop.view_state import Screens

_ICON, _GAP, _HEIGHT = 18, 6, 24


class ScreensLine(PaintedWidget):
    """Icon and words in teal, or in wine when no screen has shown the call; then the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screens = Screens.UNKNOWN
        self._text = self._announced = ""

    def render(self, screens: Screens, text: str, announced: str) -> None:
        """Show what is known of the screens."""
        if (screens, text, announced) == (self._screens, self._text, self._announced):
            return
        self._screens, self._text, self._announced = screens, text, announced
        self.setAccessibleName(", ".join(part for part in (text, announced) if part))
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """What it says of the screens."""
        return self._text

    def content_size(self) -> QSize:
        """Icon, words, time."""
        return QSize(round(self._words_width() + self._time_width() + 0.5), self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The words may be cut where the window is narrow; the tooltip has them."""
        return QSize(min(self.content_size().width(), self.theme.px(160)), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw at the end edge."""
        theme, rtl, bounds = self.theme, self.right_to_left, self.rect().toRectF()
        painter = QPainter(self)
        left = max(0.0, bounds.width() - self._words_width() - self._time_width())
        tone: ColourName = "late" if self._screens is Screens.NONE else "on_time"
        if self._text:
            side = theme.px(_ICON)
            icon = QRectF(left, bounds.center().y() - side / 2, side, side)
            name = "monitor-x" if self._screens is Screens.NONE else "monitor-check"
            paint_icon(painter, mirrored(icon, bounds, rtl), name, theme.color(tone))
            font = theme.font(TextRole.SMALL_MEDIUM)
            words = bounds.adjusted(left + side + theme.px(_GAP), 0, -self._time_width(), 0)
            cut = elided(font, self._text, words.width() + 1)
            draw_text(painter, mirrored(words, bounds, rtl), cut, font, theme.color(tone), right_to_left=rtl)
        font = theme.font(TextRole.SMALL)
        time = bounds.adjusted(bounds.width() - text_width(font, self._announced) - 1, 0, 0, 0)
        draw_text(
            painter,
            mirrored(time, bounds, rtl),
            self._announced,
            font,
            theme.color("ink3"),
            right_to_left=rtl,
        )

    def _words_width(self) -> float:
        if not self._text:
            return 0.0
        return self.theme.px(_ICON + _GAP) + text_width(self.theme.font(TextRole.SMALL_MEDIUM), self._text)

    def _time_width(self) -> float:
        if not self._announced:
            return 0.0
        return text_width(self.theme.font(TextRole.SMALL), self._announced) + self.theme.px(10)
