"""A switch: on or off, at once seen and with a word beside it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.form_field import FormField

_TRACK_WIDTH, _TRACK_HEIGHT, _KNOB, _GAP, _HEIGHT = 36, 20, 14, 10, 36


class Switch(QAbstractButton):
    """A track with a knob, and what is on or off beside it. The knob's place tells, not a colour."""

    focus_radius = 8

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Track and text in one line."""
        theme = current_theme()
        width = theme.px(_TRACK_WIDTH) + _GAP + text_width(theme.font(TextRole.BODY), self.text())
        return QSize(round(width + 1), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The text may be cut."""
        return QSize(current_theme().px(_TRACK_WIDTH * 3), current_theme().px(_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter turns it, as Space does."""
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
        """Draw track, knob and text."""
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        width, height, knob = theme.px(_TRACK_WIDTH), theme.px(_TRACK_HEIGHT), theme.px(_KNOB)
        track = QRectF(0, bounds.center().y() - height / 2, width, height)
        on, enabled = self.isChecked(), self.isEnabled()
        ink = theme.color("primary" if enabled else "ink3")
        edge = theme.color("edge" if enabled else "line")
        ground = theme.color("sunken" if self.underMouse() and enabled else "surface")
        fill, border = (ink, ink) if on else (ground, edge)
        fill_rounded(painter, mirrored(track, bounds, rtl), height / 2, fill, border=border)
        inset = (height - knob) / 2
        place = track.right() - inset - knob if on else track.left() + inset
        circle = QRectF(place, track.top() + inset, knob, knob)
        fill_rounded(
            painter,
            mirrored(circle, bounds, rtl),
            knob / 2,
            theme.color("on_primary") if on else edge,
        )
        font = theme.font(TextRole.BODY)
        words = bounds.adjusted(width + _GAP, 0, 0, 0)
        cut = elided(font, self.text(), words.width())
        draw_text(
            painter,
            mirrored(words, bounds, rtl),
            cut,
            font,
            theme.color("ink" if enabled else "ink3"),
            right_to_left=rtl,
        )


class SwitchField(FormField):
    """A switch in a form; its text stands beside it, not above."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self.label.hide()
        self.switch = Switch(label)
        self.switch.clicked.connect(self._on_clicked)
        self.adopt(self.switch)

    def value(self) -> bool:
        """Whether it is on."""
        return self.switch.isChecked()

    def set_value(self, value: bool) -> None:
        """Turn it."""
        self.switch.setChecked(value)

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not turned."""
        self.switch.setEnabled(not read_only)

    def _on_clicked(self) -> None:
        self.edited.emit()
