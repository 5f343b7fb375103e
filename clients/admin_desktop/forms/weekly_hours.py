"""The hours of an ordinary week, as a field of a form."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.forms.day_hours import (
    DAY_MIN,
    USUAL,
    DayHoursEdit,
    Span,
    bounds_min,
    overlap,
)
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.switch import Switch
from shared.hours import WEEKDAYS, WeeklyHours

WORKDAYS = range(5)


class _Day:
    """One weekday's row: whether it is open, its hours, and what is wrong with them."""

    def __init__(self, number: int) -> None:
        name = words.weekday(number)
        self.box = QCheckBox(name)
        self.box.setAccessibleName(tr("Open on {day}").format(day=name))
        self.hours = DayHoursEdit(name, closed=tr("Closed"))
        self.error = ErrorLine()
        self.cell = QWidget()
        column = QVBoxLayout(self.cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.hours)
        column.addWidget(self.error)
        self.before: tuple[Span, ...] = ()  # what it had when it was closed, should that be a slip

    def set_spans(self, spans: tuple[Span, ...]) -> None:
        self.hours.set_spans(spans)
        self.box.setChecked(bool(spans))

    def set_error(self, sentence: str) -> None:
        self.error.render(sentence)
        self.error.setVisible(bool(sentence))
        self.hours.set_invalid(bool(sentence))
        for row in self.hours.rows:
            row.opens.setAccessibleDescription(sentence)


class WeeklyHoursEdit(FormField):
    """Seven days with their spans; or no hours of one's own, by the switch above them.

    What overlaps is said beside its day at once. `value` is then the raw week, which the settings'
    model refuses.

    Args:
        label: what the hours are for.
        none: what it means to have none of one's own ("Always open").
    """

    def __init__(
        self, label: str, *, none: str | None = None, help: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, help=help, parent=parent)
        self._read_only = False
        self._told = False  # whether a day was refused when it was to be saved
        self.none = Switch(none if none is not None else tr("Always open"))
        self.none.clicked.connect(self._on_none)
        self.days = [_Day(number) for number in range(len(WEEKDAYS))]
        self.copy = CommandButton(
            tr("Copy {first} to {last}").format(first=words.weekday(0), last=words.weekday(WORKDAYS[-1])),
            size=ButtonSize.ROW,
        )
        self.copy.setToolTip(tr("Give each of these days the hours of {day}").format(day=words.weekday(0)))
        self.copy.clicked.connect(self._on_copy)
        self._build()
        self.set_value(None)

    def value(self) -> WeeklyHours | dict[str, Any] | None:
        """The week; None for no hours of one's own; what is written, where it is no valid week."""
        if self.none.isChecked():
            return None
        week = {
            name: [{"opens": span[0], "closes": span[1]} for span in day.hours.spans()]
            for name, day in zip(WEEKDAYS, self.days, strict=True)
        }
        return week if any(self.errors()) else WeeklyHours.model_validate(week)

    def set_value(self, value: WeeklyHours | dict[str, Any] | None) -> None:
        """Show a week, or that there are no hours of one's own."""
        if value == self.value() and value is not None:
            return
        self.none.setChecked(value is None)
        week = value if isinstance(value, WeeklyHours) else None
        for number, (name, day) in enumerate(zip(WEEKDAYS, self.days, strict=True)):
            if week is not None:
                day.set_spans(tuple((span.opens, span.closes) for span in week.on(number)))
            elif isinstance(value, dict):
                day.set_spans(tuple((span["opens"], span["closes"]) for span in value.get(name, ())))
            else:
                day.set_spans(())
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self._read_only = read_only
        self.none.setEnabled(not read_only)
        for day in self.days:
            day.box.setEnabled(not read_only)
            day.hours.set_read_only(read_only)
        self._show()

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the whole; what is wrong with a day stands beside it already."""
        marked = any(day.error.sentence for day in self.days)
        super().set_error(
            tr("Mend the days that are marked.") if marked and (sentence or self._told) else sentence
        )

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Say beside its day what was refused; keys are paths within the week ("monday.0.closes")."""
        found = {path.partition(".")[0]: sentence for path, sentence in errors.items()}
        self._told = any(found.values())
        for name, day, sentence in zip(WEEKDAYS, self.days, self.errors(), strict=True):
            day.set_error(sentence or found.get(name, ""))
        wrong = next((day for day in self.days if day.error.sentence and day.hours.rows), None)
        self.setFocusProxy(wrong.hours.rows[0].opens if wrong else self.none)

    def errors(self) -> tuple[str, ...]:
        """What is wrong with each weekday, "" for nothing."""
        if self.none.isChecked():
            return ("",) * len(WEEKDAYS)
        return week_errors([day.hours.spans() for day in self.days])

    def controls(self) -> tuple[QWidget, ...]:
        """The switch; the days mark themselves."""
        return (self.none,)

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for number, day in enumerate(self.days):
            grid.addWidget(day.box, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(day.cell, number, 1)
            day.box.clicked.connect(lambda _checked=False, day=day: self._on_box(day))
            day.hours.edited.connect(lambda day=day: self._on_hours(day))
        grid.setColumnStretch(1, 1)
        bar = QHBoxLayout()
        bar.addWidget(self.copy)
        bar.addStretch(1)
        self.week = QWidget()
        column = QVBoxLayout(self.week)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addLayout(bar)
        whole = QVBoxLayout()
        whole.setSpacing(4)
        whole.addWidget(self.none)
        whole.addWidget(self.week)
        self.none.setAccessibleDescription(self.label.text())
        self.setFocusProxy(self.none)
        self.line.addLayout(whole, 1)

    def _on_none(self) -> None:
        if not self.none.isChecked() and not any(day.hours.spans() for day in self.days):
            for number in WORKDAYS:
                self.days[number].set_spans((USUAL,))
        self._tell()

    def _on_box(self, day: _Day) -> None:
        if day.box.isChecked():
            day.set_spans(day.before or (USUAL,))
        else:
            day.before = day.hours.spans()
            day.set_spans(())
        self._tell()

    def _on_hours(self, day: _Day) -> None:
        day.box.setChecked(bool(day.hours.rows))
        self._tell()

    def _on_copy(self) -> None:
        spans = self.days[0].hours.spans()
        for number in WORKDAYS[1:]:
            self.days[number].set_spans(spans)
        self._tell()

    def _tell(self) -> None:
        self._told = False
        super().set_error("")  # what is being mended should not be scolded
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        self.week.setVisible(not self.none.isChecked())
        self.copy.setVisible(not self._read_only)
        for day, sentence in zip(self.days, self.errors(), strict=True):
            day.set_error(sentence)


def week_errors(week: Sequence[Sequence[Span]]) -> tuple[str, ...]:
    """What is wrong with each day of a week: spans that overlap, and a night that runs into the morning.

    Args:
        week: the spans of seven days, Monday first.
    """
    found = []
    for number, spans in enumerate(week):
        following = (number + 1) % len(week)
        sentence = overlap(spans)
        if not sentence and spans and week[following]:
            last_end = max(bounds_min(span)[1] for span in spans)
            if last_end > min(bounds_min(span)[0] for span in week[following]) + DAY_MIN:
                sentence = words.runs_into(following)
        found.append(sentence)
    return tuple(found)
