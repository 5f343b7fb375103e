"""When tokens may be taken: the week, the holidays, and closing the day early."""

from clients.admin_desktop.edit_views import HoursView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.holidays_field import HolidaysField
from clients.admin_desktop.forms.single_page import SinglePage
from clients.admin_desktop.forms.weekly_hours import WeeklyHoursEdit
from clients.admin_desktop.holiday_picking import HolidayPickView, LookHolidaysUp, StopLookingUp
from clients.admin_desktop.subjects.organization import HOURS
from clients.admin_desktop.view_state import ConsoleView, Link
from clients.admin_desktop.widgets.day_card import DayCard
from clients.admin_desktop.widgets.holiday_dialog import HolidayDialog
from clients.admin_desktop.words import tr
from clients.core.commands import CloseDay, ReopenDay


class HoursForm(Form):
    """The week, and the days that are different."""

    def __init__(self) -> None:
        super().__init__()
        self.add(
            "opening_hours",
            WeeklyHoursEdit(
                tr("An ordinary week"),
                help=tr("A customer type may have narrower hours of its own."),
            ),
        )
        self.section(
            tr("Holidays and other days"),
            tr("A day here has hours of its own, or none, whatever its weekday has."),
        )
        self.holidays = HolidaysField("")
        self.holidays.label.hide()
        self.add("holidays", self.holidays)
        self.finish()


class HoursPage(SinglePage):
    """The form, and today beside it."""

    def __init__(self) -> None:
        self.form = HoursForm()
        super().__init__(HOURS, tr("Hours and holidays"), self.form)
        self.dialog: HolidayDialog | None = None
        self._year = 0
        self.day = DayCard()
        self.day.hide()
        self.beside.addWidget(self.day)
        self.beside.addStretch(1)
        self.day.close_requested.connect(lambda: self.intended.emit(CloseDay()))
        self.day.reopen_requested.connect(lambda: self.intended.emit(ReopenDay()))
        self.form.holidays.import_requested.connect(
            lambda: self.intended.emit(LookHolidaysUp(year=self._year))
        )

    def render(self, view: ConsoleView) -> None:
        """Show hours and holidays."""
        super().render(view)
        shown = view.page_view
        if not isinstance(shown, HoursView):
            return
        self._year = shown.today.year
        self.form.holidays.set_today(shown.today)
        self.render_edited(shown.edited)
        self.day.render(shown.day, is_live=view.link is Link.LIVE)
        self._render_dialog(shown.picking)

    def _render_dialog(self, picking: HolidayPickView | None) -> None:
        self.dialog = self.follow(self.dialog, picking, self._new_dialog)
        if self.dialog is not None and picking is not None:
            self.dialog.render(picking)

    def _new_dialog(self) -> HolidayDialog:
        known = frozenset(row.day for row in self.form.holidays.rows)
        dialog = HolidayDialog(known, self._year, self)
        dialog.looked_up.connect(
            lambda country, year: self.intended.emit(LookHolidaysUp(country=country, year=year))
        )
        dialog.picked.connect(self.form.holidays.add)
        dialog.finished.connect(lambda _: self.intended.emit(StopLookingUp()))
        return dialog
