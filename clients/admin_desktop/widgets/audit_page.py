"""The audit log: what was done, newest first, under filters, and one row beside it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from PySide6.QtCore import QDate, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clients.admin_desktop import audit_words as words
from clients.admin_desktop.audit_views import (
    AuditFilter,
    AuditView,
    FilterAudit,
    ReadAgain,
    ReadOlder,
    Span,
)
from clients.admin_desktop.view_state import ConsoleView
from clients.admin_desktop.widgets.audit_panel import AuditPanel
from clients.admin_desktop.widgets.table_cells import KEY_ROLE, Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.words import MISSING, tr
from clients.qt_kit.flow_layout import FlowLayout
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.moment_fields import DateEdit
from clients.qt_kit.widgets.select_field import Select
from shared.audit import AuditRow
from shared.ids import UserId

_NARROW_COLUMNS = 3
_SERVER = "server"  # among the people, whose keys are their ids


class AuditPage(TablePage):
    """A page of rows at a time; at the end of the list the next older ones come."""

    def __init__(self) -> None:
        super().__init__(
            tr("Audit log"),
            (
                Column(title=tr("When")),
                Column(title=tr("Who"), share=2, elides=True),
                Column(title=tr("What"), share=3, elides=True),
                Column(title=tr("On"), share=2, elides=True),
                Column(title=tr("From")),
            ),
            nothing=EmptyStateState(icon="scroll-text", title=tr("Nothing was done")),
            found_none=tr("None of these rows holds “{text}”."),
        )
        self._view: AuditView | None = None
        self._chosen: UUID | None = None
        self._listed: tuple[object, ...] = ()
        self.span = _select(tr("When"))
        self.person = _select(tr("Who"))
        self.action = _select(tr("What"))
        self.kind = _select(tr("On what"))
        self.first, self.last = DateEdit(), DateEdit()
        self.thing = CommandButton("", kind="secondary", icon="x")
        self.again = IconButton("refresh-cw", tr("Read the newest (F5)"))
        self.older = CommandButton(tr("Show older"), kind="secondary")
        self.note = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.panel = AuditPanel()
        self._build_bar()
        self._build_foot()
        self.sides.addWidget(self.panel)
        self.panel.hide()
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)  # the newest first
        self._wire()

    def render(self, view: ConsoleView) -> None:
        """Show what has come."""
        super().render(view)
        if not isinstance(view.page_view, AuditView):
            self._view = None
            self.render_rows(None)
            return
        self._view = view.page_view
        self._render_filters(view.page_view)
        self._render_list(view.page_view)
        self._render_foot(view.page_view)
        self._render_panel(view.page_view)

    # Showing

    def _render_list(self, view: AuditView) -> None:
        found = view.found
        self._nothing = EmptyStateState(
            icon="scroll-text",
            title=tr("Nothing was done"),
            text=tr("No row of the audit is as you ask.") if found.filter != AuditFilter() else "",
            action=tr("Show everything of the last 7 days") if found.filter != AuditFilter() else "",
        )
        if found.rows is None:
            self._listed = ()
            self.render_rows(None, found.error)
            return
        # Rows never change; thousands of them need not be written down anew each second.
        listed = (found.rows, view.now.date(), view.names)
        if self._listed != listed:
            self._listed = listed
            bar = self.table.verticalScrollBar()
            at = bar.value()
            self.render_rows(
                tuple(TableRow(key=row.id, cells=_cells(row, view, n)) for n, row in enumerate(found.rows))
            )
            bar.setValue(at)
        if self.shown.rowCount() == len(found.rows) and found.rows:
            self.count.setText(words.counted(len(found.rows), has_older=found.has_older))

    def _render_foot(self, view: AuditView) -> None:
        found = view.found
        failed = found.error if found.rows is not None else ""
        self.note.setText(failed)
        self.note.setVisible(bool(failed))
        self.older.setVisible(bool(found.rows) and found.has_older)
        self.older.render(
            CommandState(text=tr("Show older"), busy=found.is_coming, reason="", enabled=not found.is_coming)
        )

    def _render_panel(self, view: AuditView) -> None:
        row = next((row for row in view.found.rows or () if row.id == self._chosen), None)
        if row is None:
            self._chosen = None
        self.panel.setVisible(row is not None)
        self.show_columns(_NARROW_COLUMNS if row is not None else len(self.model.columns))
        if row is not None:
            self.panel.render(row, view)
            self.select(row.id)

    def _render_filters(self, view: AuditView) -> None:
        wanted = view.found.filter
        _offer(self.span, [(words.span(each), each.value) for each in Span], wanted.span.value)
        people = [(tr("Everybody"), ""), (tr("The server"), _SERVER)]
        people += [(name, str(user_id)) for user_id, name in view.people]
        _offer(self.person, people, _SERVER if wanted.by_server else str(wanted.user_id or ""))
        actions = sorted((words.action(each), each) for each in {*view.found.actions, wanted.action} - {""})
        _offer(self.action, [(tr("Any action"), ""), *actions], wanted.action)
        kinds = [(tr("On anything"), ""), *((text, key) for key, text in words.kinds().items())]
        _offer(self.kind, kinds, wanted.entity_type)
        self.kind.setVisible(wanted.entity_id is None)
        self.thing.setVisible(wanted.entity_id is not None)
        if wanted.entity_id is not None:
            self.thing.render(CommandState(text=wanted.entity))
            self.thing.setToolTip(
                tr("Everything about {thing}. Press to see the rest again.").format(thing=wanted.entity)
            )
        self.days.setVisible(wanted.span is Span.DAYS)
        for edit, day in ((self.first, wanted.first), (self.last, wanted.last)):
            edit.setFixedHeight(self.span.sizeHint().height())
            if day is not None and not edit.hasFocus():
                _show_day(edit, day)

    # What a person does

    def _ask(self, **changes: object) -> None:
        if self._view is not None:
            self._chosen = None
            wanted = replace(self._view.found.filter, **changes)  # type: ignore[arg-type]  # names of fields
            self.intended.emit(FilterAudit(filter=wanted))

    def _on_span(self) -> None:
        span = Span(self.span.currentData())
        if self._view is None:
            return
        today = self._view.now.date()
        wanted = self._view.found.filter
        days = (wanted.first or today, wanted.last or today) if span is Span.DAYS else (None, None)
        self._ask(span=span, first=days[0], last=days[1])
        if span is Span.DAYS:
            self.first.setFocus()

    def _on_days(self) -> None:
        first, last = _day_of(self.first), _day_of(self.last)
        self._ask(first=min(first, last), last=max(first, last))

    def _on_person(self) -> None:
        chosen = self.person.currentData()
        by_server = chosen == _SERVER
        user_id = UserId(UUID(chosen)) if chosen and not by_server else None
        self._ask(by_server=by_server, user_id=user_id, person=self.person.currentText() if user_id else "")

    def _on_thing(self) -> None:
        row = self.panel.row
        if row is not None and row.entity_id is not None:
            named = words.thing(row) or words.who(row)
            # One thing is looked for through all its time, whoever acted on it.
            self._ask(
                span=Span.EVER, first=None, last=None, user_id=None, person="", by_server=False, action="",
                entity_type=row.entity_type or "", entity_id=row.entity_id, entity=named,
            )  # fmt: skip

    def _on_person_of_row(self) -> None:
        row = self.panel.row
        if row is not None and row.user_id is not None:
            self._ask(
                user_id=row.user_id, person=words.who(row), by_server=False, action="",
                entity_type="", entity_id=None, entity="",
            )  # fmt: skip

    def _on_scrolled(self, value: int) -> None:
        if self._view is None or not 0 < value == self.table.verticalScrollBar().maximum():
            return
        found = self._view.found
        if found.has_older and not found.error and not found.is_coming:
            self.intended.emit(ReadOlder())

    def _on_row(self, key: object) -> None:
        if isinstance(key, UUID) and self._view is not None:
            self._chosen = key
            self._render_panel(self._view)

    def _on_moved(self, current: QModelIndex) -> None:
        # With the panel open the arrow keys leaf through the rows.
        if self.panel.isVisible() and self.table.hasFocus():
            self._on_row(current.data(KEY_ROLE))

    def _on_closed(self) -> None:
        self._chosen = None
        if self._view is not None:
            self._render_panel(self._view)
        self.table.setFocus()

    def _on_empty_action(self) -> None:
        if self._view is not None and self._view.found.rows == () and not self._action_clears:
            self.intended.emit(FilterAudit(filter=AuditFilter()))
        else:
            super()._on_empty_action()

    def _copy(self) -> None:
        if self.panel.isVisible():
            QGuiApplication.clipboard().setText(self.panel.text())

    # Building

    def _build_bar(self) -> None:
        self.filter.setPlaceholderText(tr("Filter these rows"))
        self.filter.setAccessibleName(tr("Filter these rows"))
        self.filter.setToolTip(tr("Show only what holds these words, among the rows that have come (Ctrl+F)"))
        self.first.setAccessibleName(tr("From this day"))
        self.last.setAccessibleName(tr("To this day, included"))
        self.days = QWidget()
        days = QHBoxLayout(self.days)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(8)
        days.addWidget(self.first)
        days.addWidget(Label(TextRole.SMALL, tr("to"), tone="ink2"))
        days.addWidget(self.last)
        self.filters = FlowLayout()
        for widget in (self.span, self.days, self.person, self.action, self.kind, self.thing):
            self.filters.addWidget(widget)
        self.list_column.insertLayout(0, self.filters)
        self.head.end.addWidget(self.again)

    def _build_foot(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.older)
        foot.addWidget(self.note, 1)
        foot.addStretch(0)
        self.list_column.addLayout(foot)

    def _wire(self) -> None:
        self.span.activated.connect(lambda _: self._on_span())
        self.person.activated.connect(lambda _: self._on_person())
        self.action.activated.connect(lambda _: self._ask(action=self.action.currentData()))
        self.kind.activated.connect(lambda _: self._ask(entity_type=self.kind.currentData()))
        self.first.editingFinished.connect(self._on_days)
        self.last.editingFinished.connect(self._on_days)
        self.thing.clicked.connect(lambda: self._ask(entity_type="", entity_id=None, entity=""))
        self.again.clicked.connect(lambda: self.intended.emit(ReadAgain()))
        self.older.clicked.connect(lambda: self.intended.emit(ReadOlder()))
        self.panel.thing_requested.connect(self._on_thing)
        self.panel.person_requested.connect(self._on_person_of_row)
        self.panel.close_requested.connect(self._on_closed)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.row_opened.connect(self._on_row)
        self.table.selectionModel().currentRowChanged.connect(lambda current, _: self._on_moved(current))
        escape = QShortcut(QKeySequence("Esc"), self.table)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self._on_closed)
        again = QShortcut(QKeySequence("F5"), self)
        again.activated.connect(lambda: self.intended.emit(ReadAgain()))
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self._copy)


def _select(name: str) -> Select:
    select = Select()
    select.setProperty("bar", True)
    select.setAccessibleName(name)
    return select


def _offer(select: Select, options: list[tuple[str, str]], chosen: str) -> None:
    shown = [(select.itemText(place), select.itemData(place)) for place in range(select.count())]
    if shown != options:
        select.clear()
        for text, key in options:
            select.addItem(text, key)
    place = max(0, select.findData(chosen))
    if place != select.currentIndex():
        select.setCurrentIndex(place)
    # A long name is cut in the closed list.
    select.setToolTip(f"{select.accessibleName()}: {select.currentText()}")


def _day_of(edit: DateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())


def _show_day(edit: DateEdit, day: date) -> None:
    wanted = QDate(day.year, day.month, day.day)
    if edit.date() != wanted:
        edit.setDate(wanted)


def _cells(row: AuditRow, view: AuditView, place: int) -> tuple[Cell, ...]:
    refused = row.action in words.REFUSED
    thing = words.thing(row)
    return (
        Cell(text=words.moment(row.at.astimezone(view.now.tzinfo), view.now), sort=-place, tone="ink2"),
        Cell(text=words.who(row), tone="ink" if row.user_id is not None else "ink2"),
        Cell(
            text=words.action(row.action),
            holds=row.action,
            strong=True,
            lead=Lead.ICON if refused else Lead.NONE,
            mark="circle-alert" if refused else "",
            mark_tone="late",
        ),
        Cell(text=thing or MISSING, tone="ink2" if thing else "ink3"),
        Cell(text=row.address or MISSING, tone="ink2" if row.address else "ink3"),
    )
