"""Who may change whose account, and how long wrong passwords are waited for.

An account is one for all organizations of its memberships: whoever changes it, or can sign in with it,
reaches them all. So an admin decides about an account only where nobody gains by it what they lack
themselves.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.access import Grants, permissions_of
from server.domain.errors import Outranked, OwnAccount
from shared.ids import OrganizationId, Permission, UserId, UserRole
from shared.roles import RANK

FREE_TRIES = 5
"""So many wrong passwords in a row cost nothing: capitals, an old password, another keyboard."""

LONGEST_WAIT = timedelta(minutes=15)
"""At most 96 guesses a day for one name, and nobody is locked out for longer than a coffee."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""Who tried in vain so long ago begins anew."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds an account, as far as it decides who may change it.

    Args:
        roles: by organization.
    """

    id: UserId
    display_name: str
    roles: Mapping[OrganizationId, UserRole]
    grants: Grants

    def permissions_in(self, organization_id: OrganizationId) -> frozenset[Permission]:
        """What the person may do there; nothing without a membership."""
        role = self.roles.get(organization_id)
        return permissions_of(role, self.grants) if role is not None else frozenset()


def normal_username(name: str) -> str:
    """A user name as it is kept and compared: RFC 8265, UsernameCaseMapped."""
    return unicodedata.normalize("NFC", name.strip().lower())


def require_may_give(
    editor: Holder,
    holder: Holder,
    organizations: Iterable[OrganizationId],
    *,
    needed: Permission = Permission.USERS_UPDATE,
) -> None:
    """Refuse to touch somebody, or to make them somebody, who may do more than who does it.

    Args:
        holder: the person as they are, or would be.
        organizations: where it counts: all of the person's, where it concerns the account itself.
        needed: what who does it must have there.

    Raises:
        Outranked
    """
    for organization_id in organizations:
        if not _reaches(editor, holder, organization_id, needed):
            raise Outranked(person=holder.display_name)


def require_may_change(
    editor: Holder, holder: Holder, *, needed: Permission = Permission.USERS_UPDATE
) -> None:
    """Refuse to touch an account in what holds in all its organizations: name, password, whether it is on.

    Raises:
        Outranked
    """
    require_may_give(editor, holder, holder.roles, needed=needed)


def require_another(editor: Holder, holder: Holder) -> None:
    """Refuse what nobody decides about themselves.

    Raises:
        OwnAccount
    """
    if editor.id == holder.id:
        raise OwnAccount()


def waits_until(failures: int, failed_at: datetime) -> datetime | None:
    """When the next try for a user name is looked at; None at once.

    The first five wrong passwords in a row are free; the n-th is followed by 2^(n-5) seconds, at most 15
    minutes. A try that is refused meanwhile counts for nothing.

    Args:
        failures: wrong passwords in a row.
        failed_at: when the last one came.
    """
    if failures < FREE_TRIES:
        return None
    # The exponent is bounded before it is used: somebody may have tried for days.
    wait_s = 2 ** min(failures - FREE_TRIES, 20)
    return failed_at + min(timedelta(seconds=wait_s), LONGEST_WAIT)


def _reaches(editor: Holder, holder: Holder, organization_id: OrganizationId, needed: Permission) -> bool:
    role, theirs = editor.roles.get(organization_id), editor.permissions_in(organization_id)
    if role is None or needed not in theirs:
        return False
    other = holder.roles.get(organization_id)
    return other is None or (RANK[other] <= RANK[role] and holder.permissions_in(organization_id) <= theirs)
