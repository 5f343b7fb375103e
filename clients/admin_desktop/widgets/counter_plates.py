"""Counters as small plates in a row: which ones serve a type."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget

_SIDE, _GAP, _PADDING, _RADIUS = 22, 4, 5, 5
_WIDEST_ROW = 5  # more are counted: the column should not push the others out


class CounterPlates(PaintedWidget):
    """Plates at the end edge; of many the first few, and how many more; a word for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    @property
    def labels(self) -> tuple[str, ...]:
        """All counters, shown or counted."""
        return self._labels

    def render(self, labels: tuple[str, ...]) -> None:
        """Show counters by what stands on their plates."""
        if labels == self._labels and self.accessibleName():
            return
        self._labels = labels
        named = ", ".join(labels)
        self.setAccessibleName(tr("Counters {labels}").format(labels=named) if labels else tr("None open"))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """One row, and the margins."""
        size, margins = self._row_size(), self.contentsMargins()
        return QSize(size.width(), size.height() + margins.top() + margins.bottom())

    def _row_size(self) -> QSize:
        theme = self.theme
        if not self._labels:
            words = text_width(theme.font(TextRole.SMALL), tr("None open"))
            return QSize(round(words + 0.5), theme.px(_SIDE))
        widths = [self._width(label) for label in self._parts()]
        return QSize(sum(widths) + theme.px(_GAP) * (len(widths) - 1), theme.px(_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the plates in order, the last one at the end edge."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.contentsRect().toRectF()
        size = self._row_size()
        x, y = bounds.width() - size.width(), bounds.top() + (bounds.height() - size.height()) / 2
        if not self._labels:
            rect = mirrored(QRectF(x, y, size.width(), size.height()), bounds, rtl)
            draw_text(
                painter,
                rect,
                tr("None open"),
                theme.font(TextRole.SMALL),
                theme.color("ink2"),
                right_to_left=rtl,
            )
            return
        for part in self._parts():
            rect = QRectF(x, y, self._width(part), size.height())
            square = mirrored(rect, bounds, rtl)
            edge = theme.color("line") if theme.high_contrast else None
            fill_rounded(painter, square, theme.px(_RADIUS), theme.color("sunken"), border=edge)
            font = theme.font(TextRole.SMALL_STRONG)
            draw_text(painter, square, part, font, theme.color("ink"), align=CENTRE)
            x += rect.width() + theme.px(_GAP)

    def _parts(self) -> list[str]:
        if len(self._labels) <= _WIDEST_ROW:
            return list(self._labels)
        shown = self._labels[: _WIDEST_ROW - 1]
        return [*shown, f"+{len(self._labels) - len(shown)}"]

    def _width(self, text: str) -> int:
        words = round(text_width(self.theme.font(TextRole.SMALL_STRONG), text) + 0.5)
        return max(self.theme.px(_SIDE), words + self.theme.px(2 * _PADDING))
