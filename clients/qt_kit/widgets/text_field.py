"""A form's line of text, and its lines of text."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.form_field import FormField


class TextField(FormField):
    """One line.

    Args:
        placeholder: an example.
        upper: what is typed becomes capitals at once.
    """

    def __init__(
        self,
        label: str,
        *,
        help: str = "",
        placeholder: str = "",
        upper: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._upper = upper
        self.input = QLineEdit()
        self.input.setPlaceholderText(placeholder)
        self.input.textEdited.connect(self._on_edited)
        self.adopt(self.input)

    def value(self) -> str:
        """The text."""
        return self.input.text()

    def set_value(self, value: str) -> None:
        """Show a text."""
        if value != self.input.text():
            self.input.setText(value)
            self.input.setCursorPosition(0)  # the beginning of a long text says what it is

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and copied, not changed."""
        self.input.setReadOnly(read_only)

    def _on_edited(self, text: str) -> None:
        if self._upper and text != text.upper():
            cursor = self.input.cursorPosition()
            self.input.setText(text.upper())
            self.input.setCursorPosition(cursor)
        self.edited.emit()


class TextAreaField(FormField):
    """Several lines; Tab leaves it.

    Args:
        lines: its height, in lines of text.
    """

    def __init__(
        self,
        label: str,
        *,
        help: str = "",
        placeholder: str = "",
        lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self.input = QPlainTextEdit()
        self.input.setPlaceholderText(placeholder)
        self.input.setTabChangesFocus(True)
        self._lines = lines
        self._is_set = False
        self.input.textChanged.connect(self._on_changed)
        self.adopt(self.input)
        self._fit()

    def value(self) -> str:
        """The text."""
        return self.input.toPlainText()

    def set_value(self, value: str) -> None:
        """Show a text."""
        if value != self.input.toPlainText():
            self._is_set = True
            self.input.setPlainText(value)
            self._is_set = False

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and copied, not changed."""
        self.input.setReadOnly(read_only)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def _on_changed(self) -> None:
        if not self._is_set:
            self.edited.emit()

    def _fit(self) -> None:
        self.input.setFixedHeight(self._lines * current_theme().px(20) + 20)
