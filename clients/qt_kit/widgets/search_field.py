"""A form's choice of one among very many: typed in part, and found."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QWidget

from clients.qt_kit.widgets.text_field import TextField

_SHOWN = 8


class SearchField(TextField):
    """A line that finds what holds the letters typed; what is no choice stays a text, to be refused in words.

    Args:
        choices: all there is to choose.
    """

    def __init__(
        self,
        label: str,
        choices: Sequence[str],
        *,
        help: str = "",
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, placeholder=placeholder, parent=parent)
        self.completer = QCompleter(self)
        self.completer.setModel(QStringListModel(list(choices), self.completer))
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setMaxVisibleItems(_SHOWN)
        self.completer.activated.connect(self._on_chosen)
        self.input.setCompleter(self.completer)
        self._choices = {choice.casefold(): choice for choice in choices}

    def value(self) -> str:
        """The choice, spelt as it is offered, or the text that is none."""
        text = super().value().strip()
        return self._choices.get(text.casefold(), text)

    def set_value(self, value: str) -> None:
        """Show a choice."""
        if value != self.value():
            super().set_value(value)

    def _on_chosen(self) -> None:
        self.edited.emit()
