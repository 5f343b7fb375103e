"""The sign-in form that the staff app and the admin console share, and the choice of a password in it."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clients.qt_kit.sign_in_state import NewPasswordState, SignInState
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import (
    ButtonSize,
    CommandButton,
    CommandState,
)
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.error_panel import ErrorPanel
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.new_password import NewPasswordFields
from clients.qt_kit.widgets.product_mark import ProductMark

__all__ = ["NewPasswordState", "SignIn", "SignInState"]

_WIDTH, _WIDEST = 440, 680  # the widest still fits the smallest window


class SignIn(QWidget):
    """Mark, server, user name, password, one button; a card in the middle of the window.

    After a one-time password the same card asks for another. MUST: what was typed as a password goes with
    the form: hidden, it holds none.
    """

    sign_in_requested = Signal(str, str)
    """Both fields were filled and sent; arguments: user name, password."""
    password_change_requested = Signal(str, str)
    """Another password was chosen; arguments: the present one, the new one."""
    leave_requested = Signal()
    """No other password is chosen now."""
    server_change_requested = Signal()
    """The person wants to enter another server address."""

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._title = Label(TextRole.TITLE, wrap=True)
        self._server = ElidedLabel(TextRole.SMALL, tone="ink2")
        self._change = CommandButton(self.tr("Change"), kind="link", size=ButtonSize.ROW)
        self._change.clicked.connect(self.server_change_requested)
        self._about = Label(TextRole.BODY, tone="ink2", wrap=True)
        self._error = ErrorPanel()
        self.username = Field(self.tr("User name"))
        self.password = Field(self.tr("Password"), password=True)
        self.new_password = NewPasswordFields()
        self.send = CommandButton(
            kind="primary",
            size=ButtonSize.COMMAND,
            key="Return",
            key_is_shown_only=True,
        )
        self.leave = CommandButton(self.tr("Sign in as somebody else"), kind="link", size=ButtonSize.ROW)
        self.leave.clicked.connect(self.leave_requested)
        self._note = Label(TextRole.HINT, tone="ink3", wrap=True)
        self._card = Card(padding=(32, 32), radius=12)
        self._build()
        self._fit_card()
        for field in (self.username, self.password):
            field.submitted.connect(self._on_sent)
        self.username.text_edited.connect(self._render_send)
        self.new_password.submitted.connect(self._on_sent)
        self.send.clicked.connect(self._on_sent)
        self.render(state)

    def render(self, state: SignInState) -> None:
        """Show a state; what the person has typed stays."""
        if state.username and not self.username.text:
            self.username.set_text(state.username)
        before, self._state = self._state, state
        due = state.new_password
        self._render_head(state)
        for widget in (self.username, self.password):
            widget.setVisible(due is None)
            widget.input.setReadOnly(state.busy)
        self.new_password.setVisible(due is not None)
        self.leave.setVisible(due is not None)
        if due is not None:
            # A password that the settings gave was never typed here.
            self.new_password.ask_current(not self.password.text or bool(due.current_error))
            self.new_password.render(current_error=due.current_error, new_error=due.new_error)
            self.new_password.set_read_only(state.busy)
        self.leave.setEnabled(not state.busy)
        self._render_send()
        self._note.setText(state.note)
        self._note.setVisible(bool(state.note) and due is None)
        self._change.setEnabled(not state.busy)
        self._follow(before, state)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first empty field."""
        super().showEvent(event)
        self._focus_first()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the passwords, except while the window is only put aside."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._forget_passwords()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the card as wide as its text asks for."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit_card()

    def _render_head(self, state: SignInState) -> None:
        due = state.new_password
        title = state.title or self.tr("Sign in")
        self._title.setText(title if due is None else self.tr("Choose your own password"))
        self._server.setText(self.tr("Server {server}").format(server=state.server))
        self._server.setVisible(due is None)
        self._change.setVisible(due is None)
        welcome = self.tr(
            "Welcome, {person}. The password you were given was for this one time; "
            "from now on you sign in with the one you choose."
        )
        self._about.setText(welcome.format(person=due.person) if due is not None else "")
        self._about.setVisible(due is not None)
        self._error.show_sentence(state.error)

    def _render_send(self) -> None:
        state = self._state
        due = state.new_password
        waits = state.wait_s > 0 if due is not None else state.waits(self.username.text)
        self.send.render(
            CommandState(
                text=self.tr("Sign in") if due is None else self.tr("Save and go on"),
                enabled=not waits,
                reason=state.error if waits else "",
                busy=state.busy,
            )
        )

    def _follow(self, before: SignInState, state: SignInState) -> None:
        """Put the caret where there is something to do."""
        due = state.new_password
        if (due is None) != (before.new_password is None):
            if due is None:
                self._forget_passwords()
            self._focus_first()
        elif due is not None and due != before.new_password and (due.current_error or due.new_error):
            self.new_password.focus_error()
        elif bool(state.error) and state != before and state.password_is_wrong:
            self.password.input.selectAll()
            self.password.input.setFocus()

    def _focus_first(self) -> None:
        if self._state.new_password is not None:
            self.new_password.focus_first()
        else:
            (self.password if self.username.text else self.username).setFocus()

    def _forget_passwords(self) -> None:
        self.password.set_text("")
        self.new_password.clear()

    def _fit_card(self) -> None:
        self._card.setFixedWidth(min(current_theme().px(_WIDTH), _WIDEST))

    def _build(self) -> None:
        card = self._card
        card.body.setSpacing(0)
        server_row = QHBoxLayout()
        server_row.setSpacing(4)
        server_row.addWidget(self._server, 1)
        server_row.addWidget(self._change)
        card.body.addWidget(ProductMark(), 0, Qt.AlignmentFlag.AlignLeading)
        card.body.addSpacing(24)
        card.body.addWidget(self._title)
        card.body.addSpacing(4)
        card.body.addLayout(server_row)
        card.body.addWidget(self._about)
        card.body.addSpacing(20)
        card.body.addWidget(self._error)
        card.body.addSpacing(12)
        card.body.addWidget(self.username)
        card.body.addSpacing(8)
        card.body.addWidget(self.password)
        card.body.addWidget(self.new_password)
        card.body.addSpacing(12)
        card.body.addWidget(self.send)
        card.body.addSpacing(12)
        card.body.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addWidget(self._note)
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.addStretch(2)
        middle = QHBoxLayout()  # an alignment would ask the card for its height at the window's width
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(3)
        scroll = self._scroll = QScrollArea()  # large text in a small window
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(ground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._card.isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now, 0, current_theme().px(72))  # with what is said below it

    def _on_sent(self) -> None:
        state = self._state
        if state.busy or not self.send.isEnabled():
            return
        if state.new_password is not None:
            self._send_new_password()
            return
        name, password = self.username.text.strip(), self.password.text
        self.username.set_error("" if name else self.tr("Enter your user name."))
        self.password.set_error("" if password else self.tr("Enter your password."))
        if name and password:
            self.sign_in_requested.emit(name, password)
            return
        (self.username if not name else self.password).input.setFocus()

    def _send_new_password(self) -> None:
        chosen = self.new_password.chosen()
        if chosen is not None:
            current = self.new_password.current.text if self.new_password.asks_current else self.password.text
            self.password_change_requested.emit(current, chosen)
