"""Which user PostgreSQL runs as, and what that user can reach.

PostgreSQL refuses to run as root. A server started by root (a container, a machine set up in a hurry)
therefore runs it as an unprivileged uid; everybody else runs it as themselves.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# "nobody" and "nogroup" on Debian and most other systems: it exists everywhere and owns nothing.
UNPRIVILEGED_ID = 65534


@dataclass(frozen=True, kw_only=True)
class ServiceAccount:
    """Another user than our own, by number. uid, gid: never 0."""

    uid: int
    gid: int


def account_for(existing_data: Path) -> ServiceAccount | None:
    """The user to switch to, or None to stay who we are.

    existing_data: a cluster's data folder; when it exists its owner goes on running it, so that a
    server first run by a person and then by root keeps working.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    try:
        owner = existing_data.stat()
    except FileNotFoundError:
        return ServiceAccount(uid=UNPRIVILEGED_ID, gid=UNPRIVILEGED_ID)
    if owner.st_uid == 0:
        return ServiceAccount(uid=UNPRIVILEGED_ID, gid=UNPRIVILEGED_ID)
    return ServiceAccount(uid=owner.st_uid, gid=owner.st_gid or UNPRIVILEGED_ID)


def as_user(account: ServiceAccount | None) -> dict[str, Any]:
    """The keyword arguments that make subprocess run something as this user."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def can_enter(folder: Path, account: ServiceAccount | None) -> bool:
    """Whether the user may walk down to this folder and into it."""
    if account is None:
        return True
    resolved = folder.resolve()
    return all(_may_enter(step.stat(), account) for step in (resolved, *resolved.parents))


def _may_enter(status: os.stat_result, account: ServiceAccount) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
