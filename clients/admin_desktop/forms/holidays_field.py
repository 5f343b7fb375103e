"""The days with hours of their own, as a field of a form: by date, those that are past folded away."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.forms.day_hours import DayHoursEdit, overlap
from clients.admin_desktop.forms.form import Fold
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.moment_fields import DateEdit
from shared.hours import Holiday


class HolidayRow(QWidget):
    """One day: date, name, its hours or none, and what is wrong with it."""

    edited = Signal()
    """The person changed something."""
    dated = Signal()
    """The date was left: the moment to put the row in its place."""
    removed = Signal()
    """The person takes the day away."""

    def __init__(self, day: date, name: str, spans: Iterable[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.date = DateEdit()
        self.date.setDate(QDate(day.year, day.month, day.day))
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(tr("What the lobby reads"))
        self.weekday = Label(TextRole.SMALL, tone="ink2")
        self.hours = DayHoursEdit(name or tr("this day"), closed=tr("Closed all day"))
        self.hours.set_spans(spans)
        self.remove = IconButton("x", tr("Take this day away"), side=36)
        self.error = ErrorLine()
        self.error.hide()
        self._build()
        self.date.dateChanged.connect(self._on_edited)
        self.date.editingFinished.connect(self.dated)
        self.name.textEdited.connect(self._on_edited)
        self.hours.edited.connect(self._on_edited)
        self.remove.clicked.connect(self.removed)
        self._say_weekday()

    @property
    def day(self) -> date:
        """The date."""
        shown = self.date.date()
        return date(shown.year(), shown.month(), shown.day())

    def value(self) -> Holiday | dict[str, Any]:
        """The day; what is written, where it is no valid one."""
        written = {
            "day": self.day,
            "name": self.name.text(),
            "spans": [{"opens": span[0], "closes": span[1]} for span in self.hours.spans()],
        }
        try:
            return Holiday.model_validate(written)
        except ValidationError:
            return written

    def set_error(self, sentence: str) -> None:
        """Say what is wrong."""
        self.error.render(sentence)
        self.error.setVisible(bool(sentence))
        self.name.setAccessibleDescription(sentence)

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.date.setEnabled(not read_only)
        self.name.setReadOnly(read_only)
        self.hours.set_read_only(read_only)
        self.remove.setVisible(not read_only)

    def _on_edited(self) -> None:
        self._say_weekday()
        self.edited.emit()

    def _say_weekday(self) -> None:
        self.weekday.setText(words.weekday(self.day.weekday()))
        self.date.setAccessibleName(tr("Day"))
        self.name.setAccessibleName(tr("Name of {day}").format(day=words.day(self.day)))
        self.remove.render("x", tr("Take {day} away").format(day=words.day(self.day)))

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.date)
        top.addWidget(self.name, 1)
        top.addWidget(self.remove)
        below = QHBoxLayout()
        below.setSpacing(12)
        self.weekday.setFixedWidth(self.date.width())
        self.weekday.setContentsMargins(4, 0, 4, 0)
        below.addWidget(self.weekday, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.hours, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(below)
        column.addWidget(self.error)


class HolidaysField(FormField):
    """Days that come, and below a fold those that are past.

    Its value is the list by date: `Holiday`s, or what is written where that is no valid one.
    """

    import_requested = Signal()
    """National holidays are to be looked up."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._today = date(1970, 1, 1)
        self._read_only = False
        self._told: Mapping[int, str] = {}
        self.rows: list[HolidayRow] = []
        self.add_button = CommandButton(tr("Add a day"), icon="plus", size=ButtonSize.BAR)
        self.import_button = CommandButton(tr("Add national holidays…"), size=ButtonSize.BAR)
        self.nothing = Label(
            TextRole.BODY, tr("No days with hours of their own yet."), tone="ink2", wrap=True
        )
        self.fold = Fold("")
        self._coming, self._past = QVBoxLayout(), QVBoxLayout()
        self._past_holder = QWidget()
        self._divider = Divider()
        self._build()

    def value(self) -> tuple[Holiday | dict[str, Any], ...]:
        """The days."""
        return tuple(row.value() for row in self._ordered())

    def set_value(self, value: Sequence[Holiday | dict[str, Any]]) -> None:
        """Show days."""
        if tuple(value) == self.value():
            return
        for row in list(self.rows):
            self._drop(row)
        for each in value:
            self._append(each)
        self._arrange()

    def set_today(self, today: date) -> None:
        """Which days are past."""
        if today != self._today:
            self._today = today
            self._arrange()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read and not changed."""
        self._read_only = read_only
        for row in self.rows:
            row.set_read_only(read_only)
        self.add_button.setVisible(not read_only)
        self.import_button.setVisible(not read_only)

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Say beside its day what was refused; keys begin with a day's place in the value."""
        self._told = {
            int(path.partition(".")[0]): sentence
            for path, sentence in errors.items()
            if path.partition(".")[0].isdecimal()
        }
        self._show_errors()

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the whole, unless single days say it."""
        marked = any(row.error.sentence for row in self.rows)
        super().set_error(
            tr("Mend the days that are marked.") if marked and (sentence or self._told) else sentence
        )

    def add(self, holidays: Iterable[Holiday]) -> None:
        """Put days in, as a person does; a day that is there already stays as it is."""
        known = {row.day for row in self.rows}
        for holiday in holidays:
            if holiday.day not in known:
                self._append(holiday)
        self._arrange()
        self._tell()

    def controls(self) -> tuple[QWidget, ...]:
        """The names; what is wrong with one stands beside it."""
        return ()

    def _ordered(self) -> list[HolidayRow]:
        return sorted(self.rows, key=lambda row: row.day)

    def _append(self, value: Holiday | dict[str, Any]) -> HolidayRow:
        if isinstance(value, Holiday):
            row = HolidayRow(value.day, value.name, value.spans)
        else:
            spans = [(span["opens"], span["closes"]) for span in value["spans"]]
            row = HolidayRow(value["day"], value["name"], spans)
        row.set_read_only(self._read_only)
        row.edited.connect(self._tell)
        row.dated.connect(self._arrange)
        row.removed.connect(lambda: self._on_remove(row))
        self.rows.append(row)
        return row

    def _drop(self, row: HolidayRow) -> None:
        self.rows.remove(row)
        for part in (self._coming, self._past):
            part.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _on_add(self) -> None:
        last = max((row.day for row in self.rows), default=self._today)
        day = max(last, self._today) + timedelta(days=1)
        row = self._append({"day": day, "name": "", "spans": []})
        self._arrange()
        row.date.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _on_remove(self, row: HolidayRow) -> None:
        ordered = self._ordered()
        place = ordered.index(row)
        self._drop(row)
        self._arrange()
        rest = self._ordered()
        (rest[min(place, len(rest) - 1)].remove if rest else self.add_button).setFocus()
        self._tell()

    def _tell(self) -> None:
        self._told = {}
        super().set_error("")
        self._show_errors()
        self.edited.emit()

    def _show_errors(self) -> None:
        days = [row.day for row in self.rows]
        for place, row in enumerate(self._ordered()):
            sentence = tr("This day is listed twice.") if days.count(row.day) > 1 else ""
            row.set_error(sentence or overlap(row.hours.spans()) or self._told.get(place, ""))
        wrong = next((row for row in self._ordered() if row.error.sentence), None)
        self.setFocusProxy(wrong.name if wrong else self.add_button)
        if wrong is not None and wrong.day < self._today and self._told:
            self.fold.setChecked(True)

    def _arrange(self) -> None:
        """Each row in its place; a row that has the focus keeps it, since it is not made anew."""
        ordered = self._ordered()
        past = [row for row in ordered if row.day < self._today]
        coming = [row for row in ordered if row.day >= self._today]
        for part, rows in ((self._coming, coming), (self._past, past)):
            if [part.indexOf(row) for row in rows] != list(range(part.count())):
                for row in rows:
                    part.addWidget(row)  # takes it out of where it was
                    row.show()
        count = len(past)
        self.fold.setText(tr("1 past day") if count == 1 else tr("{count} past days").format(count=count))
        self.fold.setAccessibleName(self.fold.text())
        self.fold.setVisible(bool(past))
        self._divider.setVisible(bool(past))
        self._past_holder.setVisible(bool(past) and self.fold.isChecked())
        self.nothing.setVisible(not self.rows)
        self._show_errors()

    def _build(self) -> None:
        for part in (self._coming, self._past):
            part.setSpacing(0)
            part.setContentsMargins(0, 0, 0, 0)
        self._past_holder.setLayout(self._past)
        self.fold.toggled.connect(self._past_holder.setVisible)
        self.add_button.clicked.connect(self._on_add)
        self.import_button.clicked.connect(self.import_requested)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.add_button)
        bar.addWidget(self.import_button)
        bar.addStretch(1)
        whole = QVBoxLayout()
        whole.setSpacing(8)
        whole.addLayout(bar)
        whole.addWidget(self.nothing)
        whole.addLayout(self._coming)
        whole.addWidget(self._divider)
        whole.addWidget(self.fold)
        whole.addWidget(self._past_holder)
        self.setFocusProxy(self.add_button)
        self.line.addLayout(whole, 1)
        self._arrange()
