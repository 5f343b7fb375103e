"""The window: sign-in, loading, or the desk; and the dialogs over it. It tells intents by signals."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clients.core.commands import Reinstate, Return
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.sign_in import SignIn, SignInState
from clients.staff_desktop.list_view import RowCommand
from clients.staff_desktop.view_state import Phase, StaffView
from clients.staff_desktop.widgets.desk import Desk
from clients.staff_desktop.widgets.dialogs import Dialogs
from clients.staff_desktop.widgets.loading import Loading
from clients.staff_desktop.widgets.new_token_dialog import NewTokenDialog
from clients.staff_desktop.widgets.person_menu import PersonMenu
from shared.tokens import LiveToken

SMALLEST = (900, 640)


class StaffWindow(QWidget):
    """The staff app's window."""

    sign_in_requested = Signal(str, str)
    """Arguments: user name, password."""
    password_change_requested = Signal(str, str)
    """Another password was chosen for a one-time one; arguments: the present one, the new one."""
    leave_requested = Signal()
    """No other password is chosen now: back to the form."""
    server_change_requested = Signal()
    """Another server is to be used."""
    open_requested = Signal(object, object)
    """A counter is to be opened; arguments: CounterId, tuple of TypeKey."""
    take_over_confirmed = Signal(object)
    """Argument: TakeOver."""
    call_next_requested = Signal()
    call_requested = Signal(object)
    """This one is to be called; argument: TokenId."""
    recall_requested = Signal()
    start_requested = Signal()
    complete_requested = Signal()
    no_show_requested = Signal()
    return_requested = Signal()
    """The called visitor goes back in line."""
    resume_requested = Signal(object)
    """A parked visitor is taken up again; argument: TokenId."""
    park_confirmed = Signal(object, str, object)
    """Arguments: TokenId, reason, Wake."""
    break_confirmed = Signal(str)
    """Argument: the reason."""
    work_resumed = Signal()
    """The break is over."""
    undo_requested = Signal()
    command_confirmed = Signal(object)
    """A dialog or a row has put a command together; argument: Command."""
    token_panel_opened = Signal()
    """A token is about to be taken."""
    no_shows_requested = Signal()
    """Those who did not come are looked at."""
    menu_requested = Signal(object)
    """The person's menu opens and has to be filled; argument: PersonMenu."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(*SMALLEST)
        self._view = StaffView(phase=Phase.LOADING, sign_in=SignInState(server=""))
        self.new_token: NewTokenDialog | None = None
        self.dialogs = Dialogs(self)
        self.dialogs.command_confirmed.connect(self.command_confirmed)
        self.dialogs.park_confirmed.connect(self.park_confirmed)
        self.dialogs.break_confirmed.connect(self.break_confirmed)
        self.dialogs.take_over_confirmed.connect(self.take_over_confirmed)
        self._dialogs_of_rows = {
            RowCommand.TRANSFER: self.dialogs.ask_transfer,
            RowCommand.PRIORITY: self.dialogs.ask_priority,
            RowCommand.EMERGENCY: self.dialogs.ask_emergency,
            RowCommand.NOTES: self.dialogs.ask_notes,
            RowCommand.CANCEL: self.dialogs.ask_cancel,
        }
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._make_pages()

    @property
    def view(self) -> StaffView:
        """What it shows."""
        return self._view

    def render(self, view: StaffView) -> None:
        """Show a view."""
        self._view = view
        self.dialogs.render(view)
        if view.phase is Phase.SIGN_IN:
            self.sign_in.render(self._titled(view.sign_in))
            self._stack.setCurrentWidget(self.sign_in)
        elif view.phase is Phase.LOADING:
            self.loading.render(view)
            self._stack.setCurrentWidget(self.loading)
        else:
            self.desk.render(view)
            if self._stack.currentWidget() is not self.desk:
                self._stack.setCurrentWidget(self.desk)
                self.desk.take_focus()
        if self.new_token is not None:
            self.new_token.render(view.new_token)

    def rebuild(self) -> None:
        """Make every word anew, after the language changed."""
        while (page := self._stack.currentWidget()) is not None:
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._make_pages()

    def open_menu(self) -> None:
        """Open the person's menu below their name."""
        menu = PersonMenu(self)
        self.menu_requested.emit(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        button = self.desk.top.person
        x = 0 if self.isRightToLeft() else button.width() - menu.sizeHint().width()
        menu.popup(button.mapToGlobal(QPoint(x, button.height() + 4)))

    def open_new_token(self) -> None:
        """Open the panel that takes a token."""
        if self.new_token is not None:
            return
        self.token_panel_opened.emit()
        self.new_token = dialog = NewTokenDialog(self._view.new_token, self)
        dialog.create_requested.connect(self.command_confirmed)
        dialog.another_requested.connect(self.token_panel_opened)
        dialog.finished.connect(self._on_new_token_finished)
        dialog.open()

    def ask_of_row(self, command: RowCommand, token: LiveToken) -> None:
        """Something is asked of a row: at once, or after a dialog."""
        at_once = {
            RowCommand.CALL: lambda: self.call_requested.emit(token.id),
            RowCommand.RESUME: lambda: self.resume_requested.emit(token.id),
            RowCommand.RETURN: lambda: self.command_confirmed.emit(Return(token_id=token.id)),
            RowCommand.REINSTATE: lambda: self.command_confirmed.emit(Reinstate(token_id=token.id)),
        }
        if command in at_once:
            at_once[command]()  # where it cannot be done, the reason is told
        elif self._can(command):
            self._dialogs_of_rows[command](token)

    def _can(self, command: RowCommand) -> bool:
        waiting = self._view.waiting
        return waiting is not None and waiting.commands[command].is_enabled

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window's ground."""
        QPainter(self).fillRect(self.rect(), current_theme().color("ground"))

    def _make_pages(self) -> None:
        self.setWindowTitle(self.tr("Callboard staff counter"))
        self.sign_in = SignIn(self._titled(self._view.sign_in))
        self.loading = Loading()
        self.desk = desk = Desk()
        for page in (self.sign_in, self.loading, desk):
            self._stack.addWidget(page)
        self.sign_in.sign_in_requested.connect(self.sign_in_requested)
        self.sign_in.password_change_requested.connect(self.password_change_requested)
        self.sign_in.leave_requested.connect(self.leave_requested)
        self.sign_in.server_change_requested.connect(self.server_change_requested)
        desk.top.person.clicked.connect(self.open_menu)
        desk.top.new_token_requested.connect(self.open_new_token)
        desk.closed.open_requested.connect(self.open_requested)
        desk.ready.call_next_requested.connect(self.call_next_requested)
        desk.waiting.command_requested.connect(self.ask_of_row)
        desk.waiting.no_shows_requested.connect(self.no_shows_requested)
        desk.top.break_requested.connect(self.dialogs.ask_break)
        desk.rest.resume_requested.connect(self.work_resumed)
        desk.lane.undo_requested.connect(self.undo_requested)
        self._join_visit(desk)
        QShortcut(QKeySequence("Alt+M"), desk).activated.connect(self.open_menu)
        self.render(self._view)

    def _titled(self, state: SignInState) -> SignInState:
        return replace(state, title=self.tr("Staff counter"))

    def _join_visit(self, desk: Desk) -> None:
        commands = desk.active.commands
        commands.recall_requested.connect(self.recall_requested)
        commands.start_requested.connect(self.start_requested)
        commands.complete_requested.connect(self.complete_requested)
        commands.no_show_requested.connect(self.no_show_requested)
        commands.return_requested.connect(self.return_requested)
        for signal, ask in (
            (commands.transfer_requested, self.dialogs.ask_transfer),
            (commands.park_requested, self.dialogs.ask_park),
            (commands.priority_requested, self.dialogs.ask_priority),
            (commands.cancel_requested, self.dialogs.ask_cancel),
            (desk.active.notes_requested, self.dialogs.ask_notes),
        ):
            signal.connect(lambda ask=ask: self._ask_of_active(ask))

    def _ask_of_active(self, ask: Callable[[LiveToken], None]) -> None:
        if self._view.active is not None:
            ask(self._view.active.token)

    def _on_new_token_finished(self) -> None:
        dialog, self.new_token = self.new_token, None
        if dialog is not None:
            dialog.deleteLater()
