"""The filter above the waiting list."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedWidget, is_restyling
from clients.qt_kit.widgets.key_cap import KeyCap

_INSET, _ICON = 10, 16


class _Glass(PaintedWidget):
    def content_size(self) -> QSize:
        side = self.theme.px(_ICON)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        side = self.theme.px(_ICON)
        paint_icon(QPainter(self), QRectF(0, 0, side, side), "search", self.theme.color("ink3"))


class FilterEdit(QLineEdit):
    """A search glass, the text, and the key that leads here."""

    left_downwards = Signal()
    """Down or Enter was pressed: on to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self.setPlaceholderText(self.tr("Filter by number or name"))
        self.setAccessibleName(self.tr("Filter by number or name"))
        self.setToolTip(self.tr("Filter by number or name (Ctrl+F); Esc clears"))
        self._glass, self._cap = _Glass(self), KeyCap("Ctrl+F", self)
        for part in (self._glass, self._cap):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(self._on_text_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears, Down and Enter go to the list."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep glass and cap at the edges."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """The same after a change of text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self._place()

    def _on_text_changed(self, text: str) -> None:
        self._cap.setVisible(not text)

    def _place(self) -> None:
        rtl = self.isRightToLeft()
        glass, cap = self._glass.sizeHint(), self._cap.sizeHint()
        far = self.width() - _INSET
        glass_x = far - glass.width() if rtl else _INSET
        cap_x = _INSET if rtl else far - cap.width()
        self._glass.setGeometry(glass_x, (self.height() - glass.height()) // 2, glass.width(), glass.height())
        self._cap.setGeometry(cap_x, (self.height() - cap.height()) // 2, cap.width(), cap.height())
        before = glass.width() + current_theme().px(8)
        margins = (cap.width(), 0, before, 0) if rtl else (before, 0, cap.width(), 0)
        known = self.textMargins()
        if (known.left(), known.right()) != (margins[0], margins[2]):
            self.setTextMargins(*margins)
