"""Calls as the lobby lists them, and which screens have shown them."""

from server.domain.tokens import Call
from server.store.engine import Tx
from server.store.tokens import call_of
from shared.ids import CallId, DeviceId, OrganizationId, Revision


async def recent_calls(tx: Tx, organization_id: OrganizationId, *, limit: int) -> list[Call]:
    """The calls announced last, newest first."""
    rows = await tx.all(
        """
        SELECT id AS call_id, token_id AS id, number, customer_type, counter_id, user_id,
               place_at AS call_place_at, called_at AS call_called_at, announced_at,
               announced_revision, recall_count, started_at, ended_at, outcome::text AS outcome,
               withdrawn
        FROM token_calls WHERE organization_id = %(organization_id)s
        ORDER BY announced_revision DESC LIMIT %(limit)s
        """,
        {"organization_id": organization_id, "limit": limit},
    )
    return [call_of(row, ended_at=row["ended_at"], outcome=row["outcome"]) for row in rows]


async def screens(tx: Tx, organization_id: OrganizationId, call_id: CallId) -> tuple[int, int]:
    """How many connected screens there are, and how many of them have painted a call."""
    row = await tx.one(
        """
        SELECT count(*) AS connected, count(r.shown_at) AS shown
        FROM devices d
        LEFT JOIN call_receipts r ON r.device_id = d.id AND r.call_id = %(call_id)s
        WHERE d.organization_id = %(organization_id)s AND d.revoked_at IS NULL
          AND d.connected_until > now()
        """,
        {"organization_id": organization_id, "call_id": call_id},
    )
    assert row is not None, "an aggregate has a row"
    return row["connected"], row["shown"]


async def announced_by(tx: Tx, organization_id: OrganizationId, revision: Revision) -> Call | None:
    """The open call that was last announced by this event."""
    row = await tx.one(
        """
        SELECT id AS call_id, token_id AS id, number, customer_type, counter_id, user_id,
               place_at AS call_place_at, called_at AS call_called_at, announced_at,
               announced_revision, recall_count, started_at, withdrawn
        FROM token_calls
        WHERE organization_id = %(organization_id)s AND announced_revision = %(revision)s
        """,
        {"organization_id": organization_id, "revision": revision},
    )
    return call_of(row) if row else None


async def add_receipt(tx: Tx, call_id: CallId, device_id: DeviceId, *, spoken: bool = False) -> bool:
    """Note that a screen painted (or spoke) a call; returns whether it was the first time."""
    column = "spoken_at" if spoken else "shown_at"
    touched = await tx.execute(
        f"""
        INSERT INTO call_receipts (call_id, device_id, {column})
        VALUES (%(call_id)s, %(device_id)s, now())
        ON CONFLICT (call_id, device_id) DO UPDATE SET {column} = now()
        WHERE call_receipts.{column} IS NULL
        """,  # noqa: S608 - one of two constants
        {"call_id": call_id, "device_id": device_id},
    )
    return touched == 1
