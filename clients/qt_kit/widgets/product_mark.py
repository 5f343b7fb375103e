"""The product's mark, with or without its name."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.icons import paint_product_mark
from clients.qt_kit.paint import draw_text, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget

PRODUCT_NAME = "Callboard"  # a name: the same in every language
_SIDE, _GAP = 28, 10


class ProductMark(PaintedWidget):
    """Rounded square with the arrow, and "Callboard" beside it."""

    def __init__(self, *, with_name: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = PRODUCT_NAME if with_name else ""
        self.setAccessibleName(PRODUCT_NAME)

    def content_size(self) -> QSize:
        """28 px high at 100 %."""
        side = self.theme.px(_SIDE)
        if not self._name:
            return QSize(side, side)
        words = text_width(self.theme.font(TextRole.HEADING), self._name)
        return QSize(side + self.theme.px(_GAP) + round(words + 0.5), side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark and name."""
        painter = QPainter(self)
        bounds, side, rtl = (
            self.rect().toRectF(),
            self.theme.px(_SIDE),
            self.right_to_left,
        )
        mark = QRectF(0, (bounds.height() - side) / 2, side, side)
        paint_product_mark(painter, mirrored(mark, bounds, rtl), self.theme)
        words = mirrored(bounds.adjusted(side + self.theme.px(_GAP), 0, 0, 0), bounds, rtl)
        font = self.theme.font(TextRole.HEADING)
        draw_text(painter, words, self._name, font, self.theme.color("ink"), right_to_left=rtl)
