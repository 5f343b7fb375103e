"""What all edits share: which version they were made from, and what the audit says of them."""

from typing import Any
from uuid import UUID

from server.usecases.commanding import Desk
from shared.base import Asked


def edit_of(what: UUID | str, *, made_from: int) -> str:
    """What an edit's request id is bound to: the same id from another version is another command."""
    return f"{what} from {made_from}"


def audit_edit(
    desk: Desk, entity_type: str, entity_id: UUID, before: Asked | None, after: Asked, **details: Any
) -> None:
    """Say in the audit row what an edit changed: old and new values, of those that are others.

    Args:
        before: the settings until now; None for what is new.
        details: what else the row says.
    """
    changed = difference(before, after)
    desk.audit(
        entity_type,
        entity_id,
        before={name: old for name, (old, _) in changed.items()},
        after={name: new for name, (_, new) in changed.items()},
        **details,
    )


def difference(before: Asked | None, after: Asked) -> dict[str, tuple[Any, Any]]:
    """The settings that an edit has changed, as JSON values: old and new, by field."""
    old = before.model_dump(mode="json") if before is not None else {}
    new = after.model_dump(mode="json")
    return {
        name: (old.get(name), value) for name, value in new.items() if name not in old or old[name] != value
    }
