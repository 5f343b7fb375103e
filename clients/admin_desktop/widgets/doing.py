"""From a verb to a command: at once, or by way of the dialog that asks what is missing."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clients.admin_desktop import token_words as words
from clients.admin_desktop.token_views import CounterMenu, CounterVerb, FloorChoices, TokenRow, TokenVerb
from clients.admin_desktop.widgets.ask_dialog import AskDialog
from clients.admin_desktop.widgets.token_dialogs import (
    BreakDialog,
    CancelDialog,
    CloseCounterDialog,
    CounterDialog,
    ParkDialog,
    PriorityDialog,
    TransferDialog,
    VisitorDialog,
)
from clients.core import commands
from clients.core.commands import Command
from clients.qt_kit.widgets.menu import Menu

_AT_ONCE: dict[TokenVerb, Callable[[TokenRow], Command]] = {
    TokenVerb.RECALL: lambda row: commands.Recall(token_id=row.id),
    TokenVerb.START: lambda row: commands.Start(token_id=row.id),
    TokenVerb.COMPLETE: lambda row: commands.Complete(token_id=row.id),
    TokenVerb.NO_SHOW: lambda row: commands.NoShow(token_id=row.id),
    TokenVerb.RETURN: lambda row: commands.Return(token_id=row.id),
    TokenVerb.REINSTATE: lambda row: commands.Reinstate(token_id=row.id),
}


class Doing(QObject):
    """One dialog at a time, over `host`. It keeps nothing but the dialog that is open."""

    commanded = Signal(object)
    """Something is to be done; argument: the Command."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.dialog: AskDialog | None = None

    def on_token(self, verb: TokenVerb, row: TokenRow, choices: FloorChoices) -> None:
        """Do something with a token."""
        if verb in _AT_ONCE:
            self.commanded.emit(_AT_ONCE[verb](row))
            return
        match verb:
            case TokenVerb.CALL | TokenVerb.RESUME:
                self.ask(CounterDialog(row, choices, resumes=verb is TokenVerb.RESUME, parent=self._host))
            case TokenVerb.TRANSFER:
                self.ask(TransferDialog(row, choices, self._host))
            case TokenVerb.PARK:
                self.ask(ParkDialog(row, choices, self._host))
            case TokenVerb.PRIORITY:
                self.ask(PriorityDialog(row, choices, self._host))
            case TokenVerb.VISITOR:
                self.ask(VisitorDialog(row, self._host))
            case TokenVerb.CANCEL:
                self.ask(CancelDialog(row, choices, self._host))

    def on_counter(self, verb: CounterVerb, menu: CounterMenu, choices: FloorChoices) -> None:
        """Do something with a counter."""
        match verb:
            case CounterVerb.UNDO:
                self.commanded.emit(commands.Undo(counter_id=menu.counter_id))
            case CounterVerb.END_BREAK:
                self.commanded.emit(commands.EndBreak(counter_id=menu.counter_id))
            case CounterVerb.BREAK:
                self.ask(BreakDialog(menu, choices, self._host))
            case CounterVerb.CLOSE:
                at_it = (counter.person for counter in choices.counters if counter.id == menu.counter_id)
                self.ask(CloseCounterDialog(menu, next(at_it, ""), self._host))

    def ask(self, dialog: AskDialog) -> None:
        """Open a dialog, in the place of one that is open."""
        if self.dialog is not None:
            self.dialog.reject()
        self.dialog = dialog
        dialog.commanded.connect(self.commanded)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def token_entries(self, menu: Menu, row: TokenRow, choices: FloorChoices) -> None:
        """Put what can be done with a token into a menu."""
        for verb in row.verbs:
            action = menu.addAction(words.verb(verb))
            action.triggered.connect(lambda _=False, verb=verb: self.on_token(verb, row, choices))

    def counter_entries(self, menu: Menu, counter: CounterMenu, choices: FloorChoices) -> None:
        """Put what can be done with a counter into a menu."""
        for verb in counter.verbs:
            action = menu.addAction(words.counter_verb(verb))
            action.triggered.connect(lambda _=False, verb=verb: self.on_counter(verb, counter, choices))

    def _on_finished(self) -> None:
        if self.sender() is self.dialog:
            self.dialog = None
