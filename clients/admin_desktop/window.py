"""The console's window: the sign-in form, the first-run wizard, or the sidebar and the pages."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.notices import NoticeView
from clients.admin_desktop.pages import PageSpec
from clients.admin_desktop.setup_view import SetupView
from clients.admin_desktop.view_state import AdminView, ConsoleView, Link, NewTokenView
from clients.admin_desktop.widgets.new_token_dialog import NewTokenDialog
from clients.admin_desktop.widgets.page import Page
from clients.admin_desktop.widgets.setup_wizard import SetupWizard
from clients.admin_desktop.widgets.sidebar import NavItem, Sidebar
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.offline_bar import OfflineBar
from clients.qt_kit.widgets.sign_in import SignIn, SignInState
from clients.qt_kit.widgets.toast import Toast
from clients.qt_kit.widgets.undo_lane import UNDO_WINDOW_MS, UndoLaneState

MINIMUM_SIZE = (1180, 720)


class Console(QWidget):
    """Sidebar and pages; a page's widget is made when it is first opened."""

    page_requested = Signal(str, str)
    """A page is asked for; arguments: its key, and the text to filter it by."""
    new_token_requested = Signal()
    """A token for a visitor is to be made."""
    retry_requested = Signal()
    """What the page in front misses is to be asked for again."""
    intended = Signal(object)
    """The person does something on a page; argument: an intent (`forms/intents.py`)."""

    def __init__(self, pages: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs = {page.key: page for page in pages}
        self.pages: dict[str, Page] = {}
        self.sidebar = Sidebar(
            [NavItem(key=page.key, icon=page.icon, title=page.title(), group=page.group) for page in pages]
        )
        self.sidebar.page_chosen.connect(lambda key: self.page_requested.emit(key, ""))
        self.offline = OfflineBar()
        self._stack = QStackedWidget()
        content = QVBoxLayout()
        content.setSpacing(0)
        content.addWidget(self.offline)
        content.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(content, 1)

    def render(self, view: ConsoleView) -> None:
        """Show the page in front."""
        self.sidebar.render(
            organization=view.organization, person=view.person, role=view.role, page=view.page
        )
        is_offline = view.link is Link.OFFLINE
        self.offline.render(words.offline_sentence(view.offline_since, view.now) if is_offline else "")
        page = self.page(view.page)
        page.render(view)
        self._stack.setCurrentWidget(page)

    def page(self, key: str) -> Page:
        """A page's widget."""
        if key not in self.pages:
            page = self._specs[key].make()
            page.page_requested.connect(self.page_requested)
            page.new_token_requested.connect(self.new_token_requested)
            page.retry_requested.connect(self.retry_requested)
            page.intended.connect(self.intended)
            self.pages[key] = page
            self._stack.addWidget(page)
        return self.pages[key]


class AdminWindow(QMainWindow):
    """Shows views, and tells what the person did.

    Attributes:
        may_close: asked when a person closes the window; where not, it stays.
        wizard: for an empty server, while it is shown.
    """

    sign_in_requested = Signal(str, str)
    """The form was sent; arguments: user name, password."""
    password_change_requested = Signal(str, str)
    """Another password was chosen for a one-time one; arguments: the present one, the new one."""
    leave_requested = Signal()
    """No other password is chosen now: back to the form."""
    set_up_requested = Signal(object)
    """The wizard was finished; argument: SetUp."""
    server_change_requested = Signal()
    """Another server's address is to be entered."""
    page_chosen = Signal(str)
    """A page is to come to the front; argument: its key."""
    new_token_requested = Signal()
    """The new-token dialog is to open."""
    create_requested = Signal(str, int)
    """A token is to be made; arguments: the type's key, the head start in minutes."""
    new_token_closed = Signal()
    """The dialog was closed."""
    retry_requested = Signal()
    """What the page in front misses is to be asked for again."""
    intended = Signal(object)
    """The person does something on a page; argument: an intent (`forms/intents.py`)."""
    undo_requested = Signal()
    """What the message says is to be taken back."""
    menu_requested = Signal()
    """The person's menu is to open."""

    def __init__(self, pages: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._view = AdminView()
        self._dialog: NewTokenDialog | None = None
        self.wizard: SetupWizard | None = None
        self._told = 0  # the number of the newest message that was shown
        self.may_close: Callable[[], bool] = lambda: True
        self.setWindowTitle(tr("Callboard admin"))
        self.setMinimumSize(*MINIMUM_SIZE)
        self.resize(1440, 900)
        self._build()

    def render(self, view: AdminView) -> None:
        """Show one of the three."""
        self._view = view
        if view.setup is None:
            self._drop_wizard()
        if view.console is None:
            self._close_dialog()
            self.toast.render(None)
            self._told = 0
            if view.setup is not None:
                self._render_wizard(view.setup)
            else:
                self._render_sign_in(view.sign_in or SignInState(server=""))
            return
        if self._stack.currentWidget() is not self.console:
            # Nothing of one person's filters or rows stays for the next.
            self._new_console()
        self.console.render(view.console)
        self._stack.setCurrentWidget(self.console)
        self._render_new_token(view.console.new_token)
        self._render_notice(view.console.notice)

    def rebuild(self) -> None:
        """Make everything again, in another language or direction."""
        self._close_dialog()
        self._drop_wizard()
        self._build()
        self.render(self._view)

    def tell(self, sentence: str) -> None:
        """Say something that passes by itself."""
        self.toast.render(UndoLaneState(last_text=sentence, icon="info"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay where something would be lost, until the person has been asked."""
        if self.may_close():
            super().closeEvent(event)
        else:
            event.ignore()

    @property
    def dialog(self) -> NewTokenDialog | None:
        """The new-token dialog while it is open."""
        return self._dialog

    def _build(self) -> None:
        self.setWindowTitle(tr("Callboard admin"))
        self._stack = QStackedWidget()
        self.sign_in = SignIn(SignInState(server="", title=tr("Admin console")))
        self.sign_in.sign_in_requested.connect(self.sign_in_requested)
        self.sign_in.password_change_requested.connect(self.password_change_requested)
        self.sign_in.leave_requested.connect(self.leave_requested)
        self.sign_in.server_change_requested.connect(self.server_change_requested)
        self._stack.addWidget(self.sign_in)
        self.console = self._make_console()
        self._stack.addWidget(self.console)
        self.setCentralWidget(self._stack)
        self.toast = Toast(self)
        self.toast.undo_requested.connect(self._on_undo)

    def _make_console(self) -> Console:
        console = Console(self._pages)
        console.page_requested.connect(self._on_page_requested)
        console.new_token_requested.connect(self.new_token_requested)
        console.retry_requested.connect(self.retry_requested)
        console.intended.connect(self.intended)
        # In a field the key undoes typing: Qt asks the field first.
        undo = QShortcut(QKeySequence("Ctrl+Z"), console)
        undo.activated.connect(self._on_undo_key)
        console.sidebar.person.clicked.connect(self.menu_requested)
        return console

    def _new_console(self) -> None:
        before, self.console = self.console, self._make_console()
        self._stack.removeWidget(before)
        before.hide()
        before.deleteLater()
        self._stack.addWidget(self.console)

    def _render_sign_in(self, state: SignInState) -> None:
        self.sign_in.render(replace(state, title=tr("Admin console")))
        if self._stack.currentWidget() is not self.sign_in:
            self._stack.setCurrentWidget(self.sign_in)

    def _render_wizard(self, view: SetupView) -> None:
        if self.wizard is None:
            self.wizard = SetupWizard(view)
            self.wizard.set_up_requested.connect(self.set_up_requested)
            self.wizard.server_change_requested.connect(self.server_change_requested)
            self._stack.addWidget(self.wizard)
        self.wizard.render(view)
        self._stack.setCurrentWidget(self.wizard)

    def _drop_wizard(self) -> None:
        """With the passwords in it."""
        wizard, self.wizard = self.wizard, None
        if wizard is not None:
            self._stack.removeWidget(wizard)
            wizard.hide()
            wizard.deleteLater()

    def _render_new_token(self, view: NewTokenView | None) -> None:
        if view is None:
            self._close_dialog()
            return
        if self._dialog is None:
            self._dialog = NewTokenDialog(self)
            self._dialog.create_requested.connect(self.create_requested)
            self._dialog.rejected.connect(self.new_token_closed)
            self._dialog.render(view)
            self._dialog.open()
        self._dialog.render(view)

    def _render_notice(self, notice: NoticeView | None) -> None:
        if notice is None or notice.number == self._told:
            return
        self._told = notice.number
        if notice.can_undo:
            self.toast.render(
                UndoLaneState(text=notice.text, undo_left_ms=UNDO_WINDOW_MS, last_text=notice.text)
            )
        else:
            icon = "circle-alert" if notice.is_wrong else "circle-check"
            self.toast.render(UndoLaneState(last_text=notice.text, icon=icon))

    def _on_undo_key(self) -> None:
        notice = self._view.console.notice if self._view.console else None
        if notice is not None and notice.can_undo and self.toast.isVisible():
            self._on_undo()

    def _on_undo(self) -> None:
        self.toast.render(None)
        self.undo_requested.emit()

    def _close_dialog(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()

    def _on_page_requested(self, key: str, text: str) -> None:
        self.page_chosen.emit(key)
        self.console.page(key).set_filter(text)
