"""What a lobby display makes of an announcement, small: the ticker, or the maintenance screen."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import tokens
from clients.qt_kit.widgets.base import PaintedWidget
from shared.announcements import AnnouncementKind

_HEIGHT, _RADIUS, _MARGIN, _ICON = 52, 8, 16, 20
_ICONS = {AnnouncementKind.NEWS: "megaphone", AnnouncementKind.MAINTENANCE: "info"}


class TickerPreview(PaintedWidget):
    """A text in the lobby's colours, whatever theme the console has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._kind = AnnouncementKind.NEWS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def render(self, text: str, kind: AnnouncementKind, *, described: str) -> None:
        """Show a text; `described` says what this is, for screen readers and as a tooltip."""
        self.text, self._kind = " ".join(text.split()), kind
        self.setAccessibleName(f"{described}: {self.text}")
        self.setToolTip(described)
        self.update()

    def content_size(self) -> QSize:
        """One line."""
        return QSize(self.theme.px(200), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        lobby = {name: QColor(value) for name, value in tokens()["display"].items()}
        painter, bounds, rtl = QPainter(self), self.rect().toRectF(), self.right_to_left
        fill_rounded(painter, bounds, _RADIUS, lobby["panel"], border=lobby["line"])
        side = self.theme.px(_ICON)
        icon = QRectF(_MARGIN, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), _ICONS[self._kind], lobby["ink2"])
        words = bounds.adjusted(_MARGIN + side + 12, 0, -_MARGIN, 0)
        font = self.theme.font_for(TextRole.BODY_MEDIUM, self.text)
        cut = elided(font, self.text, words.width())
        draw_text(painter, mirrored(words, bounds, rtl), cut, font, lobby["ink"], right_to_left=rtl)
