"""The list view: Enter calls the selected row, Del asks to cancel it; it never jumps under the hand.

What else can be asked of a row stands in its menu, with its key. Shift tells a row's command from the
same one for the visitor at the counter: F8 transfers who is there, Shift+F8 the selected row.
"""

from collections.abc import Mapping

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from clients.qt_kit.widgets.key_cap import key_text
from clients.qt_kit.widgets.menu import Menu
from clients.staff_desktop.list_view import COMMANDS, RowCommand, Section, WaitingView
from clients.staff_desktop.view_parts import CommandView
from clients.staff_desktop.widgets.waiting_delegate import WaitingDelegate
from clients.staff_desktop.widgets.waiting_model import WaitingModel
from shared.tokens import LiveToken

_FIRST_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_KEYS = {
    RowCommand.RETURN: "Shift+F9",
    RowCommand.TRANSFER: "Shift+F8",
    RowCommand.PRIORITY: "Ctrl+Shift+P",
    RowCommand.EMERGENCY: "Ctrl+Shift+M",
    RowCommand.NOTES: "Ctrl+Shift+E",
    RowCommand.CANCEL: "Del",
}
"""Enter is the first command's key, whichever that is."""


class WaitingList(QListView):
    """Rows of one section."""

    command_requested = Signal(object, object)
    """Something is asked of a row; arguments: RowCommand, LiveToken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = WaitingModel()
        self._delegate = WaitingDelegate(self.rows)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self._section = Section.WAITING
        self._commands: Mapping[RowCommand, CommandView] = {}
        self._actions = {command: self._action(command) for command in RowCommand}
        self._show_section()
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    @property
    def selected(self) -> LiveToken | None:
        """The token of the selected row."""
        chosen = self.selectionModel().selectedIndexes()
        return self.rows.token_at(chosen[0]) if chosen else None

    def render(
        self, view: WaitingView, *, text: str, segment: str, section: Section = Section.WAITING
    ) -> None:
        """Show a section; the selected row stays selected and stays where it is on the screen."""
        self._commands = view.commands
        if section is not self._section:
            self._section = section
            self.clearSelection()
            self._show_section()
        self._delegate.can_call = self._can(COMMANDS[section][0])
        selected = self.selected
        before = QPersistentModelIndex(self._anchor(selected))
        y = self.visualRect(before).top() if before.isValid() else 0
        if self.rows.render(view, text=text, segment=segment, section=section):
            self._select_again(selected)
            if before.isValid() and selected is not None:
                self._scroll_by(self.visualRect(before).top() - y)
        self.viewport().update()

    def select_first(self) -> None:
        """Select the first row, where nothing is selected, and take the keys."""
        if self.selected is None and self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(0))
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does the first command, Esc gives the selection up."""
        token = self.selected
        if event.key() in _FIRST_KEYS and token is not None:
            if not event.isAutoRepeat():
                self._ask(COMMANDS[self._section][0])
            return
        if event.key() == Qt.Key.Key_Escape and token is not None:
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be asked of the row below the pointer, or of the selected one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid() or self.selected is None:
            return
        place = self.visualRect(index).center() if by_key else event.pos()
        self.menu().popup(self.viewport().mapToGlobal(place))

    def menu(self) -> Menu:
        """The menu of the selected row."""
        menu = Menu(parent=self)
        menu.setToolTipsVisible(True)
        menu.setAccessibleName(self.tr("Commands for this visitor"))
        first, *others = COMMANDS[self._section]
        menu.addAction(self._first_action(first, menu))
        for command in others:
            if command is RowCommand.CANCEL:
                menu.addSeparator()
            menu.addAction(self._actions[command])
        for command, action in self._actions.items():
            action.setEnabled(self._can(command))
            action.setToolTip(self._reason(command))
        menu.aboutToHide.connect(menu.deleteLater)
        # Once it is closed, the keys say why a command cannot be given.
        menu.aboutToHide.connect(self._enable_keys)
        return menu

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the row's action calls it."""
        super().mouseReleaseEvent(event)
        if self._called_by(event) is not None:
            self._ask(COMMANDS[self._section][0])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note whether the action was there to be pressed: the press that selects a row calls nobody."""
        index = self.indexAt(event.position().toPoint())
        self._pressed_selected = index.isValid() and self.selectionModel().isSelected(index)
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The times keep their distance from the list's edge, scroll bar or not."""
        super().resizeEvent(event)
        self._on_range_changed()

    _pressed_selected = False

    def _ask(self, command: RowCommand) -> None:
        token = self.selected
        if token is not None and command in COMMANDS[self._section]:
            self.command_requested.emit(command, token)

    def _action(self, command: RowCommand) -> QAction:
        """A command of the selected row; its key works while the list has the focus."""
        action = QAction(self._word(command), self)
        if command in _KEYS:
            action.setShortcut(QKeySequence(_KEYS[command]))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setAutoRepeat(False)
            self.addAction(action)
        action.triggered.connect(lambda _checked=False, command=command: self._ask(command))
        return action

    def _first_action(self, command: RowCommand, menu: Menu) -> QAction:
        action = self._actions[command]
        # Shown only: Enter belongs to the row, and to whatever else has the focus.
        action.setText(f"{self._word(command)}\t{key_text('Return')}")
        return action

    def _can(self, command: RowCommand) -> bool:
        view = self._commands.get(command, CommandView())
        return view.is_enabled and not view.is_busy

    def _reason(self, command: RowCommand) -> str:
        return self._commands.get(command, CommandView()).reason

    def _enable_keys(self) -> None:
        for action in self._actions.values():
            action.setEnabled(True)

    def _word(self, command: RowCommand) -> str:
        return {
            RowCommand.CALL: self.tr("Call"),
            RowCommand.RESUME: self.tr("Resume"),
            RowCommand.REINSTATE: self.tr("Reinstate"),
            RowCommand.RETURN: self.tr("Return to line"),
            RowCommand.TRANSFER: self.tr("Transfer…"),
            RowCommand.PRIORITY: self.tr("Change priority…"),
            RowCommand.EMERGENCY: self.tr("Emergency…"),
            RowCommand.NOTES: self.tr("Notes…"),
            RowCommand.CANCEL: self.tr("Cancel…"),
        }[command]

    def _show_section(self) -> None:
        self._delegate.action_word = self._word(COMMANDS[self._section][0])
        tips = {
            Section.WAITING: self.tr("Enter calls the selected visitor, Del cancels, the menu key shows all"),
            Section.PARKED: self.tr("Enter takes the selected visitor up again, the menu key shows all"),
            Section.NO_SHOWS: self.tr("Enter puts the selected visitor back in line"),
        }
        names = {
            Section.WAITING: self.tr("Waiting list"),
            Section.PARKED: self.tr("Parked visitors"),
            Section.NO_SHOWS: self.tr("Visitors who did not come"),
        }
        self.setToolTip(tips[self._section])
        self.setAccessibleName(names[self._section])

    def _called_by(self, event: QMouseEvent) -> LiveToken | None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or not self._pressed_selected or not index.isValid():
            return None
        if not self._delegate.can_call or not self._delegate.action_rect(self.visualRect(index)).contains(
            place
        ):
            return None
        return self.rows.token_at(index)

    def _anchor(self, selected: LiveToken | None) -> QPersistentModelIndex:
        row = self.rows.row_of(selected.id) if selected is not None else None
        return QPersistentModelIndex(self.rows.index(row)) if row is not None else QPersistentModelIndex()

    def _select_again(self, before: LiveToken | None) -> None:
        if before is None:
            return
        row = self.rows.row_of(before.id)
        if row is None:
            # Gone: nobody is selected, rather than a neighbour whom the next Enter would call.
            self.clearSelection()
            self.setCurrentIndex(self.rows.index(-1))
            return
        index = self.rows.index(row)
        if not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _scroll_by(self, moved: int) -> None:
        if moved:
            bar = self.verticalScrollBar()
            self.executeDelayedItemsLayout()
            bar.setValue(bar.value() + moved)

    def _on_range_changed(self, *_range: int) -> None:
        bar = self.verticalScrollBar()
        self._delegate.scroll_bar_width = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self.viewport().update()
