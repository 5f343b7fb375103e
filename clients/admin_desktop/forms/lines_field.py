"""A list of short texts, one a line."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.text_field import TextAreaField


class LinesField(TextAreaField):
    """Each line that holds something is one text, in its order."""

    def __init__(self, label: str, *, help: str = "", lines: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, lines=lines, parent=parent)
        self._lines_said = ""

    def value(self) -> tuple[str, ...]:
        """The texts."""
        return tuple(line.strip() for line in super().value().splitlines() if line.strip())

    def set_value(self, value: Sequence[str]) -> None:
        """Show texts."""
        if tuple(value) != self.value():
            super().set_value("\n".join(value))

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong with single lines; keys are their places, from "0"."""
        said = [
            tr("{text}: {sentence}").format(text=self.value()[int(place)][:24], sentence=sentence)
            for place, sentence in errors.items()
            if place.isdecimal() and int(place) < len(self.value())
        ]
        self._lines_said = " ".join(said)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the whole, or with its lines."""
        super().set_error(sentence or self._lines_said)
