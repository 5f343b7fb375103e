"""The field for a pairing code: any case, with or without its dash, typed or pasted."""

from clients.qt_kit.widgets.text_field import TextField
from shared.pairing import CODE_LENGTH, plain_code, shown_code


class CodeField(TextField):
    """Shows what is typed as it stands on the wall: "BCDF-GHJK"."""

    def __init__(self, label: str, *, help: str = "") -> None:
        super().__init__(label, help=help, placeholder=shown_code("X" * CODE_LENGTH))

    def _on_edited(self, text: str) -> None:
        plain = plain_code(text)
        shown = shown_code(plain)
        if shown != text:
            # The caret stays behind the letter it stood behind, whatever dashes came or went.
            before = len(plain_code(text[: self.input.cursorPosition()]))
            self.input.setText(shown)
            self.input.setCursorPosition(len(shown_code(plain[:before])))
        self.edited.emit()
