"""The focus ring: 2 px outside the focused control, drawn only after keyboard use.

One overlay serves every control of the application. It lies in the control's window (or in the viewport
it scrolls with), since a widget cannot paint outside itself, and controls would otherwise all need a
margin of their own around their shape.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.theme import current_theme

_GAP = 2  # between the shape and the ring
_DEFAULT_RADIUS = 8
# Inputs show their focus as a border, lists as a selected row.
_SHOW_THEIR_OWN = (
    QLineEdit,
    QComboBox,
    QAbstractSpinBox,
    QPlainTextEdit,
    QTextEdit,
    QAbstractItemView,
)
_FOLLOWED = frozenset(
    {
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.ParentChange,
    }
)


class _Overlay(QWidget):
    def __init__(self, host: QWidget, radius: int) -> None:
        super().__init__(host)
        self.host = host
        self.radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        fill_rounded(
            QPainter(self),
            self.rect().toRectF(),
            self.radius + _GAP + theme.focus_width,
            None,
            border=theme.color("tool"),
            border_width=theme.focus_width,
        )


class FocusRing(QObject):
    """Follows the application's focus; make one per QApplication and keep it.

    A control may have a `focus_radius` attribute: the corner radius of its shape in logical pixels.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._overlay: _Overlay | None = None
        app.focusChanged.connect(self._on_focus_changed)

    @property
    def target(self) -> QWidget | None:
        """The control that has the ring, None while none is drawn."""
        return self._target

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the control, and leave when the mouse takes over."""
        if event.type() == QEvent.Type.MouseButtonPress and watched is self._target:
            self._leave()
        elif event.type() in _FOLLOWED:
            self._place()
        return False

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._leave()
        if now is None or isinstance(now, _SHOW_THEIR_OWN):
            return
        # Qt sets this on the window when the focus moved by key, and clears it when it moved by mouse.
        if now.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            self._follow(now)

    def _follow(self, target: QWidget) -> None:
        host = _host_of(target)
        self._target = target
        self._overlay = _Overlay(host, int(getattr(target, "focus_radius", _DEFAULT_RADIUS)))
        widget: QWidget | None = target
        while widget is not None and widget is not host:
            self._watched.append(widget)
            widget.installEventFilter(self)
            widget = widget.parentWidget()
        self._place()

    def _leave(self) -> None:
        # Any of these may have gone with its window: Qt deletes children without asking Python.
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target = None
        overlay, self._overlay = self._overlay, None
        if overlay is not None and isValid(overlay):
            overlay.hide()
            overlay.deleteLater()

    def _place(self) -> None:
        overlay, target = self._overlay, self._target
        if overlay is None or target is None or not (isValid(overlay) and isValid(target)):
            return
        reach = _GAP + current_theme().focus_width
        corner = target.mapTo(overlay.host, QPoint(0, 0))
        overlay.setGeometry(QRect(corner, target.size()).adjusted(-reach, -reach, reach, reach))
        overlay.setVisible(target.isVisible())
        overlay.raise_()


def _host_of(target: QWidget) -> QWidget:
    """The nearest ancestor that clips or scrolls: a viewport, or the window."""
    widget = target.parentWidget()
    while widget is not None and not widget.isWindow():
        area = widget.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:
            return widget
        widget = area
    return widget if widget is not None else target
