"""One of a few, or of many: radio buttons with digits as their keys, scrolled where they are too many."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from clients.qt_kit.theme import current_theme

_ROW, _GAP, _KEYS = 28, 4, 9


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of them.

    Args:
        reason: why it cannot be chosen, "" where it can.
    """

    key: str
    text: str
    reason: str = ""


class ChoiceList(QScrollArea):
    """The first nine have the keys 1 to 9, which the dialog hands on by `choose`.

    Args:
        name: for screen readers.
        most_rows: how many are in view at once.
    """

    chosen_changed = Signal()
    """Another one is chosen."""

    def __init__(self, name: str, *, most_rows: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._most_rows = most_rows
        self._choices: tuple[Choice, ...] = ()
        self.buttons: list[QRadioButton] = []
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._on_toggled)
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(_GAP)
        self._rows.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def chosen(self) -> str:
        """The key of the chosen one, "" for none."""
        index = self._group.checkedId()
        return self._choices[index].key if 0 <= index < len(self._choices) else ""

    def render(self, choices: Sequence[Choice], chosen: str = "") -> None:
        """Show these; what was chosen stays chosen where it is still there, else `chosen` is."""
        if tuple(choices) == self._choices:
            return
        kept = self.chosen or chosen
        self._choices = tuple(choices)
        for button in self.buttons:
            self._group.removeButton(button)
            self._rows.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(index, choice) for index, choice in enumerate(choices)]
        for index, choice in enumerate(choices):
            if choice.key in (kept, chosen) and not choice.reason:
                self.buttons[index].setChecked(True)
        if self.buttons:
            self.setFocusProxy(self.buttons[max(0, self._group.checkedId())])
        rows = min(len(choices), self._most_rows)
        self.setFixedHeight(self._row_height() * rows + _GAP * max(0, rows - 1))
        self.chosen_changed.emit()

    def choose(self, index: int) -> bool:
        """Choose one by its place; says whether there is one."""
        if not 0 <= index < min(_KEYS, len(self.buttons)) or not self.buttons[index].isEnabled():
            return False
        self.buttons[index].setFocus()
        self.buttons[index].setChecked(True)  # last: who is told of it may move the focus on
        return True

    def minimumSizeHint(self) -> QSize:
        """As narrow as its place."""
        return QSize(0, self.height())

    def _button(self, index: int, choice: Choice) -> QRadioButton:
        button = QRadioButton(choice.text.replace("&", "&&"))
        button.setEnabled(not choice.reason)
        if choice.reason:
            button.setToolTip(choice.reason)
            button.setAccessibleDescription(choice.reason)
        elif index < _KEYS:
            button.setToolTip(self.tr("Key {key}").format(key=index + 1))
        self._group.addButton(button, index)
        self._rows.insertWidget(index, button)
        return button

    def _row_height(self) -> int:
        return max([current_theme().px(_ROW), *(button.sizeHint().height() for button in self.buttons)])

    def _on_toggled(self, index: int, on: bool) -> None:
        if on and index < len(self.buttons):
            self.setFocusProxy(self.buttons[index])
            self.ensureWidgetVisible(self.buttons[index])
            self.chosen_changed.emit()
