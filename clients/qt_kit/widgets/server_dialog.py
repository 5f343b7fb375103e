"""Another server's address."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field

translate = QCoreApplication.translate


class ServerDialog(Dialog):
    """Asks for an address and checks its shape before it lets go.

    Args:
        server: the present address.
        refuse: what is wrong with an address, "" for nothing.
    """

    def __init__(self, server: str, refuse: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(
            translate("ServerDialog", "Server"),
            translate("ServerDialog", "Where the Callboard server of your organization listens."),
            action=translate("ServerDialog", "Connect"),
            parent=parent,
        )
        self._refuse = refuse
        self.address = Field(self.tr("Address"), placeholder="http://callboard.example:8600")
        self.address.set_text(server)
        self.address.submitted.connect(self.accept)
        self.body.addWidget(self.address)
        self.action.setAutoRepeat(False)
        self.address.input.selectAll()
        self.address.setFocus()

    def accept(self) -> None:
        """Close, if the address can be used."""
        wrong = self._refuse(self.address.text.strip())
        self.address.set_error(wrong)
        if not wrong:
            super().accept()
