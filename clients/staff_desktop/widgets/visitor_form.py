"""Who waits, as far as they said: name, telephone, notes."""

from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from shared.tokens import Visitor

_LONGEST_NAME, _LONGEST_PHONE, _LONGEST_NOTES = 100, 30, 1000  # as the server takes them
_NOTES_HEIGHT = 84


class VisitorForm(QWidget):
    """All of it may stay empty."""

    edited = Signal()
    """The person changed something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Field(self.tr("Visitor's name"))
        self.name.input.setMaxLength(_LONGEST_NAME)
        self.phone = Field(self.tr("Telephone"))
        self.phone.input.setMaxLength(_LONGEST_PHONE)
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setFixedHeight(current_theme().px(_NOTES_HEIGHT))
        self._notes_error = Label(TextRole.SMALL_MEDIUM, tone="late", wrap=True)
        self._notes_error.hide()
        label = Label(TextRole.HINT, self.tr("Notes"), tone="ink3")
        label.setBuddy(self.notes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.name, self.phone, label, self.notes, self._notes_error):
            column.addWidget(widget)
        self.setFocusProxy(self.name)
        self.name.text_edited.connect(self.edited)
        self.phone.text_edited.connect(self.edited)
        self.notes.textChanged.connect(self._on_notes_changed)

    def fill(self, visitor: Visitor | None) -> None:
        """Show what is known."""
        known = visitor or Visitor()
        self.name.set_text(known.name or "")
        self.phone.set_text(known.phone or "")
        self.notes.setPlainText(known.notes or "")

    @property
    def values(self) -> dict[str, str | None]:
        """What is typed, by field of `Visitor`; None for what is empty."""
        typed = {"name": self.name.text, "phone": self.phone.text, "notes": self.notes.toPlainText()}
        return {field: text.strip() or None for field, text in typed.items()}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not any(self.values.values())

    def check(self) -> bool:
        """Say below each field what is wrong with it; whether nothing is."""
        wrong = _wrong_fields(self.values)
        name = self.tr("Letters and digits only.")
        phone = self.tr("Digits, spaces and + ( ) - only, such as +34 600 000 000.")
        self.name.set_error(name if "name" in wrong else "")
        self.phone.set_error(phone if "phone" in wrong else "")
        too_long = self.tr("Notes have at most {most} characters.").format(most=_LONGEST_NOTES)
        self._notes_error.setText(too_long)
        self._notes_error.setVisible("notes" in wrong)
        return not wrong

    def _on_notes_changed(self) -> None:
        self._notes_error.hide()
        self.edited.emit()


def _wrong_fields(values: dict[str, Any]) -> frozenset[str]:
    try:
        Visitor.model_validate(values)
    except ValidationError as error:
        return frozenset(str(each["loc"][0]) for each in error.errors())
    return frozenset()
