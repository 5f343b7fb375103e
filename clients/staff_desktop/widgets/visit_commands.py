"""The fixed row of commands of a visit: each has its place in called and serving alike."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.staff_desktop.view_state import ActiveView
from clients.staff_desktop.widgets.command_state import command_state

_PRIMARY_WIDTH = 176


class VisitCommands(QWidget):
    """Start or Complete at the start; Recall, No-show and Cancel at the end, with a line below.

    Start and Complete stand in the same place, each with its own key, so that a key pressed twice by
    a hurried hand never means the other command.
    """

    start_requested = Signal()
    complete_requested = Signal()
    recall_requested = Signal()
    no_show_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        command = ButtonSize.COMMAND
        self.start = CommandButton(kind="primary", size=command, key="F4")
        self.complete = CommandButton(kind="primary", size=command, key="F5")
        self.recall = CommandButton(size=command, key="F3")
        self.no_show = CommandButton(size=command, key="F6")
        self.cancel = CommandButton(size=command, key="Ctrl+Del")
        self.start.clicked.connect(self.start_requested)
        self.complete.clicked.connect(self.complete_requested)
        self.recall.clicked.connect(self.recall_requested)
        self.no_show.clicked.connect(self.no_show_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.hint = ElidedLabel(TextRole.HINT, tone="ink3")
        self._build()

    def render(self, view: ActiveView) -> None:
        """Show what can be done with a visit."""
        for button, word, command in (
            (self.start, self.tr("Start"), view.start),
            (self.complete, self.tr("Complete"), view.complete),
        ):
            if command is not None:
                button.render(command_state(word, command))
            else:
                button.setEnabled(False)  # a hidden button's key does nothing, and says so to nobody
            button.setVisible(command is not None)
        # Where arrival is not confirmed a call can be completed at once; starting is the second way.
        self.start.set_kind("secondary" if view.complete is not None else "primary")
        self.recall.render(command_state(self.tr("Recall"), view.recall))
        self.no_show.render(command_state(self.tr("No-show"), view.no_show))
        self.cancel.render(command_state(self.tr("Cancel"), view.cancel))
        self.hint.setText(view.hint)

    def _build(self) -> None:
        for button in (self.start, self.complete):
            button.setMinimumWidth(current_theme().px(_PRIMARY_WIDTH))
        primary = QHBoxLayout()
        primary.setSpacing(8)
        primary.addWidget(self.complete)
        primary.addWidget(self.start)
        later = QHBoxLayout()
        later.setSpacing(8)
        for button in (self.recall, self.no_show, self.cancel):
            later.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(42)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        grid.addLayout(primary, 0, 0)
        grid.addLayout(later, 0, 1)
        grid.addWidget(self.hint, 1, 1)
        primary.addStretch(1)
