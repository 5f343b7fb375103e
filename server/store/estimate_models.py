"""What was learned of an organization's waiting times."""

from datetime import datetime

from server.domain.estimates.model import Model
from server.store.engine import Tx
from shared.ids import OrganizationId


async def learned_at(tx: Tx, organization_id: OrganizationId) -> datetime | None:
    """When the organization's model was learned; None where nothing was yet."""
    row = await tx.one(
        "SELECT learned_at FROM estimate_models WHERE organization_id = %(organization_id)s",
        {"organization_id": organization_id},
    )
    return row["learned_at"] if row else None


async def load(tx: Tx, organization_id: OrganizationId) -> Model | None:
    """The organization's model; None where none was learned, or by another version of Callboard."""
    row = await tx.one(
        "SELECT model::text AS model FROM estimate_models WHERE organization_id = %(organization_id)s",
        {"organization_id": organization_id},
    )
    if row is None:
        return None
    try:
        return Model.from_json(row["model"])
    except ValueError:
        return None


async def save(tx: Tx, organization_id: OrganizationId, model: Model, *, now: datetime) -> None:
    """Keep what was learned in the place of what was known before."""
    await tx.execute(
        "INSERT INTO estimate_models (organization_id, model, learned_at)"
        " VALUES (%(organization_id)s, %(model)s::jsonb, %(now)s)"
        " ON CONFLICT (organization_id) DO UPDATE SET"
        " model = excluded.model, learned_at = excluded.learned_at",
        {"organization_id": organization_id, "model": model.to_json(), "now": now},
    )
