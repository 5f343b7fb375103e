"""`/national-holidays`: tables that an admin picks an organization's holidays from."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from server.api.access import allowed
from server.api.docs import described
from server.domain.access import Actor
from server.infra import national_holidays
from shared.hours import Holiday, HolidayCountry
from shared.ids import Permission
from shared.problems import ProblemCode

router = APIRouter(prefix="/national-holidays", tags=["organization"])

Reading = Annotated[Actor, Depends(allowed(Permission.SETTINGS_READ))]
InLanguage = Annotated[str, Query(pattern="^[a-z]{2}$", description="How things are named")]


@router.get("", summary="Countries with national holidays", **described(permission=Permission.SETTINGS_READ))
async def list_countries(actor: Reading, language: InLanguage = "en") -> list[HolidayCountry]:
    """By name."""
    found = await asyncio.to_thread(national_holidays.countries, language)
    return [HolidayCountry(code=country.code, name=country.name) for country in found]


@router.get(
    "/{country}/{year}",
    summary="The national holidays of a country",
    **described(ProblemCode.NOT_FOUND, permission=Permission.SETTINGS_READ),
)
async def list_holidays(
    actor: Reading,
    country: Annotated[str, Path(pattern="^[A-Z]{2}$", description="As ISO 3166-1 names it")],
    year: Annotated[int, Path(ge=1990, le=2100)],
    language: InLanguage = "en",
    region: Annotated[str | None, Query(max_length=10, description="A part of the country")] = None,
) -> list[Holiday]:
    """As the tables of a library have them: to be looked over before they are saved."""
    return await asyncio.to_thread(
        national_holidays.national_holidays, country, year, language, region=region
    )
