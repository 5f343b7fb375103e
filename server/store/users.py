"""People, their memberships and their sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from server.domain.access import Grants
from server.domain.accounts import Holder, normal_username
from server.store.engine import Row, Tx
from server.store.tables import users
from shared.ids import OrganizationId, TypeKey, UserId, UserRole
from shared.users import Membership, Person


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person's account.

    Args:
        email: sealed.
        second_factor: the sealed secret that is in use.
        second_factor_offered: the sealed secret that was shown last, until a code of it comes.
        organization_id: where signing in lands.
        version: grows with each edit.
    """

    id: UserId
    username: str
    display_name: str
    email: bytes | None
    password_hash: str
    grants: Grants
    is_active: bool
    access_version: int
    version: int
    must_change_password: bool
    second_factor: bytes | None
    second_factor_offered: bytes | None
    organization_id: OrganizationId
    memberships: tuple[Membership, ...]

    def role_in(self, organization_id: OrganizationId) -> UserRole | None:
        """The role in an organization, None without a membership."""
        for membership in self.memberships:
            if membership.organization_id == organization_id:
                return membership.role
        return None

    @property
    def holder(self) -> Holder:
        """Whom the account belongs to, as far as it decides who may change it."""
        return Holder(
            id=self.id,
            display_name=self.display_name,
            roles={each.organization_id: each.role for each in self.memberships},
            grants=self.grants,
        )


@dataclass(frozen=True, kw_only=True)
class RefreshSession:
    """One signed-in device of a person: which refresh JWT holds now, and the one before it."""

    id: UUID
    user_id: UserId
    organization_id: OrganizationId
    current_jti: UUID
    previous_jti: UUID | None
    rotated_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None


async def by_username(tx: Tx, username: str) -> Account | None:
    """The account of a user name; names are compared without regard to case."""
    return await _account(tx, users.c.username == normal_username(username))


async def by_id(tx: Tx, user_id: UserId) -> Account | None:
    """The account of an id; None where it was deleted."""
    return await _account(tx, users.c.id == user_id)


async def lock(tx: Tx, user_id: UserId) -> Account | None:
    """The account of an id, locked: what is decided about it stays true until the commit."""
    return await _account(tx, users.c.id == user_id, lock=True)


async def add(
    tx: Tx,
    *,
    user_id: UserId,
    username: str,
    display_name: str,
    password_hash: str,
    organization_id: OrganizationId,
    role: UserRole,
    must_change_password: bool = False,
) -> None:
    """A new account with a membership in its home organization."""
    await tx.execute(
        "INSERT INTO users (id, organization_id, username, display_name, password_hash, role,"
        " must_change_password, password_changed_at)"
        " VALUES (%(id)s, %(organization_id)s, %(username)s, %(display_name)s,"
        " %(password_hash)s, %(role)s::user_role, %(must_change_password)s, now())",
        {
            "id": user_id,
            "organization_id": organization_id,
            "username": normal_username(username),
            "display_name": display_name,
            "password_hash": password_hash,
            "role": role.value,
            "must_change_password": must_change_password,
        },
    )
    await add_membership(tx, organization_id, user_id, role)


async def add_membership(tx: Tx, organization_id: OrganizationId, user_id: UserId, role: UserRole) -> None:
    """A person works in an organization from now on.

    Raises:
        AlreadyExists: they do already.
    """
    await tx.execute(
        "INSERT INTO memberships (user_id, organization_id, role)"
        " VALUES (%(id)s, %(organization_id)s, %(role)s::user_role)",
        {"id": user_id, "organization_id": organization_id, "role": role.value},
    )


_PERSON = (
    "SELECT u.id, u.display_name, m.customer_types, u.is_active"
    " FROM users u JOIN memberships m ON m.user_id = u.id"
    " WHERE m.organization_id = %(organization_id)s"
)


async def people(tx: Tx, organization_id: OrganizationId) -> list[Person]:
    """The people of an organization, by name."""
    rows = await tx.all(
        f'{_PERSON} ORDER BY u.display_name COLLATE "C", u.id',  # as the apps sort them
        {"organization_id": organization_id},
    )
    return [Person.model_validate(dict(row)) for row in rows]


async def person(tx: Tx, organization_id: OrganizationId, user_id: UserId) -> Person | None:
    """A person of an organization."""
    row = await tx.one(
        f"{_PERSON} AND u.id = %(user_id)s", {"organization_id": organization_id, "user_id": user_id}
    )
    return Person.model_validate(dict(row)) if row else None


async def display_name(tx: Tx, user_id: UserId | None) -> str | None:
    """What a person is called; None for nobody."""
    if user_id is None:
        return None
    row = await tx.one("SELECT display_name FROM users WHERE id = %(id)s", {"id": user_id})
    return row["display_name"] if row else None


async def set_skills(
    tx: Tx, organization_id: OrganizationId, user_id: UserId, customer_types: Sequence[TypeKey]
) -> None:
    """The customer types that a person can serve in an organization; none means all."""
    await tx.execute(
        "UPDATE memberships SET customer_types = %(types)s"
        " WHERE organization_id = %(organization_id)s AND user_id = %(user_id)s",
        {"types": list(customer_types), "organization_id": organization_id, "user_id": user_id},
    )


async def note_login(tx: Tx, user_id: UserId) -> None:
    """A person has signed in."""
    await tx.execute("UPDATE users SET last_login = now() WHERE id = %(id)s", {"id": user_id})


async def begin_refresh_session(
    tx: Tx,
    *,
    session_id: UUID,
    user_id: UserId,
    organization_id: OrganizationId,
    jti: UUID,
    lifetime: timedelta,
    user_agent: str | None,
) -> None:
    """A person signs in on a device."""
    await tx.execute(
        "INSERT INTO refresh_sessions"
        " (id, user_id, organization_id, current_jti, expires_at, user_agent)"
        " VALUES (%(id)s, %(user_id)s, %(organization_id)s, %(jti)s, now() + %(lifetime)s,"
        " %(user_agent)s)",
        {
            "id": session_id,
            "user_id": user_id,
            "organization_id": organization_id,
            "jti": jti,
            "lifetime": lifetime,
            "user_agent": user_agent,
        },
    )


async def lock_refresh_session(tx: Tx, session_id: UUID) -> RefreshSession | None:
    """A refresh session, locked: two refreshes of one device come one after the other."""
    row = await tx.one(
        "SELECT id, user_id, organization_id, current_jti, previous_jti, rotated_at, expires_at,"
        " ended_at FROM refresh_sessions WHERE id = %(id)s FOR UPDATE",
        {"id": session_id},
    )
    return RefreshSession(**row) if row else None


async def rotate_refresh_session(tx: Tx, session_id: UUID, *, jti: UUID, lifetime: timedelta) -> None:
    """The present refresh JWT becomes the previous one."""
    await tx.execute(
        "UPDATE refresh_sessions SET previous_jti = current_jti, current_jti = %(jti)s,"
        " rotated_at = now(), expires_at = now() + %(lifetime)s WHERE id = %(id)s",
        {"id": session_id, "jti": jti, "lifetime": lifetime},
    )


async def end_refresh_session(tx: Tx, session_id: UUID) -> None:
    """The device is signed out; none of its refresh JWTs holds any more."""
    await tx.execute(
        "UPDATE refresh_sessions SET ended_at = coalesce(ended_at, now()) WHERE id = %(id)s",
        {"id": session_id},
    )


async def end_refresh_sessions(
    tx: Tx, user_id: UserId, *, organization_id: OrganizationId | None = None
) -> int:
    """All of a person's devices are signed out, or those in one organization; returns how many."""
    return await tx.execute(
        "UPDATE refresh_sessions SET ended_at = now() WHERE user_id = %(user_id)s AND ended_at IS NULL"
        " AND (%(organization_id)s::uuid IS NULL OR organization_id = %(organization_id)s)",
        {"user_id": user_id, "organization_id": organization_id},
    )


async def _account(tx: Tx, condition: sa.ColumnElement[bool], *, lock: bool = False) -> Account | None:
    query = sa.select(
        users.c.id, users.c.username, users.c.display_name, users.c.email, users.c.password_hash,
        users.c.permissions, users.c.is_active, users.c.access_version, users.c.version,
        users.c.must_change_password, users.c.second_factor, users.c.second_factor_offered,
        users.c.organization_id,
    ).where(condition, users.c.deleted_at.is_(None))  # fmt: skip
    if lock:
        query = query.with_for_update(key_share=True)
    row = await tx.one(query)
    if row is None:
        return None
    rows = await tx.all(
        "SELECT m.organization_id, o.name AS organization_name, m.role::text AS role"
        " FROM memberships m JOIN organizations o ON o.id = m.organization_id"
        " WHERE m.user_id = %(id)s ORDER BY o.name, o.id",
        {"id": row["id"]},
    )
    return _to_account(row, rows)


def _to_account(row: Row, rows: Sequence[Row]) -> Account:
    fields = dict(row)
    grants = Grants.from_stored(fields.pop("permissions"))
    for name in ("email", "second_factor", "second_factor_offered"):
        fields[name] = bytes(fields[name]) if fields[name] is not None else None
    shown = tuple(Membership.model_validate(dict(each)) for each in rows)
    return Account(**fields, grants=grants, memberships=shown)
