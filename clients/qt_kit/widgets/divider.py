"""A hairline between things that belong to different groups."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.widgets.base import PaintedWidget


class Divider(PaintedWidget):
    """A 1 px line, horizontal or vertical.

    Args:
        orientation: its direction.
        length: of a vertical one in logical pixels; a horizontal one fills its row.
    """

    def __init__(
        self,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        *,
        length: int = 24,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._orientation = orientation
        self._length = length
        fixed, expanding = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        horizontal = orientation == Qt.Orientation.Horizontal
        self.setSizePolicy(expanding if horizontal else fixed, fixed)

    def content_size(self) -> QSize:
        """One pixel across."""
        return QSize(1, 1) if self._orientation == Qt.Orientation.Horizontal else QSize(1, self._length)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(self.rect(), self.theme.color("line"))
