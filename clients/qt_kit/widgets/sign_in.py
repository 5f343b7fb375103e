"""The sign-in form that the staff app and the admin console share."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame, is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import (
    ButtonSize,
    CommandButton,
    CommandState,
)
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.product_mark import ProductMark

_WIDTH, _WIDEST = 440, 680  # the widest still fits the smallest window


@dataclass(frozen=True, kw_only=True)
class SignInState:
    """What the form shows.

    Args:
        server: where it signs in ("callboard.city.example:8443").
        title: the heading ("Staff counter", "Admin console").
        username: fills the field when it is empty.
        error: what was wrong and what works, "" for none.
        password_is_wrong: marks the password field as well.
        busy: a try is under way.
        note: a remark below the button, such as that nothing is remembered here; "" for none.
    """

    server: str
    title: str = ""
    username: str = ""
    error: str = ""
    password_is_wrong: bool = False
    busy: bool = False
    note: str = ""


class _ErrorPanel(PaintedFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Label(TextRole.BODY, wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_rounded(
            painter,
            self.rect().toRectF(),
            8,
            self.theme.color("late_soft"),
            border=self.theme.color("late"),
        )


class SignIn(QWidget):
    """Mark, server, user name, password, one button; a card in the middle of the window."""

    sign_in_requested = Signal(str, str)
    """Both fields were filled and sent; arguments: user name, password."""
    server_change_requested = Signal()
    """The person wants to enter another server address."""

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._title = Label(TextRole.TITLE, wrap=True)
        self._server = ElidedLabel(TextRole.SMALL, tone="ink2")
        self._change = CommandButton(self.tr("Change"), kind="link", size=ButtonSize.ROW)
        self._change.clicked.connect(self.server_change_requested)
        self._error = _ErrorPanel()
        self.username = Field(self.tr("User name"))
        self.password = Field(self.tr("Password"), password=True)
        self._send = CommandButton(
            kind="primary",
            size=ButtonSize.COMMAND,
            key="Return",
            key_is_shown_only=True,
        )
        self._note = Label(TextRole.HINT, tone="ink3", wrap=True)
        self._card = Card(padding=(32, 32), radius=12)
        self._build()
        self._fit_card()
        for field in (self.username, self.password):
            field.submitted.connect(self._on_sent)
        self._send.clicked.connect(self._on_sent)
        self.render(state)

    def render(self, state: SignInState) -> None:
        """Show a state; what the person has typed stays."""
        if state.username and not self.username.text:
            self.username.set_text(state.username)
        newly_refused = bool(state.error) and state != self._state
        self._state = state
        self._title.setText(state.title or self.tr("Sign in"))
        self._server.setText(self.tr("Server {server}").format(server=state.server))
        self._error.label.setText(state.error)
        self._error.setVisible(bool(state.error))
        self._send.render(CommandState(text=self.tr("Sign in"), busy=state.busy))
        self._note.setText(state.note)
        self._note.setVisible(bool(state.note))
        for field in (self.username, self.password):
            field.input.setReadOnly(state.busy)
        self._change.setEnabled(not state.busy)
        if newly_refused and state.password_is_wrong:
            self.password.input.selectAll()
            self.password.input.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first empty field."""
        super().showEvent(event)
        (self.password if self.username.text else self.username).setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the card as wide as its text asks for."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit_card()

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
        card.body.addSpacing(20)
        card.body.addWidget(self._error)
        card.body.addSpacing(12)
        card.body.addWidget(self.username)
        card.body.addSpacing(8)
        card.body.addWidget(self.password)
        card.body.addSpacing(12)
        card.body.addWidget(self._send)
        card.body.addSpacing(12)
        card.body.addWidget(self._note)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def _on_sent(self) -> None:
        if self._state.busy:
            return
        name, password = self.username.text.strip(), self.password.text
        self.username.set_error("" if name else self.tr("Enter your user name."))
        self.password.set_error("" if password else self.tr("Enter your password."))
        if name and password:
            self.sign_in_requested.emit(name, password)
            return
        (self.username if not name else self.password).input.setFocus()
