"""A form's time of day, and its day."""

from datetime import date, time

from PySide6.QtCore import QDate, QLocale, Qt, QTime
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDateEdit, QTimeEdit, QWidget

from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.form_field import FormField

_TIME_WIDTH, _DATE_WIDTH = 104, 160
_INSET = 10  # a style sheet's padding does not reach the text of a spin box
# Digits are 0-9 in every language; the order of the parts is the international one everywhere.
_DIGITS = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


class TimeEdit(QTimeEdit):
    """Hours and minutes; the wheel scrolls the form around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(_DIGITS)
        # First: from right to left Qt turns the parts of the format around.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setDisplayFormat("HH:mm")
        self.setWrapping(True)
        self.setFixedWidth(current_theme().px(_TIME_WIDTH))
        self.lineEdit().setTextMargins(_INSET, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()


class DateEdit(QDateEdit):
    """Day, month and year; the wheel scrolls the form around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(_DIGITS)
        # First: from right to left Qt turns the parts of the format around.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setFixedWidth(current_theme().px(_DATE_WIDTH))
        self.lineEdit().setTextMargins(_INSET, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()


class TimeField(FormField):
    """A time of day, to the minute."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._is_set = False
        self.input = TimeEdit()
        self.input.timeChanged.connect(self._on_changed)
        self.adopt(self.input, stretch=0)
        self.line.addStretch(1)

    def value(self) -> time:
        """The time."""
        shown = self.input.time()
        return time(shown.hour(), shown.minute())

    def set_value(self, value: time) -> None:
        """Show a time."""
        self._is_set = True
        self.input.setTime(QTime(value.hour, value.minute))
        self._is_set = False

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.input.setEnabled(not read_only)

    def _on_changed(self) -> None:
        if not self._is_set:
            self.edited.emit()


class DateField(FormField):
    """A day."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._is_set = False
        self.input = DateEdit()
        self.input.dateChanged.connect(self._on_changed)
        self.adopt(self.input, stretch=0)
        self.line.addStretch(1)

    def value(self) -> date:
        """The day."""
        shown = self.input.date()
        return date(shown.year(), shown.month(), shown.day())

    def set_value(self, value: date) -> None:
        """Show a day."""
        self._is_set = True
        self.input.setDate(QDate(value.year, value.month, value.day))
        self._is_set = False

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.input.setEnabled(not read_only)

    def _on_changed(self) -> None:
        if not self._is_set:
            self.edited.emit()
