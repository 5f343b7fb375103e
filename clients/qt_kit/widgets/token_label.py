"""A token's number: bold, tabular, never cut, and left to right in every language."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import END, START, draw_text, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedWidget


class TokenLabel(PaintedWidget):
    """A number such as "A012".

    Args:
        role: HERO_NUMBER, TOKEN_L, TOKEN_CARD, TOKEN_BAR or TOKEN_S.
        tone: the colour's role.
    """

    def __init__(
        self,
        role: TextRole = TextRole.TOKEN_L,
        number: str = "",
        *,
        tone: ColourName = "ink",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._tone: ColourName = tone
        self._number = ""
        self.render(number)

    def render(self, number: str) -> None:
        """Show a number; "" shows nothing and keeps the height."""
        if number == self._number:
            return
        self._number = number
        self.setAccessibleName(number)
        self.updateGeometry()
        self.update()

    def set_tone(self, tone: ColourName) -> None:
        """Use another colour role."""
        self._tone = tone
        self.update()

    def content_size(self) -> QSize:
        """The number's advance, and the role's line height."""
        return QSize(
            round(text_width(self.theme.font(self._role), self._number) + 0.5),
            self.theme.line(self._role),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number at the start edge, its first stem on the edge itself."""
        painter = QPainter(self)
        font = self.theme.font(self._role)
        # The left bearing of a 176 px letter is several pixels: without this the number would not stand
        # on the same edge as the name below it.
        bearing = QFontMetricsF(font).leftBearing(self._number[0]) if self._number else 0.0
        rect = self.contentsRect().toRectF().adjusted(-bearing if not self.right_to_left else 0, 0, 0, 0)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        align = END if self.right_to_left else START
        draw_text(painter, rect, self._number, font, self.theme.color(self._tone), align=align)
