"""The dialogs over the window that put a command together."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clients.staff_desktop.view_state import OfferView, StaffView, TakeOver
from clients.staff_desktop.widgets.break_dialog import BreakDialog
from clients.staff_desktop.widgets.cancel_dialog import CancelDialog
from clients.staff_desktop.widgets.emergency_dialog import EmergencyDialog
from clients.staff_desktop.widgets.notes_dialog import NotesDialog
from clients.staff_desktop.widgets.park_dialog import ParkDialog
from clients.staff_desktop.widgets.priority_dialog import PriorityDialog
from clients.staff_desktop.widgets.take_over_dialog import TakeOverDialog
from clients.staff_desktop.widgets.transfer_dialog import TransferDialog
from shared.tokens import LiveToken


class Dialogs(QObject):
    """Opens one at a time; each tells a command once it is confirmed.

    Args:
        host: the window.
    """

    command_confirmed = Signal(object)
    """Argument: Command."""
    park_confirmed = Signal(object, str, object)
    """Arguments: TokenId, reason, Wake."""
    break_confirmed = Signal(str)
    """Argument: the reason."""
    take_over_confirmed = Signal(object)
    """Argument: TakeOver."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._offers = OfferView()

    def render(self, view: StaffView) -> None:
        """What is on offer now; an open dialog keeps what it has."""
        self._offers = view.offers

    def ask_cancel(self, token: LiveToken) -> None:
        """Why a token is cancelled."""
        dialog = CancelDialog(token.id, token.number, self._offers.cancel_reasons, self._host)
        self._open(dialog)

    def ask_transfer(self, token: LiveToken) -> None:
        """Where a visitor is sent on to."""
        self._open(TransferDialog(token, self._offers, self._host))

    def ask_priority(self, token: LiveToken) -> None:
        """Which head start a visitor has."""
        self._open(PriorityDialog(token, self._offers.levels, self._host))

    def ask_emergency(self, token: LiveToken) -> None:
        """Whether a visitor goes before all others."""
        self._open(EmergencyDialog(token, self._host))

    def ask_notes(self, token: LiveToken) -> None:
        """Who a visitor is."""
        self._open(NotesDialog(token, self._host))

    def ask_park(self, token: LiveToken) -> None:
        """Why a visitor is set aside, and until when."""
        if self._offers.now is None:
            return
        dialog = ParkDialog(token.id, token.number, self._offers.park_reasons, self._offers.now, self._host)
        dialog.confirmed.connect(self.park_confirmed)
        dialog.open()

    def ask_break(self) -> None:
        """Why one takes a break."""
        dialog = BreakDialog(self._offers.break_reasons, self._host)
        dialog.confirmed.connect(self.break_confirmed)
        dialog.open()

    def ask_take_over(self, question: TakeOver) -> None:
        """Whether a counter shall be taken over."""
        dialog = TakeOverDialog(question, self._host)
        dialog.take_over_confirmed.connect(self.take_over_confirmed)
        dialog.open()

    def _open(
        self, dialog: CancelDialog | TransferDialog | PriorityDialog | EmergencyDialog | NotesDialog
    ) -> None:
        dialog.confirmed.connect(self.command_confirmed)
        dialog.open()
