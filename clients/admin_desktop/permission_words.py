"""Each permission in words, in groups, as a person who gives them reads them."""

from clients.admin_desktop.words import tr
from shared.ids import Permission


def permission_groups() -> tuple[tuple[str, tuple[tuple[Permission, str], ...]], ...]:
    """Group by group: its heading, and each permission with what it lets a person do."""
    return (
        (
            tr("Visitors and counters"),
            (
                (Permission.TOKENS_READ, tr("See who waits, is called and was served")),
                (Permission.TOKENS_CREATE, tr("Take tokens for visitors")),
                (Permission.TOKENS_UPDATE, tr("Call, serve, park, transfer and cancel visitors")),
                (Permission.TOKENS_DELETE, tr("Cancel tokens without giving a reason")),
                (Permission.COUNTERS_READ, tr("See the counters")),
                (Permission.COUNTERS_OPERATE, tr("Open a counter and work there")),
                (Permission.QUEUES_READ, tr("See the queues and their waiting times")),
                (Permission.BOARD_READ, tr("See what the lobby displays show")),
            ),
        ),
        (
            tr("People"),
            (
                (Permission.USERS_READ_SELF, tr("See their own account and change their password")),
                (Permission.USERS_READ, tr("See all people")),
                (Permission.USERS_CREATE, tr("Add people")),
                (Permission.USERS_UPDATE, tr("Edit people, reset passwords, switch accounts off")),
                (Permission.USERS_DELETE, tr("Delete people")),
            ),
        ),
        (
            tr("Set-up"),
            (
                (Permission.QUEUES_UPDATE, tr("Change customer types")),
                (Permission.COUNTERS_UPDATE, tr("Change counters, and act at any of them")),
                (Permission.ANNOUNCEMENTS_UPDATE, tr("Write announcements")),
                (Permission.DEVICES_READ, tr("See the displays")),
                (Permission.DEVICES_UPDATE, tr("Pair, rename and revoke displays")),
                (Permission.SETTINGS_READ_LIMITED, tr("See what the counter app needs of the settings")),
                (Permission.SETTINGS_READ, tr("See the organization's settings")),
                (Permission.SETTINGS_UPDATE, tr("Change the organization's settings")),
            ),
        ),
        (
            tr("Figures"),
            (
                (Permission.ANALYTICS_READ_LIMITED, tr("See their own figures")),
                (Permission.ANALYTICS_READ, tr("See everybody's figures")),
                (Permission.ANALYTICS_EXPORT, tr("Take figures out as files")),
            ),
        ),
        (
            tr("The system"),
            (
                (Permission.SYSTEM_MONITOR, tr("See the audit, and how the server does")),
                (Permission.SYSTEM_CONFIGURE, tr("Configure the server")),
                (Permission.SYSTEM_BACKUP, tr("Make and restore backups")),
            ),
        ),
    )
