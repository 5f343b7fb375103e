"""A table's heads: small words, and an arrow at the one that the rows are ordered by."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme

HEIGHT = 40  # logical pixels at 100 % text
PADDING = 20
_ARROW, _GAP = 14, 4


def head_width(title: str) -> float:
    """What a head needs to be seen whole with its arrow, logical pixels."""
    theme = current_theme()
    return PADDING + text_width(theme.font(TextRole.SMALL_STRONG), title) + _GAP + theme.px(_ARROW) + _GAP


class TableHeader(QHeaderView):
    """Horizontal heads that sort when pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(0)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(super().sizeHint().width(), current_theme().px(HEIGHT))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw one head."""
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        bounds = rect.toRectF()
        painter.fillRect(bounds, theme.color("surface"))
        model = self.model()
        title = str(model.headerData(logicalIndex, Qt.Orientation.Horizontal)) if model else ""
        is_order = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        font = theme.font(TextRole.SMALL_STRONG if is_order else TextRole.SMALL)
        ink = theme.color("ink" if is_order else "ink2")
        words = bounds.adjusted(PADDING, 0, -_GAP, 0)
        cut = elided(font, title, words.width())
        draw_text(painter, mirrored(words, bounds, rtl), cut, font, ink, right_to_left=rtl)
        if not is_order:
            return
        side = theme.px(_ARROW)
        x = words.left() + text_width(font, cut) + _GAP
        arrow = mirrored(QRectF(x, bounds.center().y() - side / 2, side, side), bounds, rtl)
        rising = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        paint_icon(painter, arrow, "chevron-up" if rising else "chevron-down", ink)
