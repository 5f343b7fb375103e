"""What stands where a list would, when there is nothing in it: why, and what happens next."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.label import Label

_ICON = 24


@dataclass(frozen=True, kw_only=True)
class EmptyStateState:
    """What it shows.

    Args:
        icon: Lucide name.
        title: one line.
        text: one or two sentences, "" for none.
        action: a verb, "" for no button.
    """

    icon: str
    title: str
    text: str = ""
    action: str = ""


class _Icon(PaintedWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""

    def render(self, name: str) -> None:
        self._name = name
        self.update()

    def content_size(self) -> QSize:
        side = self.theme.px(_ICON)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        side = self.theme.px(_ICON)
        square = QRectF(0, 0, side, side)
        square.moveCenter(self.rect().toRectF().center())
        if self._name:
            paint_icon(QPainter(self), square, self._name, self.theme.color("ink3"))


class EmptyState(QWidget):
    """Icon, one line, one sentence, one button, in the middle of its place."""

    action_requested = Signal()
    """The button was pressed."""

    def __init__(self, state: EmptyStateState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(4)
        self._icon = _Icon()
        self._title = Label(TextRole.HEADING, wrap=True)
        self._text = Label(TextRole.BODY, tone="ink2", wrap=True)
        self._action = CommandButton(kind="secondary")
        self._action.clicked.connect(self.action_requested)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addSpacing(8)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label)
        layout.addSpacing(12)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        if state is not None:
            self.render(state)

    def render(self, state: EmptyStateState) -> None:
        """Show a reason."""
        self._icon.render(state.icon)
        self._title.setText(state.title)
        self._text.setText(state.text)
        self._text.setVisible(bool(state.text))
        self._action.render(CommandState(text=state.action))
        self._action.setVisible(bool(state.action))
        self.setAccessibleName(f"{state.title} {state.text}".strip())
