"""Customer types: their configuration and live figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from server.domain.errors import NotFound
from server.domain.numbering import Series
from server.store.engine import Reading, Row, Tx
from shared.hours import WeeklyHours
from shared.ids import OrganizationId, TypeKey
from shared.queues import CustomerType, QueueSettings


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A customer type with its series and the count of the waiting.

    Args:
        multiplier: how fast the priority of its tokens grows, a minute waited.
        opening_hours: None is whenever the organization is open.
        day_limit: how many tokens it gives a service day; None is no limit.
        taken_day, taken_count: how many it gave on that service day.
        version: of its settings; grows with each edit.
    """

    shown: CustomerType
    series: Series
    multiplier: float
    waiting: int
    opening_hours: WeeklyHours | None = None
    day_limit: int | None = None
    taken_day: date | None = None
    taken_count: int = 0
    version: int = 0

    def taken_on(self, day: date) -> int:
        """How many tokens it has given on a service day."""
        return self.taken_count if self.taken_day == day else 0

    @property
    def settings(self) -> QueueSettings:
        """What an admin decided about it."""
        return QueueSettings(
            key=self.shown.key,
            name=self.shown.name,
            prefix=self.shown.prefix,
            position=self.shown.position,
            max_number=self.series.max_number,
            reset_daily=self.series.reset_daily,
            is_active=self.shown.is_active,
            priority_multiplier=self.multiplier,
            wait_limit_min=self.shown.wait_limit_min,
            opening_hours=self.opening_hours,
            day_limit=self.day_limit,
        )


@dataclass(frozen=True, kw_only=True)
class NewQueue:
    """What a new customer type starts with; the rest has defaults."""

    key: TypeKey
    name: str
    prefix: str
    wait_limit_min: int = 15


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The recent past of one customer type. Times in seconds, None where nothing is on record.

    Args:
        mean_s, cv: of the time that a visitor keeps a counter: from the call to the end.
        quartiles_s: of the service alone: 25 %, 50 % and 75 %.
    """

    mean_s: float | None = None
    cv: float | None = None
    quartiles_s: tuple[float, float, float] | None = None


_COLUMNS = (
    "customer_type, name, prefix, position, wait_limit_min, is_active, current_number,"
    " series_day, max_number, reset_daily, priority_multiplier, waiting_count, opening_hours,"
    " day_limit, taken_day, taken_count, version"
)


async def all_of(tx: Tx, organization_id: OrganizationId) -> list[Queue]:
    """Every customer type of an organization, by position."""
    return await tx.read(loading_all(organization_id))


def loading_all(organization_id: OrganizationId) -> Reading[list[Queue]]:
    """What `all_of` asks."""
    return Reading(
        query=f"SELECT {_COLUMNS} FROM queue_configurations"  # noqa: S608 - a constant
        " WHERE organization_id = %(organization_id)s"
        ' ORDER BY position, customer_type COLLATE "C"',  # as the apps sort them
        params={"organization_id": organization_id},
        parse=lambda rows: [_queue(row) for row in rows],
    )


async def load(tx: Tx, organization_id: OrganizationId, key: TypeKey) -> Queue:
    """A customer type of this organization.

    Raises:
        NotFound
    """
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM queue_configurations"  # noqa: S608 - a constant
        " WHERE organization_id = %(organization_id)s AND customer_type = %(key)s",
        {"organization_id": organization_id, "key": key},
    )
    if row is None:
        raise NotFound(what="customer type", id=key)
    return _queue(row)


async def add(tx: Tx, organization_id: OrganizationId, new: NewQueue, *, position: int) -> None:
    """A new customer type."""
    await tx.execute(
        "INSERT INTO queue_configurations"
        " (id, organization_id, customer_type, name, prefix, position, wait_limit_min)"
        " VALUES (%(id)s, %(organization_id)s, %(key)s, %(name)s, %(prefix)s, %(position)s,"
        " %(wait_limit_min)s)",
        {
            "id": uuid4(),
            "organization_id": organization_id,
            "key": new.key,
            "name": new.name,
            "prefix": new.prefix,
            "position": position,
            "wait_limit_min": new.wait_limit_min,
        },
    )


async def give_back(tx: Tx, organization_id: OrganizationId, key: TypeKey, *, service_day: date) -> None:
    """A token of this day is as if it had never been taken: the day has room for another."""
    await tx.execute(
        "UPDATE queue_configurations SET taken_count = taken_count - 1"
        " WHERE organization_id = %(organization_id)s AND customer_type = %(key)s"
        " AND taken_day = %(service_day)s",
        {"organization_id": organization_id, "key": key, "service_day": service_day},
    )


async def insert(tx: Tx, organization_id: OrganizationId, settings: QueueSettings) -> None:
    """A customer type that an admin made."""
    await tx.execute(
        "INSERT INTO queue_configurations (id, organization_id, customer_type, name, prefix, position,"
        " max_number, reset_daily, is_active, priority_multiplier, wait_limit_min, opening_hours,"
        " day_limit) VALUES (gen_random_uuid(), %(organization_id)s, %(key)s, %(name)s, %(prefix)s,"
        " %(position)s, %(max_number)s, %(reset_daily)s, %(is_active)s, %(priority_multiplier)s,"
        " %(wait_limit_min)s, %(opening_hours)s::jsonb, %(day_limit)s)",
        {"organization_id": organization_id, **_params(settings)},
    )


async def configure(
    tx: Tx, organization_id: OrganizationId, settings: QueueSettings, *, version: int
) -> None:
    """What an admin decided about a customer type."""
    await tx.execute(
        "UPDATE queue_configurations SET name = %(name)s, prefix = %(prefix)s, position = %(position)s,"
        " max_number = %(max_number)s, reset_daily = %(reset_daily)s, is_active = %(is_active)s,"
        " priority_multiplier = %(priority_multiplier)s, wait_limit_min = %(wait_limit_min)s,"
        " opening_hours = %(opening_hours)s::jsonb, day_limit = %(day_limit)s, version = %(version)s,"
        " updated_at = now()"
        " WHERE organization_id = %(organization_id)s AND customer_type = %(key)s",
        {"organization_id": organization_id, "version": version, **_params(settings)},
    )


def _params(settings: QueueSettings) -> dict[str, object]:
    hours = settings.opening_hours
    return {
        **settings.model_dump(exclude={"opening_hours"}),
        "opening_hours": hours and hours.model_dump_json(),
    }


_FIGURES = """
SELECT customer_type,
       avg(extract(epoch FROM ended_at - called_at)) AS mean_s,
       stddev_samp(extract(epoch FROM ended_at - called_at)) AS deviation_s,
       percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP
           (ORDER BY extract(epoch FROM ended_at - started_at))
           FILTER (WHERE outcome = 'completed') AS quartiles_s,
       count(*) AS calls
FROM token_calls
WHERE organization_id = %(organization_id)s AND service_day BETWEEN %(from_day)s AND %(until_day)s
  AND ended_at IS NOT NULL AND NOT withdrawn
GROUP BY customer_type
"""

ENOUGH_CALLS = 10
"""Below so many calls on record no usual time and no estimate is given."""


async def figures(
    tx: Tx, organization_id: OrganizationId, *, from_day: date, until_day: date
) -> dict[TypeKey, Figures]:
    """The service times of these service days, by customer type."""
    span = {"organization_id": organization_id, "from_day": from_day, "until_day": until_day}
    return {TypeKey(row["customer_type"]): _figures(row) for row in await tx.all(_FIGURES, span)}


async def served_on(tx: Tx, organization_id: OrganizationId, service_day: date) -> dict[TypeKey, int]:
    """How many visits were completed on a service day, by customer type."""
    rows = await tx.all(
        "SELECT customer_type, count(*) AS served FROM token_calls"
        " WHERE organization_id = %(organization_id)s AND service_day = %(service_day)s"
        " AND outcome = 'completed' GROUP BY customer_type",
        {"organization_id": organization_id, "service_day": service_day},
    )
    return {TypeKey(row["customer_type"]): row["served"] for row in rows}


async def oldest_places(
    tx: Tx, organization_id: OrganizationId, *, types: Sequence[TypeKey]
) -> dict[TypeKey, float]:
    """How long the longest waiting token of each type has waited, in seconds."""
    rows = await tx.all(
        """
        SELECT customer_type, extract(epoch FROM clock_timestamp() - min(created_at)) AS waited_s
        FROM tokens
        WHERE organization_id = %(organization_id)s AND status = 'waiting'
          AND customer_type = ANY(%(types)s)
        GROUP BY customer_type
        """,
        {"organization_id": organization_id, "types": list(types)},
    )
    return {TypeKey(row["customer_type"]): max(0.0, float(row["waited_s"])) for row in rows}


def _queue(row: Row) -> Queue:
    return Queue(
        shown=CustomerType(
            key=row["customer_type"],
            name=row["name"],
            prefix=row["prefix"],
            position=row["position"],
            wait_limit_min=row["wait_limit_min"],
            is_active=row["is_active"],
        ),
        series=Series(
            customer_type=row["customer_type"],
            prefix=row["prefix"],
            current=row["current_number"],
            day=row["series_day"],
            max_number=row["max_number"],
            reset_daily=row["reset_daily"],
        ),
        multiplier=float(row["priority_multiplier"]),
        waiting=row["waiting_count"],
        opening_hours=row["opening_hours"] and WeeklyHours.model_validate(row["opening_hours"]),
        day_limit=row["day_limit"],
        taken_day=row["taken_day"],
        taken_count=row["taken_count"],
        version=row["version"],
    )


def _figures(row: Row) -> Figures:
    if row["calls"] < ENOUGH_CALLS:
        return Figures()
    mean = float(row["mean_s"])
    quartiles = row["quartiles_s"]
    return Figures(
        mean_s=mean,
        cv=float(row["deviation_s"]) / mean if mean else None,
        quartiles_s=(quartiles[0], quartiles[1], quartiles[2]) if quartiles else None,
    )
