"""A form's short list of values, as chips: each can be taken away, and others added."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.flow_layout import FlowLayout
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.select_field import Option, Select

_ENTRY_WIDTH, _HEIGHT = 104, 36


class Chip(PaintedFrame):
    """A value, and a button that takes it away."""

    removed = Signal()
    """The value is to go."""

    def __init__(self, text: str, *, remove: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        self.remove = IconButton("x", remove, side=24, icon_px=14)
        self.remove.clicked.connect(self.removed)
        self._label = Label(TextRole.BODY_MEDIUM, text)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(6)
        row.addWidget(self._label)
        row.addWidget(self.remove)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_removable(self, removable: bool) -> None:
        """Offer to take it away, or not."""
        self.remove.setVisible(removable)
        self.setMinimumHeight(current_theme().px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        edge = self.theme.color("line") if self.theme.high_contrast else None
        fill_rounded(QPainter(self), self.rect().toRectF(), 8, self.theme.color("sunken"), border=edge)


class ChipsField(FormField):
    """The ground of the fields with chips: their order, and adding and taking away."""

    sorts: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        *,
        help: str = "",
        kept: Sequence[Any] = (),
        at_most: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._kept, self._at_most = tuple(kept), at_most
        self._values: tuple[Any, ...] = ()
        self._read_only = False
        self.chips: list[Chip] = []
        self.holder = QWidget()
        self._flow = FlowLayout(self.holder)
        self.adder = QWidget()
        self._adder_row = QHBoxLayout(self.adder)
        self._adder_row.setContentsMargins(0, 0, 0, 0)
        self._adder_row.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.holder)
        column.addWidget(self.adder)
        self.line.addLayout(column, 1)

    def value(self) -> tuple[Any, ...]:
        """The values, in their order."""
        return self._values

    def set_value(self, value: Sequence[Any]) -> None:
        """Show values."""
        self._values = tuple(value)
        self._rebuild()

    def set_read_only(self, read_only: bool) -> None:
        """Let them be seen and not changed."""
        if read_only != self._read_only:
            self._read_only = read_only
            self._rebuild()

    def add(self, value: Any) -> None:
        """Put a value in, as a person does; one that is there already stays alone."""
        if value not in self._values:
            found = (*self._values, value)
            self.set_value(tuple(sorted(found)) if self.sorts else found)
            self.set_error("")
            self.edited.emit()

    def name_of(self, value: Any) -> str:
        """A value in words."""
        return str(value)

    def _remove(self, value: Any) -> None:
        place = self._values.index(value)
        self.set_value(tuple(each for each in self._values if each != value))
        nearest = self.chips[min(place, len(self.chips) - 1)].remove if self.chips else None
        if nearest is not None and nearest.isVisible():
            nearest.setFocus()
        elif (proxy := self.focusProxy()) is not None:
            proxy.setFocus()
        self.set_error("")
        self.edited.emit()

    def _rebuild(self) -> None:
        for chip in self.chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._make_chip(value) for value in self._values]
        for chip in self.chips:
            self._flow.addWidget(chip)
            chip.show()
        self.holder.setVisible(bool(self.chips))
        self.adder.setVisible(not self._read_only and len(self._values) < self._at_most)
        self.holder.updateGeometry()

    def _make_chip(self, value: Any) -> Chip:
        name = self.name_of(value)
        chip = Chip(name, remove=self.tr("Take {name} away").replace("{name}", name), parent=self.holder)
        chip.set_removable(not self._read_only and value not in self._kept)
        chip.removed.connect(lambda: self._remove(value))
        return chip


class NumbersField(ChipsField):
    """Whole numbers, the smallest first.

    Args:
        words: a number in words ("10 min").
        highest: the largest that may be typed.
        kept: those that cannot be taken away.
        add_text: the verb beside the input.
    """

    sorts = True

    def __init__(
        self,
        label: str,
        *,
        words: Callable[[int], str],
        highest: int,
        add_text: str,
        help: str = "",
        kept: Sequence[int] = (),
        at_most: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, kept=kept, at_most=at_most, parent=parent)
        self._words = words
        self.input = QLineEdit()
        self.input.setProperty("bar", True)
        self.input.setValidator(QIntValidator(0, highest, self.input))
        self.input.setFixedWidth(current_theme().px(_ENTRY_WIDTH))
        self.input.setAccessibleName(label)
        self.input.returnPressed.connect(self._on_add)
        self.add_button = CommandButton(add_text, size=ButtonSize.BAR)
        self.add_button.clicked.connect(self._on_add)
        self._adder_row.addWidget(self.input)
        self._adder_row.addWidget(self.add_button)
        self._adder_row.addStretch(1)
        self.setFocusProxy(self.input)
        self.label.setBuddy(self.input)

    def name_of(self, value: int) -> str:
        """The number with its unit."""
        return self._words(value)

    def _on_add(self) -> None:
        if self.input.hasAcceptableInput():
            value = int(self.input.text())
            self.input.clear()
            self.add(value)


class PicksField(ChipsField):
    """Some of several options, in the order in which they were picked; their keys are the value."""

    def __init__(
        self,
        label: str,
        options: Sequence[Option],
        *,
        add_text: str,
        help: str = "",
        at_most: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, at_most=at_most, parent=parent)
        self._options = tuple(options)
        self._add_text = add_text
        self.select = Select()
        self.select.setProperty("bar", True)
        self.select.setAccessibleName(add_text)
        self.select.activated.connect(self._on_picked)
        self._adder_row.addWidget(self.select)
        self._adder_row.addStretch(1)
        self.setFocusProxy(self.select)
        self.label.setBuddy(self.select)
        self._rebuild()

    def name_of(self, value: str) -> str:
        """The option's text."""
        return next((option.text for option in self._options if option.key == value), value)

    def _rebuild(self) -> None:
        super()._rebuild()
        self.select.clear()
        self.select.addItem(self._add_text)
        for option in self._options:
            if option.key not in self._values:
                self.select.addItem(option.text, option.key)

    def _on_picked(self, place: int) -> None:
        if place > 0:
            self.add(self.select.itemData(place))
