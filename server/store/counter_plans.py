"""The weekly counter plan that an admin wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.store.engine import Tx
from shared.counters import PlannedSpan
from shared.ids import OrganizationId


@dataclass(frozen=True, kw_only=True)
class WrittenPlan:
    """Where an organization's plan comes from, and what an admin wrote of it.

    Args:
        version: grows with each edit.
        is_learned: whether the learned plan counts; the spans are empty then.
        written_at: since when it counts; None where nobody has decided anything.
    """

    version: int = 0
    is_learned: bool = True
    spans: tuple[PlannedSpan, ...] = ()
    written_at: datetime | None = None


async def load(tx: Tx, organization_id: OrganizationId) -> WrittenPlan:
    """The plan of an organization; the learned one counts until an admin writes another."""
    row = await tx.one(
        "SELECT version, is_learned, updated_at FROM counter_plans"
        " WHERE organization_id = %(organization_id)s",
        {"organization_id": organization_id},
    )
    if row is None:
        return WrittenPlan()
    spans = await tx.all(
        "SELECT p.counter_id, p.weekday, p.opens, p.closes"
        " FROM counter_plan p JOIN counters c ON c.id = p.counter_id"
        " WHERE p.organization_id = %(organization_id)s AND c.is_active"
        " ORDER BY p.weekday, c.position, c.label, p.opens",
        {"organization_id": organization_id},
    )
    return WrittenPlan(
        version=row["version"],
        is_learned=row["is_learned"],
        spans=tuple(PlannedSpan.model_validate(dict(span)) for span in spans),
        written_at=row["updated_at"],
    )


async def save(
    tx: Tx, organization_id: OrganizationId, *, version: int, spans: Sequence[PlannedSpan] | None
) -> None:
    """What an admin wrote; None gives the plan back to learning."""
    key = {"organization_id": organization_id}
    await tx.execute("DELETE FROM counter_plan WHERE organization_id = %(organization_id)s", key)
    await tx.execute(
        "INSERT INTO counter_plans (organization_id, version, is_learned)"
        " VALUES (%(organization_id)s, %(version)s, %(is_learned)s)"
        " ON CONFLICT (organization_id) DO UPDATE SET"
        " version = excluded.version, is_learned = excluded.is_learned, updated_at = now()",
        {**key, "version": version, "is_learned": spans is None},
    )
    if spans:
        await tx.execute(
            "INSERT INTO counter_plan (organization_id, counter_id, weekday, opens, closes)"
            " SELECT %(organization_id)s, * FROM"
            " unnest(%(counters)s::uuid[], %(weekdays)s::smallint[], %(opens)s::time[], %(closes)s::time[])",
            {
                **key,
                "counters": [span.counter_id for span in spans],
                "weekdays": [span.weekday for span in spans],
                "opens": [span.opens for span in spans],
                "closes": [span.closes for span in spans],
            },
        )
