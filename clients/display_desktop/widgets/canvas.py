"""Painting in units of the 1080p drawing, measured from the start edge whichever side that is."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QTransform
from PySide6.QtWidgets import QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import lobby_font
from clients.qt_kit.theme import ColourName, Theme

PANEL_RADIUS = 24.0
_ICON_STROKE = 2.0
_THEME = Theme(name="display")  # the wall has one look, whatever the desktop's is


def lobby_color(name: ColourName) -> QColor:
    """A colour of the lobby's tokens."""
    return _THEME.color(name)


def blend(first: QColor, second: QColor, share: float) -> QColor:
    """`share` (0 to 1) of the way from the first colour to the second."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


class Align(Enum):
    """Where a text lies in its room."""

    START = "start"
    CENTRE = "centre"
    END = "end"


class TextStyle:
    """A size, weight and spacing of the board; sizes in units.

    Args:
        size: height of the font in units.
        weight: 100 to 900.
        spacing: per cent of the advance.
        numeric: a token, counter or clock: always left to right, never cut, made smaller instead.
        shrinks: words with numbers in them ("7–12 min"): made smaller rather than cut.
    """

    def __init__(
        self, size: float, weight: int, *, spacing: float = 0.0, numeric: bool = False, shrinks: bool = False
    ) -> None:
        self.size = size
        self.weight = weight
        self.spacing = spacing
        self.numeric = numeric
        self.shrinks = shrinks or numeric

    def font(self, scale: float, share: float = 1.0, *, right_to_left: bool = False) -> QFont:
        """The font at `scale` pixels per unit, made smaller by `share`."""
        spacing = 0.0 if right_to_left and not self.numeric else self.spacing
        return lobby_font(self.size * scale * share, self.weight, spacing=spacing, numeric=self.numeric)


class Canvas:
    """A painter on a widget that speaks units.

    Args:
        widget: what is painted; its width is the room that is mirrored.
        painter: open on it.
        scale: logical pixels per unit.
    """

    def __init__(self, widget: QWidget, painter: QPainter, scale: float) -> None:
        self.painter = painter
        self.scale = scale
        self.width = widget.width() / scale
        self.height = widget.height() / scale
        self.right_to_left = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(widget.layoutDirection())  # Qt gives a painter the application's

    def rect(self, x: float, y: float, width: float, height: float) -> QRectF:
        """A box in units as a rectangle in logical pixels."""
        left = self.width - x - width if self.right_to_left else x
        return QRectF(left * self.scale, y * self.scale, width * self.scale, height * self.scale)

    def panel(
        self, x: float, y: float, width: float, height: float, color: QColor, radius: float = PANEL_RADIUS
    ) -> None:
        """A rounded box."""
        fill_rounded(self.painter, self.rect(x, y, width, height), radius * self.scale, color)

    def fill(self, x: float, y: float, width: float, height: float, color: QColor) -> None:
        """A box with square corners."""
        self.painter.fillRect(self.rect(x, y, width, height), color)

    def path(self, path: QPainterPath) -> QPainterPath:
        """A path in units as one in logical pixels, mirrored where needed."""
        placed = QTransform.fromScale(self.scale, self.scale)
        if self.right_to_left:
            placed = QTransform(-self.scale, 0, 0, self.scale, self.width * self.scale, 0)
        return placed.map(path)

    def icon(
        self, name: str, x: float, y: float, side: float, color: QColor, *, stroke: float = _ICON_STROKE
    ) -> None:
        """A Lucide icon in a square; arrows turn around with the direction."""
        paint_icon(self.painter, self.rect(x, y, side, side), name, color, stroke=stroke)

    def advance(self, text: str, style: TextStyle) -> float:
        """Width of a text in units."""
        font = style.font(self.scale, right_to_left=self.right_to_left)
        return QFontMetricsF(font).horizontalAdvance(text) / self.scale

    def lines(self, text: str, style: TextStyle, room: float) -> list[str]:
        """A text broken between words into lines no wider than `room` units."""
        broken: list[str] = []
        for word in text.split():
            longer = f"{broken[-1]} {word}" if broken else word
            if broken and self.advance(longer, style) <= room:
                broken[-1] = longer
            else:
                broken.append(word)
        return broken

    def text(
        self,
        text: str,
        style: TextStyle,
        color: QColor,
        *,
        x: float,
        middle: float,
        width: float,
        align: Align = Align.START,
    ) -> float:
        """Draw one line with the middle of its capitals at `middle`; answers its drawn width in units.

        Words that do not fit end in an ellipsis; numbers are made smaller, never cut.

        Args:
            text: one line.
            style: size and weight.
            color: of the letters.
            x: start edge of the room, units.
            middle: height of the middle of the capitals, units.
            width: of the room, units.
            align: where in the room.
        """
        if not text or width <= 0:
            return 0.0
        font, text = self._fitted(text, style, width * self.scale)
        metrics = QFontMetricsF(font)
        drawn = metrics.horizontalAdvance(text)
        room = self.rect(x, middle, width, 0)
        left = {
            Align.START: room.left() if not self.right_to_left else room.right() - drawn,
            Align.CENTRE: room.center().x() - drawn / 2,
            Align.END: room.right() - drawn if not self.right_to_left else room.left(),
        }[align]
        if style.numeric and align is Align.START and not self.right_to_left:
            # a large letter stands on the edge itself, above its label
            left -= metrics.tightBoundingRect(text).left()
        baseline = middle * self.scale + metrics.capHeight() / 2
        self.painter.save()
        self.painter.setFont(font)
        self.painter.setPen(color)
        numeric, rtl = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
        self.painter.setLayoutDirection(numeric if style.numeric or not self.right_to_left else rtl)
        # at its baseline: a box would push Arabic down, whose font rises higher than Inter's
        self.painter.drawText(QPointF(left, baseline), text)
        self.painter.restore()
        return drawn / self.scale

    def point(self, x: float, y: float) -> QPointF:
        """A point in units as one in logical pixels."""
        return self.rect(x, y, 0, 0).topLeft()

    def _fitted(self, text: str, style: TextStyle, room: float) -> tuple[QFont, str]:
        font = style.font(self.scale, right_to_left=self.right_to_left)
        metrics = QFontMetricsF(font)
        drawn = metrics.horizontalAdvance(text)
        if drawn <= room:
            return font, text
        if style.shrinks:
            return style.font(self.scale, room / drawn, right_to_left=self.right_to_left), text
        return font, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
