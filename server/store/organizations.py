"""Organizations."""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from server.domain.errors import NotFound
from server.store.engine import Row, Tx
from shared.ids import OrganizationId


@dataclass(frozen=True, kw_only=True)
class Organization:
    """One site: one time zone, one set of series."""

    id: OrganizationId
    name: str
    time_zone: ZoneInfo
    reset_time: time
    confirms_arrival: bool


async def add(tx: Tx, organization: Organization) -> None:
    """A new organization at revision 0."""
    await tx.execute(
        "INSERT INTO organizations (id, name, time_zone, reset_time, confirms_arrival)"
        " VALUES (%(id)s, %(name)s, %(time_zone)s, %(reset_time)s, %(confirms_arrival)s)",
        {
            "id": organization.id,
            "name": organization.name,
            "time_zone": str(organization.time_zone),
            "reset_time": organization.reset_time,
            "confirms_arrival": organization.confirms_arrival,
        },
    )
    await tx.execute(
        "INSERT INTO organization_revisions (organization_id) VALUES (%(id)s)",
        {"id": organization.id},
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


async def time_zone_known(tx: Tx, name: str) -> bool:
    """Whether the database, too, knows a time zone."""
    row = await tx.one("SELECT FROM pg_timezone_names WHERE name = %(name)s", {"name": name})
    return row is not None


_SELECT = "SELECT id, name, time_zone, reset_time, confirms_arrival FROM organizations"


def _organization(row: Row) -> Organization:
    return Organization(
        id=OrganizationId(row["id"]),
        name=row["name"],
        time_zone=ZoneInfo(row["time_zone"]),
        reset_time=row["reset_time"],
        confirms_arrival=row["confirms_arrival"],
    )
