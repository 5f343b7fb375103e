"""People and sign-in, as they are shown."""

from typing import Annotated

from pydantic import Field

from shared.base import Asked, Instant, Key, Shown
from shared.ids import OrganizationId, Permission, TypeKey, UserId, UserRole


class Person(Shown):
    """A colleague's name, for staff and admin screens.

    `customer_types` are the types they have the skill for; none means all.
    """

    id: UserId
    display_name: str
    customer_types: tuple[TypeKey, ...] = ()
    is_active: bool = True


class Skills(Asked):
    """The customer types that a person can serve; none means all."""

    customer_types: Annotated[tuple[Key, ...], Field(max_length=100)] = ()


class Membership(Shown):
    """A person's role in one organization."""

    organization_id: OrganizationId
    organization_name: str
    role: UserRole


class Me(Shown):
    """The signed-in person in the organization they work in now."""

    id: UserId
    username: str
    display_name: str
    organization_id: OrganizationId
    organization_name: str
    role: UserRole
    permissions: tuple[Permission, ...]
    memberships: tuple[Membership, ...] = ()


class SignedIn(Shown):
    """The answer to a sign-in or a refresh. Lifetimes in seconds."""

    access_jwt: str
    access_expires_in_s: int
    refresh_jwt: str
    refresh_expires_in_s: int
    me: Me


class UserAccount(Shown):
    """A person's account, for admins."""

    id: UserId
    username: str
    display_name: str
    role: UserRole
    customer_types: tuple[TypeKey, ...] = ()
    is_active: bool
    last_login: Instant | None
    created_at: Instant


class UserPage(Shown):
    """A page of accounts; `next_cursor` is None on the last."""

    items: tuple[UserAccount, ...]
    next_cursor: str | None
