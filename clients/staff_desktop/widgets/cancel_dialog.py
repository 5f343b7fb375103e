"""Cancelling a token asks for the reason, which is kept."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from clients.core.commands import Cancel
from clients.staff_desktop.widgets.reason_dialog import ReasonDialog
from shared.ids import TokenId

translate = QCoreApplication.translate


class CancelDialog(ReasonDialog):
    """Why a token is cancelled.

    Args:
        token_id: what is cancelled.
        number: its number.
        reasons: those on offer.
    """

    confirmed = Signal(object)
    """Argument: Cancel."""

    def __init__(
        self, token_id: TokenId, number: str, reasons: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            translate("CancelDialog", "Cancel {number}?").format(number=number),
            translate("CancelDialog", "The visitor will not be called. The reason is kept."),
            verb=translate("CancelDialog", "Cancel token"),
            keep=translate("CancelDialog", "Keep it"),
            kind="danger_primary",
            reasons=reasons,
            parent=parent,
        )
        self.accepted.connect(lambda: self.confirmed.emit(Cancel(token_id=token_id, reason=self.reason)))
