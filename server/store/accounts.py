"""Accounts as admins see and change them.

MUST: whoever changes one locks it first (`users.lock`), so that two edits do not mix.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from server.domain.access import Grants
from server.store.engine import Row, Tx
from server.store.tables import memberships, users
from shared.ids import OrganizationId, UserId, UserRole
from shared.users import UserAccount

NOBODY = "\N{EM DASH}"
"""What stands in the place of a name that was erased; it needs no translation."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An account as it is shown in an organization, and the e-mail address that is not in it: sealed."""

    shown: UserAccount
    email: bytes | None


async def of_organization(
    tx: Tx, organization_id: OrganizationId, *, after: tuple[str, UUID] | None = None, limit: int
) -> list[Listed]:
    """A page of the organization's accounts, by user name and id, after the given pair."""
    query = _select(organization_id).order_by(users.c.username, users.c.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(users.c.username, users.c.id) > sa.tuple_(*after))
    return [_listed(row) for row in await tx.all(query)]


async def one(tx: Tx, organization_id: OrganizationId, user_id: UserId) -> Listed | None:
    """An account of the organization."""
    row = await tx.one(_select(organization_id).where(users.c.id == user_id))
    return _listed(row) if row else None


async def configure(
    tx: Tx,
    user_id: UserId,
    *,
    display_name: str,
    email: bytes | None,
    email_index: bytes | None,
    grants: Grants,
    access_changed: bool,
) -> None:
    """What an admin decided about an account; its version grows.

    Args:
        email, email_index: the sealed address, and what it is found by.
        access_changed: whether older credentials end.

    Raises:
        AlreadyExists: the address is another account's.
    """
    await tx.execute(
        "UPDATE users SET display_name = %(display_name)s, email = %(email)s,"
        " email_index = %(email_index)s, permissions = %(permissions)s::jsonb, version = version + 1,"
        " access_version = access_version + %(steps)s, updated_at = now() WHERE id = %(id)s",
        {
            "id": user_id,
            "display_name": display_name,
            "email": email,
            "email_index": email_index,
            "permissions": json.dumps({"granted": sorted(grants.granted), "revoked": sorted(grants.revoked)}),
            "steps": int(access_changed),
        },
    )


async def set_role(tx: Tx, organization_id: OrganizationId, user_id: UserId, role: UserRole) -> None:
    """A person's role in an organization."""
    params = {"role": role.value, "organization_id": organization_id, "id": user_id}
    await tx.execute(
        "UPDATE memberships SET role = %(role)s::user_role"
        " WHERE organization_id = %(organization_id)s AND user_id = %(id)s",
        params,
    )
    await tx.execute(
        "UPDATE users SET role = %(role)s::user_role"
        " WHERE id = %(id)s AND organization_id = %(organization_id)s",
        params,
    )


async def set_active(tx: Tx, user_id: UserId, *, is_active: bool) -> None:
    """Switch an account on or off; older credentials end."""
    await tx.execute(
        "UPDATE users SET is_active = %(is_active)s, version = version + 1,"
        " access_version = access_version + 1, updated_at = now() WHERE id = %(id)s",
        {"id": user_id, "is_active": is_active},
    )


async def set_password(tx: Tx, user_id: UserId, password_hash: str, *, must_change: bool) -> None:
    """Another password; older credentials end.

    Args:
        must_change: whether it was given by somebody else.
    """
    await tx.execute(
        "UPDATE users SET password_hash = %(password_hash)s, must_change_password = %(must_change)s,"
        " password_changed_at = now(), version = version + 1, access_version = access_version + 1,"
        " updated_at = now() WHERE id = %(id)s",
        {"id": user_id, "password_hash": password_hash, "must_change": must_change},
    )


async def end_access(tx: Tx, user_id: UserId, *, must_change_password: bool = False) -> None:
    """Older credentials end.

    Args:
        must_change_password: whether the next sign-in asks for another password, if it does not anyhow.
    """
    await tx.execute(
        "UPDATE users SET version = version + 1, access_version = access_version + 1,"
        " must_change_password = must_change_password OR %(must_change)s, updated_at = now()"
        " WHERE id = %(id)s",
        {"id": user_id, "must_change": must_change_password},
    )


async def end_membership(
    tx: Tx, organization_id: OrganizationId, user_id: UserId, *, home: OrganizationId
) -> None:
    """A person works in an organization no more.

    Args:
        home: where signing in lands from now on.
    """
    await tx.execute(
        "DELETE FROM memberships WHERE organization_id = %(organization_id)s AND user_id = %(id)s",
        {"organization_id": organization_id, "id": user_id},
    )
    await tx.execute(
        "UPDATE users u SET organization_id = m.organization_id, role = m.role FROM memberships m"
        " WHERE u.id = %(id)s AND m.user_id = u.id AND m.organization_id = %(home)s",
        {"id": user_id, "home": home},
    )


async def erase(tx: Tx, user_id: UserId) -> None:
    """The account is gone and all that was personal in it; the row stays for what the person did."""
    await tx.execute(
        "UPDATE users SET username = 'deleted:' || id::text, display_name = %(nobody)s, email = NULL,"
        " email_index = NULL, password_hash = '', permissions = '{}', second_factor = NULL,"
        " second_factor_step = NULL, second_factor_offered = NULL, is_active = false,"
        " must_change_password = false, deleted_at = now(), version = version + 1,"
        " access_version = access_version + 1, updated_at = now() WHERE id = %(id)s",
        {"id": user_id, "nobody": NOBODY},
    )
    await tx.execute("UPDATE refresh_sessions SET user_agent = NULL WHERE user_id = %(id)s", {"id": user_id})
    await tx.execute("DELETE FROM recovery_codes WHERE user_id = %(id)s", {"id": user_id})
    await tx.execute("DELETE FROM memberships WHERE user_id = %(id)s", {"id": user_id})


async def other_super_admins(
    tx: Tx, organization_ids: Collection[OrganizationId], user_id: UserId
) -> dict[OrganizationId, int]:
    """How many other super admins these organizations have who can sign in.

    They are locked, in one order for everybody: of two who would take away the last two, the second
    sees what the first did. An organization's own lock would not do for an account of several.
    """
    ids = sorted(organization_ids)
    await tx.execute(
        "SELECT FROM memberships WHERE organization_id = ANY(%(ids)s) AND role = 'super_admin'"
        " ORDER BY organization_id, user_id FOR NO KEY UPDATE",
        {"ids": ids},
    )
    # In a statement of its own: it sees what was committed while the locks were waited for.
    rows = await tx.all(
        "SELECT m.organization_id, count(*) AS number FROM memberships m JOIN users u ON u.id = m.user_id"
        " WHERE m.organization_id = ANY(%(ids)s) AND m.role = 'super_admin' AND m.user_id <> %(id)s"
        " AND u.is_active AND u.deleted_at IS NULL GROUP BY m.organization_id",
        {"ids": ids, "id": user_id},
    )
    found = {row["organization_id"]: row["number"] for row in rows}
    return {each: found.get(each, 0) for each in ids}


def _select(organization_id: OrganizationId) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            users.c.id, users.c.username, users.c.display_name, memberships.c.role,
            memberships.c.customer_types, users.c.is_active, users.c.last_login, users.c.created_at,
            users.c.version, users.c.must_change_password, users.c.email, users.c.permissions,
            users.c.second_factor.is_not(None).label("has_second_factor"),
        )
        .join_from(users, memberships, memberships.c.user_id == users.c.id)
        .where(memberships.c.organization_id == organization_id, users.c.deleted_at.is_(None))
    )  # fmt: skip


def _listed(row: Row) -> Listed:
    fields = dict(row)
    grants = Grants.from_stored(fields.pop("permissions"))
    email = fields.pop("email")
    shown = UserAccount.model_validate(
        {**fields, "granted": _ordered(grants.granted), "revoked": _ordered(grants.revoked)}
    )
    return Listed(shown=shown, email=bytes(email) if email is not None else None)


def _ordered(permissions: Collection[str]) -> Sequence[str]:
    return sorted(permissions)
