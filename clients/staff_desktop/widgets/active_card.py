"""The visitor who is called or served: the number huge, its facts, and the commands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import CALL_BAR, RADIUS_HERO, Card
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.status_pill import PillKind, StatusPill, StatusPillState
from clients.staff_desktop.view_state import ActiveView
from clients.staff_desktop.widgets.fitted_token import FittedToken
from clients.staff_desktop.widgets.screens_line import ScreensLine
from clients.staff_desktop.widgets.visit_commands import VisitCommands
from clients.staff_desktop.widgets.visit_facts import VisitFacts
from clients.staff_desktop.widgets.visitor_lines import VisitorLines

_START, _END, _HEIGHT = CALL_BAR + 32, 32, 456
_FACTS_LOWEST, _BETWEEN = 64, 24


class ActiveCard(Card):
    """Called and serving share this frame; only what is in it changes."""

    notes_requested = Signal()
    """Name, telephone or notes are to be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(0, 0), radius=RADIUS_HERO, parent=parent)
        self.set_call_bar(CALL_BAR)
        self._pill = StatusPill()
        self._type_name = ElidedLabel(TextRole.BODY_MEDIUM, tone="ink2")
        self.screens = ScreensLine()
        self.number = FittedToken()
        self.visitor = VisitorLines()
        self.facts = VisitFacts()
        self._facts_area = _scrolled(self.facts)
        self.commands = VisitCommands()
        self.commands.notes_requested.connect(self.notes_requested)
        self.visitor.edit_requested.connect(self.notes_requested)
        self._build()

    def render(self, view: ActiveView) -> None:
        """Show a visit."""
        kind, word = (
            (PillKind.CALLED, self.tr("Called")) if view.is_called else (PillKind.SERVING, self.tr("Serving"))
        )
        self._pill.render(StatusPillState(kind=kind, text=word))
        self._type_name.setText(view.type_name)
        self.screens.render(view.screens, view.screens_text, view.announced_text)
        self.number.render(view.number)
        self.visitor.render(view)
        self.facts.render(view)
        self.commands.render(view)
        self.setAccessibleName(f"{word} {view.number}, {view.type_name}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The number takes what a large screen adds."""
        super().resizeEvent(event)
        self.number.set_extra_height(max(0, self.height() - self.theme.px(_HEIGHT)))
        room = self.width() - _START - _END - _BETWEEN - self.number.sizeHint().width()
        self._facts_area.setFixedWidth(self.facts.width_within(room))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_START, 24, _END, 0)
        head.setSpacing(10)
        head.addWidget(self._pill)
        head.addWidget(self._type_name, 1)
        head.addWidget(self.screens)
        visitor = QVBoxLayout()
        visitor.setSpacing(0)
        visitor.addWidget(self.number, 10)
        visitor.addSpacing(8)
        visitor.addWidget(self.visitor)
        visitor.addStretch(1)
        middle = QHBoxLayout()
        middle.setContentsMargins(_START, 12, _END, 12)
        middle.setSpacing(_BETWEEN)
        middle.addLayout(visitor, 1)
        middle.addWidget(self._facts_area)
        divider = QHBoxLayout()
        divider.setContentsMargins(CALL_BAR, 0, 1, 0)
        divider.addWidget(Divider())
        commands = QHBoxLayout()
        commands.setContentsMargins(_START, 14, _END, 3)
        commands.addWidget(self.commands)
        body = self.body
        body.setSpacing(0)
        body.addLayout(head)
        body.addLayout(middle, 1)
        body.addLayout(divider)
        body.addLayout(commands)


def _scrolled(inner: QWidget) -> QScrollArea:
    """At large text in a low window the facts scroll, so that number and commands stay in sight."""
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumHeight(_FACTS_LOWEST)
    return area
