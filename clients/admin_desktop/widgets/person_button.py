"""The person at the bottom of the sidebar; the menu opens above."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import CENTRE, draw_text, elided, fill_rounded, mirrored
from clients.qt_kit.text import TextRole, sized_font
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.avatar import initials
from clients.qt_kit.widgets.base import is_restyling

_HEIGHT, _AVATAR, _PADDING, _GAP, _CHEVRON = 52, 32, 12, 12, 16


class PersonButton(QAbstractButton):
    """Initials, name and role; `clicked` asks for the menu."""

    focus_radius = 8

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._role = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setShortcut("F10")

    def render(self, name: str, role: str) -> None:
        """Show who is signed in."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.setAccessibleName(
                tr("{name}, {role}: look, language, sign out").format(name=name, role=role)
            )
            self.setToolTip(tr("Look, language, sign out (F10)"))
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(0, current_theme().px(_HEIGHT))

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
        """Draw the initials' disc, both lines, and a mark that there is more."""
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        hovered = self.isDown() or self.underMouse()
        if hovered:
            fill_rounded(painter, bounds, self.focus_radius, theme.color("sunken"))
        side = theme.px(_AVATAR)
        disc = mirrored(QRectF(_PADDING, bounds.center().y() - side / 2, side, side), bounds, rtl)
        edge = theme.color("line") if theme.high_contrast else None
        fill_rounded(painter, disc, side / 2, theme.color("surface" if hovered else "sunken"), border=edge)
        letters = sized_font(side * 0.4, 600)
        draw_text(painter, disc, initials(self._name), letters, theme.color("ink"), align=CENTRE)
        chevron = theme.px(_CHEVRON)
        mark = QRectF(
            bounds.width() - _PADDING - chevron, bounds.center().y() - chevron / 2, chevron, chevron
        )
        paint_icon(painter, mirrored(mark, bounds, rtl), "chevrons-up-down", theme.color("ink3"))
        lines = bounds.adjusted(_PADDING + side + _GAP, 0, -_PADDING - chevron - 4, 0)
        self._paint_lines(painter, lines, bounds, rtl)

    def _paint_lines(self, painter: QPainter, lines: QRectF, bounds: QRectF, rtl: bool) -> None:
        theme = current_theme()
        name, role = theme.font(TextRole.SMALL_STRONG), theme.font(TextRole.HINT)
        upper, lower = theme.line(TextRole.SMALL_STRONG), theme.line(TextRole.HINT)
        top = bounds.center().y() - (upper + lower) / 2
        first = QRectF(lines.left(), top, lines.width(), upper)
        second = QRectF(lines.left(), top + upper, lines.width(), lower)
        for rect, text, font, tone in (
            (first, self._name, name, theme.color("ink")),
            (second, self._role, role, theme.color("ink2")),
        ):
            cut = elided(font, text, rect.width())
            draw_text(painter, mirrored(rect, bounds, rtl), cut, font, tone, right_to_left=rtl)
