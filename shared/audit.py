"""The audit, as it is shown to admins."""

from typing import Any
from uuid import UUID

from shared.base import Instant, Shown
from shared.ids import UserId


class AuditRow(Shown):
    """Who did what, when, to what, from where.

    Attributes:
        user_id, person: who; None for the server itself.
        action: what, by the name of the command ("call_next").
        entity_type, entity_id, entity: to what ("counter"), and what that is called now, where it is known.
        before, after: the values that changed, as they were and as they are since.
        details: what else is known; ids and states, never a visitor's data.
        address, user_agent: where the request came from.
        is_sealed: whether it is under a seal of the hash chain already.
    """

    id: UUID
    at: Instant
    user_id: UserId | None
    person: str | None
    action: str
    entity_type: str | None
    entity_id: UUID | None
    entity: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    details: dict[str, Any]
    address: str | None
    user_agent: str | None
    is_sealed: bool


class AuditPage(Shown):
    """A page of rows, newest first; `next_cursor` leads to older ones, None on the last."""

    items: tuple[AuditRow, ...]
    next_cursor: str | None


class AuditActions(Shown):
    """What was ever done in the organization, by name."""

    actions: tuple[str, ...]
