"""How today stands, and the button that closes the day early or opens it again."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.edit_views import DayView
from clients.admin_desktop.words import not_connected, tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.label import Label


class CloseDayDialog(Dialog):
    """Says who is sent away before the day is closed."""

    def __init__(self, day: DayView, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Close the day now?"),
            words.closing(day),
            action=tr("Close the day"),
            kind="danger_primary",
            parent=parent,
        )


class DayCard(Card):
    """Today."""

    close_requested = Signal()
    """The day is to be closed; it was confirmed."""
    reopen_requested = Signal()
    """The day is to be opened again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Today"), parent=parent)
        self._day: DayView | None = None
        self.dialog: CloseDayDialog | None = None
        self.state = Label(TextRole.BODY_MEDIUM, wrap=True)
        self.text = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.button = CommandButton(tr("Close the day now…"), kind="danger")
        self.button.clicked.connect(self._on_clicked)
        self.body.addWidget(self.state)
        self.body.addWidget(self.text)
        self.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def render(self, day: DayView | None, *, is_live: bool) -> None:
        """Show today; nothing before it is known."""
        self.setVisible(day is not None)
        self._day = day
        if day is None:
            return
        self.state.setText(words.day_state(day))
        self.text.setText(words.day_text(day))
        self.button.set_kind("secondary" if day.is_closed else "danger")
        self.button.render(
            CommandState(
                text=tr("Open the day again") if day.is_closed else tr("Close the day now…"),
                enabled=is_live and not day.barred,
                reason=day.barred or not_connected(),
                busy=day.busy,
            )
        )

    def _on_clicked(self) -> None:
        if self._day is None:
            return
        if self._day.is_closed:
            self.reopen_requested.emit()
            return
        self.dialog = CloseDayDialog(self._day, self)
        self.dialog.accepted.connect(self.close_requested)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()
