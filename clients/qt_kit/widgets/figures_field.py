"""A form's numbers for several things, one a row."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.number_field import Number, NumberEdit, read_number, written

_WIDTH = 88


class _Row:
    """One thing's number, and what is wrong with it."""

    def __init__(self, name: str, unit: str) -> None:
        self.name = ElidedLabel(TextRole.BODY, name)
        self.input = NumberEdit()
        self.input.setProperty("bar", True)
        self.input.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.unit = Label(TextRole.BODY, unit, tone="ink2")
        self.error = ErrorLine()
        self.error.hide()

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return (self.name, self.input, self.unit, self.error)


class FiguresField(FormField):
    """Its value is a number a key; the rows are those of the value it was given last.

    Args:
        name_of: what a key is called.
        unit: what is counted.
        decimals: whether the numbers may have a part behind the point.
    """

    def __init__(
        self,
        label: str,
        name_of: Callable[[str], str],
        *,
        unit: str = "",
        help: str = "",
        decimals: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._name_of, self._unit, self._decimals = name_of, unit, decimals
        self._read_only = False
        self.rows: dict[str, _Row] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.line.addLayout(self._grid, 1)

    def controls(self) -> tuple[QWidget, ...]:
        """The inputs."""
        return tuple(row.input for row in self.rows.values())

    def value(self) -> dict[str, Number]:
        """What is typed, by key."""
        return {key: read_number(row.input.text(), decimals=self._decimals) for key, row in self.rows.items()}

    def set_value(self, value: Mapping[str, Number]) -> None:
        """Show numbers, a row for each key."""
        if list(value) != list(self.rows):
            self._rebuild(value)
        now = self.value()
        for key, number in value.items():
            if number != now[key]:
                self.rows[key].input.setText(written(number))

    def set_read_only(self, read_only: bool) -> None:
        """Let them be read and copied, not changed."""
        self._read_only = read_only
        for row in self.rows.values():
            row.input.setReadOnly(read_only)

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong, beside each row."""
        for key, row in self.rows.items():
            sentence = errors.get(key, "")
            if sentence == row.error.sentence:
                continue
            row.error.render(sentence)
            row.error.setVisible(bool(sentence))
            row.input.setProperty("invalid", bool(sentence))
            row.input.setAccessibleDescription(sentence)
            row.input.style().unpolish(row.input)
            row.input.style().polish(row.input)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def _rebuild(self, value: Mapping[str, Number]) -> None:
        for row in self.rows.values():
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.rows = {key: _Row(self._name_of(key), self._unit) for key in value}
        for place, row in enumerate(self.rows.values()):
            row.input.setReadOnly(self._read_only)
            row.input.textEdited.connect(self.edited)
            row.input.installEventFilter(self)
            for column, widget in enumerate((row.name, row.input, row.unit)):
                self._grid.addWidget(widget, 2 * place, column)
            self._grid.addWidget(row.error, 2 * place + 1, 0, 1, 3)
        if self.rows:
            self.setFocusProxy(next(iter(self.rows.values())).input)
        self._fit()

    def _fit(self) -> None:
        for row in self.rows.values():
            row.input.setFixedWidth(current_theme().px(_WIDTH))
