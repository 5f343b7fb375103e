"""The fixed row of commands of a visit: each has its place in called and serving alike."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.menu import Menu
from clients.staff_desktop.view_parts import CommandView
from clients.staff_desktop.view_state import ActiveView
from clients.staff_desktop.widgets.command_state import command_state

_PRIMARY_WIDTH, _GAP, _BETWEEN, _BETWEEN_NARROW = 176, 8, 42, 16


class VisitCommands(QWidget):
    """Start or Complete, Transfer and Park at the start; Recall, No-show and Return at the end; More below.

    Start and Complete stand in the same place, each with its own key, so that a key pressed twice by
    a hurried hand never means the other command. Where one row is too narrow, the later ones stand in a
    second one.
    """

    start_requested = Signal()
    complete_requested = Signal()
    transfer_requested = Signal()
    park_requested = Signal()
    recall_requested = Signal()
    no_show_requested = Signal()
    return_requested = Signal()
    notes_requested = Signal()
    priority_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        command = ButtonSize.COMMAND
        self.start = CommandButton(kind="primary", size=command, key="F4")
        self.complete = CommandButton(kind="primary", size=command, key="F5")
        self.transfer = CommandButton(size=command, key="F8")
        self.park = CommandButton(size=command, key="F7")
        self.recall = CommandButton(size=command, key="F3")
        self.no_show = CommandButton(size=command, key="F6")
        self.send_back = CommandButton(size=command, key="F9")
        self.more = CommandButton(kind="quiet", size=ButtonSize.ROW, icon="chevron-down")
        for button, signal in (
            (self.start, self.start_requested),
            (self.complete, self.complete_requested),
            (self.transfer, self.transfer_requested),
            (self.park, self.park_requested),
            (self.recall, self.recall_requested),
            (self.no_show, self.no_show_requested),
            (self.send_back, self.return_requested),
        ):
            button.clicked.connect(signal)
        self.more.clicked.connect(self.open_more)
        self.notes = self._action(self.tr("Notes…"), "Ctrl+E", self.notes_requested)
        self.priority = self._action(self.tr("Change priority…"), "Ctrl+P", self.priority_requested)
        self.cancel = self._action(self.tr("Cancel…"), "Ctrl+Del", self.cancel_requested)
        self._primary = (self.start, self.complete)
        self._now = (*self._primary, self.transfer, self.park)
        self._later = (self.recall, self.no_show, self.send_back)
        self._grid = QGridLayout(self)
        self._rows = (QHBoxLayout(), QHBoxLayout())
        self._is_folded: bool | None = None
        self.hint = ElidedLabel(TextRole.HINT, tone="ink3")
        self._build()

    def render(self, view: ActiveView) -> None:
        """Show what can be done with a visit."""
        for button, word, command in (
            (self.start, self.tr("Start"), view.start),
            (self.complete, self.tr("Complete"), view.complete),
        ):
            if command is not None:
                button.render(command_state(word, command))
            else:
                button.setEnabled(False)  # a hidden button's key does nothing, and says so to nobody
            button.setVisible(command is not None)
        # Where arrival is not confirmed a call can be completed at once; starting is the second way.
        self.start.set_kind("secondary" if view.complete is not None else "primary")
        self.transfer.render(command_state(self.tr("Transfer"), view.transfer))
        self.park.render(command_state(self.tr("Park"), view.park))
        self.recall.render(command_state(self.tr("Recall"), view.recall))
        self.no_show.render(command_state(self.tr("No-show"), view.no_show))
        self.send_back.render(command_state(self.tr("Return"), view.send_back))
        self.more.render(CommandState(text=self.tr("More")))
        _show(self.notes, view.change)
        _show(self.priority, view.change)
        _show(self.cancel, view.cancel)
        self.hint.setText(view.hint)
        self._fit()

    def open_more(self) -> None:
        """Open the menu of what is needed less often."""
        menu = Menu(parent=self)
        menu.setToolTipsVisible(True)
        menu.setAccessibleName(self.tr("More commands for this visit"))
        menu.addActions([self.notes, self.priority])
        menu.addSeparator()
        menu.addAction(self.cancel)
        menu.aboutToHide.connect(menu.deleteLater)
        x = self.more.width() - menu.sizeHint().width() if self.isRightToLeft() else 0
        menu.popup(self.more.mapToGlobal(QPoint(x, self.more.height() + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the spaces give way, then the key-caps, then the one row; the words never."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """The longer of two rows of words."""
        width = max(_width(self._now, with_key_caps=False), _width(self._later, with_key_caps=False))
        return QSize(width, super().minimumSizeHint().height())

    def _action(self, text: str, key: str, signal: object) -> QAction:
        """A command whose key works although its menu is closed."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(signal)
        self.addAction(action)
        return action

    def _fit(self) -> None:
        usual = current_theme().px(_PRIMARY_WIDTH)
        room = self.width()
        is_folded = room < self._row_width(with_key_caps=False)
        if is_folded:
            has_caps = room >= max(_width(row, with_key_caps=True) for row in (self._now, self._later))
        else:
            has_caps = room >= self._row_width(with_key_caps=True)
        spare = 0 if is_folded else room - self._row_width(with_key_caps=has_caps, between=_BETWEEN)
        self._grid.setHorizontalSpacing(_BETWEEN if spare >= 0 else _BETWEEN_NARROW)
        for button in (*self._now, *self._later):
            button.set_key_cap_shown(has_caps)
        # Of one width, so that Complete stands exactly where Start stood.
        least = max(button.width_needed(with_key_cap=has_caps) for button in self._primary)
        shown = max(1, sum(not button.isHidden() for button in self._primary))
        for button in self._primary:
            button.setMinimumWidth(max(least, min(usual, least + spare // shown)))
        self._fold(is_folded=is_folded)

    def _row_width(self, *, with_key_caps: bool, between: int = _BETWEEN_NARROW) -> int:
        least = max(button.width_needed(with_key_cap=with_key_caps) for button in self._primary)
        shown = max(1, sum(not button.isHidden() for button in self._primary))
        others = _width((self.transfer, self.park), with_key_caps=with_key_caps)
        later = _width(self._later, with_key_caps=with_key_caps)
        return (least + _GAP) * shown + others + between + later

    def _fold(self, *, is_folded: bool) -> None:
        if is_folded == self._is_folded:
            return
        self._is_folded = is_folded
        grid, (now, later) = self._grid, self._rows
        for row in (now, later):
            grid.removeItem(row)
        for widget in (self.more, self.hint):
            grid.removeWidget(widget)
        if is_folded:
            grid.addLayout(now, 0, 0, 1, 2)
            grid.addLayout(later, 1, 0, 1, 2)
        else:
            grid.addLayout(now, 0, 0)
            grid.addLayout(later, 0, 1)
        below = 2 if is_folded else 1
        grid.addWidget(self.more, below, 0, Qt.AlignmentFlag.AlignLeading)
        grid.addWidget(self.hint, below, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 0 if is_folded else 1)
        grid.setColumnStretch(1, 1 if is_folded else 0)
        self.updateGeometry()

    def _build(self) -> None:
        now, later = self._rows
        for row, buttons in (
            (now, (self.complete, self.start, self.transfer, self.park)),
            (later, self._later),
        ):
            row.setSpacing(_GAP)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
        grid = self._grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        self._fold(is_folded=False)


def _width(buttons: tuple[CommandButton, ...], *, with_key_caps: bool) -> int:
    shown = [button for button in buttons if not button.isHidden()]
    widths = sum(button.width_needed(with_key_cap=with_key_caps) for button in shown)
    return widths + _GAP * max(0, len(shown) - 1)


def _show(action: QAction, view: CommandView) -> None:
    action.setEnabled(view.is_enabled and not view.is_busy)
    action.setToolTip(view.reason)
    action.setStatusTip(view.reason)
