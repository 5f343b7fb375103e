"""What each role may do: the server enforces it, and the console shows what a role gives."""

from collections.abc import Iterable

from shared.ids import Permission, UserRole

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

RANK = {UserRole.STAFF: 0, UserRole.ADMIN: 1, UserRole.SUPER_ADMIN: 2}
"""Who may give a role, or act on an account of it: only who has it, or a higher one."""


def permissions_with(
    role: UserRole, granted: Iterable[Permission], revoked: Iterable[Permission]
) -> frozenset[Permission]:
    """All that a person of this role may do, with what is different for them. What is both, is revoked."""
    return (MATRIX[role] | frozenset(granted)) - frozenset(revoked)
