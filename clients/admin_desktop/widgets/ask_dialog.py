"""The ground of the dialogs that ask something before a command is given."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clients.core.commands import Command
from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.dialog import Dialog


class AskDialog(Dialog):
    """Stays open while `command` finds something missing, which it then says beside the field."""

    commanded = Signal(object)
    """What was asked for is known; argument: the Command."""

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        action: str,
        kind: ButtonKind = "primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, text, action=action, kind=kind, parent=parent)
        self.finished.connect(self.deleteLater)

    def command(self) -> Command | None:
        """What is asked for; None, and the errors shown, where something is missing."""
        raise NotImplementedError

    def accept(self) -> None:
        """Tell the command, and close."""
        command = self.command()
        if command is not None:
            self.commanded.emit(command)
            super().accept()
