"""The bar under the top bar while the server cannot be reached."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget

_HEIGHT, _MARGIN, _ICON, _GAP = 40, 24, 16, 10


class OfflineBar(PaintedWidget):
    """cloud-off and one sentence; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sentence = ""
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says; "" while hidden."""
        return self._sentence

    def render(self, sentence: str) -> None:
        """Show a sentence such as "No connection since 10:42. Trying again. You can read, not call."

        Args:
            sentence: what is wrong and what still works; "" hides the bar.
        """
        self._sentence = sentence
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.setVisible(bool(sentence))
        self.update()

    def content_size(self) -> QSize:
        """40 px high at 100 %; it fills the window's width."""
        return QSize(0, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        painter.fillRect(bounds, theme.color("sunken"))
        painter.fillRect(QRectF(0, bounds.height() - 1, bounds.width(), 1), theme.color("line"))
        side = theme.px(_ICON)
        icon = QRectF(_MARGIN, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), "cloud-off", theme.color("late"))
        words = bounds.adjusted(_MARGIN + side + theme.px(_GAP), 0, -_MARGIN, 0)
        font = theme.font_for(TextRole.BODY_MEDIUM, self._sentence)
        text = elided(font, self._sentence, words.width())
        draw_text(
            painter,
            mirrored(words, bounds, rtl),
            text,
            font,
            theme.color("ink"),
            right_to_left=rtl,
        )
