"""The person at the end of the top bar: initials, name, and what can be changed."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import CENTRE, draw_text, elided, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole, sized_font
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.avatar import initials
from clients.qt_kit.widgets.base import is_restyling

_AVATAR, _GAP, _CHEVRON, _HEIGHT, _WIDEST_NAME = 32, 8, 16, 40, 180


class PersonButton(QAbstractButton):
    """Opens the person's menu."""

    focus_radius = 8

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._is_compact = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_compact(self, is_compact: bool) -> None:
        """Leave the name out where the bar is narrow."""
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self.updateGeometry()
            self.update()

    def render(self, name: str) -> None:
        """Show a person."""
        if name == self._name:
            return
        self._name = name
        self.setAccessibleName(self.tr("{name}: menu").format(name=name))
        self.setToolTip(self.tr("Look, counter and sign-out (Alt+M)"))
        self.updateGeometry()
        self.update()

    @property
    def widest(self) -> int:
        """The width, logical pixels, with the name."""
        theme = current_theme()
        name = min(text_width(theme.font(TextRole.BODY_MEDIUM), self._name), theme.px(_WIDEST_NAME))
        return theme.px(_AVATAR + 2 * _GAP + _CHEVRON) + round(name + 0.5)

    @property
    def width_saved(self) -> int:
        """What leaving the name out saves, logical pixels."""
        return self.widest - self._narrowest

    @property
    def _narrowest(self) -> int:
        return current_theme().px(_AVATAR + _GAP + _CHEVRON)

    def sizeHint(self) -> QSize:
        """Avatar, name, chevron."""
        width = self._narrowest if self._is_compact else self.widest
        return QSize(width, current_theme().px(_HEIGHT))

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
        """Draw the row."""
        theme, bounds = current_theme(), self.rect().toRectF()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        if self.isDown() or self.underMouse():
            fill_rounded(painter, bounds, 8, theme.color("sunken"))
        side = theme.px(_AVATAR)
        disc = mirrored(QRectF(0, (bounds.height() - side) / 2, side, side), bounds, rtl)
        fill_rounded(painter, disc, side / 2, theme.color("line" if self.underMouse() else "sunken"))
        draw_text(
            painter, disc, initials(self._name), sized_font(side * 0.4, 600), theme.color("ink"), align=CENTRE
        )
        font = theme.font(TextRole.BODY_MEDIUM)
        words = bounds.adjusted(side + theme.px(_GAP), 0, -theme.px(_CHEVRON + _GAP), 0)
        cut = "" if self._is_compact else elided(font, self._name, words.width() + 1)
        draw_text(painter, mirrored(words, bounds, rtl), cut, font, theme.color("ink"), right_to_left=rtl)
        mark = theme.px(_CHEVRON)
        place = QRectF(bounds.width() - mark, (bounds.height() - mark) / 2, mark, mark)
        paint_icon(painter, mirrored(place, bounds, rtl), "chevron-down", theme.color("ink"))
