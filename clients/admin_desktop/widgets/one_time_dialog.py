"""A one-time password, shown this once."""

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from clients.admin_desktop.account_values import OneTimeView
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.label import Label


class OneTimeDialog(Dialog):
    """Begins on Copy, so that a second Enter does not close it unread."""

    def __init__(self, view: OneTimeView, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("One-time password for {person}").format(person=view.person),
            tr(
                "It is shown this once: copy it, or write it down, before you close this. {person} signs in "
                "with it as {username}, and then chooses a password of their own."
            ).format(person=view.person, username=view.username),
            action=tr("Done"),
            cancel="",
            parent=parent,
        )
        self.password = QLineEdit(view.password)
        self.password.setReadOnly(True)
        self.password.setAccessibleName(tr("One-time password"))
        self.copy = CommandButton(tr("Copy"))
        self.copy.clicked.connect(self._on_copy)
        self.copied = Label(TextRole.SMALL, tone="ink2", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.password, 1)
        row.addWidget(self.copy)
        holder = QWidget()
        holder.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        holder.setFocusProxy(self.copy)
        self.body.addWidget(holder)
        self.body.addWidget(self.copied)
        self.copied.hide()

    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self.password.text())
        self.password.selectAll()
        self.copy.render(CommandState(text=tr("Copied")))
        self.copied.setText(tr("Anything that is copied next takes its place in the clipboard."))
        self.copied.show()
        self.adjustSize()
