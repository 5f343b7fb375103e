"""What the signed-in admin may not do to an account, and why: greyed before the server would refuse it."""

from collections.abc import Iterable

from clients.admin_desktop.account_values import AccountBars
from clients.admin_desktop.words import tr
from shared.ids import Permission, UserRole
from shared.roles import MATRIX, RANK, permissions_with
from shared.users import Me, UserAccount


def permissions_of(account: UserAccount) -> frozenset[Permission]:
    """All that a person may do."""
    return permissions_with(account.role, account.granted, account.revoked)


def roles_to_give(me: Me) -> frozenset[UserRole]:
    """The roles that give nothing that who gives them lacks."""
    mine = frozenset(me.permissions)
    return frozenset(role for role in UserRole if RANK[role] <= RANK[me.role] and MATRIX[role] <= mine)


def bars_of(me: Me, account: UserAccount, accounts: Iterable[UserAccount]) -> AccountBars:
    """What `me` may not do to an account.

    Args:
        accounts: all of the organization, to tell who is the last super admin.
    """
    if Permission.USERS_UPDATE not in me.permissions:
        role = tr("Your role may not change this.")
        return AccountBars(edit=role, rights=role, switch=role, reset=role, sign_out=role, delete=role)
    delete = "" if Permission.USERS_DELETE in me.permissions else tr("Only a super admin can delete people.")
    if account.id == me.id:
        own = own_account()
        return AccountBars(
            rights=own,
            switch=own,
            reset=tr("Your own password you change in My account, in your menu."),
            sign_out=tr("Your own devices you sign out in My account, in your menu."),
            delete=delete or own,
        )
    outranks = RANK[account.role] > RANK[me.role] or not permissions_of(account) <= frozenset(me.permissions)
    if outranks:
        higher = outranked(account.display_name)
        return AccountBars(
            edit=higher, rights=higher, switch=higher, reset=higher, sign_out=higher, delete=delete or higher
        )
    last = last_super_admin(account, accounts)
    return AccountBars(rights=last, switch=last if account.is_active else "", delete=delete or last)


def last_super_admin(account: UserAccount, accounts: Iterable[UserAccount]) -> str:
    """Why the last super admin stays one; "" for everybody else."""
    if account.role is not UserRole.SUPER_ADMIN or not account.is_active:
        return ""
    others = (each for each in accounts if each.id != account.id and each.is_active)
    if any(each.role is UserRole.SUPER_ADMIN for each in others):
        return ""
    return last_one(account.display_name)


def outranked(person: str) -> str:
    """Why nothing is done to who may do more."""
    return tr("{person} may do more than you. Somebody who may do as much must do this.").format(
        person=person
    )


def own_account() -> str:
    """Why somebody does not decide this about themselves."""
    return tr("This is your own account. Another admin must do this.")


def last_one(person: str) -> str:
    """Why the last super admin stays one."""
    return tr("{person} is the last super admin. Make somebody else one first.").format(person=person)
