"""A form's number, with its unit."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label

_WIDTH = 104


Number = int | float | str | None
"""What an edit of a number holds: None for nothing, and the text where it is no number."""


def read_number(text: str, *, decimals: bool) -> Number:
    """The number that a text says; a comma is a point."""
    text = text.strip()
    if not text:
        return None
    if text.removeprefix("-").isdecimal():
        return int(text)
    if decimals:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text
    return text


def written(value: Number) -> str:
    """A number as it is typed."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


class NumberEdit(QLineEdit):
    """The arrow keys count up and down."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Count a whole number up and down."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        whole = self.text().strip()
        if step is None or self.isReadOnly() or not whole.isdecimal():
            super().keyPressEvent(event)
            return
        self.setText(str(max(0, int(whole) + step)))
        self.textEdited.emit(self.text())


class NumberField(FormField):
    """A whole number, or one with decimals. Without a text its value is None.

    Args:
        unit: what is counted ("min").
        decimals: whether it may have a part behind the point (or comma).
        placeholder: what an empty field means ("No limit").
    """

    def __init__(
        self,
        label: str,
        *,
        unit: str = "",
        help: str = "",
        placeholder: str = "",
        decimals: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._decimals = decimals
        self.input = NumberEdit()
        self.input.setPlaceholderText(placeholder)
        self.input.textEdited.connect(self.edited)
        self.adopt(self.input, stretch=0)
        if unit:
            self.input.setAccessibleName(f"{label}, {unit}")
            self.line.addWidget(Label(TextRole.BODY, unit, tone="ink2"))
        self.line.addStretch(1)
        self._wide = bool(placeholder)
        self._fit()

    def value(self) -> Number:
        """The number; None for an empty field, and the text where it is none."""
        return read_number(self.input.text(), decimals=self._decimals)

    def set_value(self, value: Number) -> None:
        """Show a number."""
        if value == self.value() and type(value) is type(self.value()):
            return
        self.input.setText(written(value))

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and copied, not changed."""
        self.input.setReadOnly(read_only)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def _fit(self) -> None:
        self.input.setFixedWidth(current_theme().px(_WIDTH * 2 if self._wide else _WIDTH))
