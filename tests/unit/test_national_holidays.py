"""The tables of national holidays: countries, regions, languages, and every country once."""

from datetime import date

import pytest

from server.domain.errors import NotFound
from server.infra.national_holidays import countries, national_holidays, regions


def names(country: str, language: str, *, region: str | None = None) -> dict[date, str]:
    found = national_holidays(country, 2026, language, region=region)
    return {holiday.day: holiday.name for holiday in found}


EPIPHANY = date(2026, 1, 6)


class TestNationalHolidays:
    @pytest.mark.parametrize(("language", "name"), [("es", "Epifanía del Señor"), ("en", "Epiphany")])
    def test_are_named_in_the_language(self, language: str, name: str) -> None:
        assert names("ES", language)[EPIPHANY] == name

    @pytest.mark.parametrize("language", ["ar", "xx", "es_ES", ""])
    def test_are_named_in_the_countrys_own_where_the_table_lacks_the_language(self, language: str) -> None:
        assert names("ES", language)[EPIPHANY] == "Epifanía del Señor"

    def test_are_never_named_in_the_language_of_the_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LANGUAGE", "en_US")
        assert names("ES", "ar")[EPIPHANY] == "Epifanía del Señor"

    def test_take_the_countrys_own_kind_of_a_language(self) -> None:
        # Both of these tables have American English too.
        assert names("CA", "en")[date(2026, 9, 7)] == "Labour Day"
        assert names("HK", "en")[date(2026, 2, 17)] == "Lunar New Year's Day"

    def test_of_a_region_come_with_those_of_the_country(self) -> None:
        whole, madrid = names("ES", "es"), names("ES", "es", region="MD")
        assert date(2026, 5, 2) not in whole
        assert madrid.items() > whole.items()
        assert madrid[date(2026, 5, 2)] == "Fiesta de la Comunidad de Madrid"

    def test_come_by_day_and_are_closed(self) -> None:
        found = national_holidays("US", 2026, "en")
        assert [holiday.day for holiday in found] == sorted({holiday.day for holiday in found})
        assert {holiday.spans for holiday in found} == {()}

    def test_a_day_off_for_a_holiday_on_a_weekend_is_one_too(self) -> None:
        # Independence Day 2026 is a Saturday.
        assert date(2026, 7, 3) in names("US", "en")

    @pytest.mark.parametrize("year", [1, 9999])
    def test_there_are_none_in_a_year_beyond_the_table(self, year: int) -> None:
        assert national_holidays("ES", year, "es") == []

    @pytest.mark.parametrize("country", ["ZZ", "es", "Spain", "", "HolidayBase", "XNYS"])
    def test_refuses_what_is_no_countrys_code(self, country: str) -> None:
        with pytest.raises(NotFound) as refused:
            national_holidays(country, 2026, "es")
        assert refused.value.facts == {"what": "country", "id": country}

    def test_refuses_a_region_of_another_country(self) -> None:
        with pytest.raises(NotFound) as refused:
            national_holidays("ES", 2026, "es", region="TX")
        assert refused.value.facts == {"what": "region", "id": "TX"}

    @pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
    def test_of_every_country_fit_an_organizations_settings(self, language: str) -> None:
        for country in countries("en"):
            for year in (2026, 2027):
                found = national_holidays(country.code, year, language)
                assert all(holiday.day.year == year for holiday in found), country

    def test_a_title_that_is_too_long_is_shortened(self) -> None:
        longest = max(names("KH", "km").values(), key=len)
        assert (len(longest) <= 100, longest[-1]) == (True, "…")


class TestCountries:
    @pytest.mark.parametrize(
        ("language", "spain"), [("en", "Spain"), ("es", "España"), ("fr", "Espagne"), ("ar", "إسبانيا")]
    )
    def test_are_named_in_the_language(self, language: str, spain: str) -> None:
        assert {country.code: country.name for country in countries(language)}["ES"] == spain

    @pytest.mark.parametrize("language", ["xx", "", "../en", "e"])
    def test_are_named_in_english_where_it_is_unknown(self, language: str) -> None:
        assert countries(language) == countries("en")

    def test_accents_do_not_move_a_name_to_the_end(self) -> None:
        found = [country.code for country in countries("en")]
        assert found.index("AX") < found.index("DZ") < found.index("ZW")

    def test_are_listed_once(self) -> None:
        found = countries("en")
        assert (
            len({country.code for country in found}) == len({country.name for country in found}) == len(found)
        )


class TestRegions:
    def test_are_named_as_the_country_does(self) -> None:
        found = {region.code: region.name for region in regions("ES")}
        assert (found["MD"], found["PV"]) == ("Madrid", "País Vasco")

    def test_without_a_name_show_their_code(self) -> None:
        found = {region.code: region.name for region in regions("DE")}
        assert (found["BY"], found["Augsburg"]) == ("Bayern", "Augsburg")

    def test_are_listed_by_name(self) -> None:
        found = [region.code for region in regions("ES")]
        assert found.index("AN") < found.index("IB") < found.index("VC")

    def test_of_a_country_without_any_are_none(self) -> None:
        assert regions("AW") == []

    def test_refuses_what_is_no_country(self) -> None:
        with pytest.raises(NotFound):
            regions("ZZ")
