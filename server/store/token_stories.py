"""What happened to tokens: the day's list, and the story of one."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from server.domain.tokens import Token
from server.store import tokens as token_store
from server.store.engine import Tx
from shared.ids import OrganizationId, TokenStatus, TypeKey
from shared.tokens import Deed, Visit


async def page(
    tx: Tx,
    organization_id: OrganizationId,
    *,
    service_day: date,
    statuses: Sequence[TokenStatus],
    customer_type: TypeKey | None,
    number: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Token]:
    """The tokens of a service day, newest first, after a moment and id.

    Args:
        statuses: none means any.
        number: how the number begins.
    """
    return await token_store.select(
        tx,
        """
        WHERE t.organization_id = %(organization_id)s AND t.service_day = %(service_day)s
          AND (%(any_status)s OR t.status = ANY(%(statuses)s::token_status[]))
          AND (%(customer_type)s::text IS NULL OR t.customer_type = %(customer_type)s)
          AND (%(number)s::text IS NULL OR starts_with(t.number, %(number)s))
          AND (%(after_at)s::timestamptz IS NULL
               OR (t.created_at, t.id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
        ORDER BY t.created_at DESC, t.id DESC LIMIT %(limit)s
        """,
        {
            "organization_id": organization_id,
            "service_day": service_day,
            "any_status": not statuses,
            "statuses": [status.value for status in statuses],
            "customer_type": customer_type,
            "number": number and number.upper(),
            "after_at": after and after[0],
            "after_id": after and after[1],
            "limit": limit,
        },
    )


async def visits(tx: Tx, token: Token) -> list[Visit]:
    """The visits of a token to counters, oldest first; calls that were taken back are none."""
    rows = await tx.all(
        """
        SELECT id AS call_id, counter_id, customer_type, user_id, called_at, started_at, ended_at,
               outcome::text AS outcome, recall_count
        FROM token_calls
        WHERE token_id = %(token_id)s AND service_day = %(service_day)s
          AND outcome IS DISTINCT FROM 'undone'
        ORDER BY called_at, id
        """,
        {"token_id": token.id, "service_day": token.service_day},
    )
    return [Visit.model_validate(dict(row)) for row in rows]


async def deeds(tx: Tx, token: Token, *, bulk_actions: Sequence[str]) -> list[Deed]:
    """What was done to a token, oldest first, as the audit tells it.

    Args:
        bulk_actions: those that cancel many; their row lists the numbers.
    """
    rows = await tx.all(
        """
        SELECT action, created_at AS at, user_id, id FROM system_logs
        WHERE entity_id = %(token_id)s AND organization_id = %(organization_id)s
        UNION ALL
        SELECT action, created_at, user_id, id FROM system_logs
        WHERE organization_id = %(organization_id)s AND action = ANY(%(bulk_actions)s)
          AND created_at = %(cancelled_at)s::timestamptz AND details->'cancelled' ? %(number)s
        ORDER BY at, id
        """,
        {
            "token_id": token.id,
            "organization_id": token.organization_id,
            "bulk_actions": list(bulk_actions),
            "cancelled_at": token.cancelled_at,
            "number": token.number,
        },
    )
    return [Deed.model_validate(dict(row)) for row in rows]
