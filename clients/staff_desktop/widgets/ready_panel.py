"""A free counter: Call next, who that would be, and how the queues stand."""

from PySide6.QtCore import QSize, Signal
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

_CALL_LOWEST, _CALL = 104, 160  # the least has room for the words and, below, for the reason
_BEFORE_HEADING, _AFTER_HEADING = 24, 8
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
        self.next = NextRow()
        self.types = TypeCards()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.call_next, 1)
        layout.addWidget(self.next)
        layout.addSpacing(_BEFORE_HEADING)
        layout.addWidget(Label(TextRole.HEADING, self.tr("Waiting by type")))
        layout.addSpacing(_AFTER_HEADING)
        layout.addWidget(self.types)

    @property
    def lowest(self) -> int:
        """The height, logical pixels, at which nothing is cut."""
        return current_theme().px(_CALL_LOWEST) + self._without_call()

    @property
    def usual(self) -> int:
        """The height as drawn, logical pixels."""
        return current_theme().huge_px(_CALL) + self._without_call()

    def fit(self, room: QSize) -> None:
        """Choose the arrangement of the cards for this room, logical pixels."""
        self.call_next.setMinimumHeight(current_theme().px(_CALL_LOWEST))
        others = self.lowest - self.types.lowest
        self.types.fit(QSize(room.width(), room.height() - others))

    def _without_call(self) -> int:
        heading = _BEFORE_HEADING + current_theme().line(TextRole.HEADING) + _AFTER_HEADING
        return self.next.sizeHint().height() + heading + self.types.lowest

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share what a large screen adds."""
        super().resizeEvent(event)
        extra = self.height() - self.usual
        self.types.set_extra_height(max(0, round(extra * _SHARE_OF_TYPES)))

    def render(self, view: ReadyView) -> None:
        """Show a free counter."""
        self.call_next.render(command_state(self.tr("Call next"), view.call_next))
        self.next.render(view.next)
        self.types.render(view.types)
