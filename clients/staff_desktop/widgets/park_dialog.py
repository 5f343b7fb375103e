"""Setting a visitor aside: why, and when they go back in line by themselves."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from clients.staff_desktop.wake import WHEN_ASKED
from clients.staff_desktop.widgets.reason_dialog import ReasonDialog
from clients.staff_desktop.widgets.wake_picker import WakePicker
from shared.ids import TokenId

translate = QCoreApplication.translate


class ParkDialog(ReasonDialog):
    """Why a visitor is parked, and until when.

    Args:
        token_id: who.
        number: the number.
        reasons: those on offer.
        now: on the organization's clock.
    """

    confirmed = Signal(object, str, object)
    """Arguments: TokenId, reason, Wake."""

    def __init__(
        self,
        token_id: TokenId,
        number: str,
        reasons: tuple[str, ...],
        now: datetime,
        parent: QWidget | None = None,
    ) -> None:
        self.picker = WakePicker(now)
        super().__init__(
            translate("ParkDialog", "Park {number}").format(number=number),
            translate("ParkDialog", "The visitor keeps their place and leaves the counter free."),
            verb=translate("ParkDialog", "Park"),
            reasons=reasons,
            picker=self.picker,
            parent=parent,
        )
        self.accepted.connect(
            lambda: self.confirmed.emit(token_id, self.reason, self.picker.wake or WHEN_ASKED)
        )
