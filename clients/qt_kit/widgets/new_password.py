"""The fields in which a password is changed: the present one, the new one, and the new one again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.qt_kit import account_words as words
from clients.qt_kit.widgets.field import Field

_GAP = 8


class NewPasswordFields(QWidget):
    """Checks what a form can know; whether the password is good enough, the server says."""

    submitted = Signal()
    """Enter was pressed in the last field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = Field(self.tr("Present password"), password=True)
        self.new = Field(self.tr("New password"), password=True, help=words.password_help())
        self.again = Field(self.tr("New password again"), password=True)
        self._asks_current = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        for widget in (self.current, self.new, self.again):
            column.addWidget(widget)
        self.current.submitted.connect(self.new.setFocus)
        self.new.submitted.connect(self.again.setFocus)
        self.again.submitted.connect(self.submitted)
        self.new.text_edited.connect(lambda: self.again.set_error(""))
        # Hidden, the present one would still be asked by Tab.
        self.setFocusProxy(self.current)

    @property
    def asks_current(self) -> bool:
        """Whether the present password is asked for."""
        return self._asks_current

    def ask_current(self, asks: bool) -> None:
        """Ask for the present password, or take it as known; while it is typed it stays."""
        if asks != self._asks_current and not self.current.text:
            self._asks_current = asks
            self.current.setVisible(asks)
            self.setFocusProxy(self.current if asks else self.new)

    def render(self, *, current_error: str = "", new_error: str = "") -> None:
        """Say what the server found wrong."""
        if current_error:
            self.current.set_error(current_error)
        if new_error:
            self.new.set_error(new_error)

    def set_read_only(self, read_only: bool) -> None:
        """Let nothing be typed while a try is under way."""
        for field in self._fields():
            field.input.setReadOnly(read_only)

    def chosen(self) -> str | None:
        """The new password; None, and the reason beside the field, where the form is not filled in."""
        current, new, again = (field.text for field in self._fields())
        self.current.set_error(
            self.tr("Enter your present password.") if self.asks_current and not current else ""
        )
        self.new.set_error("" if new else words.choose_new())
        self.again.set_error(words.both_alike() if new and new != again else "")
        if any(field.error for field in self._fields()):
            self.focus_error()
            return None
        return new

    def clear(self) -> None:
        """Forget what was typed, and what was wrong with it."""
        for field in self._fields():
            field.set_text("")
            field.set_error("")

    def focus_first(self) -> None:
        """Begin in the first field."""
        (self.current if self.asks_current else self.new).setFocus()

    def focus_error(self) -> None:
        """Go to the first field that is wrong, with its text marked to be typed over."""
        wrong = next((field for field in self._fields() if field.error), None)
        if wrong is not None:
            wrong.input.selectAll()
            wrong.input.setFocus()

    def _fields(self) -> tuple[Field, Field, Field]:
        return self.current, self.new, self.again
