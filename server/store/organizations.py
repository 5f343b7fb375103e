"""Organizations and their settings."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from server.domain.errors import NotFound
from server.domain.service_day import service_day
from server.store.engine import Row, Tx
from shared.ids import OrganizationId
from shared.organizations import OrganizationSettings

_COLUMNS = ("name", "time_zone", "reset_time", "confirms_arrival", "priority_levels")
"""The settings that have columns of their own; the others lie in `settings`."""


@dataclass(frozen=True, kw_only=True)
class Organization:
    """One site: one time zone, one set of series.

    Args:
        version: of its settings; grows with each edit.
        closed_day: the service day that was closed early.
    """

    id: OrganizationId
    settings: OrganizationSettings
    version: int = 0
    closed_day: date | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.settings.name

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of its clocks."""
        return ZoneInfo(self.settings.time_zone)

    @property
    def reset_time(self) -> time:
        """When its service day begins."""
        return self.settings.reset_time

    def service_day(self, now: datetime) -> date:
        """The service day of a moment."""
        return service_day(now, time_zone=self.time_zone, reset_time=self.reset_time)


async def add(tx: Tx, organization: Organization) -> None:
    """A new organization at revision 0."""
    await tx.execute(
        "INSERT INTO organizations (id, name, time_zone, reset_time, confirms_arrival, priority_levels,"
        " settings) VALUES (%(id)s, %(name)s, %(time_zone)s, %(reset_time)s, %(confirms_arrival)s,"
        " %(priority_levels)s, %(settings)s::jsonb)",
        {"id": organization.id, **_params(organization.settings)},
    )
    await tx.execute(
        "INSERT INTO organization_revisions (organization_id) VALUES (%(id)s)",
        {"id": organization.id},
    )


async def configure(tx: Tx, organization: Organization) -> None:
    """What an admin decided; the version grows."""
    await tx.execute(
        "UPDATE organizations SET name = %(name)s, time_zone = %(time_zone)s,"
        " reset_time = %(reset_time)s, confirms_arrival = %(confirms_arrival)s,"
        " priority_levels = %(priority_levels)s, settings = %(settings)s::jsonb,"
        " version = %(version)s, closed_day = %(closed_day)s, updated_at = now() WHERE id = %(id)s",
        {
            "id": organization.id,
            "version": organization.version,
            "closed_day": organization.closed_day,
            **_params(organization.settings),
        },
    )


async def load(tx: Tx, organization_id: OrganizationId) -> Organization:
    """An organization.

    Raises:
        NotFound
    """
    row = await tx.one(
        f"{_SELECT} WHERE id = %(id)s",
        {"id": organization_id},
    )
    if row is None:
        raise NotFound(what="organization", id=str(organization_id))
    return _organization(row)


async def all_of(tx: Tx) -> list[Organization]:
    """Every organization of this server, by name."""
    return [_organization(row) for row in await tx.all(f"{_SELECT} ORDER BY name, id")]


async def exist(tx: Tx) -> bool:
    """Whether this server has any organization."""
    return await tx.one("SELECT FROM organizations LIMIT 1") is not None


async def ids(tx: Tx) -> list[OrganizationId]:
    """The ids of all organizations."""
    rows = await tx.all("SELECT id FROM organizations ORDER BY id")
    return [OrganizationId(row["id"]) for row in rows]


_SELECT = (
    "SELECT id, name, time_zone, reset_time, confirms_arrival, priority_levels, settings, version,"
    " closed_day FROM organizations"
)


def _params(settings: OrganizationSettings) -> dict[str, object]:
    rest = settings.model_dump(mode="json", exclude=set(_COLUMNS))
    return {
        "name": settings.name,
        "time_zone": settings.time_zone,
        "reset_time": settings.reset_time,
        "confirms_arrival": settings.confirms_arrival,
        "priority_levels": list(settings.priority_levels),
        "settings": json.dumps(rest),
    }


def _organization(row: Row) -> Organization:
    columns = {name: row[name] for name in _COLUMNS}
    return Organization(
        id=OrganizationId(row["id"]),
        settings=OrganizationSettings.model_validate({**row["settings"], **columns}),
        version=row["version"],
        closed_day=row["closed_day"],
    )
