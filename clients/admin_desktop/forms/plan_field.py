"""The weekly counter plan as a field of a form: counters down, weekdays across, hours in each cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.forms.day_hours import DAY_MIN, DayHoursEdit, Span, bounds_min, overlap
from clients.admin_desktop.subjects.counter_plan import in_order
from clients.admin_desktop.words import MISSING, tr
from clients.qt_kit.formats import clock
from clients.qt_kit.paint import text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.plate import Plate
from shared.counters import PlannedSpan
from shared.hours import WEEKDAYS
from shared.ids import CounterId

_CELL_HEIGHT, _NAME_WIDTH = 44, 148
_CELL_EDGES = 4 + 8  # the gap to the next, its border and padding
_DAYS = range(len(WEEKDAYS))
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True, kw_only=True)
class PlannedCounter:
    """A row of the plan."""

    id: CounterId
    label: str
    name: str


class PlanDialog(Dialog):
    """The hours of one counter on one weekday, and the other weekdays that get the same."""

    hours_set = Signal(object, object)
    """Hours are to be planned; arguments: the weekdays, a tuple of int, and their spans."""

    def __init__(
        self, counter: PlannedCounter, weekday: int, spans: Sequence[Span], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            tr("{counter}, {day}").format(counter=counter.name, day=words.weekday(weekday)),
            action=tr("Set hours"),
            parent=parent,
        )
        self._weekday = weekday
        self.hours = DayHoursEdit(words.weekday(weekday), closed=tr("Not planned"))
        self.hours.set_spans(spans)
        self.error = ErrorLine()
        self.error.hide()
        self.days = {day: QCheckBox(words.short_weekday(day)) for day in _DAYS if day != weekday}
        also = QHBoxLayout()
        also.setSpacing(12)
        for day, box in self.days.items():
            box.setAccessibleName(tr("The same on {day}").format(day=words.weekday(day)))
            also.addWidget(box)
        also.addStretch(1)
        self.body.addWidget(self.hours)
        self.body.addWidget(self.error)
        self.body.addWidget(Label(TextRole.HINT, tr("The same on"), tone="ink3"))
        self.body.addLayout(also)
        self.hours.edited.connect(self._check)
        self.finished.connect(self.deleteLater)

    def accept(self) -> None:
        """Tell the hours, and close, if nothing is wrong with them."""
        if self._check():
            weekdays = (self._weekday, *(day for day, box in self.days.items() if box.isChecked()))
            self.hours_set.emit(weekdays, self.hours.spans())
            super().accept()

    def _check(self) -> bool:
        spans = self.hours.spans()
        wrong = overlap(spans)
        if not wrong and any(bounds_min(span)[1] > DAY_MIN for span in spans):
            wrong = tr("End by midnight, and plan the rest on the next day.")
        self.error.render(wrong)
        self.error.setVisible(bool(wrong))
        self.hours.set_invalid(bool(wrong))
        self.adjustSize()
        return not wrong


class _Cell(QPushButton):
    """One counter on one weekday; the arrow keys go to its neighbours."""

    stepped = Signal(int, int)
    """An arrow key was pressed; arguments: rows down, columns on."""

    focus_radius = 8

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "cell")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif self.isRightToLeft():
            self.stepped.emit(step[0], -step[1])
        else:
            self.stepped.emit(*step)


class PlanField(FormField):
    """All counters; a press on a cell edits it."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent=parent)
        self._counters: tuple[PlannedCounter, ...] = ()
        self._spans: tuple[PlannedSpan, ...] = ()
        self._read_only = False
        self.dialog: PlanDialog | None = None
        self.cells: dict[tuple[CounterId, int], _Cell] = {}
        self._names: list[QWidget] = []
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(4)
        for day in _DAYS:
            head = Label(TextRole.SMALL_STRONG, words.short_weekday(day), tone="ink2")
            head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._grid.addWidget(head, 0, day + 1)
            self._grid.setColumnStretch(day + 1, 1)
        column = QVBoxLayout()
        column.addWidget(self._holder)
        self.line.addLayout(column, 1)

    def value(self) -> tuple[PlannedSpan, ...]:
        """The spans, in the order of the week."""
        return self._spans

    def set_value(self, value: Sequence[PlannedSpan]) -> None:
        """Show spans."""
        self._spans = tuple(value)
        self._show()

    def set_counters(self, counters: Sequence[PlannedCounter]) -> None:
        """Which counters there are."""
        if tuple(counters) != self._counters:
            self._counters = tuple(counters)
            self._rebuild()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and not changed."""
        self._read_only = read_only
        for cell in self.cells.values():
            cell.setEnabled(not read_only)

    def controls(self) -> tuple[QWidget, ...]:
        """What is wrong stands below."""
        return ()

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In narrow cells begin and end stand one above the other."""
        super().resizeEvent(event)
        self._show()

    def spans_at(self, counter_id: CounterId, weekday: int) -> tuple[Span, ...]:
        """The hours of a cell."""
        return tuple(
            (span.opens, span.closes)
            for span in self._spans
            if span.counter_id == counter_id and span.weekday == weekday
        )

    def _rebuild(self) -> None:
        for widget in (*self.cells.values(), *self._names):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.cells, self._names = {}, []
        for row, counter in enumerate(self._counters, start=1):
            name = _name_of(counter)
            self._names.append(name)
            self._grid.addWidget(name, row, 0)
            for day in _DAYS:
                cell = _Cell()
                cell.setEnabled(not self._read_only)
                cell.clicked.connect(lambda _=False, counter=counter, day=day: self._on_cell(counter, day))
                cell.stepped.connect(lambda down, on, row=row, day=day: self._step(row - 1 + down, day + on))
                self._grid.addWidget(cell, row, day + 1)
                self.cells[counter.id, day] = cell
        if self.cells:
            self.setFocusProxy(next(iter(self.cells.values())))
        self._show()

    def _show(self) -> None:
        theme = current_theme()
        font = theme.font(TextRole.SMALL)
        room = (self.width() - theme.px(_NAME_WIDTH)) / len(WEEKDAYS) - _CELL_EDGES
        widest = words.span((time(0), time(23, 59)))
        is_wide = text_width(font, widest) <= room
        for counter in self._counters:
            most = max(len(self.spans_at(counter.id, day)) for day in _DAYS)
            lines = most * (1 if is_wide else 2)
            height = max(theme.px(_CELL_HEIGHT), theme.px(16) + theme.line(TextRole.SMALL) * lines)
            for day in _DAYS:
                cell = self.cells[counter.id, day]
                spans = self.spans_at(counter.id, day)
                shown = [words.span(span) for span in spans]
                narrow = ["\n".join(map(clock, span)) for span in spans]
                cell.setText("\n".join(shown if is_wide else narrow) or MISSING)
                cell.setFont(font)
                cell.setMinimumHeight(height)
                said = ", ".join(shown) or tr("not planned")
                cell.setAccessibleName(
                    tr("{counter}, {day}: {hours}").format(
                        counter=counter.name, day=words.weekday(day), hours=said
                    )
                )

    def _step(self, row: int, day: int) -> None:
        if 0 <= row < len(self._counters) and day in _DAYS:
            self.cells[self._counters[row].id, day].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_cell(self, counter: PlannedCounter, weekday: int) -> None:
        self.dialog = PlanDialog(counter, weekday, self.spans_at(counter.id, weekday), self)
        self.dialog.hours_set.connect(lambda days, spans: self._on_hours(counter.id, days, spans))
        self.dialog.open()

    def _on_hours(self, counter_id: CounterId, weekdays: tuple[int, ...], spans: tuple[Span, ...]) -> None:
        known = {counter.id for counter in self._counters}
        # The plan of a counter that is gone cannot be written: it goes with the first edit.
        kept = [
            span
            for span in self._spans
            if span.counter_id in known and not (span.counter_id == counter_id and span.weekday in weekdays)
        ]
        planned = [
            PlannedSpan(counter_id=counter_id, weekday=day, opens=opens, closes=closes)
            for day in weekdays
            for opens, closes in spans
        ]
        self.set_value(in_order((*kept, *planned)))
        self.set_error("")
        self.edited.emit()


def hours_a_week(spans: Sequence[PlannedSpan]) -> float:
    """How many counter hours a week are planned."""
    bounds = [bounds_min((span.opens, span.closes)) for span in spans]
    return sum(end - begin for begin, end in bounds) / 60


def _name_of(counter: PlannedCounter) -> QWidget:
    holder = QWidget()
    plate = Plate(side=28)
    plate.render(counter.label)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 8, 0)
    row.setSpacing(10)
    row.addWidget(plate)
    name = ElidedLabel(TextRole.BODY, counter.name)
    row.addWidget(name, 1)
    holder.setFixedWidth(current_theme().px(_NAME_WIDTH))
    return holder
