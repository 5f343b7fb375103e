"""A key as it stands on the keyboard, beside the command it gives; always left to right."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import Theme
from clients.qt_kit.widgets.base import PaintedWidget

HEIGHT, HEIGHT_LARGE, HEIGHT_HERO = 20, 24, 56  # 24 in Complete, 56 in Call next
_ROLES = {
    HEIGHT: TextRole.KEY,
    HEIGHT_LARGE: TextRole.KEY_L,
    HEIGHT_HERO: TextRole.KEY_HERO,
}
_PADDINGS = {HEIGHT: 7, HEIGHT_LARGE: 8, HEIGHT_HERO: 22}
_RADII = {HEIGHT: 5, HEIGHT_LARGE: 5, HEIGHT_HERO: 10}
_SHORT_NAMES = {"Return": "Enter", "Escape": "Esc", "Delete": "Del"}


def key_text(key: str) -> str:
    """What the cap says for a portable key sequence: "Ctrl+N" -> "Ctrl N", "Return" -> "Enter"."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
    return " ".join(_SHORT_NAMES.get(part, part) for part in native.split("+"))


def key_cap_width(key: str, theme: Theme, height: int = HEIGHT) -> int:
    """Width of a cap in logical pixels.

    Args:
        key: a portable key sequence, "F2" or "Ctrl+N".
        theme: its text size.
        height: HEIGHT, HEIGHT_LARGE or HEIGHT_HERO (at 100 %).
    """
    px = theme.huge_px if height == HEIGHT_HERO else theme.px
    advance = text_width(theme.font(_ROLES[height]), key_text(key))
    return max(px(height), round(advance) + 2 * px(_PADDINGS[height]))


def paint_key_cap(
    painter: QPainter,
    rect: QRectF,
    key: str,
    theme: Theme,
    *,
    ink: QColor,
    edge: QColor,
    height: int = HEIGHT,
) -> None:
    """Paint a cap: 1 px border, 2 px at its bottom.

    Args:
        painter: the target.
        rect: where, logical pixels.
        key: a portable key sequence.
        theme: its text size.
        ink: the letters' colour.
        edge: the border's colour.
        height: HEIGHT, HEIGHT_LARGE or HEIGHT_HERO.
    """
    radius = theme.px(_RADII[height])
    fill_rounded(painter, rect, radius, None, border=edge)
    painter.save()
    painter.setClipRect(QRectF(rect.left(), rect.bottom() - radius, rect.width(), radius))
    fill_rounded(painter, rect.adjusted(0, 0, 0, -1), radius, None, border=edge)
    painter.restore()
    draw_text(
        painter,
        rect.adjusted(0, 0, 0, -1),
        key_text(key),
        theme.font(_ROLES[height]),
        ink,
        align=CENTRE,
    )


class KeyCap(PaintedWidget):
    """A key-cap by itself, as in the filter field."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setAccessibleName(key_text(key))

    def content_size(self) -> QSize:
        """20 px high at 100 %."""
        return QSize(key_cap_width(self._key, self.theme), self.theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cap."""
        size = self.content_size()
        rect = QRectF(0, 0, size.width(), size.height())
        rect.moveCenter(self.rect().toRectF().center())
        paint_key_cap(
            QPainter(self),
            rect,
            self._key,
            self.theme,
            ink=self.theme.color("ink2"),
            edge=self.theme.color("line"),
        )
