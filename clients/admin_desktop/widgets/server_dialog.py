"""Another server's address."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field


class ServerDialog(Dialog):
    """Asks for an address and checks its shape before it lets go.

    Args:
        server: the present address.
        refuse: what is wrong with an address, "" for nothing.
    """

    def __init__(self, server: str, refuse: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Server"), tr("Where the Callboard server of your organization listens."),
            action=tr("Connect"), parent=parent,
        )  # fmt: skip
        self._refuse = refuse
        self.address = Field(tr("Address"), placeholder="http://callboard.example:8600")
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
