"""A break at one's own counter: why, for how long, and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import RADIUS_HERO, Card
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.status_pill import PillKind, StatusPill, StatusPillState
from clients.staff_desktop.view_state import BreakView
from clients.staff_desktop.widgets.command_state import command_state

_PADDING = 32


class BreakPanel(Card):
    """The hero zone during a break."""

    resume_requested = Signal()
    """Work goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(_PADDING, 24), radius=RADIUS_HERO, parent=parent)
        self._pill = StatusPill()
        self.reason = ElidedLabel(TextRole.TITLE)
        self.timer = Label(TextRole.TIMER)
        self._since = ElidedLabel(TextRole.BODY, tone="ink2")
        self._waiting = Label(TextRole.BODY, tone="ink2", wrap=True)
        self.resume = CommandButton(kind="primary", size=ButtonSize.COMMAND, key="Ctrl+B")
        self.resume.clicked.connect(self.resume_requested)
        self._build()

    def render(self, view: BreakView) -> None:
        """Show the break."""
        self._pill.render(StatusPillState(kind=PillKind.BREAK, text=self.tr("Break")))
        self.reason.setText(view.reason)
        self.timer.setText(formats.timer(view.elapsed_s))
        self._since.setText(self.tr("Since {time}").format(time=view.since))
        self._waiting.setText(self._words(view.waiting))
        self.resume.render(command_state(self.tr("Resume work"), view.resume))
        self.setAccessibleName(
            self.tr("Break, {reason}, since {time}").format(reason=view.reason, time=view.since)
        )

    def _words(self, waiting: int) -> str:
        calm = self.tr("Nobody is called to this counter meanwhile.")
        if not waiting:
            return calm
        if waiting == 1:
            return f"{calm} " + self.tr("1 visitor is waiting for your types.")
        return f"{calm} " + self.tr("{count} visitors are waiting for your types.").format(count=waiting)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._pill)
        head.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addStretch(1)
        for widget in (self.reason, self.timer, self._since):
            column.addWidget(widget)
        column.addSpacing(12)
        column.addWidget(self._waiting)
        column.addStretch(1)
        body = self.body
        body.setSpacing(0)
        body.addLayout(head)
        body.addLayout(column, 1)
        body.addWidget(self.resume, 0, Qt.AlignmentFlag.AlignLeading)
