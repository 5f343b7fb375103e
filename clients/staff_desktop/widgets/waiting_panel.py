"""The column with everybody who waits: heading, filter, segments, list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.staff_desktop.view_state import SegmentView, WaitingView
from clients.staff_desktop.widgets.filter_edit import FilterEdit
from clients.staff_desktop.widgets.waiting_list import WaitingList

_MARGIN = 20


class WaitingPanel(Card):
    """Everybody who waits, in the likely order of calls."""

    call_requested = Signal(object)
    """A row shall be called; argument: TokenId."""
    cancel_requested = Signal(object, str)
    """A row shall be cancelled; arguments: TokenId, number."""

    left = Signal()
    """The person has done with the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(0, 0), parent=parent)
        self._view: WaitingView | None = None
        self._segment = ""
        self._heading = Label(TextRole.HEADING, self.tr("Waiting"))
        self._count = Label(TextRole.HEADING, tone="ink2")
        self._order = ElidedLabel(TextRole.HINT, self.tr("Next in order first"), tone="ink3")
        self.filter = FilterEdit()
        self.segments = Segments(look="list")
        self.list = WaitingList()
        self._empty = EmptyState()
        self._stack = QStackedLayout()
        self._build()
        self.filter.textChanged.connect(self._show_list)
        self.filter.left_downwards.connect(self.list.select_first)
        self.segments.segment_chosen.connect(self._on_segment_chosen)
        self.list.call_requested.connect(self.call_requested)
        self.list.cancel_requested.connect(self.cancel_requested)
        self._empty.action_requested.connect(self._clear_filter)
        self.setAccessibleName(self.tr("Waiting list"))

    def render(self, view: WaitingView | None) -> None:
        """Show those who wait; None while they are not known yet."""
        self._view = view
        if view is None:
            self._stack.setCurrentIndex(2)
            return
        keys = [segment.key for segment in view.segments]
        if self._segment not in keys:
            self._segment = keys[0] if keys else ""
        self._count.setText(str(self._waiting_of(view.segments)))
        parts = [Segment(key=each.key, text=each.text, figure=str(each.waiting)) for each in view.segments]
        self.segments.render(parts, self._segment)
        self._show_list()

    def focus_filter(self) -> None:
        """Let the person type a number."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that neither filter nor list had a use for leaves the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _waiting_of(self, segments: tuple[SegmentView, ...]) -> int:
        return segments[0].waiting if segments else 0

    def _show_list(self) -> None:
        view = self._view
        if view is None:
            return
        self.list.render(view, text=self.filter.text(), segment=self._segment)
        is_empty = not self.list.rows.rowCount()
        if is_empty:
            self._empty.render(self._nothing(view))
        self._stack.setCurrentIndex(1 if is_empty else 0)

    def _nothing(self, view: WaitingView) -> EmptyStateState:
        if self.filter.text().strip():
            return EmptyStateState(
                icon="search",
                title=self.tr("No number contains {text}").format(text=self.filter.text().strip()),
                action=self.tr("Clear filter"),
            )
        if view.tokens:
            return EmptyStateState(icon="users", title=self.tr("Nobody is waiting here."))
        return EmptyStateState(
            icon="users",
            title=self.tr("Nobody is waiting."),
            text=self.tr("Whoever takes a token shows here."),
        )

    def _on_segment_chosen(self, key: str) -> None:
        self._segment = key
        self._show_list()

    def _clear_filter(self) -> None:
        self.filter.clear()
        self.filter.setFocus()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN, 16, _MARGIN, 12)
        head.setSpacing(9)
        head.addWidget(self._heading)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._order)
        filters = QVBoxLayout()
        filters.setContentsMargins(_MARGIN, 0, _MARGIN, 12)
        filters.setSpacing(12)
        filters.addWidget(self.filter)
        filters.addWidget(_scrolled(self.segments))
        listed = QWidget()
        inner = QVBoxLayout(listed)
        inner.setContentsMargins(1, 0, 1, 8)
        inner.addLayout(self._stack)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(_loading_rows())
        body = self.body
        body.setSpacing(0)
        body.addLayout(head)
        body.addLayout(filters)
        body.addWidget(Divider())
        body.addWidget(listed, 1)
        self._stack.setCurrentIndex(2)


def _scrolled(segments: Segments) -> QScrollArea:
    """Many types do not widen the column: their row can be moved sideways."""
    area = QScrollArea()
    area.setWidget(segments)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    area.setFixedHeight(current_theme().px(28))
    return area


def _loading_rows() -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(_MARGIN, 14, _MARGIN, 0)
    layout.setSpacing(28)
    for width in (220, 180, 240, 200):
        layout.addWidget(Skeleton(width=width, height=18))
    layout.addStretch(1)
    return page
