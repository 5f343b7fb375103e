"""The national holidays of a country and a year, to pick some from."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.admin_desktop import hours_words as words
from clients.admin_desktop.holiday_picking import HolidayPickView
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.select_field import Option, SelectField
from shared.hours import Holiday

YEARS = 3  # this year and the next two: further, governments have not decided
_LIST_HEIGHT = 300


class HolidayDialog(Dialog):
    """Country and year above, the days with boxes below: all are picked at first.

    Args:
        known: days that are in the list already; they cannot be picked again.
        this_year: of the organization's date.
    """

    looked_up = Signal(str, int)
    """Other holidays are wanted; arguments: the country's code, the year."""
    picked = Signal(object)
    """Days are to be put in; argument: a tuple of Holiday."""

    def __init__(self, known: frozenset[date], this_year: int, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("National holidays"),
            tr("Look them over: some hold only in a part of a country, and some move."),
            action=tr("Add"),
            parent=parent,
        )
        self._known = known
        self._shown: HolidayPickView | None = None
        self.boxes: list[tuple[QCheckBox, Holiday]] = []
        self.country = SelectField(tr("Country"))
        self.year = SelectField(
            tr("Year"), [Option(key=str(this_year + n), text=str(this_year + n)) for n in range(YEARS)]
        )
        self.error = ErrorLine()
        self.note = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self._list = QVBoxLayout()
        self._build()
        for field in (self.country, self.year):
            field.edited.connect(
                lambda: self.looked_up.emit(self.country.value(), int(self.year.value() or this_year))
            )

    def render(self, view: HolidayPickView) -> None:
        """Show what has come."""
        if view == self._shown:
            return
        is_new = self._shown is None or view.holidays != self._shown.holidays
        self._shown = view
        countries = view.countries or ()
        self.country.set_options([Option(key=each.code, text=each.name) for each in countries])
        self.country.set_value(view.country)
        self.year.set_value(str(view.year))
        self.error.render(view.error)
        self.error.setVisible(bool(view.error))
        if is_new:
            self._rebuild(view.holidays or ())
        self.note.setText(self._said(view))
        self.note.setVisible(bool(self.note.text()))
        self._count()

    def accept(self) -> None:
        """Tell what was picked, and close."""
        chosen = tuple(holiday for box, holiday in self.boxes if box.isEnabled() and box.isChecked())
        if chosen:
            self.picked.emit(chosen)
            super().accept()

    def _said(self, view: HolidayPickView) -> str:
        if view.error:
            return ""
        if view.countries is not None and not view.country:
            return tr("Choose a country.")
        if view.holidays is None:
            return tr("Looking them up…")
        return "" if view.holidays else tr("No national holidays are known for this year.")

    def _rebuild(self, holidays: tuple[Holiday, ...]) -> None:
        for box, _ in self.boxes:
            self._list.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.boxes = [(self._make_box(holiday), holiday) for holiday in holidays]
        for place, (box, _) in enumerate(self.boxes):
            self._list.insertWidget(place, box)

    def _make_box(self, holiday: Holiday) -> QCheckBox:
        is_known = holiday.day in self._known
        text = f"{words.day(holiday.day)}  {holiday.name}"
        box = QCheckBox(tr("{day} (in the list)").format(day=text) if is_known else text)
        box.setChecked(not is_known)
        box.setEnabled(not is_known)
        box.clicked.connect(self._count)
        return box

    def _count(self) -> None:
        count = sum(box.isEnabled() and box.isChecked() for box, _ in self.boxes)
        text = tr("Add 1 day") if count == 1 else tr("Add {count} days").format(count=count)
        self.action.render(
            CommandState(
                text=text if count else tr("Add"), enabled=bool(count), reason=tr("Nothing is picked")
            )
        )

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.country, 2, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.year, 1, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._list)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFixedHeight(current_theme().px(_LIST_HEIGHT))
        scroll.setWidget(holder)
        self.body.addLayout(top)
        self.body.addWidget(self.error)
        self.body.addWidget(self.note)
        self.body.addWidget(scroll)
