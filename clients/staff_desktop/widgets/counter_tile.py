"""A counter one may choose: its plate, its name, and who sits there."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.plate import paint_plate
from clients.staff_desktop.view_state import CounterView

_HEIGHT, _NARROWEST, _PLATE, _PADDING = 72, 208, 40, 16


class CounterTile(QAbstractButton):
    """One of several; arrow keys move the choice."""

    focus_radius = 12

    def __init__(self, view: CounterView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.render(view)

    def render(self, view: CounterView) -> None:
        """Show a counter."""
        self.view = view
        self.setAccessibleName(f"{view.name}, {self._second_line()}")
        self.setToolTip(self._second_line())
        self.update()

    def sizeHint(self) -> QSize:
        """72 high at 100 %."""
        theme = current_theme()
        return QSize(theme.px(_NARROWEST), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Names give way, the plate does not."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile; the chosen one in the tool colour, as a selected row is."""
        theme, bounds = current_theme(), self.rect().toRectF()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        is_chosen = self.isChecked()
        fill = theme.color("tool_soft" if is_chosen else "sunken" if self.underMouse() else "surface")
        border = theme.color("tool" if is_chosen else "edge")
        fill_rounded(painter, bounds, 12, fill, border=border, border_width=2 if is_chosen else 1)
        side, padding = theme.px(_PLATE), theme.px(_PADDING)
        plate = mirrored(QRectF(padding, (bounds.height() - side) / 2, side, side), bounds, rtl)
        ground = theme.color("sunken" if self.view.person else "primary")
        paint_plate(
            painter, plate, self.view.label, ground, theme.color("ink2" if self.view.person else "on_primary")
        )
        left = padding + side + theme.px(12)
        room = bounds.width() - left - padding
        first, second = theme.font(TextRole.BODY_STRONG), theme.font(TextRole.SMALL)
        middle = bounds.height() / 2
        name = QRectF(left, middle - theme.px(20), room, theme.px(20))
        who = QRectF(left, middle + theme.px(1), room, theme.px(18))
        for place, text, font, tone in (
            (name, self.view.name, first, theme.color("ink")),
            (who, self._second_line(), second, theme.color("ink2")),
        ):
            cut = elided(font, text, room)
            draw_text(painter, mirrored(place, bounds, rtl), cut, font, tone, right_to_left=rtl)

    def _second_line(self) -> str:
        view = self.view
        if not view.person:
            return (
                self.tr("Free, with {number}").format(number=view.number) if view.number else self.tr("Free")
            )
        if view.number:
            return self.tr("{person}, with {number}").format(person=view.person, number=view.number)
        return view.person
