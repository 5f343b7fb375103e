"""Trying other calling rules on a past day, before they are saved."""

import asyncio
from datetime import date, timedelta

from server.domain.errors import InvalidField
from server.domain.service_day import starts_at
from server.domain.simulating import DayRecord, Rules, report
from server.store import day_records
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store.engine import Database, Tx
from server.store.organizations import Organization
from server.store.queues import Queue
from shared.ids import OrganizationId, TypeKey
from shared.policy import Simulate, SimulationReport


async def simulate_day(
    database: Database, organization_id: OrganizationId, body: Simulate
) -> SimulationReport:
    """Replay a past service day under the rules as they are, and under others.

    Nothing is changed. The replay runs beside the event loop: it takes tenths of a second.

    Raises:
        NotFound, DatabaseUnavailable
        InvalidField: the day is not over, nobody came on it, or a type or level is unknown.
    """
    async with database.reading() as tx:
        organization = await organization_store.load(tx, organization_id)
        queues = await queue_store.all_of(tx, organization_id)
        _require_known_types(body, queues)
        await _require_over(tx, organization, body.day)
        record = await _record(tx, organization, queues, body.day)
    if not record.tokens:
        raise InvalidField(field="day", sentence=f"Nobody took a token on {body.day.isoformat()}.")
    multipliers = {queue.shown.key: queue.multiplier for queue in queues}
    now = Rules(policy=organization.settings.policy, multipliers=multipliers)
    proposed = {TypeKey(key): value for key, value in body.multipliers.items()}
    then = Rules(
        policy=body.policy, multipliers={**multipliers, **proposed}, head_starts=dict(body.head_starts)
    )
    return await asyncio.to_thread(report, record, now=now, then=then)


def _require_known_types(body: Simulate, queues: list[Queue]) -> None:
    known = {queue.shown.key for queue in queues}
    for key in body.multipliers:
        if key not in known:
            raise InvalidField(field=f"multipliers.{key}", sentence=f"There is no customer type {key}.")


async def _require_over(tx: Tx, organization: Organization, day: date) -> None:
    if day >= organization.service_day(await tx.now()):
        raise InvalidField(field="day", sentence="Choose a day that is over: all of it is replayed.")


async def _record(tx: Tx, organization: Organization, queues: list[Queue], day: date) -> DayRecord:
    zone, reset = organization.time_zone, organization.reset_time
    begins = starts_at(day, time_zone=zone, reset_time=reset)
    ends = starts_at(day + timedelta(days=1), time_zone=zone, reset_time=reset)
    return DayRecord(
        day=day,
        tokens=tuple(await day_records.tokens(tx, organization.id, day)),
        shifts=tuple(await day_records.shifts(tx, organization.id, from_at=begins, until_at=ends)),
        wait_limits_s={queue.shown.key: queue.shown.wait_limit_min * 60.0 for queue in queues},
        falls_back_after_s=organization.settings.falls_back_after_min * 60.0,
    )
