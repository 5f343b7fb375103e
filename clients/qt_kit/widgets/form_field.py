"""The ground of a form's fields: label above, control, and below it help, or what is wrong."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.label import Label

_GAP = 4


class FormField(QWidget):
    """One value that a person can edit. `value`, `set_value` and `set_read_only` are each field's own.

    MUST: `set_value` never emits `edited`, so that what a presenter fills in does not come back to it.

    Args:
        label: what belongs here.
        help: what it does, or which values there are; an error stands in its place.
    """

    edited = Signal()
    """The person changed the value."""
    left = Signal()
    """The field lost the focus: the moment to check it."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Label(TextRole.HINT, label, tone="ink3", wrap=True)
        self._help = Label(TextRole.HINT, help, tone="ink3", wrap=True)
        self._error = ErrorLine()
        self.line = QHBoxLayout()
        self.line.setSpacing(8)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(_GAP)
        self.column.addWidget(self.label)
        self.column.addLayout(self.line)
        self.column.addWidget(self._help)
        self.column.addWidget(self._error)
        self._show_below()

    def value(self) -> Any:
        """What is entered, as it is sent; text that is no such value stays text, to be refused in words."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and not changed."""
        raise NotImplementedError

    @property
    def error(self) -> str:
        """The sentence below the control, "" for none."""
        return self._error.sentence

    @property
    def help(self) -> str:
        """What is said below the control while nothing is wrong."""
        return self._help.text()

    def set_help(self, help: str) -> None:
        """Say something else below the control."""
        if help != self._help.text():
            self._help.setText(help)
            self._describe()
            self._show_below()

    def set_error(self, sentence: str) -> None:
        """Say what is wrong and what works, or take it away with ""."""
        if sentence == self._error.sentence:
            return
        self._error.render(sentence)
        self._describe()
        for control in self.controls():
            control.setProperty("invalid", bool(sentence))
            control.style().unpolish(control)
            control.style().polish(control)
        self._show_below()

    def controls(self) -> tuple[QWidget, ...]:
        """What takes the focus, in order."""
        proxy = self.focusProxy()
        return (proxy,) if proxy is not None else ()

    def adopt(self, control: QWidget, *, stretch: int = 1) -> None:
        """Make a widget this field's control: named by the label, focused for it, watched for leaving."""
        control.setAccessibleName(self.label.text())
        control.setAccessibleDescription(self._help.text())
        control.installEventFilter(self)
        if self.focusProxy() is None:
            self.setFocusProxy(control)
            self.label.setBuddy(control)
        self.line.addWidget(control, stretch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when a control loses the focus, but not to a menu or list that it opened."""
        if event.type() == QEvent.Type.FocusOut and self._is_left(event):
            self.left.emit()
        return super().eventFilter(watched, event)

    @staticmethod
    def _is_left(event: QEvent) -> bool:
        from_popup = getattr(event, "reason", None)
        return from_popup is None or from_popup().name not in ("PopupFocusReason", "ActiveWindowFocusReason")

    def _describe(self) -> None:
        for control in self.controls():
            control.setAccessibleDescription(self._error.sentence or self._help.text())

    def _show_below(self) -> None:
        wrong = bool(self._error.sentence)
        self._error.setVisible(wrong)
        self._help.setVisible(bool(self._help.text()) and not wrong)
