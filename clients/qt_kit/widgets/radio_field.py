"""A form's choice of one among few, each explained."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label

_INDENT = 26  # the explanation begins below the word


@dataclass(frozen=True, kw_only=True)
class ExplainedOption:
    """Something to choose: its key, what it is called, and what it does in a sentence or two."""

    key: str
    text: str
    help: str


class RadioField(FormField):
    """One of several options, all in view; its value is the key."""

    def __init__(
        self,
        label: str,
        options: Sequence[ExplainedOption],
        *,
        help: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._options = tuple(options)
        self.buttons = [QRadioButton(option.text.replace("&", "&&")) for option in options]
        column = QVBoxLayout()
        column.setSpacing(2)
        for option, button in zip(self._options, self.buttons, strict=True):
            button.setAccessibleName(option.text)
            button.setAccessibleDescription(option.help)
            button.clicked.connect(self._on_clicked)
            button.installEventFilter(self)
            about = Label(TextRole.SMALL, option.help, tone="ink2", wrap=True)
            about.setContentsMargins(0, 0, 0, 0)
            indented = QVBoxLayout()
            indented.setContentsMargins(
                0 if self.isRightToLeft() else _INDENT, 0, _INDENT if self.isRightToLeft() else 0, 8
            )
            indented.addWidget(about)
            column.addWidget(button)
            column.addLayout(indented)
        self.line.addLayout(column, 1)
        self.setFocusProxy(self.buttons[0])

    def controls(self) -> tuple[QWidget, ...]:
        """The buttons."""
        return tuple(self.buttons)

    def value(self) -> str:
        """The key of what is chosen, "" for nothing."""
        both = zip(self._options, self.buttons, strict=True)
        return next((option.key for option, button in both if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose by key."""
        for option, button in zip(self._options, self.buttons, strict=True):
            if option.key == value:
                button.setChecked(True)

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        for button in self.buttons:
            button.setEnabled(not read_only)

    def _on_clicked(self) -> None:
        self.edited.emit()
