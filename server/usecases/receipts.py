"""What the screens say they have shown, and which screens are there."""

from dataclasses import dataclass
from datetime import timedelta

from server.store import calls as call_store
from server.store import devices as device_store
from server.store.engine import Database
from shared.frames import Receipts
from shared.ids import DeviceId, OrganizationId, Revision

PRESENCE = timedelta(seconds=30)
"""A connected screen counts as connected this long after its server last said so: a server that
was killed cannot take that back."""


@dataclass(frozen=True, kw_only=True)
class ReceiptGiven:
    """A screen's receipt, and whether it was its first for that call."""

    receipts: Receipts
    is_first: bool


async def give_receipt(
    database: Database,
    organization_id: OrganizationId,
    device_id: DeviceId,
    revision: Revision,
    *,
    spoken: bool,
) -> ReceiptGiven | None:
    """A screen painted (or spoke) the call announced by `revision`; None where none was."""
    async with database.unit_of_work() as tx:
        call = await call_store.announced_by(tx, organization_id, revision)
        if call is None:
            return None
        is_first = await call_store.add_receipt(tx, call.id, device_id, spoken=spoken)
        screens, shown = await call_store.screens(tx, organization_id, call.id)
    receipts = Receipts(
        call_id=call.id,
        token_id=call.token_id,
        counter_id=call.counter_id,
        announced_revision=call.announced_revision,
        shown=shown,
        screens=screens,
    )
    return ReceiptGiven(receipts=receipts, is_first=is_first)


async def screens_present(
    database: Database, device_ids: list[DeviceId], *, address: str | None = None
) -> None:
    """These screens are connected to this server.

    Args:
        address: where from, if that is new.
    """
    if device_ids:
        async with database.unit_of_work() as tx:
            await device_store.seen(tx, device_ids, for_the_next=PRESENCE, address=address)


async def screen_gone(database: Database, device_id: DeviceId) -> None:
    """A screen has left this server."""
    async with database.unit_of_work() as tx:
        await device_store.gone(tx, device_id)
