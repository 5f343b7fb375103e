"""The counter plate: a numeral on a solid rounded square, the same in all three apps and over the desk."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded
from clients.qt_kit.text import plate_font
from clients.qt_kit.widgets.base import PaintedWidget

RADIUS_SHARE = 0.22  # of the side


def paint_plate(
    painter: QPainter, rect: QRectF, name: str, fill: QColor, ink: QColor, share: float = 0.6
) -> None:
    """Paint a plate.

    Args:
        painter: the target.
        rect: a square, any size.
        name: the counter's number, or a short name.
        fill: the square's colour.
        ink: the numeral's colour.
        share: of the side that one digit's font takes; on the lobby's wall it is larger.
    """
    side = rect.height()
    fill_rounded(painter, rect, side * RADIUS_SHARE, fill)
    draw_text(painter, rect, name, plate_font(side, len(name), share), ink, align=CENTRE)


class Plate(PaintedWidget):
    """A counter's plate.

    Args:
        name: the counter's number.
        side: logical pixels at 100 %; grows with the text size of its row.
        dimmed: a closed counter: sunken ground, grey numeral.
    """

    def __init__(
        self,
        name: str = "",
        *,
        side: int = 40,
        dimmed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._side = side
        self._name = name
        self._dimmed = dimmed
        self.render(name, dimmed=dimmed)

    def render(self, name: str, *, dimmed: bool = False) -> None:
        """Show a counter's number."""
        self._name = name
        self._dimmed = dimmed
        self.setAccessibleName(self.tr("Counter {name}").format(name=name) if name else "")
        self.update()

    def content_size(self) -> QSize:
        """A square."""
        side = self.theme.px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the plate."""
        side = self.theme.px(self._side)
        rect = QRectF(0, 0, side, side)
        rect.moveCenter(self.rect().toRectF().center())
        fill = self.theme.color("sunken" if self._dimmed else "primary")
        ink = self.theme.color("ink3" if self._dimmed else "on_primary")
        paint_plate(QPainter(self), rect, self._name, fill, ink)
