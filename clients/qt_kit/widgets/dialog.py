"""A dialog: a title, what it is about, the content, and buttons at the end with the verb on the last one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.command_button import CommandButton
from clients.qt_kit.widgets.label import Label

_WIDTH, _PADDING = 480, 24


class Dialog(QDialog):
    """Put inputs into `body`; `accepted` fires for the verb, `rejected` for Cancel and Esc.

    Args:
        title: a noun phrase or a question.
        text: a sentence or two, "" for none.
        action: the verb on the last button, never OK.
        kind: primary, or danger_primary for what cannot be undone.
        cancel: the word on the other button, "" for a dialog that only tells something.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        action: str,
        kind: ButtonKind = "primary",
        cancel: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        heading = Label(TextRole.TITLE, title, wrap=True)
        about = Label(TextRole.BODY, text, tone="ink2", wrap=True)
        about.setVisible(bool(text))
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.action = CommandButton(action, kind=kind)
        self.action.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self._away: CommandButton | None = None
        if cancel != "":
            self._away = CommandButton(cancel or self.tr("Cancel"), kind="secondary")
            self._away.clicked.connect(self.reject)
            buttons.addWidget(self._away)
        buttons.addWidget(self.action)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(about)
        layout.addLayout(self.body)
        layout.addSpacing(16)
        layout.addLayout(buttons)
        self.setFixedWidth(max(_WIDTH, current_theme().px(_WIDTH * 3 // 4)))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first input; without one on the verb, or on Cancel where the verb destroys."""
        super().showEvent(event)
        items = (self.body.itemAt(index) for index in range(self.body.count()))
        widgets = (item.widget() for item in items if item is not None)
        inputs = [
            widget
            for widget in widgets
            if widget is not None and _takes_keys(widget).focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        careful = self._away if self.action.kind == "danger_primary" else None
        first = inputs[0] if inputs else careful or self.action
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in an input is the verb, as people expect of a form."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.action.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface instead of the window's ground."""
        QPainter(self).fillRect(self.rect(), current_theme().color("surface"))


def _takes_keys(widget: QWidget) -> QWidget:
    """Who gets the keys when a widget is given the focus: the end of its proxies."""
    while (proxy := widget.focusProxy()) is not None:
        widget = proxy
    return widget
