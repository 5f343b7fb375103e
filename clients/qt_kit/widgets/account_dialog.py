"""My account: who I am, another password, and signing the other devices out."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clients.core.messages import OwnDeed
from clients.qt_kit.own_account import OwnAccountView
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.new_password import NewPasswordFields
from shared.ids import UserRole


class AccountDialog(Dialog):
    """MUST: what was typed as a password goes when it is done, and with the dialog."""

    password_change_requested = Signal(str, str)
    """Arguments: the present password, the new one."""
    sign_out_elsewhere_requested = Signal()
    """The other devices are to be signed out."""

    def __init__(self, view: OwnAccountView, parent: QWidget | None = None) -> None:
        super().__init__(_tr("My account"), action=_tr("Change password"), cancel=_tr("Close"), parent=parent)
        self._view = view
        self.done_line = Label(TextRole.BODY_MEDIUM, tone="on_time", wrap=True)
        self.error = ErrorLine()
        self.fields = NewPasswordFields()
        self.sign_out_elsewhere = CommandButton(_tr("Sign out everywhere else"))
        self.sign_out_elsewhere.clicked.connect(self.sign_out_elsewhere_requested)
        self.fields.submitted.connect(self.accept)
        self.finished.connect(self.fields.clear)
        self._build()
        self.render(view)

    def render(self, view: OwnAccountView) -> None:
        """Show how it stands."""
        before, self._view = self._view, view
        if view.me is None:
            self.reject()
            return
        for label, text in zip(self._facts, _facts(view), strict=True):
            label.setText(text)
        self.error.render(view.error)
        self.error.setVisible(bool(view.error))
        self.done_line.setText(_done(view.done))
        self.done_line.setVisible(view.done is not None)
        is_done = view.done is OwnDeed.CHANGE_PASSWORD and before.done is not view.done
        if is_done:
            self.fields.clear()
        self.fields.render(current_error=view.current_error, new_error=view.new_error)
        self.fields.set_read_only(view.busy is OwnDeed.CHANGE_PASSWORD)
        offline = "" if view.is_live else _tr("There is no connection to the server")
        self._render_button(self.action, _tr("Change password"), OwnDeed.CHANGE_PASSWORD, offline)
        self._render_button(
            self.sign_out_elsewhere, _tr("Sign out everywhere else"), OwnDeed.SIGN_OUT_ELSEWHERE, offline
        )
        if (view.current_error, view.new_error) != (before.current_error, before.new_error):
            self.fields.focus_error()
        self.adjustSize()

    def accept(self) -> None:
        """Change the password, and stay to say so."""
        if not self.action.isEnabled() or self._view.busy is not None:
            return
        new = self.fields.chosen()
        self.adjustSize()
        if new is not None:
            self.password_change_requested.emit(self.fields.current.text, new)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field goes on to the next one; the last one sends by itself."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = QApplication.focusWidget()
        if is_enter and focused is not None and self.fields.isAncestorOf(focused):
            event.accept()
            return
        super().keyPressEvent(event)

    def _render_button(self, button: CommandButton, text: str, deed: OwnDeed, offline: str) -> None:
        view = self._view
        waits = view.waits and deed is OwnDeed.CHANGE_PASSWORD
        reason = offline or (view.error if waits else "")
        is_free = view.busy in (None, deed)
        button.render(
            CommandState(text=text, enabled=not reason and is_free, reason=reason, busy=view.busy is deed)
        )

    def _build(self) -> None:
        facts = QGridLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(4)
        facts.setColumnStretch(1, 1)
        self._facts: list[Label] = []
        names = (_tr("Name"), _tr("User name"), _tr("Role"), _tr("Organization"))
        for place, name in enumerate(names):
            label = Label(TextRole.BODY, wrap=True)
            facts.addWidget(Label(TextRole.SMALL, name, tone="ink3"), place, 0)
            facts.addWidget(label, place, 1)
            self._facts.append(label)
        devices = QVBoxLayout()
        devices.setSpacing(8)
        devices.addWidget(Label(TextRole.HEADING, _tr("Other devices"), wrap=True))
        devices.addWidget(
            Label(
                TextRole.SMALL,
                _tr("You may still be signed in at another counter or computer. This one stays signed in."),
                tone="ink2",
                wrap=True,
            )
        )
        row = QHBoxLayout()
        row.addWidget(self.sign_out_elsewhere)
        row.addStretch(1)
        devices.addLayout(row)
        self.body.addLayout(facts)
        self.body.addWidget(Divider())
        self.body.addLayout(devices)
        self.body.addWidget(Divider())
        self.body.addWidget(Label(TextRole.HEADING, _tr("Change password"), wrap=True))
        self.body.addWidget(
            Label(
                TextRole.SMALL,
                _tr("Your other devices are signed out; this one stays signed in."),
                tone="ink2",
                wrap=True,
            )
        )
        for widget in (self.done_line, self.error, self.fields):
            self.body.addWidget(widget)


def _tr(text: str) -> str:
    return QCoreApplication.translate("accounts", text)


def _facts(view: OwnAccountView) -> tuple[str, str, str, str]:
    assert view.me is not None
    role = {
        UserRole.STAFF: _tr("Staff"),
        UserRole.ADMIN: _tr("Admin"),
        UserRole.SUPER_ADMIN: _tr("Super admin"),
    }[view.me.role]
    return view.me.display_name, view.me.username, role, view.me.organization_name


def _done(deed: OwnDeed | None) -> str:
    match deed:
        case OwnDeed.CHANGE_PASSWORD:
            return _tr("Your password is changed. Your other devices are signed out.")
        case OwnDeed.SIGN_OUT_ELSEWHERE:
            return _tr("Your other devices are signed out.")
    return ""
