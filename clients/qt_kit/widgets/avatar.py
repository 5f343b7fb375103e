"""A person's initials on a round sunken ground."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded
from clients.qt_kit.text import sized_font
from clients.qt_kit.widgets.base import PaintedWidget


def initials(name: str) -> str:
    """First letters of the first and the last word, at most two: "Marta Ruiz" -> "MR"."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


class Avatar(PaintedWidget):
    """Initials; 32 px, 28 in rows."""

    def __init__(self, name: str = "", *, side: int = 32, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._name = ""
        self.render(name)

    def render(self, name: str) -> None:
        """Show a person's initials."""
        self._name = name
        self.setAccessibleName(name)
        self.update()

    def content_size(self) -> QSize:
        """A square."""
        side = self.theme.px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc and the letters."""
        painter = QPainter(self)
        side = self.theme.px(self._side)
        rect = QRectF(0, 0, side, side)
        rect.moveCenter(self.rect().toRectF().center())
        fill_rounded(painter, rect, side / 2, self.theme.color("sunken"))
        font = sized_font(side * 0.4, 600)
        draw_text(
            painter,
            rect,
            initials(self._name),
            font,
            self.theme.color("ink"),
            align=CENTRE,
        )
