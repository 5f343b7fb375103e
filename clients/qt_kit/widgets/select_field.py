"""A form's choice of one among several."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from clients.qt_kit.widgets.form_field import FormField


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something to choose: its key, and what it is called."""

    key: str
    text: str


class Select(QComboBox):
    """A list that opens; the wheel scrolls the form around it, and never changes it unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        """Long names may be cut."""
        return QSize(min(super().minimumSizeHint().width(), 120), super().minimumSizeHint().height())


class SelectField(FormField):
    """One of several options; its value is the key."""

    def __init__(
        self,
        label: str,
        options: Sequence[Option] = (),
        *,
        help: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._options: tuple[Option, ...] = ()
        self.select = Select()
        self.select.activated.connect(self._on_activated)
        self.adopt(self.select)
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer others; the chosen one stays if it is among them."""
        if tuple(options) == self._options:
            return
        chosen = self.value()
        self._options = tuple(options)
        self.select.clear()
        for option in options:
            self.select.addItem(option.text, option.key)
        self.set_value(chosen)

    def value(self) -> str:
        """The key of what is chosen, "" for nothing."""
        return self.select.currentData() or ""

    def set_value(self, value: str) -> None:
        """Choose by key; nothing where there is no such option."""
        self.select.setCurrentIndex(self.select.findData(value))

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.select.setEnabled(not read_only)

    def _on_activated(self) -> None:
        self.edited.emit()
