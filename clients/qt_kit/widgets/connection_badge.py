"""The connection at a glance: an icon and a word in the top bar."""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedWidget

_ICON, _GAP = 16, 6


class Connection(StrEnum):
    """How the app stands with its server."""

    LIVE = "live"  # events arrive
    CONNECTING = "connecting"  # first try, nothing lost yet
    OFFLINE = "offline"  # was connected, or cannot connect


class ConnectionBadge(PaintedWidget):
    """ "Live", "Connecting" or "No connection"."""

    def __init__(
        self,
        connection: Connection = Connection.CONNECTING,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self.render(connection)

    def render(self, connection: Connection) -> None:
        """Show how the connection is."""
        self._connection = connection
        self.setAccessibleName(self._word())
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """Icon, gap and word."""
        words = text_width(self.theme.font(TextRole.SMALL), self._word())
        return QSize(round(words + 0.5) + self.theme.px(_ICON + _GAP), self.theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon at the start, the word behind it."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        side = theme.px(_ICON)
        icon = QRectF(0, bounds.center().y() - side / 2, side, side)
        tone: ColourName = "late" if self._connection is Connection.OFFLINE else "ink2"
        paint_icon(painter, mirrored(icon, bounds, rtl), self._icon(), theme.color(tone))
        words = mirrored(bounds.adjusted(side + theme.px(_GAP), 0, 0, 0), bounds, rtl)
        draw_text(
            painter,
            words,
            self._word(),
            theme.font(TextRole.SMALL),
            theme.color(tone),
            right_to_left=rtl,
        )

    def _icon(self) -> str:
        return "cloud-off" if self._connection is Connection.OFFLINE else "wifi"

    def _word(self) -> str:
        words = {
            Connection.LIVE: self.tr("Live"),
            Connection.CONNECTING: self.tr("Connecting"),
            Connection.OFFLINE: self.tr("No connection"),
        }
        return words[self._connection]
