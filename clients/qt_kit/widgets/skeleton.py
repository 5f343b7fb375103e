"""Loading: sunken blocks in the final layout, without shimmer, and only after 300 ms."""

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.widgets.base import PaintedWidget

SHOWN_AFTER_MS = 300  # a quick answer should not flash


class Skeleton(PaintedWidget):
    """One block.

    Args:
        width: logical pixels, 0 to fill the row.
        height: logical pixels at 100 %.
        radius: logical pixels.
    """

    def __init__(
        self,
        *,
        width: int = 0,
        height: int = 16,
        radius: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._width, self._height, self._radius = width, height, radius
        horizontal = QSizePolicy.Policy.Fixed if width else QSizePolicy.Policy.Expanding
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Fixed)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOWN_AFTER_MS)
        self._delay.timeout.connect(self.update)
        self.setAccessibleName(self.tr("Loading"))

    @property
    def is_drawn(self) -> bool:
        """True once the block has been visible long enough to be drawn."""
        return self.isVisible() and not self._delay.isActive()

    def content_size(self) -> QSize:
        """The block."""
        return QSize(self.theme.px(self._width or 48), self.theme.px(self._height))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to wait."""
        super().showEvent(event)
        self._delay.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the block after the delay."""
        if not self._delay.isActive():
            fill_rounded(
                QPainter(self),
                self.rect().toRectF(),
                self._radius,
                self.theme.color("sunken"),
            )
