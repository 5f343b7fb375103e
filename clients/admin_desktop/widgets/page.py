"""The ground of the pages: a head, and what a person can ask for from any of them."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop.view_state import ConsoleView, Link
from clients.admin_desktop.words import head_line
from clients.qt_kit.formats import clock
from clients.qt_kit.paint import text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.connection_badge import Connection, ConnectionBadge
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label

D = TypeVar("D", bound=QDialog)

MARGIN = 24
HEAD_HEIGHT = 72
GAP = 16

_BADGES = {
    Link.CONNECTING: Connection.CONNECTING,
    Link.LIVE: Connection.LIVE,
    Link.OFFLINE: Connection.OFFLINE,
}


class PageHead(QWidget):
    """Title, the organization's date and clock, the connection; controls go into `end`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(TextRole.TITLE, title)
        self._line = ElidedLabel(TextRole.SMALL, tone="ink2")
        self._badge = ConnectionBadge()
        self.end = QHBoxLayout()
        self.end.setSpacing(12)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 18, MARGIN, 18)
        row.setSpacing(16)
        row.addWidget(self._title)
        row.addWidget(self._line, 1)
        row.addWidget(self._badge)
        row.addLayout(self.end)
        self._now: datetime | None = None
        self.setMinimumHeight(HEAD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def render(self, view: ConsoleView) -> None:
        """Show the clock and the connection."""
        self._now = view.now
        self._fit_line()
        self._badge.render(_BADGES[view.link])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The date goes where there is room for the clock alone."""
        super().resizeEvent(event)
        self._fit_line()

    def _fit_line(self) -> None:
        if self._now is None:
            self._line.setText("")
            return
        whole = head_line(self._now)
        needed = text_width(current_theme().font(TextRole.SMALL), whole)
        self._line.setText(whole if needed <= self._line.width() else clock(self._now))


class Page(QWidget):
    """One page: `head` on top, its content in `column` below."""

    new_token_requested = Signal()
    """A token for a visitor is to be made."""
    page_requested = Signal(str, str)
    """Another page is asked for; arguments: its key, and the text to filter it by."""
    retry_requested = Signal()
    """What is missing is to be asked for again."""
    intended = Signal(object)
    """The person does something that this page alone knows; argument: an intent (`forms/intents.py`)."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.head = PageHead(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.head)

    def render(self, view: ConsoleView) -> None:
        """Show what is known."""
        self.head.render(view)

    @staticmethod
    def follow(dialog: D | None, view: object | None, make: Callable[[], D]) -> D | None:
        """The dialog of a view that comes and goes: opened with the first one, gone without one."""
        if view is None:
            if dialog is not None:
                dialog.hide()
                dialog.deleteLater()
            return None
        if dialog is None:
            dialog = make()
            dialog.open()
        return dialog

    def set_filter(self, text: str) -> None:
        """Show only what holds this text; pages without a filter show all."""
