"""The service level as a shape: ring, ring with its end half filled, solid diamond with a bar and a dot."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import draw_text, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName, Theme, current_theme
from clients.qt_kit.widgets.base import PaintedWidget

NEAR_FROM = 0.75  # share of the limit
MARK_PX = 16
_GAP = 6


class ServiceLevel(StrEnum):
    """How a wait stands against the limit of its customer type."""

    ON_TIME = "on_time"  # below 75 % of the limit
    NEAR = "near"  # from 75 % of it
    LATE = "late"  # beyond it

    @staticmethod
    def of(waited_s: float, limit_s: float) -> "ServiceLevel":
        """The level of a wait against a limit, both in seconds; without a limit (0) it is on time."""
        if limit_s <= 0 or waited_s < limit_s * NEAR_FROM:
            return ServiceLevel.ON_TIME
        return ServiceLevel.NEAR if waited_s <= limit_s else ServiceLevel.LATE

    @property
    def colour(self) -> ColourName:
        """Its colour role."""
        colours: dict[ServiceLevel, ColourName] = {
            ServiceLevel.ON_TIME: "on_time",
            ServiceLevel.NEAR: "near",
            ServiceLevel.LATE: "late",
        }
        return colours[self]

    @property
    def word(self) -> str:
        """Its word in the interface's language."""
        words = {
            ServiceLevel.ON_TIME: QCoreApplication.translate("ServiceLevel", "On time"),
            ServiceLevel.NEAR: QCoreApplication.translate("ServiceLevel", "Near limit"),
            ServiceLevel.LATE: QCoreApplication.translate("ServiceLevel", "Late"),
        }
        return words[self]


def paint_service_mark(
    painter: QPainter,
    rect: QRectF,
    level: ServiceLevel,
    theme: Theme,
    *,
    right_to_left: bool = False,
    ground: QColor | None = None,
) -> None:
    """Paint a level's shape.

    Args:
        painter: the target.
        rect: a square, 16 px at 100 %.
        level: which shape.
        theme: its colours.
        right_to_left: fills the left half of the half ring.
        ground: what shows through the bar and dot of the diamond; None takes the surface.
    """
    side = rect.width()
    color = theme.color(level.colour)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if level is ServiceLevel.LATE:
        _paint_diamond(painter, rect, color, ground or theme.color("surface"))
    else:
        ring = rect.adjusted(side * 0.125, side * 0.125, -side * 0.125, -side * 0.125)
        painter.setPen(QPen(color, side * 0.125))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(ring)
        if level is ServiceLevel.NEAR:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPie(ring, (90 if right_to_left else -90) * 16, 180 * 16)
    painter.restore()


def _paint_diamond(painter: QPainter, rect: QRectF, color: QColor, ground: QColor) -> None:
    side, centre = rect.width(), rect.center()
    reach = side * 0.44
    diamond = QPainterPath(QPointF(centre.x(), centre.y() - reach))
    diamond.lineTo(centre.x() + reach, centre.y())
    diamond.lineTo(centre.x(), centre.y() + reach)
    diamond.lineTo(centre.x() - reach, centre.y())
    diamond.closeSubpath()
    painter.setPen(
        QPen(
            color,
            side * 0.1,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    painter.setBrush(color)
    painter.drawPath(diamond)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    bar = side * 0.11
    painter.drawRoundedRect(
        QRectF(centre.x() - bar / 2, centre.y() - side * 0.22, bar, side * 0.25),
        bar / 2,
        bar / 2,
    )
    painter.drawEllipse(QPointF(centre.x(), centre.y() + side * 0.17), bar * 0.62, bar * 0.62)


class ServiceMark(PaintedWidget):
    """The shape alone, beside a word or a number that is shown elsewhere."""

    def __init__(self, level: ServiceLevel = ServiceLevel.ON_TIME, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self.render(level)

    def render(self, level: ServiceLevel) -> None:
        """Show a level."""
        self._level = level
        self.setAccessibleName(level.word)
        self.setToolTip(level.word)
        self.update()

    def content_size(self) -> QSize:
        """A square of 16 px at 100 %."""
        side = self.theme.px(MARK_PX)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape in the middle."""
        side = self.theme.px(MARK_PX)
        rect = QRectF(0, 0, side, side)
        rect.moveCenter(self.rect().toRectF().center())
        paint_service_mark(
            QPainter(self),
            rect,
            self._level,
            self.theme,
            right_to_left=self.right_to_left,
        )


class ServiceLevelLabel(PaintedWidget):
    """Shape and word in the level's colour: "Near limit"."""

    def __init__(self, level: ServiceLevel = ServiceLevel.ON_TIME, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self._word = ""
        self.render(level)

    def render(self, level: ServiceLevel, word: str = "") -> None:
        """Show a level.

        Args:
            level: which.
            word: instead of the level's own word, such as "2 late".
        """
        self._level = level
        self._word = word or level.word
        self.setAccessibleName(self._word)
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """Mark, gap and word."""
        font = self.theme.font(TextRole.SMALL_STRONG)
        width = self.theme.px(MARK_PX + _GAP) + text_width(font, self._word)
        return QSize(round(width + 0.5), self.theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark at the start, the word behind it."""
        theme = current_theme()
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        side, rtl = theme.px(MARK_PX), self.right_to_left
        mark = mirrored(QRectF(0, (bounds.height() - side) / 2, side, side), bounds, rtl)
        paint_service_mark(painter, mark, self._level, theme, right_to_left=rtl)
        text = mirrored(bounds.adjusted(side + theme.px(_GAP), 0, 0, 0), bounds, rtl)
        font = theme.font(TextRole.SMALL_STRONG)
        draw_text(
            painter,
            text,
            self._word,
            font,
            theme.color(self._level.colour),
            right_to_left=rtl,
        )
