"""A reason: one of those that the organization offers, or another in one's own words."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.text_field import TextField

_LONGEST = 100


class ReasonField(QWidget):
    """Offered reasons as a list, and a line for another."""

    def __init__(self, offered: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = QButtonGroup(self)
        self.offered = [QRadioButton(reason) for reason in offered]
        self.other = QRadioButton(tr("Another reason"))
        self.text = TextField(tr("Reason"))
        self.text.label.setVisible(not offered)
        self.text.input.setAccessibleName(tr("Another reason"))
        self.text.input.setMaxLength(_LONGEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for button in (*self.offered, self.other):
            self.group.addButton(button)
            column.addWidget(button)
        column.addWidget(self.text)
        self.other.setVisible(bool(offered))
        (self.offered[0] if self.offered else self.other).setChecked(True)
        self.setFocusProxy(self.offered[0] if self.offered else self.text.input)
        self.group.buttonToggled.connect(self._follow)
        self._follow()

    def value(self) -> str:
        """The reason, "" where none was given; that is then said."""
        chosen = self.group.checkedButton()
        if chosen is not None and chosen is not self.other:
            return chosen.text()
        reason = self.text.value().strip()
        self.text.set_error("" if reason else tr("Say why."))
        return reason

    def _follow(self) -> None:
        is_other = self.other.isChecked()
        self.text.setVisible(is_other)
        if is_other and self.offered:
            self.text.setFocus()
