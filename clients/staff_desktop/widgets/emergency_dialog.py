"""Letting a visitor go before all others, or no more so."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from clients.core.commands import Change
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field
from clients.staff_desktop.widgets.reason_dialog import LONGEST_REASON
from shared.tokens import LiveToken

translate = QCoreApplication.translate


class EmergencyDialog(Dialog):
    """The reason makes it one; without a reason it is none."""

    confirmed = Signal(object)
    """Argument: Change."""

    def __init__(self, token: LiveToken, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("EmergencyDialog", "Is {number} an emergency?").format(number=token.number),
            translate(
                "EmergencyDialog", "An emergency goes before all others. The reason is kept and audited."
            ),
            action=translate("EmergencyDialog", "Let it go first"),
            parent=parent,
        )
        self._token = token
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason = Field(self.tr("Reason"), placeholder=self.tr("In a few words"))
        self.reason.input.setMaxLength(LONGEST_REASON)
        self.reason.set_text(token.emergency or "")
        self.reason.text_edited.connect(self._show_action)
        self.body.addSpacing(8)
        self.body.addWidget(self.reason)
        self.accepted.connect(self._on_accepted)
        self._show_action()

    @property
    def _wanted(self) -> str | None:
        return self.reason.text.strip() or None

    def _show_action(self) -> None:
        before, wanted = self._token.emergency, self._wanted
        ends = before is not None and wanted is None
        missing = self.tr("Say why in a few words.") if before is None else self.tr("Nothing has changed.")
        self.action.render(
            CommandState(
                text=self.tr("No emergency any more") if ends else self.tr("Let it go first"),
                enabled=wanted != before,
                reason=missing,
            )
        )

    def _on_accepted(self) -> None:
        self.confirmed.emit(Change(token_id=self._token.id, changes={"emergency": self._wanted}))
