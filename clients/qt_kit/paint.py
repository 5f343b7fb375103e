"""Small drawing helpers that the painted widgets and the list delegates share."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle

START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def text_width(font: QFont, text: str) -> float:
    """Advance of one line of text in logical pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def elided(font: QFont, text: str, width: float) -> str:
    """`text` cut with an ellipsis at its end if it is wider than `width` logical pixels."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    color: QColor,
    *,
    align: Qt.AlignmentFlag = START,
    right_to_left: bool = False,
) -> None:
    """Draw one line, its capitals centred on the rectangle's middle.

    Args:
        painter: the target.
        rect: where, logical pixels; already mirrored by the caller where text runs right to left.
        text: one line.
        font: from text.py.
        color: from the theme.
        align: START and END swap when `right_to_left`.
        right_to_left: the widget's direction.
    """
    painter.setFont(font)
    painter.setPen(color)
    if right_to_left and align in (START, END):
        align = END if align == START else START
    painter.drawText(rect, int(align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip), text)


def fill_rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    *,
    border: QColor | None = None,
    border_width: float = 1.0,
) -> None:
    """A rounded rectangle whose border lies inside `rect`, crisp at whole pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = border_width / 2 if border is not None else 0.0
    painter.setPen(QPen(border, border_width) if border is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    shape = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(shape, max(0.0, radius - inset), max(0.0, radius - inset))
    painter.restore()


def rounded_path(rect: QRectF, *, top: float, bottom: float) -> QPainterPath:
    """A rectangle with one radius for its upper and one for its lower corners, logical pixels."""
    path = QPainterPath()
    left, upper, right, lower = rect.left(), rect.top(), rect.right(), rect.bottom()
    path.moveTo(left + top, upper)
    path.lineTo(right - top, upper)
    path.quadTo(QPointF(right, upper), QPointF(right, upper + top))
    path.lineTo(right, lower - bottom)
    path.quadTo(QPointF(right, lower), QPointF(right - bottom, lower))
    path.lineTo(left + bottom, lower)
    path.quadTo(QPointF(left, lower), QPointF(left, lower - bottom))
    path.lineTo(left, upper + top)
    path.quadTo(QPointF(left, upper), QPointF(left + top, upper))
    path.closeSubpath()
    return path


def mirrored(rect: QRectF, bounds: QRectF, right_to_left: bool) -> QRectF:
    """`rect`, laid out from the left, at its place within `bounds` for the text direction."""
    if not right_to_left:
        return QRectF(rect)
    return QRectF(
        bounds.left() + bounds.right() - rect.right(),
        rect.top(),
        rect.width(),
        rect.height(),
    )


def visual_rect(direction: Qt.LayoutDirection, bounds: QRect, rect: QRect) -> QRect:
    """The same for whole pixels, as delegates have them."""
    return QStyle.visualRect(direction, bounds, rect)
