"""When a parked visitor goes back in line by themselves: not at all, in minutes, or at a time."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.staff_desktop.wake import WHEN_ASKED, Wake, read_time

_NOT, _MINUTES, _TIME = "not", "minutes", "time"
_FIRST_MINUTES = "10"
_MOST_MINUTES = 24 * 60


class WakePicker(QWidget):
    """Says below in words when that is.

    Args:
        now: on the organization's clock.
    """

    edited = Signal()
    """The person chose or typed something."""

    def __init__(self, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.kinds = Segments()
        self.minutes = Field(self.tr("Minutes"))
        self.minutes.set_text(_FIRST_MINUTES)
        self.time = Field(self.tr("Time"), placeholder="11:30")
        self.about = Label(TextRole.HINT, tone="ink3", wrap=True)
        parts = [
            Segment(key=_NOT, text=self.tr("No")),
            Segment(key=_MINUTES, text=self.tr("In minutes")),
            Segment(key=_TIME, text=self.tr("At a time")),
        ]
        self.kinds.render(parts, _NOT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(Label(TextRole.HINT, self.tr("Back in line by itself"), tone="ink3"))
        column.addWidget(self.kinds, 0, Qt.AlignmentFlag.AlignLeading)
        column.addSpacing(4)
        for widget in (self.minutes, self.time, self.about):
            column.addWidget(widget)
        self.kinds.segment_chosen.connect(self._on_kind_chosen)
        self.minutes.text_edited.connect(self._on_edited)
        self.time.text_edited.connect(self._on_edited)
        self._show()

    @property
    def wake(self) -> Wake | None:
        """When; None while what is typed is no time."""
        kind = self.kinds.chosen
        if kind == _MINUTES:
            text = self.minutes.text.strip()
            is_number = text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_MINUTES
            return Wake(in_min=int(text)) if is_number else None
        if kind == _TIME:
            moment = read_time(self.time.text)
            return Wake(at=moment) if moment is not None else None
        return WHEN_ASKED

    def missing(self) -> str:
        """What has to be typed, "" for nothing."""
        if self.wake is not None:
            return ""
        if self.kinds.chosen == _MINUTES:
            return self.tr("Type how many minutes, 1 to {most}.").format(most=_MOST_MINUTES)
        return self.tr("Type a time such as 11:30.")

    def _on_kind_chosen(self) -> None:
        self._show()
        for field in (self.minutes, self.time):
            if field.isVisible():
                field.input.setFocus()
                field.input.selectAll()
        self.edited.emit()

    def _on_edited(self) -> None:
        self.about.setText(self._about())
        self.edited.emit()

    def _show(self) -> None:
        self.minutes.setVisible(self.kinds.chosen == _MINUTES)
        self.time.setVisible(self.kinds.chosen == _TIME)
        self.about.setText(self._about())

    def _about(self) -> str:
        wake, zone = self.wake, self._now.tzinfo
        if wake is None:
            return self.missing()
        moment = wake.moment(self._now, zone) if zone is not None else None
        if moment is None:
            return self.tr("Until somebody takes the visitor up again.")
        local = moment.astimezone(zone)
        if local.date() == self._now.date():
            return self.tr("Back in line at {time}.").format(time=formats.clock(local))
        return self.tr("Back in line tomorrow at {time}.").format(time=formats.clock(local))
