"""National holidays, from the tables of the library `holidays`: what an admin picks a list from.

The tables are the library's promise, not ours: a government moves a day at short notice, and days that
follow the moon are estimated. So they are copied into an organization's settings, to be looked over there,
and no rule reads them from here.
"""

import unicodedata
from dataclasses import dataclass

import holidays
from babel import Locale, UnknownLocaleError
from holidays.registry import EntityLoader

from server.domain.errors import NotFound
from shared.hours import Holiday

_NAME_LENGTH = 100
"""A holiday's name is a `Label`; some countries' titles of honour are longer."""


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country with a table of holidays; `code` is ISO 3166-1's ("ES")."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of a country with holidays of its own; `code` is ISO 3166-2's without the country ("MD")."""

    code: str
    name: str


def countries(language: str) -> list[Country]:
    """The countries that have a table, by name.

    Args:
        language: in which they are named, as ISO 639-1 has it; one that is unknown is English.
    """
    names = _locale(language).territories
    found = [
        Country(code=code, name=names[code]) for code in EntityLoader.get_country_codes(include_aliases=False)
    ]
    return sorted(found, key=lambda country: _sorting(country.name))


def regions(country: str) -> list[Region]:
    """The parts of a country that have holidays of their own, by their name in the country.

    Raises:
        NotFound: there is no table of this country.
    """
    table = _table(country)
    names: dict[str, str] = {}
    for name, code in table.subdivisions_aliases.items():
        names.setdefault(code, name)
    found = [Region(code=code, name=names.get(code, code)) for code in table.subdivisions]
    return sorted(found, key=lambda region: _sorting(region.name))


def national_holidays(country: str, year: int, language: str, *, region: str | None = None) -> list[Holiday]:
    """A country's public holidays in a year, by day, each closed all day.

    Args:
        country: ISO 3166-1's code ("ES").
        language: in which they are named, as ISO 639-1 has it. Where the country's table does not have
            it, they are named in the country's own.
        region: a code of `regions`; None for those of the whole country alone.

    Returns:
        None at all for a year that the table does not reach.

    Raises:
        NotFound: there is no table of this country, or no such region in it.
    """
    table = _table(country)
    if region is not None and region not in table.subdivisions:
        raise NotFound(what="region", id=region)
    found = holidays.country_holidays(
        country, subdiv=region, years=year, language=_language_of(table, language)
    )
    return [Holiday(day=day, name=_shortened(name)) for day, name in sorted(found.items())]


def _table(country: str) -> holidays.HolidayBase:
    # The library looks a code up among its module's attributes: only codes may come so far.
    if country not in EntityLoader.get_country_codes(include_aliases=False):
        raise NotFound(what="country", id=country)
    return holidays.country_holidays(country)


def _language_of(table: holidays.HolidayBase, language: str) -> str | None:
    """The table's own name of a language ("en_GB"), its default where it has none.

    Always one that is named: by itself the library would take the language of the machine.
    """
    own = table.default_language
    same = [known for known in (own, *sorted(table.supported_languages)) if known]
    return next((known for known in same if known.partition("_")[0] == language), own)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _sorting(name: str) -> str:
    """What a list is sorted by: Åland beside Albania, not behind Zimbabwe."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
