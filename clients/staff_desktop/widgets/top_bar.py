"""The bar on top: which counter, what it serves, the connection, a new token, and the person."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
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
from clients.staff_desktop.view_state import Reach, TopBarView, TypeView
from clients.staff_desktop.widgets.command_state import command_state
from clients.staff_desktop.widgets.person_button import PersonButton

_HEIGHT, _MARGIN = 64, 24
_FOR_TYPES, _FOR_PILL, _FOR_NAME, _FOR_KEY, _FOR_BADGE = (
    1080,
    860,
    760,
    640,
    560,
)  # widths at 100 % from which a part has room
_CONNECTIONS = {
    Reach.LIVE: Connection.LIVE,
    Reach.CONNECTING: Connection.CONNECTING,
    Reach.OFFLINE: Connection.OFFLINE,
}


class TopBar(PaintedFrame):
    """64 high at 100 %."""

    new_token_requested = Signal()
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
        self._is_open = False
        self._shown: tuple[TypeView, ...] = ()
        self.badge = ConnectionBadge()
        self.list = CommandButton(kind="bar", icon="list")
        self.list.clicked.connect(self.list_requested)
        self.list.hide()
        self.new_token = CommandButton(kind="bar", icon="ticket-plus", key="Ctrl+N")
        self.new_token.clicked.connect(self.new_token_requested)
        self.person = PersonButton()
        self._build()

    def render(self, view: TopBarView) -> None:
        """Show where one sits and how things are."""
        is_open = bool(view.counter_name)
        self._plate.render(view.counter_label)
        self._plate.setVisible(is_open)
        self._is_open = is_open
        self._name.setText(view.counter_name or view.organization)
        kind, word = (PillKind.OPEN, self.tr("Open")) if is_open else (PillKind.CLOSED, self.tr("Closed"))
        self.pill.render(StatusPillState(kind=kind, text=word))
        self._show_types(view.serves)
        self.badge.render(_CONNECTIONS[view.reach])
        self.new_token.render(command_state(self.tr("New token"), view.new_token))
        self.list.render(CommandState(text=self.tr("Waiting {count}").format(count=view.waiting)))
        self.person.render(view.person)

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

    def _fit(self) -> None:
        width = self.width() * 100 / self.theme.text_scale
        self._serves.setVisible(bool(self._shown) and width >= _FOR_TYPES)
        self.pill.setVisible(width >= _FOR_PILL)
        self.person.set_compact(width < _FOR_NAME)
        self.new_token.set_key_cap_shown(width >= _FOR_KEY)
        self._mark.setVisible(not self._is_open and width >= _FOR_BADGE)
        self.badge.setVisible(width >= _FOR_BADGE)  # without a connection the bar below says so

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
        self._fit()

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
        row.setSpacing(12)
        for widget in (self._mark, self._plate, self._name, self.pill, self._serves):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.badge)
        row.addSpacing(8)
        row.addWidget(self.list)
        row.addWidget(self.new_token)
        row.addSpacing(4)
        row.addWidget(Divider(Qt.Orientation.Vertical))
        row.addSpacing(4)
        row.addWidget(self.person)
