"""Lucide icons, painted in a token's colour at any size and device ratio.

The SVG files lie in `icons/` with their licence. An icon stands beside a word; the few that stand
alone get a tooltip and an accessible name from their button.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from clients.qt_kit.theme import Theme

_FOLDER = Path(__file__).resolve().parent / "icons"
_THIN, _BOLD = 1.75, 2.0  # stroke in units of the 24-unit drawing
_SMALL_PX = 16  # up to here the bold stroke, or the icon turns grey
_DIRECTIONAL = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "corner-down-left",
        "log-out",
    }
)
_CACHED_PIXMAPS = 512  # about 50 icons in a few colours and sizes


class UnknownIcon(KeyError):
    """No such file in `icons/`.

    Args:
        name: the Lucide name asked for.
    """


def icon_names() -> list[str]:
    """The Lucide names that are shipped."""
    return sorted(path.stem for path in _FOLDER.glob("*.svg"))


def paint_icon(
    painter: QPainter,
    rect: QRectF,
    name: str,
    color: QColor,
    *,
    stroke: float | None = None,
) -> None:
    """Paint an icon into a square.

    Args:
        painter: the target; its device ratio is respected since the drawing stays a vector, and its
            layout direction (a widget's, where it paints one) turns arrows around.
        rect: the square, logical pixels.
        name: Lucide name.
        color: colour of the stroke.
        stroke: width in units of the 24-unit drawing; None takes the rule for its size.
    Raises:
        UnknownIcon: there is no such icon.
    """
    width = stroke if stroke is not None else (_BOLD if rect.width() <= _SMALL_PX else _THIN)
    renderer = _renderer(name, color.name(), width)
    mirrored = name in _DIRECTIONAL and painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    painter.save()
    if mirrored:
        painter.translate(rect.center().x() * 2, 0)
        painter.scale(-1, 1)
    renderer.render(painter, rect)
    painter.restore()


def icon_pixmap(name: str, size: int, color: QColor, device_ratio: float = 1.0) -> QPixmap:
    """An icon as a pixmap, from a cache by (name, size, colour, device ratio, direction).

    Args:
        name: Lucide name.
        size: side in logical pixels.
        color: colour of the stroke.
        device_ratio: physical pixels per logical pixel.
    Raises:
        UnknownIcon: there is no such icon.
    """
    return _cached_pixmap(
        name,
        size,
        color.name(),
        device_ratio,
        name in _DIRECTIONAL and _right_to_left(),
    )


def make_icon(name: str, color: QColor, size: int = 18) -> QIcon:
    """A QIcon for menus and standard controls, sharp at 100 and 200 % device ratio."""
    icon = QIcon()
    for ratio in (1.0, 2.0):
        icon.addPixmap(icon_pixmap(name, size, color, ratio))
    return icon


def paint_product_mark(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """The product mark: an ink square with a yellow arrow; on dark a yellow square with an ink arrow."""
    if theme.is_dark:
        paint_mark(painter, rect, theme.color("call"), theme.color("on_call"))
    else:
        paint_mark(painter, rect, theme.color("ink"), theme.color("call"))


def paint_mark(painter: QPainter, rect: QRectF, ground: QColor, arrow: QColor) -> None:
    """A rounded square with an arrow, in any two colours."""
    side = rect.width()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, side * 0.22, side * 0.22)
    pen = QPen(
        arrow,
        side * 0.11,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )
    painter.setPen(pen)
    x, y, middle = rect.left(), rect.top(), rect.center().y()
    tip = QPointF(x + side * 0.75, middle)
    painter.drawLine(QPointF(x + side * 0.25, middle), tip)
    painter.drawPolyline(
        [
            QPointF(x + side * 0.53, y + side * 0.28),
            tip,
            QPointF(x + side * 0.53, y + side * 0.72),
        ]
    )
    painter.restore()


def app_icon(theme: Theme) -> QIcon:
    """The window and task bar icon, painted at the sizes that desktops ask for."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_product_mark(painter, QRectF(0, 0, side, side), theme)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


@lru_cache(maxsize=_CACHED_PIXMAPS)
def _cached_pixmap(name: str, size: int, color: str, device_ratio: float, mirrored: bool) -> QPixmap:
    _drawing(
        name
    )  # refuse an unknown name before a painter is open: Qt dies of a painter that outlives its pixmap
    pixmap = QPixmap(round(size * device_ratio), round(size * device_ratio))
    pixmap.setDevicePixelRatio(device_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    paint_icon(painter, QRectF(0, 0, size, size), name, QColor(color))
    painter.end()
    return pixmap


@lru_cache(maxsize=_CACHED_PIXMAPS)
def _renderer(name: str, color: str, stroke: float) -> QSvgRenderer:
    drawing = _drawing(name).replace("currentColor", color)
    drawing = re.sub(r'stroke-width="[\d.]+"', f'stroke-width="{stroke:g}"', drawing)
    return QSvgRenderer(QByteArray(drawing.encode()))


@cache
def _drawing(name: str) -> str:
    path = _FOLDER / f"{name}.svg"
    if not path.is_file():
        raise UnknownIcon(name)
    return path.read_text(encoding="utf-8")


def _right_to_left() -> bool:
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
