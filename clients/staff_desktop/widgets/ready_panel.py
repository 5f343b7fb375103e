"""A free counter: Call next, who that would be, and how the queues stand."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.label import Label
from clients.staff_desktop.view_state import ReadyView
from clients.staff_desktop.widgets.command_state import command_state
from clients.staff_desktop.widgets.next_row import NextRow
from clients.staff_desktop.widgets.type_cards import TypeCards

_CALL_LOWEST, _HEIGHT = 120, 456
_SHARE_OF_TYPES = 0.3  # of what a large screen adds


class ReadyPanel(QWidget):
    """The hero zone of a free counter."""

    call_next_requested = Signal()
    """Call next was pressed, by button or key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call_next = CommandButton(kind="call", size=ButtonSize.HERO, key="F2")
        self.call_next.clicked.connect(self.call_next_requested)
        self.call_next.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.call_next.setMinimumHeight(_CALL_LOWEST)
        self.next = NextRow()
        self.types = TypeCards()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.call_next, 1)
        layout.addWidget(self.next)
        layout.addSpacing(24)
        layout.addWidget(Label(TextRole.HEADING, self.tr("Waiting by type")))
        layout.addSpacing(8)
        layout.addWidget(self.types)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share what a large screen adds."""
        super().resizeEvent(event)
        extra = self.height() - current_theme().px(_HEIGHT)
        self.types.set_extra_height(max(0, round(extra * _SHARE_OF_TYPES)))

    def render(self, view: ReadyView) -> None:
        """Show a free counter."""
        self.call_next.render(command_state(self.tr("Call next"), view.call_next))
        self.next.render(view.next)
        self.types.render(view.types)
