"""The permission matrix: which role may do what, as data."""

from dataclasses import dataclass

from server.domain.errors import Forbidden
from shared.ids import OrganizationId, Permission, UserId, UserRole

_STAFF = frozenset(
    {
        Permission.TOKENS_CREATE,
        Permission.TOKENS_READ,
        Permission.TOKENS_UPDATE,
        Permission.USERS_READ_SELF,
        Permission.QUEUES_READ,
        Permission.COUNTERS_READ,
        Permission.COUNTERS_OPERATE,
        Permission.SETTINGS_READ_LIMITED,
        Permission.ANALYTICS_READ_LIMITED,
        Permission.BOARD_READ,
    }
)
_ADMIN = _STAFF | {
    Permission.USERS_CREATE,
    Permission.USERS_READ,
    Permission.USERS_UPDATE,
    Permission.QUEUES_UPDATE,
    Permission.COUNTERS_UPDATE,
    Permission.ANNOUNCEMENTS_UPDATE,
    Permission.DEVICES_READ,
    Permission.DEVICES_UPDATE,
    Permission.SETTINGS_READ,
    Permission.ANALYTICS_READ,
    Permission.ANALYTICS_EXPORT,
    Permission.SYSTEM_MONITOR,
}
_SUPER_ADMIN = _ADMIN | {
    Permission.TOKENS_DELETE,
    Permission.USERS_DELETE,
    Permission.SETTINGS_UPDATE,
    Permission.SYSTEM_CONFIGURE,
    Permission.SYSTEM_BACKUP,
}

MATRIX: dict[UserRole, frozenset[Permission]] = {
    UserRole.STAFF: _STAFF,
    UserRole.ADMIN: _ADMIN,
    UserRole.SUPER_ADMIN: _SUPER_ADMIN,
}

DEVICE = frozenset({Permission.BOARD_READ})
"""What a lobby display may do: look."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in person in one organization.

    Args:
        access_version: grows when the person's access changes; a credential of an older version
            no longer holds.
    """

    user_id: UserId
    organization_id: OrganizationId
    role: UserRole
    permissions: frozenset[Permission]
    access_version: int = 0

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
