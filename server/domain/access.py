"""What a person may do, by the permission matrix and by what was granted or revoked beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from server.domain.errors import Forbidden, Unauthenticated
from shared.ids import OrganizationId, Permission, UserId, UserRole
from shared.roles import permissions_with

_KNOWN = frozenset(Permission)


@dataclass(frozen=True, kw_only=True)
class Grants:
    """What a person may do beside the role, and may not do of it. What is both, is revoked."""

    granted: frozenset[Permission] = frozenset()
    revoked: frozenset[Permission] = frozenset()

    @classmethod
    def from_stored(cls, stored: Mapping[str, Sequence[str]]) -> "Grants":
        """As the account keeps them; what this version does not know is left out."""

        def known(name: str) -> frozenset[Permission]:
            return frozenset(Permission(each) for each in stored.get(name, ()) if each in _KNOWN)

        return cls(granted=known("granted"), revoked=known("revoked"))


def permissions_of(role: UserRole, grants: Grants) -> frozenset[Permission]:
    """All that a person of this role may do."""
    return permissions_with(role, grants.granted, grants.revoked)


DEVICE = frozenset({Permission.BOARD_READ})
"""What a lobby display may do: look."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in person in one organization.

    Args:
        access_version: grows when the person's access changes; a credential of an older version
            no longer holds.
        session_id: the signed-in device that the credential belongs to; None for what needs none.
    """

    user_id: UserId
    organization_id: OrganizationId
    role: UserRole
    permissions: frozenset[Permission]
    access_version: int = 0
    session_id: UUID | None = None

    def require(self, permission: Permission) -> None:
        """Refuse an action that this person may not do.

        Raises:
            Forbidden
        """
        if permission not in self.permissions:
            raise Forbidden(permission=permission)

    @property
    def acts_at_any_counter(self) -> bool:
        """Admins help out anywhere; staff act at the counter they opened."""
        return Permission.COUNTERS_UPDATE in self.permissions


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the database knows of a person in an organization now.

    Args:
        role: None where the account is switched off or gone, or without a membership.
        session_ended: whether the signed-in device was signed out.
    """

    role: UserRole | None
    access_version: int
    grants: Grants = Grants()
    session_ended: bool = False


def confirmed(claimed: Actor, standing: Standing) -> Actor:
    """The person as the database knows them now, whatever their access JWT still says.

    Raises:
        Unauthenticated: it says more than is true, or less.
    """
    if standing.role is None or standing.session_ended or standing.access_version != claimed.access_version:
        raise Unauthenticated()
    return replace(claimed, role=standing.role, permissions=permissions_of(standing.role, standing.grants))
