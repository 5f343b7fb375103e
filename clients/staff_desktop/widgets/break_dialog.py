"""Taking a break asks for the reason, which colleagues and admins see."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from clients.staff_desktop.widgets.reason_dialog import ReasonDialog

translate = QCoreApplication.translate


class BreakDialog(ReasonDialog):
    """Why one takes a break."""

    confirmed = Signal(str)
    """Argument: the reason."""

    def __init__(self, reasons: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(
            translate("BreakDialog", "Take a break?"),
            translate("BreakDialog", "Your counter stays yours. Nobody is called to it until you resume."),
            verb=translate("BreakDialog", "Take a break"),
            reasons=reasons,
            parent=parent,
        )
        self.accepted.connect(lambda: self.confirmed.emit(self.reason))
