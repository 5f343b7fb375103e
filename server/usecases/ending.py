"""Cancelling many at once: the waiting of a type, the rest of a day."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain import tokens as rules
from server.domain.errors import InvalidField
from server.domain.tokens import Token
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import sweeps
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.views import organization_view, token_view
from shared.commands import BulkAnswer, CancelWaiting, CloseDay
from shared.events import OrganizationConfigured, TokenCancelled
from shared.ids import Permission, TokenStatus, TypeKey

DAY_CLOSED = "day closed"
"""Why a token is cancelled that nobody called before its day was over."""

CANCEL_WAITING, CLOSE_DAY, END_DAY = "cancel_waiting", "close_day", "end_day"
BULK_ACTIONS = (CANCEL_WAITING, CLOSE_DAY, END_DAY)
"""What the audit calls the acts that cancel many: one row each, which lists the numbers."""


async def cancel_waiting(commands: Commands, request: Request, body: CancelWaiting) -> BulkAnswer:
    """Cancel every waiting token of a customer type.

    Raises:
        NotFound
    """

    async def decide(desk: Desk) -> BulkAnswer:
        queue = await queue_store.load(desk.tx, desk.organization_id, TypeKey(body.customer_type))
        waiting = await sweeps.with_status(
            desk.tx, desk.organization_id, (TokenStatus.WAITING,), customer_type=queue.shown.key
        )
        await cancel_all(desk, waiting, reason=body.reason)
        desk.audit(
            "queue",
            desk.organization_id,
            customer_type=queue.shown.key,
            reason=body.reason,
            cancelled=[token.number for token in waiting],
        )
        return BulkAnswer(revision=desk.last_revision, cancelled=len(waiting))

    return await commands.run(
        request,
        name=CANCEL_WAITING,
        permission=Permission.QUEUES_UPDATE,
        body=body,
        answer_type=BulkAnswer,
        decide=decide,
    )


async def close_day(commands: Commands, request: Request, body: CloseDay) -> BulkAnswer:
    """Take no more tokens this service day, and cancel who waits or is parked.

    Who is at a counter is served to the end.

    Raises:
        NotFound
    """

    async def decide(desk: Desk) -> BulkAnswer:
        left = await sweeps.with_status(
            desk.tx, desk.organization_id, (TokenStatus.WAITING, TokenStatus.PARKED)
        )
        await cancel_all(desk, left, reason=DAY_CLOSED)
        await _set_closed_day(desk, closed=True)
        desk.audit(
            "organization",
            desk.organization_id,
            service_day=desk.service_day.isoformat(),
            cancelled=[token.number for token in left],
        )
        return BulkAnswer(revision=desk.last_revision, cancelled=len(left))

    return await commands.run(
        request,
        name=CLOSE_DAY,
        permission=Permission.QUEUES_UPDATE,
        body=body,
        answer_type=BulkAnswer,
        decide=decide,
    )


async def reopen_day(commands: Commands, request: Request) -> BulkAnswer:
    """Take tokens again on a day that was closed early; those that were cancelled stay so.

    Raises:
        InvalidField: today was not closed early.
    """

    async def decide(desk: Desk) -> BulkAnswer:
        if desk.facts.closed_day != desk.service_day:
            raise InvalidField(field="closed_day", sentence="Today was not closed early.")
        await _set_closed_day(desk, closed=False)
        desk.audit("organization", desk.organization_id, service_day=desk.service_day.isoformat())
        return BulkAnswer(revision=desk.last_revision, cancelled=0)

    return await commands.run(
        request,
        name="reopen_day",
        permission=Permission.QUEUES_UPDATE,
        answer_type=BulkAnswer,
        decide=decide,
    )


async def cancel_all(desk: Desk, tokens: Sequence[Token], *, reason: str) -> None:
    """Cancel waiting and parked tokens, each with its event, in one statement for all of them."""
    if not tokens:
        return
    first = desk.next_revision
    await sweeps.cancel_all(
        desk.tx,
        desk.organization_id,
        tokens,
        reason=reason,
        first_revision=first,
        changed_by=desk.user_id,
        now=desk.now,
    )
    for token in tokens:
        after = rules.cancel(token, reason=reason, now=desk.now)
        desk.record(
            TokenCancelled(revision=desk.next_revision, at=desk.now, token=token_view(after), reason=reason)
        )


async def _set_closed_day(desk: Desk, *, closed: bool) -> None:
    organization = await organization_store.load(desk.tx, desk.organization_id)
    after = replace(organization, closed_day=desk.service_day if closed else None)
    await organization_store.configure(desk.tx, after)
    desk.record(
        OrganizationConfigured(
            revision=desk.next_revision, at=desk.now, organization=organization_view(after)
        )
    )
