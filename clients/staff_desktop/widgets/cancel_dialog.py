"""Cancelling a token asks for the reason: it cannot be taken back, and the reason is kept."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field
from shared.ids import TokenId

_LONGEST = 100  # as the server takes it
translate = QCoreApplication.translate


class CancelDialog(Dialog):
    """Reasons by key 1 to 4, the last one in one's own words.

    Args:
        token_id: what is cancelled.
        number: its number.
    """

    cancel_confirmed = Signal(object, str)
    """Arguments: TokenId, reason."""

    def __init__(self, token_id: TokenId, number: str, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("CancelDialog", "Cancel {number}?").format(number=number),
            translate("CancelDialog", "The visitor will not be called. The reason is kept."),
            action=translate("CancelDialog", "Cancel token"),
            cancel=translate("CancelDialog", "Keep it"),
            kind="danger_primary",
            parent=parent,
        )
        self._token_id = token_id
        self._own_words = Field(self.tr("Reason"), placeholder=self.tr("In a few words"))
        self._own_words.input.setMaxLength(_LONGEST)
        self.body.setSpacing(4)
        self._group = QButtonGroup(self)
        words = (self.tr("Visitor left"), self.tr("Taken by mistake"), self.tr("Served elsewhere"))
        self.reasons = [QRadioButton(word) for word in words]
        self.reasons.append(QRadioButton(self.tr("Another reason")))
        for index, button in enumerate(self.reasons):
            button.setToolTip(self.tr("Key {key}").format(key=index + 1))
            self._group.addButton(button, index)
            self.body.addWidget(button)
        self.body.addWidget(self._own_words)
        self._group.idToggled.connect(self._on_toggled)
        self._own_words.text_edited.connect(self._show_action)
        self._own_words.submitted.connect(self.action.click)
        self.accepted.connect(lambda: self.cancel_confirmed.emit(self._token_id, self.reason))
        self.reasons[0].setChecked(True)
        self.reasons[0].setFocus()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    @property
    def reason(self) -> str:
        """The chosen reason."""
        if self._is_own:
            return self._own_words.text.strip()
        return self.reasons[max(0, self._group.checkedId())].text()

    @property
    def _is_own(self) -> bool:
        return self._group.checkedId() == len(self.reasons) - 1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, Enter confirms, Esc keeps the token."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.action.click()
            return
        index = event.key() - Qt.Key.Key_1
        if 0 <= index < len(self.reasons) and not self._own_words.input.hasFocus():
            self.reasons[index].setChecked(True)
            return
        super().keyPressEvent(event)

    def _on_toggled(self, _index: int, on: bool) -> None:
        if not on:
            return
        self._own_words.setVisible(self._is_own)
        if self._is_own:
            self._own_words.input.setFocus()
        self._show_action()
        self.adjustSize()

    def _show_action(self, _text: str = "") -> None:
        has_reason = not self._is_own or bool(self._own_words.text.strip())
        self.action.render(
            CommandState(
                text=self.tr("Cancel token"), enabled=has_reason, reason=self.tr("Say why in a few words.")
            )
        )
