"""What each desk did last, for taking it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.store.engine import Row, Tx
from shared.ids import OrganizationId, Revision, TokenCommand, TokenId, UserId


@dataclass(frozen=True, kw_only=True)
class RememberedStep:
    """A command that may still be taken back.

    Args:
        revision: the organization's revision after it; the token's newest event, unless somebody
            acted since.
        before: the token before it, as JSON; None where the command created it.
    """

    desk_id: UUID
    user_id: UserId
    token_id: TokenId
    command: TokenCommand
    revision: Revision
    before: str | None
    at: datetime


_COLUMNS = "desk_id, user_id, token_id, command, revision, before::text AS before, created_at"


async def of_desk(tx: Tx, organization_id: OrganizationId, desk_id: UUID) -> RememberedStep | None:
    """The last command of a counter, or of a person who acts from none."""
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM undo_steps"  # noqa: S608 - a constant
        " WHERE desk_id = %(desk_id)s AND organization_id = %(organization_id)s",
        {"desk_id": desk_id, "organization_id": organization_id},
    )
    return _step(row) if row else None


async def of_token(
    tx: Tx, organization_id: OrganizationId, token_id: TokenId, user_id: UserId
) -> RememberedStep | None:
    """The last command on a token that this person gave, from whichever desk."""
    row = await tx.one(
        f"SELECT {_COLUMNS} FROM undo_steps"  # noqa: S608 - a constant
        " WHERE organization_id = %(organization_id)s AND token_id = %(token_id)s"
        " AND user_id = %(user_id)s ORDER BY revision DESC LIMIT 1",
        {"organization_id": organization_id, "token_id": token_id, "user_id": user_id},
    )
    return _step(row) if row else None


async def forget(tx: Tx, desk_id: UUID) -> None:
    """A command is taken back once."""
    await tx.execute("DELETE FROM undo_steps WHERE desk_id = %(desk_id)s", {"desk_id": desk_id})


async def forget_old(tx: Tx, *, older_than: timedelta) -> int:
    """Forget what can no longer be taken back: it holds copies of tokens."""
    return await tx.execute(
        "DELETE FROM undo_steps WHERE created_at < now() - %(older_than)s", {"older_than": older_than}
    )


def _step(row: Row) -> RememberedStep:
    return RememberedStep(
        desk_id=row["desk_id"],
        user_id=row["user_id"],
        token_id=row["token_id"],
        command=TokenCommand(row["command"]),
        revision=row["revision"],
        before=row["before"],
        at=row["created_at"],
    )
