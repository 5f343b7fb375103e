"""A text in each of several languages, as a field of a form."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.admin_desktop.language_names import language_name
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.text_field import TextAreaField

_RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


class TextsField(FormField):
    """One box a language; its value is the texts by language, without those that are empty."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._offered: tuple[str, ...] = ()
        self._read_only = False
        self.boxes: dict[str, TextAreaField] = {}
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.line.addLayout(self._column, 1)

    def value(self) -> dict[str, str]:
        """The texts by language."""
        return {code: box.value() for code, box in self.boxes.items() if box.value().strip()}

    def set_value(self, value: Mapping[str, str]) -> None:
        """Show texts, also of languages that are not offered any more."""
        self._offer((*self._offered, *(code for code in value if code not in self._offered)))
        for code, box in self.boxes.items():
            box.set_value(value.get(code, ""))

    def set_languages(self, codes: Sequence[str]) -> None:
        """Offer the organization's languages; a text of another stays."""
        if tuple(codes) != self._offered:
            self._offered = tuple(codes)
            texts = self.value()
            self._offer((*codes, *(code for code in texts if code not in codes)))

    def set_read_only(self, read_only: bool) -> None:
        """Let them be read and not changed."""
        self._read_only = read_only
        for box in self.boxes.values():
            box.set_read_only(read_only)

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong beside the text; keys begin with its language."""
        for code, box in self.boxes.items():
            box.set_error(next((said for path, said in errors.items() if path.split(".")[0] == code), ""))

    def controls(self) -> tuple[QWidget, ...]:
        """None of its own: each box marks itself."""
        return ()

    def _offer(self, codes: Sequence[str]) -> None:
        if tuple(codes) == tuple(self.boxes):
            return
        texts = self.value()
        for box in self.boxes.values():
            self._column.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.boxes = {code: self._make_box(code) for code in codes}
        for code, box in self.boxes.items():
            box.set_value(texts.get(code, ""))
            self._column.addWidget(box)
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())).input)

    def _make_box(self, code: str) -> TextAreaField:
        box = TextAreaField(language_name(code), lines=2)
        box.input.setAccessibleName(tr("Text in {language}").format(language=language_name(code)))
        option = QTextOption(box.input.document().defaultTextOption())
        option.setTextDirection(
            Qt.LayoutDirection.RightToLeft if code in _RIGHT_TO_LEFT else Qt.LayoutDirection.LeftToRight
        )
        box.input.document().setDefaultTextOption(option)
        box.set_read_only(self._read_only)
        box.edited.connect(self._on_edited)
        box.left.connect(self.left)
        return box

    def _on_edited(self) -> None:
        self.set_error("")
        for box in self.boxes.values():
            box.set_error("")
        self.edited.emit()
