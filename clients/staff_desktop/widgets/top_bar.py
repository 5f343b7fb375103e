"""The bar on top: which counter, what it serves, the connection, a new token, and the person."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.connection_badge import Connection, ConnectionBadge
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.plate import Plate
from clients.qt_kit.widgets.product_mark import ProductMark
from clients.qt_kit.widgets.status_pill import PillKind, StatusPill, StatusPillState
from clients.qt_kit.widgets.type_chip import TypeChip
from clients.staff_desktop.view_parts import CommandView, TypeView
from clients.staff_desktop.view_state import Reach, TopBarView
from clients.staff_desktop.widgets.command_state import command_state
from clients.staff_desktop.widgets.person_button import PersonButton

_HEIGHT, _MARGIN = 64, 24
_SPACING, _NAME_LOWEST = 12, 96
_CONNECTIONS = {
    Reach.LIVE: Connection.LIVE,
    Reach.CONNECTING: Connection.CONNECTING,
    Reach.OFFLINE: Connection.OFFLINE,
}


class TopBar(PaintedFrame):
    """64 high at 100 %."""

    new_token_requested = Signal()
    break_requested = Signal()
    """A break shall begin."""
    list_requested = Signal()
    """The waiting list, where it is a drawer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._mark, self._plate = ProductMark(), Plate()
        self._name = ElidedLabel(TextRole.HEADING)
        self.pill = StatusPill()
        self._serves = QWidget()
        self._chips = QHBoxLayout()
        self._is_open = self._can_rest = False
        self._shown: tuple[TypeView, ...] = ()
        self.badge = ConnectionBadge()
        self.list = CommandButton(kind="bar", icon="list")
        self.list.clicked.connect(self.list_requested)
        self.list.hide()
        self.new_token = CommandButton(kind="bar", icon="ticket-plus", key="Ctrl+N")
        self.new_token.clicked.connect(self.new_token_requested)
        # The key works also where the button has no room; then the person's menu shows it.
        self.break_action = QAction(self.tr("Take a break…"), self)
        self.break_action.setShortcut(QKeySequence("Ctrl+B"))
        self.break_action.triggered.connect(self.break_requested)
        self.addAction(self.break_action)
        self.rest = CommandButton(kind="bar", icon="coffee", key="Ctrl+B", key_is_shown_only=True)
        self.rest.clicked.connect(self.break_action.trigger)
        self.person = PersonButton()
        self._build()

    def render(self, view: TopBarView) -> None:
        """Show where one sits and how things are."""
        is_open = bool(view.counter_name)
        self._plate.render(view.counter_label)
        self._plate.setVisible(is_open)
        self._is_open = is_open
        self._name.setText(view.counter_name or view.organization)
        self.pill.render(self._state(view))
        self._show_types(view.serves)
        self.badge.render(_CONNECTIONS[view.reach])
        self.new_token.render(command_state(self.tr("New token"), view.new_token))
        self._show_break(view)
        self.list.render(CommandState(text=self.tr("Waiting {count}").format(count=view.waiting)))
        self.person.render(view.person)
        self._fit()

    def set_list_shown(self, is_shown: bool) -> None:
        """Offer the waiting list here, where it has no column of its own."""
        self.list.setVisible(is_shown)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window what it serves makes room."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """As wide as the window."""
        return QSize(super().sizeHint().width(), self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The height is fixed; names give way."""
        return QSize(super().minimumSizeHint().width(), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface, and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self.theme.color("line"))

    def _state(self, view: TopBarView) -> StatusPillState:
        if not view.counter_name:
            return StatusPillState(kind=PillKind.CLOSED, text=self.tr("Closed"))
        if view.is_on_break:
            return StatusPillState(kind=PillKind.BREAK, text=self.tr("Break"))
        return StatusPillState(kind=PillKind.OPEN, text=self.tr("Open"))

    def _show_break(self, view: TopBarView) -> None:
        # During a break the way back is in the middle of the window, under the same key.
        self._can_rest = view.rest is not None and not view.is_on_break
        asked = view.rest if view.rest is not None and self._can_rest else CommandView(is_enabled=False)
        self.rest.render(command_state(self.tr("Break"), asked))
        self.break_action.setVisible(self._can_rest)
        self.break_action.setEnabled(asked.is_enabled and not asked.is_busy)
        self.break_action.setToolTip(asked.reason)

    def _fit(self) -> None:
        """Leave out what has no room, what is missed least first; a counter's name is never cut short."""
        room = self.width() - self._width_of_all()
        gap = _SPACING
        has_types = bool(self._shown)
        if has_types and room < 0:
            has_types, room = False, room + self._serves.sizeHint().width() + gap
        has_keys = room >= 0
        room += 0 if has_keys else self._width_of_keys()
        has_pill = room >= 0
        room += 0 if has_pill else self.pill.sizeHint().width() + gap
        has_person = room >= 0
        room += 0 if has_person else self.person.width_saved
        has_badge = room >= 0  # without a connection the bar below says so
        room += 0 if has_badge else self.badge.sizeHint().width() + gap
        has_mark = not self._is_open and room >= 0
        room += 0 if has_mark or self._is_open else self._mark.sizeHint().width() + gap
        self._serves.setVisible(has_types)
        for button in (self.new_token, self.rest):
            button.set_key_cap_shown(has_keys)
        self.pill.setVisible(has_pill)
        self.person.set_compact(not has_person)
        self.badge.setVisible(has_badge)
        self._mark.setVisible(has_mark)
        self.rest.setVisible(self._can_rest and room >= 0)

    def _width_of_all(self) -> int:
        name = min(self._name.sizeHint().width(), self.theme.px(_NAME_LOWEST))
        buttons = [self.list] if not self.list.isHidden() else []
        buttons += [self.new_token, self.rest] if self._can_rest else [self.new_token]
        parts = [
            (self._plate if self._is_open else self._mark).sizeHint().width(),
            name,
            self.pill.sizeHint().width(),
            *([self._serves.sizeHint().width()] if self._shown else []),
            self.badge.sizeHint().width(),
            *(button.width_needed(with_key_cap=button is not self.list) for button in buttons),
            self.person.widest,
        ]
        dividers = 3 * _SPACING + 16
        return 2 * _MARGIN + sum(parts) + _SPACING * len(parts) + dividers

    def _width_of_keys(self) -> int:
        return sum(
            button.width_needed(with_key_cap=True) - button.width_needed(with_key_cap=False)
            for button in (self.new_token, self.rest)
            if button is not self.rest or self._can_rest
        )

    def _show_types(self, types: tuple[TypeView, ...]) -> None:
        if types != self._shown:
            self._shown = types
            while (item := self._chips.takeAt(0)) is not None:
                chip = item.widget()
                if chip is not None:
                    chip.hide()
                    chip.deleteLater()
            for each in types:
                self._chips.addWidget(TypeChip(each.prefix, name=each.name))

    def _build(self) -> None:
        serves = QHBoxLayout(self._serves)
        serves.setContentsMargins(4, 0, 0, 0)
        serves.setSpacing(12)
        self._chips.setSpacing(4)
        serves.addWidget(Divider(Qt.Orientation.Vertical))
        serves.addSpacing(4)
        serves.addWidget(Label(TextRole.BODY, self.tr("Serves"), tone="ink2"))
        serves.addLayout(self._chips)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 1)
        row.setSpacing(_SPACING)
        for widget in (self._mark, self._plate, self._name, self.pill, self._serves):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.badge)
        row.addSpacing(8)
        row.addWidget(self.list)
        row.addWidget(self.new_token)
        row.addWidget(self.rest)
        row.addSpacing(4)
        row.addWidget(Divider(Qt.Orientation.Vertical))
        row.addSpacing(4)
        row.addWidget(self.person)
