"""The ground of the board's parts: each paints one region and knows its scale."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.canvas import Canvas


class BoardPart(QWidget):
    """A region of the board that paints itself in units."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1.0
        self._portrait = False

    def set_measure(self, scale: float, *, portrait: bool) -> None:
        """Use another scale or orientation.

        Args:
            scale: logical pixels per unit.
            portrait: the board stands upright.
        """
        if (scale, portrait) != (self._scale, self._portrait):
            self._scale, self._portrait = scale, portrait
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint through a canvas."""
        painter = QPainter(self)
        self.draw(Canvas(self, painter, self._scale))
        painter.end()

    def draw(self, canvas: Canvas) -> None:
        """Paint the region; subclasses do."""
        raise NotImplementedError
