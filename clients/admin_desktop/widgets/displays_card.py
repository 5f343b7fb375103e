"""The lobby displays on the floor page: what each shows, and since when one is missing."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import DisplayRow
from clients.admin_desktop.widgets.icon_line import IconLine
from clients.admin_desktop.widgets.list_card import ListCard
from clients.admin_desktop.widgets.screen_picture import ScreenPicture
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState

SHOWN = 4


class DisplayLine(QWidget):
    """Picture, name, what it shows, its state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = ScreenPicture()
        self.name = ElidedLabel(TextRole.BODY_STRONG)
        self.text = ElidedLabel(TextRole.SMALL, tone="ink2")
        self.status = IconLine(TextRole.SMALL_STRONG)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.name)
        said.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 20, 12)
        row.setSpacing(14)
        row.addWidget(self._picture)
        row.addLayout(said, 1)
        row.addWidget(self.status)

    def render(self, row: DisplayRow, now: datetime) -> None:
        """Show a display."""
        self._picture.render(is_online=row.is_online, counter=row.shows.counter if row.shows else "")
        self.name.setText(row.name)
        self.text.setText(words.display_text(row, now))
        if row.is_online:
            self.status.render("circle-check", words.display_status(row), tone="on_time", icon_tone="on_time")
        elif row.last_seen is None:
            self.status.render("circle-dashed", words.display_status(row), tone="ink2")
        else:
            self.status.render("cloud-off", words.display_status(row), tone="late", icon_tone="late")
        self.status.setMinimumWidth(self.status.content_size().width())


class DisplaysCard(ListCard):
    """The first few displays, missing ones on top; the page has them all."""

    page_requested = Signal(str, str)
    """All displays are asked for; arguments: the page's key, and no filter."""
    retry_requested = Signal()
    """They did not come, and are to be asked for again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(words.tr("Displays"), parent)
        self._shown: list[DisplayLine] = []
        self._all = CommandButton(self.tr("Show all"), kind="link", size=ButtonSize.ROW)
        self._all.clicked.connect(lambda: self.page_requested.emit("displays", ""))
        self.heading.addWidget(self._all)
        self._empty = EmptyState()
        self._empty.action_requested.connect(self.retry_requested)
        self.set_rest(self._empty)

    @property
    def lines(self) -> list[DisplayLine]:
        """The rows that are shown."""
        return list(self._shown)

    def render(self, rows: tuple[DisplayRow, ...] | None, error: str, now: datetime) -> None:
        """Show displays; None while they have not come, with why in `error`."""
        shown = (rows or ())[:SHOWN]
        while len(self._shown) > len(shown):
            self._shown.pop()
            self.take_row()
        while len(self._shown) < len(shown):
            line = DisplayLine()
            self._shown.append(line)
            self.add_row(line)
        for line, row in zip(self._shown, shown, strict=True):
            line.render(row, now)
        self.set_figure(str(len(rows)) if rows else "")
        self._all.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        if not rows:
            self._empty.render(self._reason(rows, error))

    def _reason(self, rows: tuple[DisplayRow, ...] | None, error: str) -> EmptyStateState:
        if rows is not None:
            return EmptyStateState(
                icon="monitor",
                title=self.tr("No displays yet"),
                text=self.tr("Add one on the server:\ncallboard-server device add"),
            )
        if error:
            return EmptyStateState(
                icon="circle-alert",
                title=self.tr("The displays are not known now"),
                text=error,
                action=self.tr("Try again"),
            )
        return EmptyStateState(icon="monitor", title=self.tr("Asking for the displays"))
