"""A form's moment: a day and a time of it, or none."""

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QDate, QTime
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.moment_fields import DateEdit, TimeEdit


class MomentField(FormField):
    """A day and a time on the organization's clock. Without one, `none` says what that means.

    Args:
        none: "From now on", "Until it is switched off".
    """

    def __init__(self, label: str, *, none: str, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._zone: tzinfo = UTC
        self._shown: datetime | None = None  # with its seconds, which the inputs do not show
        self._proposed: datetime | None = None
        self._read_only = False
        self.none = QCheckBox(none)
        self.none.setChecked(True)
        self.none.setAccessibleDescription(label)
        self.none.clicked.connect(self._on_none)
        self.date, self.time = DateEdit(), TimeEdit()
        self.date.setAccessibleName(label)
        self.time.setAccessibleName(label)
        self.moment = QWidget()
        row = QHBoxLayout(self.moment)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.date)
        row.addWidget(self.time)
        self.column.insertWidget(1, self.none)
        self.line.addWidget(self.moment)
        self.line.addStretch(1)
        self.setFocusProxy(self.none)
        self.label.setBuddy(self.none)
        self.date.dateChanged.connect(self._on_changed)
        self.time.timeChanged.connect(self._on_changed)
        self._show()

    def set_clock(self, zone: tzinfo, proposed: datetime) -> None:
        """By which clock moments are read, and which one is proposed at first."""
        self._proposed = proposed
        if zone != self._zone:
            self._zone = zone
            self._show()

    def value(self) -> datetime | None:
        """The moment, aware; None for none."""
        return self._shown

    def set_value(self, value: datetime | None) -> None:
        """Show a moment, or none."""
        self._shown = value
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        for control in (self.none, self.date, self.time):
            control.setEnabled(not read_only)

    def controls(self) -> tuple[QWidget, ...]:
        """Day and time."""
        return (self.date, self.time)

    def _show(self) -> None:
        self.none.setChecked(self._shown is None)
        self.moment.setVisible(self._shown is not None)
        if self._shown is None:
            return
        local = self._shown.astimezone(self._zone)
        for control in (self.date, self.time):
            control.blockSignals(True)
        self.date.setDate(QDate(local.year, local.month, local.day))
        self.time.setTime(QTime(local.hour, local.minute))
        for control in (self.date, self.time):
            control.blockSignals(False)

    def _on_none(self) -> None:
        if self.none.isChecked():
            self._shown = None
        else:
            self._shown = (self._proposed or datetime.now(UTC)).replace(second=0, microsecond=0)
        self._show()
        self.set_error("")
        self.edited.emit()

    def _on_changed(self) -> None:
        day, clock = self.date.date(), self.time.time()
        self._shown = datetime(
            day.year(), day.month(), day.day(), clock.hour(), clock.minute(), tzinfo=self._zone
        )
        self.set_error("")
        self.edited.emit()
