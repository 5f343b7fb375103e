"""Tokens by the many: those that something is to be done to at once, or of its own accord."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from server.domain.tokens import Token
from server.store import tokens as token_store
from server.store.engine import Tx
from shared.ids import OrganizationId, Revision, TokenStatus, TypeKey, UserId


async def meant_waiting(tx: Tx, organization_id: OrganizationId) -> list[Token]:
    """The waiting tokens that are meant for a counter or a person."""
    return await token_store.select(
        tx,
        "WHERE t.organization_id = %(organization_id)s AND t.status = 'waiting'"
        " AND t.target_id IS NOT NULL ORDER BY t.place_at, t.number",
        {"organization_id": organization_id},
    )


async def to_wake(tx: Tx, organization_id: OrganizationId, now: datetime) -> list[Token]:
    """The parked tokens whose time has come, first the one that was to wake first."""
    return await token_store.select(
        tx,
        "WHERE t.organization_id = %(organization_id)s AND t.status = 'parked'"
        " AND t.wake_at <= %(now)s ORDER BY t.wake_at, t.number",
        {"organization_id": organization_id, "now": now},
    )


async def with_status(
    tx: Tx,
    organization_id: OrganizationId,
    statuses: Collection[TokenStatus],
    *,
    customer_type: TypeKey | None = None,
    before_day: date | None = None,
) -> list[Token]:
    """The tokens in one of these states, by place.

    Args:
        customer_type: only of this type.
        before_day: only of service days before this one.
    """
    return await token_store.select(
        tx,
        "WHERE t.organization_id = %(organization_id)s"
        " AND t.status = ANY(%(statuses)s::token_status[])"
        " AND (%(customer_type)s::text IS NULL OR t.customer_type = %(customer_type)s)"
        " AND (%(before_day)s::date IS NULL OR t.service_day < %(before_day)s)"
        " ORDER BY t.place_at, t.number",
        {
            "organization_id": organization_id,
            "statuses": [status.value for status in statuses],
            "customer_type": customer_type,
            "before_day": before_day,
        },
    )


_CANCEL_ALL = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(revisions)s::bigint[])
        AS g (id, service_day, revision)
), released AS (
    DELETE FROM live_numbers
    WHERE organization_id = %(organization_id)s AND token_id = ANY(%(ids)s::uuid[])
), counted AS (
    UPDATE queue_configurations q SET waiting_count = q.waiting_count - w.tokens
    FROM unnest(%(types)s::text[], %(counts)s::integer[]) AS w (customer_type, tokens)
    WHERE q.organization_id = %(organization_id)s AND q.customer_type = w.customer_type
)
UPDATE tokens t SET status = 'cancelled', cancelled_at = %(now)s, cancel_reason = %(reason)s,
    park_reason = NULL, parked_at = NULL, wake_at = NULL, revision = g.revision,
    changed_by = %(changed_by)s::uuid
FROM given g
WHERE t.id = g.id AND t.service_day = g.service_day AND t.status IN ('waiting', 'parked')
"""


async def cancel_all(
    tx: Tx,
    organization_id: OrganizationId,
    tokens: Sequence[Token],
    *,
    reason: str,
    first_revision: Revision,
    changed_by: UserId | None,
    now: datetime,
) -> None:
    """Cancel waiting and parked tokens in one statement.

    Args:
        first_revision: of the event that tells of the first; the others follow one by one.

    Raises:
        AssertionError: one was neither waiting nor parked: a command did not lock first.
    """
    waiting = Counter(token.customer_type for token in tokens if token.status is TokenStatus.WAITING)
    touched = await tx.execute(
        _CANCEL_ALL,
        {
            "organization_id": organization_id,
            "ids": [token.id for token in tokens],
            "days": [token.service_day for token in tokens],
            "revisions": [first_revision + offset for offset in range(len(tokens))],
            "types": list(waiting),
            "counts": list(waiting.values()),
            "reason": reason,
            "changed_by": changed_by,
            "now": now,
        },
    )
    if touched != len(tokens):
        raise AssertionError(f"{len(tokens) - touched} tokens neither waited nor were parked any more")


_TO_TEND = """
SELECT organization_id FROM tokens WHERE status = 'parked' AND wake_at <= clock_timestamp()
UNION
SELECT organization_id FROM tokens WHERE status = 'waiting' AND target_id IS NOT NULL
UNION
SELECT organization_id FROM counters
WHERE opened_by IS NOT NULL AND coalesce(seen_at, opened_at) < clock_timestamp() - %(silent_for)s
UNION
SELECT c.organization_id FROM counters c JOIN users u ON u.id = c.opened_by
LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = c.organization_id
WHERE NOT u.is_active OR m.user_id IS NULL
"""


async def organizations_to_tend(tx: Tx, *, silent_for: timedelta) -> list[OrganizationId]:
    """The organizations with a parked token to wake, a meant one, or a counter that is silent for long
    or whose person may not sign in any more."""
    rows = await tx.all(_TO_TEND, {"silent_for": silent_for})
    return [OrganizationId(row["organization_id"]) for row in rows]
