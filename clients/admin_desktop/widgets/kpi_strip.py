"""Five figures in one card: the floor at a glance."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import Kpis
from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_mark import ServiceLevel, ServiceLevelLabel

HEIGHT = 104
_NOTE_HEIGHT = 20
_NARROWEST_CELL = 176  # at 100 % text: the longest note uncut
_FEW_COLUMNS = 3


class KpiCell(QWidget):
    """A label, a figure, and a note that gives the figure its measure."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = label
        self._figure = Label(TextRole.FIGURE)
        self._of = Label(TextRole.FIGURE, tone="ink3")
        self._level = ServiceLevelLabel()
        self._note = ElidedLabel(TextRole.SMALL, tone="ink2")
        figures = QHBoxLayout()
        figures.setSpacing(6)
        figures.addWidget(self._figure)
        figures.addWidget(self._of)
        figures.addStretch(1)
        notes = QHBoxLayout()
        notes.setSpacing(6)
        notes.addWidget(self._level)
        # As high with the mark as without: the strip must not move when somebody is late.
        notes.addStrut(current_theme().px(_NOTE_HEIGHT))
        notes.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(0)
        column.addWidget(ElidedLabel(TextRole.SMALL, label, tone="ink2"))
        column.addLayout(figures)
        column.addLayout(notes)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def render(self, figure: str, note: str, *, of: str = "", late: str = "") -> None:
        """Show a figure.

        Args:
            figure: the number with its unit.
            note: the line below.
            of: what the figure is part of ("of 6"), "" for none.
            late: words for the level's mark before the note, "" for none.
        """
        self._figure.setText(figure)
        self._of.setText(of)
        self._of.setVisible(bool(of))
        self._note.setText(note)
        self._level.setVisible(bool(late))
        if late:
            self._level.render(ServiceLevel.LATE, late)
        self.setAccessibleName(" ".join(part for part in (self._name, figure, of, late, note) if part))


class KpiStrip(Card):
    """Waiting now, longest wait, served today, average wait today, counters open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(0, 0), parent=parent)
        self._waiting = KpiCell(self.tr("Waiting now"))
        self._longest = KpiCell(self.tr("Longest wait"))
        self._served = KpiCell(self.tr("Served today"))
        self._average = KpiCell(self.tr("Average wait today"))
        self._counters = KpiCell(self.tr("Counters open"))
        self._cells = (self._waiting, self._longest, self._served, self._average, self._counters)
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setSpacing(1)  # the lines are painted between the cells
        self.body.addLayout(self._grid)
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._arrange()

    def render(self, kpis: Kpis) -> None:
        """Show the figures."""
        late, waiting_note = words.late_note(kpis)
        self._waiting.render(str(kpis.waiting), waiting_note, late=late)
        longest = formats.minutes(kpis.longest.waited_s) if kpis.longest else words.MISSING
        self._longest.render(longest, words.longest_note(kpis))
        served = str(kpis.day.served) if kpis.day else words.MISSING
        self._served.render(served, words.served_note(kpis))
        self._served.setToolTip(words.served_whole(kpis))
        self._average.render(words.average_figure(kpis), words.average_note(kpis))
        of = self.tr("of {count}").format(count=kpis.counters)
        self._counters.render(str(kpis.open_counters), words.counters_note(kpis), of=of)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows where five cells would have to cut their words."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs two rows sooner."""
        super().changeEvent(event)
        if is_restyling(event):
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, and a line before each cell that has a neighbour there."""
        super().paintEvent(event)
        painter = QPainter(self)
        line = self.theme.color("line")
        for place, cell in enumerate(self._cells):
            box = cell.geometry()
            if place % self._columns:
                x = box.right() + 1 if self.right_to_left else box.left() - 1
                painter.fillRect(x, box.top(), 1, box.height(), line)
            if place >= self._columns:
                painter.fillRect(box.left() - 1, box.top() - 1, box.width() + 2, 1, line)

    def _arrange(self) -> None:
        whole = len(self._cells)
        columns = whole if self.width() >= whole * self.theme.px(_NARROWEST_CELL) else _FEW_COLUMNS
        if columns == self._columns:
            return
        self._columns = columns
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, place // columns, place % columns)
        for column in range(whole):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
