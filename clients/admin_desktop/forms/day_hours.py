"""The hours of one day: several spans, each from when to when, and what is wrong with them."""

from collections.abc import Iterable, Sequence
from datetime import time
from itertools import pairwise

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.moment_fields import TimeEdit
from shared.hours import MOST_SPANS, TimeSpan

Span = tuple[time, time]
"""From when to when, as entered; an end that is not later is meant on the next day."""

USUAL: Span = (time(9), time(17))
DAY_MIN = 24 * 60
_PAUSE_MIN, _LENGTH_MIN = 60, 120  # a further span is proposed an hour after the last, for two hours


def bounds_min(span: Span) -> tuple[int, int]:
    """A span's begin and end in minutes from its day's midnight; the end may lie on the next day."""
    opens, closes = (moment.hour * 60 + moment.minute for moment in span)
    return opens, closes if closes > opens else closes + DAY_MIN


def overlap(spans: Iterable[Span]) -> str:
    """Which two spans of a day overlap, in a sentence; "" where none do."""
    for earlier, later in pairwise(sorted(spans, key=bounds_min)):
        if bounds_min(later)[0] < bounds_min(earlier)[1]:
            return words.spans_overlap(earlier, later)
    return ""


def next_span(spans: Sequence[Span]) -> Span:
    """What to propose as a further span of a day."""
    if not spans:
        return USUAL
    end = max(bounds_min(span)[1] for span in spans)
    begin = min(end + _PAUSE_MIN, DAY_MIN - 1)
    return _clock(begin), _clock(min(begin + _LENGTH_MIN, DAY_MIN))


def _clock(minutes: int) -> time:
    return time(minutes % DAY_MIN // 60, minutes % 60)


class SpanEdit(QWidget):
    """One span: begin, end, and a button that takes it away."""

    edited = Signal()
    """The person changed a time."""
    removed = Signal()
    """The person takes the span away."""

    def __init__(self, span: Span, day: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opens, self.closes = TimeEdit(), TimeEdit()
        self.opens.setAccessibleName(tr("{day}, opens").format(day=day))
        self.closes.setAccessibleName(tr("{day}, closes").format(day=day))
        self.remove = IconButton(
            "x", tr("Take these hours of {day} away").format(day=day), side=28, icon_px=16
        )
        self._note = Label(TextRole.HINT, tone="ink3")
        self.end = QHBoxLayout()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.opens)
        row.addWidget(Label(TextRole.BODY, "–", tone="ink3"))
        row.addWidget(self.closes)
        row.addWidget(self.remove)
        row.addWidget(self._note)
        row.addLayout(self.end)
        row.addStretch(1)
        self.set_span(span)
        for edit in (self.opens, self.closes):
            edit.timeChanged.connect(self._on_changed)
        self.remove.clicked.connect(self.removed)

    def span(self) -> Span:
        """What is entered."""
        return _time(self.opens.time()), _time(self.closes.time())

    def set_span(self, span: Span) -> None:
        """Show a span; tells nobody."""
        for edit, moment in zip((self.opens, self.closes), span, strict=True):
            edit.blockSignals(True)
            edit.setTime(QTime(moment.hour, moment.minute))
            edit.blockSignals(False)
        self._say_what_the_end_means()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.opens.setEnabled(not read_only)
        self.closes.setEnabled(not read_only)
        self.remove.setVisible(not read_only)

    def _on_changed(self) -> None:
        self._say_what_the_end_means()
        self.edited.emit()

    def _say_what_the_end_means(self) -> None:
        opens, closes = self.span()
        self._note.setText(words.end_note(opens, closes))
        self._note.setVisible(bool(self._note.text()))


class DayHoursEdit(QWidget):
    """The spans of one day, one below the other, and a button for a further one.

    Args:
        day: how the day is called, for screen readers.
        closed: what stands there while there is no span ("Closed").
    """

    edited = Signal()
    """The person changed, added or took away a span."""

    def __init__(self, day: str, *, closed: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._day = day
        self._read_only = False
        self.rows: list[SpanEdit] = []
        self._closed = Label(TextRole.BODY, closed, tone="ink3")
        self.add = CommandButton(tr("Add hours"), kind="link", size=ButtonSize.ROW)
        self.add.setToolTip(tr("Add hours to {day}").format(day=day))
        self.add.clicked.connect(self._on_add)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._empty = QHBoxLayout()
        self._empty.setSpacing(8)
        self._empty.addWidget(self._closed)
        last = QHBoxLayout()
        last.addLayout(self._empty)
        last.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._list)
        column.addLayout(last)
        self._fit()

    def spans(self) -> tuple[Span, ...]:
        """What is entered, by its begin."""
        return tuple(sorted((row.span() for row in self.rows), key=bounds_min))

    def set_spans(self, spans: Iterable[Span | TimeSpan]) -> None:
        """Show spans; tells nobody."""
        shown = [(span.opens, span.closes) if isinstance(span, TimeSpan) else span for span in spans]
        while len(self.rows) > len(shown):
            self._drop(self.rows[-1])
        for row, span in zip(self.rows, shown, strict=False):
            row.set_span(span)
        for span in shown[len(self.rows) :]:
            self._append(span)
        self._fit()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self._read_only = read_only
        for row in self.rows:
            row.set_read_only(read_only)
        self._fit()

    def set_invalid(self, invalid: bool) -> None:
        """Mark the inputs as what is wrong."""
        for row in self.rows:
            for edit in (row.opens, row.closes):
                if bool(edit.property("invalid")) != invalid:
                    edit.setProperty("invalid", invalid)
                    edit.style().unpolish(edit)
                    edit.style().polish(edit)

    def _append(self, span: Span) -> SpanEdit:
        row = SpanEdit(span, self._day)
        row.set_read_only(self._read_only)
        row.edited.connect(self.edited)
        row.removed.connect(lambda: self._on_remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        return row

    def _drop(self, row: SpanEdit) -> None:
        row.end.removeWidget(self.add)
        self.add.setParent(self)
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _on_add(self) -> None:
        row = self._append(next_span(self.spans()))
        self._fit()
        row.opens.setFocus()
        self.edited.emit()

    def _on_remove(self, row: SpanEdit) -> None:
        place = self.rows.index(row)
        self._drop(row)
        self._fit()
        # The focus stays in this day, where the next press is expected.
        nearest = self.rows[min(place, len(self.rows) - 1)].remove if self.rows else self.add
        nearest.setFocus()
        self.edited.emit()

    def _fit(self) -> None:
        (self.rows[-1].end if self.rows else self._empty).addWidget(self.add)
        self._closed.setVisible(not self.rows)
        self.add.setVisible(not self._read_only and len(self.rows) < MOST_SPANS)


def _time(shown: QTime) -> time:
    return time(shown.hour(), shown.minute())
