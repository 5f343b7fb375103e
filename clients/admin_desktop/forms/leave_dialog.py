"""What becomes of changes that are not saved, before something else is opened."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clients.admin_desktop.forms.intents import GuardAnswer
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.command_button import CommandButton
from clients.qt_kit.widgets.dialog import Dialog


class LeaveDialog(Dialog):
    """Save, drop, or go on editing; Esc goes on editing."""

    answered = Signal(object)
    """What was chosen; argument: GuardAnswer."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        named = tr("Your changes to {name} are not saved yet.").format(name=title)
        super().__init__(
            tr("Save your changes?"),
            named if title else tr("What you typed is not saved yet."),
            action=tr("Save"),
            cancel=tr("Go on editing"),
            parent=parent,
        )
        self.discard = CommandButton(tr("Drop changes"), kind="danger")
        self.discard.clicked.connect(lambda: self.answered.emit(GuardAnswer.DISCARD))
        row = QHBoxLayout()
        row.addWidget(self.discard)
        row.addStretch(1)
        self.body.addLayout(row)
        self.accepted.connect(lambda: self.answered.emit(GuardAnswer.SAVE))
        self.rejected.connect(lambda: self.answered.emit(GuardAnswer.STAY))
