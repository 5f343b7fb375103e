"""The column with everybody who waits, is parked or did not come: sections, filter, segments, list."""

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
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.staff_desktop.list_view import Section, SectionView, WaitingView
from clients.staff_desktop.widgets.filter_edit import FilterEdit
from clients.staff_desktop.widgets.waiting_list import WaitingList

_MARGIN = 20


class WaitingPanel(Card):
    """Everybody who waits, in the likely order of calls."""

    command_requested = Signal(object, object)
    """Something is asked of a row; arguments: RowCommand, LiveToken."""
    no_shows_requested = Signal()
    """Those who did not come are looked at, or asked for once more."""

    left = Signal()
    """The person has done with the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(0, 0), parent=parent)
        self._view: WaitingView | None = None
        self._segment = ""
        self._section = Section.WAITING
        self.sections = Segments()
        self.sections.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._order = ElidedLabel(TextRole.HINT, tone="ink3")
        self.filter = FilterEdit()
        self.segments = Segments(look="list")
        self.list = WaitingList()
        self._empty = EmptyState()
        self._stack = QStackedLayout()
        self._build()
        self.filter.textChanged.connect(self._show_list)
        self.filter.left_downwards.connect(self.list.select_first)
        self.segments.segment_chosen.connect(self._on_segment_chosen)
        self.sections.segment_chosen.connect(self._on_section_chosen)
        self.list.command_requested.connect(self.command_requested)
        self._empty.action_requested.connect(self._on_empty_action)
        self.setAccessibleName(self.tr("Waiting list"))

    def render(self, view: WaitingView | None) -> None:
        """Show those who wait; None while they are not known yet."""
        self._view = view
        if view is None:
            self._stack.setCurrentIndex(2)
            return
        self._show_sections(view)
        segments = view.sections[self._section].segments
        keys = [segment.key for segment in segments]
        if self._segment not in keys:
            self._segment = keys[0] if keys else ""
        parts = [Segment(key=each.key, text=each.text, figure=str(each.waiting)) for each in segments]
        self.segments.render(parts, self._segment)
        self._show_list()

    def show_section(self, section: Section) -> None:
        """Show another section."""
        if section is not self._section:
            self._section = section
            self.render(self._view)
        if section is Section.NO_SHOWS:
            self.no_shows_requested.emit()

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

    def _show_sections(self, view: WaitingView) -> None:
        words = {
            Section.WAITING: self.tr("Waiting"),
            Section.PARKED: self.tr("Parked"),
            Section.NO_SHOWS: self.tr("No-shows"),
        }
        counts = {each: view.sections[each] for each in Section}
        parts = [Segment(key=each, text=words[each], figure=_figure(counts[each])) for each in Section]
        self.sections.render(parts, self._section)
        orders = {
            Section.WAITING: self.tr("Next in order first"),
            Section.PARKED: self.tr("First to wake first"),
            Section.NO_SHOWS: self.tr("Latest first"),
        }
        self._order.setText(orders[self._section])

    def _show_list(self) -> None:
        view = self._view
        if view is None:
            return
        section = view.sections[self._section]
        if section.tokens is None and not section.error:
            self._stack.setCurrentIndex(2)
            return
        self.list.render(view, text=self.filter.text(), segment=self._segment, section=self._section)
        is_empty = not self.list.rows.rowCount()
        if is_empty:
            self._empty.render(self._nothing(section))
        self._stack.setCurrentIndex(1 if is_empty else 0)

    def _nothing(self, section: SectionView) -> EmptyStateState:
        if section.error:
            return EmptyStateState(
                icon="circle-alert",
                title=self.tr("The list did not come."),
                text=section.error,
                action=self.tr("Try again"),
            )
        if self.filter.text().strip():
            return EmptyStateState(
                icon="search",
                title=self.tr("No number or name contains {text}").format(text=self.filter.text().strip()),
                action=self.tr("Clear filter"),
            )
        return self._nobody(section)

    def _nobody(self, section: SectionView) -> EmptyStateState:
        here = bool(section.tokens)
        if self._section is Section.PARKED:
            return EmptyStateState(
                icon="circle-pause",
                title=self.tr("Nobody is parked here.") if here else self.tr("Nobody is parked."),
                text="" if here else self.tr("Whom you set aside during a visit shows here."),
            )
        if self._section is Section.NO_SHOWS:
            return EmptyStateState(
                icon="circle-check",
                title=self.tr("No no-shows here.") if here else self.tr("No no-shows today."),
                text="" if here else self.tr("Who did not come can be put back in line here."),
            )
        if here:
            return EmptyStateState(icon="users", title=self.tr("Nobody is waiting here."))
        return EmptyStateState(
            icon="users",
            title=self.tr("Nobody is waiting."),
            text=self.tr("Whoever takes a token shows here."),
        )

    def _on_section_chosen(self, key: str) -> None:
        self.show_section(Section(key))

    def _on_empty_action(self) -> None:
        view = self._view
        if view is not None and view.sections[self._section].error:
            self.no_shows_requested.emit()
        else:
            self._clear_filter()

    def _on_segment_chosen(self, key: str) -> None:
        self._segment = key
        self._show_list()

    def _clear_filter(self) -> None:
        self.filter.clear()
        self.filter.setFocus()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN, 16, _MARGIN, 12)
        head.setSpacing(12)
        head.addWidget(_scrolled(self.sections, 32), 1)
        filters = QVBoxLayout()
        filters.setContentsMargins(_MARGIN, 0, _MARGIN, 12)
        filters.setSpacing(12)
        filters.addWidget(self.filter)
        parts = QHBoxLayout()
        parts.setSpacing(12)
        parts.addWidget(_scrolled(self.segments, 28), 1)
        parts.addWidget(self._order)
        filters.addLayout(parts)
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


def _figure(section: SectionView) -> str:
    return "" if section.tokens is None else str(section.count)


def _scrolled(segments: Segments, height: int) -> QScrollArea:
    """Many types do not widen the column: their row can be moved sideways."""
    area = QScrollArea()
    area.setWidget(segments)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    area.setFixedHeight(current_theme().px(height))
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
