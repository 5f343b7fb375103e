"""The inputs of a dialog that may be higher than the screen: they scroll, the buttons stay in sight."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from clients.qt_kit.theme import current_theme

_AROUND = 220  # title, error, buttons, and the edges of dialog and screen
_LOWEST = 160


class FormArea(QScrollArea):
    """As high as its content, where the screen has room for it; put the inputs into `rows`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner = inner = QWidget()
        self.rows = QVBoxLayout(inner)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]

    def sizeHint(self) -> QSize:
        """The content's, but never beyond the screen."""
        return QSize(self._inner.sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        """The same: the dialog is as high as it needs to be."""
        return QSize(0, self._height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content has become higher or lower."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _height(self) -> int:
        needed = self._inner.sizeHint().height()
        if self.rows.hasHeightForWidth() and self.isVisible():
            needed = max(needed, self.rows.heightForWidth(self.viewport().width()))
        room = self.screen().availableGeometry().height() - current_theme().px(_AROUND)
        return min(needed, max(current_theme().px(_LOWEST), room))

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, current_theme().px(24))
