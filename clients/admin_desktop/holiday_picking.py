"""Looking national holidays up, to pick some from: the dialog's part of the presenter."""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QLocale, QObject, QTimeZone, Signal

from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskHolidayCountries, AskHolidays, Question
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.hours import Holiday, HolidayCountry


@dataclass(frozen=True, kw_only=True)
class LookHolidaysUp:
    """An intent: the holidays of a country and year are wanted; `country` "" is the organization's own."""

    country: str = ""
    year: int


@dataclass(frozen=True, kw_only=True)
class StopLookingUp:
    """An intent: the dialog was closed."""


@dataclass(frozen=True, kw_only=True)
class HolidayPickView:
    """What the dialog shows.

    Args:
        countries: None until they have come.
        country: the chosen one's code, "" for none.
        holidays: None until those of this country and year have come.
        error: why something has not come, in a sentence.
    """

    countries: tuple[HolidayCountry, ...] | None
    country: str
    year: int
    holidays: tuple[Holiday, ...] | None
    error: str = ""


class HolidayPicking(QObject):
    """Asks for the countries once, and for the holidays of whichever is chosen."""

    changed = Signal()
    """What the dialog shows is new."""

    def __init__(self, link: Link, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store = link, store
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._wanted: LookHolidaysUp | None = None
        self._countries: tuple[HolidayCountry, ...] | None = None
        self._holidays: tuple[Holiday, ...] | None = None
        self._error = ""

    def look_up(self, wanted: LookHolidaysUp) -> None:
        """Ask for holidays, and for the countries if they are not known."""
        country = wanted.country or self._own_country()
        self._wanted = LookHolidaysUp(country=country, year=wanted.year)
        self._holidays, self._error = None, ""
        if self._countries is None:
            self._link.ask(AskHolidayCountries(language=_language()))
        if country:
            self._link.ask(self._question(self._wanted))
        self.changed.emit()

    def stop(self) -> None:
        """The dialog was closed."""
        self._wanted = None
        self.changed.emit()

    def view(self) -> HolidayPickView | None:
        """What the dialog shows; None while it is closed."""
        if self._wanted is None:
            return None
        return HolidayPickView(
            countries=self._countries,
            country=self._wanted.country,
            year=self._wanted.year,
            holidays=self._holidays,
            error=self._error,
        )

    def _on_answered(self, answered: Answered) -> None:
        match answered.question, answered.value:
            case AskHolidayCountries(), tuple() as countries:
                self._countries = countries
            case AskHolidays() as question, tuple() as holidays if self._is_wanted(question):
                self._holidays = holidays
            case _:
                return
        self.changed.emit()

    def _on_failed(self, failed: AskingFailed) -> None:
        if isinstance(failed.question, AskHolidayCountries) or self._is_wanted(failed.question):
            self._error = failed.sentence
            self.changed.emit()

    def _is_wanted(self, question: Question) -> bool:
        """Whether it is the newest: an answer to an earlier one may come late."""
        return self._wanted is not None and question == self._question(self._wanted)

    def _own_country(self) -> str:
        """The country of the organization's time zone, "" where that tells none."""
        state = self._store.state
        if state is None:
            return ""
        zone = QTimeZone(QByteArray(state.organization.time_zone.encode()))
        anywhere = QLocale.Country.AnyCountry
        territory = zone.territory() if zone.isValid() else anywhere
        return "" if territory in (anywhere, QLocale.Country.World) else QLocale.territoryToCode(territory)

    @staticmethod
    def _question(wanted: LookHolidaysUp) -> AskHolidays:
        return AskHolidays(country=wanted.country, year=wanted.year, language=_language())


def _language() -> str:
    """As ISO 639-1 has it; the locale "C" and the few languages that it lacks are English."""
    code = QLocale.languageToCode(QLocale().language())
    return code if len(code) == 2 else "en"
