"""What is wrong with a field: icon and sentence in `late`."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.label import Label

_ICON, _GAP = 16, 6


class _ErrorIcon(PaintedWidget):
    def content_size(self) -> QSize:
        return QSize(self.theme.px(_ICON), self.theme.line(TextRole.SMALL_MEDIUM))

    def paintEvent(self, event: QPaintEvent) -> None:
        side = self.theme.px(_ICON)
        square = QRectF(0, 0, side, side)
        square.moveCenter(self.rect().toRectF().center())
        paint_icon(QPainter(self), square, "circle-alert", self.theme.color("late"))


class ErrorLine(QWidget):
    """Keeps one line's height without any sentence, so that nothing jumps where it stays visible."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = _ErrorIcon()
        self._label = Label(TextRole.SMALL_MEDIUM, tone="late", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        self.render("")

    @property
    def sentence(self) -> str:
        """What is said, "" for nothing."""
        return self._label.text()

    def render(self, sentence: str) -> None:
        """Say something, or nothing with ""."""
        self._label.setText(sentence)
        policy = self._icon.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._icon.setSizePolicy(policy)
        self._icon.setVisible(bool(sentence))
        self.setAccessibleName(sentence)
