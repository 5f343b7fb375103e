"""A customer type's letter on a small sunken square; the same for all types, without a colour of its own."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import Theme
from clients.qt_kit.widgets.base import PaintedWidget

_SIDE = 24
_RADIUS = 6


def type_chip_width(prefix: str, theme: Theme) -> int:
    """Width of the chip of a prefix: square for a letter, wider for more."""
    return max(
        theme.px(_SIDE),
        round(text_width(theme.font(TextRole.SMALL_STRONG), prefix)) + theme.px(12),
    )


def paint_type_chip(painter: QPainter, rect: QRectF, prefix: str, theme: Theme) -> None:
    """Paint a chip into `rect`."""
    fill_rounded(painter, rect, theme.px(_RADIUS), theme.color("sunken"))
    draw_text(
        painter,
        rect,
        prefix,
        theme.font(TextRole.SMALL_STRONG),
        theme.color("ink"),
        align=CENTRE,
    )


class TypeChip(PaintedWidget):
    """The prefix of a customer type."""

    def __init__(self, prefix: str = "", *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prefix = ""
        self.render(prefix, name=name)

    def render(self, prefix: str, *, name: str = "") -> None:
        """Show a prefix.

        Args:
            prefix: the letter on the token.
            name: the type's name, for the tooltip and screen readers.
        """
        self._prefix = prefix
        self.setAccessibleName(name or prefix)
        self.setToolTip(name)
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """24 px high at 100 %."""
        return QSize(type_chip_width(self._prefix, self.theme), self.theme.px(_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        size = self.content_size()
        rect = QRectF(0, 0, size.width(), size.height())
        rect.moveCenter(self.rect().toRectF().center())
        paint_type_chip(QPainter(self), rect, self._prefix, self.theme)
