"""A form's choice of several among several."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.select_field import Option


class ChoicesField(FormField):
    """Any number of options, one below the other; its value is their keys, in the order given.

    A key that is chosen and no longer offered is kept: it is not this form's to take away.

    Args:
        columns: how many options stand side by side.
    """

    def __init__(
        self,
        label: str,
        options: Sequence[Option] = (),
        *,
        help: str = "",
        columns: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._columns = columns
        self._options: tuple[Option, ...] = ()
        self._given: tuple[str, ...] = ()
        self._unknown: frozenset[str] = frozenset()
        self._read_only = False
        self.boxes: list[QCheckBox] = []
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self.line.addWidget(holder, 1)
        self.set_options(options)

    def controls(self) -> tuple[QWidget, ...]:
        """The boxes."""
        return tuple(self.boxes)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer others; what is chosen stays chosen."""
        if tuple(options) == self._options:
            return
        chosen = self.value()
        for box in self.boxes:
            self._grid.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._options = tuple(options)
        self.boxes = [self._make_box(option) for option in options]
        for place, box in enumerate(self.boxes):
            self._grid.addWidget(box, place // self._columns, place % self._columns)
        # Qt takes no proxy at all, too; its Python signature does not say so.
        self.setFocusProxy(cast(QWidget, self.boxes[0] if self.boxes else None))
        self.set_value(chosen)

    def value(self) -> tuple[str, ...]:
        """The keys of what is chosen."""
        ticked = {
            option.key for option, box in zip(self._options, self.boxes, strict=True) if box.isChecked()
        }
        kept = [key for key in self._given if key in ticked or key in self._unknown]
        return (*kept, *(option.key for option in self._options if option.key in ticked - set(kept)))

    def set_value(self, value: Sequence[str]) -> None:
        """Choose by key."""
        for option, box in zip(self._options, self.boxes, strict=True):
            box.setChecked(option.key in value)
        offered = {option.key for option in self._options}
        self._given = tuple(value)
        self._unknown = frozenset(key for key in value if key not in offered)

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self._read_only = read_only
        for box in self.boxes:
            box.setEnabled(not read_only)

    def _make_box(self, option: Option) -> QCheckBox:
        box = QCheckBox(option.text.replace("&", "&&"))  # a name is no mnemonic
        box.setAccessibleName(option.text)
        box.setAccessibleDescription(self.label.text())
        box.setEnabled(not self._read_only)
        box.clicked.connect(self._on_clicked)
        box.installEventFilter(self)
        return box

    def _on_clicked(self) -> None:
        self.edited.emit()
