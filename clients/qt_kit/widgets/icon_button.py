"""An icon without a word: only for close, expand, edit, delete, grip and show; always named and explained."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling


class IconButton(QAbstractButton):
    """A quiet square button.

    Args:
        icon: Lucide name.
        name: what it does: tooltip and accessible name.
        side: hit area in logical pixels at 100 %, 36, in rows 28.
        icon_px: the icon's side.
    """

    focus_radius = 8

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        side: int = 36,
        icon_px: int = 18,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._side = side
        self._icon_px = icon_px
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.render(icon, name)

    def render(self, icon: str, name: str) -> None:
        """Show an icon and what it would do."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """The hit area."""
        side = current_theme().px(self._side)
        return QSize(side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and icon."""
        theme = current_theme()
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            fill_rounded(
                painter,
                bounds,
                self.focus_radius,
                theme.color("line" if self.isDown() else "sunken"),
            )
        side = theme.px(self._icon_px)
        square = QRectF(0, 0, side, side)
        square.moveCenter(bounds.center())
        paint_icon(
            painter,
            square,
            self._icon,
            theme.color("ink2" if self.isEnabled() else "ink3"),
        )
