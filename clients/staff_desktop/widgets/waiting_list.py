"""The list view: Enter calls the selected row, Del asks to cancel it; it never jumps under the hand."""

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from clients.staff_desktop.view_state import WaitingView
from clients.staff_desktop.widgets.waiting_delegate import WaitingDelegate
from clients.staff_desktop.widgets.waiting_model import WaitingModel
from shared.tokens import LiveToken

_CALL_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class WaitingList(QListView):
    """Rows of those who wait."""

    call_requested = Signal(object)
    """The selected row shall be called; argument: TokenId."""
    cancel_requested = Signal(object, str)
    """The selected row shall be cancelled; arguments: TokenId, number."""

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
        self.setAccessibleName(self.tr("Waiting list"))
        self.setToolTip(self.tr("Enter calls the selected visitor, Del cancels"))
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    @property
    def selected(self) -> LiveToken | None:
        """The token of the selected row."""
        chosen = self.selectionModel().selectedIndexes()
        return self.rows.token_at(chosen[0]) if chosen else None

    def render(self, view: WaitingView, *, text: str, segment: str) -> None:
        """Show those who wait; the selected row stays selected and stays where it is on the screen."""
        self._delegate.can_call = view.call.is_enabled
        selected = self.selected
        before = QPersistentModelIndex(self._anchor(selected))
        y = self.visualRect(before).top() if before.isValid() else 0
        if self.rows.render(view, text=text, segment=segment):
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
        """Enter, Del, and Esc, which gives the selection up."""
        token = self.selected
        if event.key() in _CALL_KEYS and token is not None:
            if not event.isAutoRepeat():
                self.call_requested.emit(token.id)
            return
        if event.key() == Qt.Key.Key_Delete and event.modifiers() == Qt.KeyboardModifier.NoModifier and token:
            self.cancel_requested.emit(token.id, token.number)
            return
        if event.key() == Qt.Key.Key_Escape and token is not None:
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the row's action calls it."""
        super().mouseReleaseEvent(event)
        token = self._called_by(event)
        if token is not None:
            self.call_requested.emit(token.id)

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
