"""What needs somebody, most pressing first, each with where to look."""

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import CallIsUnanswered, DisplayIsOffline, NeedsYou, TypeIsLate
from clients.admin_desktop.widgets.list_card import ListCard
from clients.qt_kit.icons import paint_icon
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_mark import ServiceLevel, paint_service_mark

SHOWN = 4  # what is below is reached by mending what is above
_ICON = 18


class _NeedMark(PaintedWidget):
    """A late type's diamond, a missing display's cloud, a call's clock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._need: NeedsYou | None = None

    def render(self, need: NeedsYou) -> None:
        self._need = need
        self.update()

    def content_size(self) -> QSize:
        side = self.theme.px(_ICON)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        rect, theme = self.rect().toRectF(), self.theme
        square = QRectF(0, 0, theme.px(_ICON), theme.px(_ICON))
        square.moveCenter(rect.center())
        painter = QPainter(self)
        match self._need:
            case TypeIsLate():
                paint_service_mark(painter, square, ServiceLevel.LATE, theme)
            case DisplayIsOffline():
                paint_icon(painter, square, "cloud-off", theme.color("late"))
            case CallIsUnanswered():
                paint_icon(painter, square, "clock", theme.color("near"))


class NeedRow(QWidget):
    """Mark, what is wrong, what is known about it, one verb."""

    action_requested = Signal(object)
    """The button was pressed; argument: the NeedsYou."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._need: NeedsYou | None = None
        self._mark = _NeedMark()
        self.title = Label(TextRole.BODY_STRONG, wrap=True)
        self.text = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.action = CommandButton(kind="secondary", size=ButtonSize.ROW)
        self.action.clicked.connect(self._on_action)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.title)
        said.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        row.addWidget(self.action, 0, Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def render(self, need: NeedsYou, now: datetime) -> None:
        """Show what needs somebody."""
        self._need = need
        self._mark.render(need)
        self.title.setText(words.need_title(need))
        self.text.setText(words.need_text(need, now))
        verb, what = words.need_action(need)
        self.action.render(CommandState(text=verb))
        self.action.setToolTip(what)
        self.action.setAccessibleDescription(what)

    def _on_action(self) -> None:
        if self._need is not None:
            self.action_requested.emit(self._need)


class NeedsYouCard(ListCard):
    """The most pressing few; their whole number stands behind the heading."""

    page_requested = Signal(str, str)
    """A page is asked for; arguments: its key, and the text to filter it by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(words.tr("Needs you"), parent)
        self._needs: list[NeedRow] = []
        self._more = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self._more.setContentsMargins(20, 0, 20, 16)
        self._empty = EmptyState(
            EmptyStateState(
                icon="circle-check",
                title=self.tr("Nothing needs you"),
                text=self.tr("Late queues, missing displays and calls without an answer appear here."),
            )
        )
        for widget in (self._empty, self._more):
            self.set_rest(widget)

    @property
    def rows(self) -> list[NeedRow]:
        """The rows, most pressing first."""
        return list(self._needs)

    def render(self, needs: tuple[NeedsYou, ...], now: datetime) -> None:
        """Show what needs somebody."""
        shown = needs[:SHOWN]
        while len(self._needs) > len(shown):
            self._needs.pop()
            self.take_row()
        while len(self._needs) < len(shown):
            row = NeedRow()
            row.action_requested.connect(self._on_action)
            self._needs.append(row)
            self.add_row(row)
        for row, need in zip(self._needs, shown, strict=True):
            row.render(need, now)
        self.set_figure(str(len(needs)) if needs else "")
        rest = len(needs) - len(shown)
        self._more.setText(self.tr("And {count} more.").format(count=rest) if rest else "")
        self._more.setVisible(bool(rest))
        self._empty.setVisible(not needs)

    def _on_action(self, need: NeedsYou) -> None:
        match need:
            case TypeIsLate(name=name):
                self.page_requested.emit("counters", name)
            case CallIsUnanswered(number=number):
                self.page_requested.emit("counters", number)
            case DisplayIsOffline(name=name):
                self.page_requested.emit("displays", name)
