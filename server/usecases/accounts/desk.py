"""What every command on an account does: look who asks and who is meant, tell the apps, close a counter."""

from server.domain.accounts import Holder
from server.domain.errors import LastSuperAdmin, NotFound, Unauthenticated
from server.store import accounts as account_store
from server.store import counters as counter_store
from server.store import users as user_store
from server.store.users import Account
from server.usecases.cleaning import close_deserted
from server.usecases.commanding import Desk
from shared.events import PersonConfigured
from shared.ids import OrganizationId, UserId, UserRole
from shared.users import Person


async def editor_at(desk: Desk) -> Holder:
    """Who commands, as the database knows them in all their organizations.

    Raises:
        Unauthenticated
    """
    assert desk.user_id is not None, "the server changes no account"
    account = await user_store.by_id(desk.tx, desk.user_id)
    if account is None:
        raise Unauthenticated()
    return account.holder


async def locked(desk: Desk, user_id: UserId) -> Account:
    """An account of this organization, locked.

    Raises:
        NotFound
    """
    account = await user_store.lock(desk.tx, user_id)
    if account is None or account.role_in(desk.organization_id) is None:
        raise NotFound(what="person", id=str(user_id))
    return account


def others_of(account: Account, organization_id: OrganizationId) -> tuple[OrganizationId, ...]:
    """Where else a person works."""
    every = (each.organization_id for each in account.memberships)
    return tuple(each for each in every if each != organization_id)


async def require_another_super_admin(desk: Desk, account: Account, *organizations: OrganizationId) -> None:
    """Refuse to take away the last super admin who can sign in.

    Args:
        organizations: where the person would be none any more.

    Raises:
        LastSuperAdmin
    """
    if not account.is_active:
        return
    leads = [each for each in organizations if account.role_in(each) is UserRole.SUPER_ADMIN]
    if not leads:
        return
    others = await account_store.other_super_admins(desk.tx, leads, account.id)
    if not all(others.values()):
        raise LastSuperAdmin(person=account.display_name)


async def tell(desk: Desk, user_id: UserId) -> None:
    """Say to the apps how a person is now; who is no member any more leaves their screens."""
    person = await user_store.person(desk.tx, desk.organization_id, user_id)
    shown = person or Person(id=user_id, display_name=account_store.NOBODY, is_active=False, is_member=False)
    desk.record(PersonConfigured(revision=desk.next_revision, at=desk.now, person=shown))


async def close_counter_of(desk: Desk, user_id: UserId) -> None:
    """Close the counter that a person has open here, if they have; the visitor there is set free.

    One that is open in another organization is closed under that one's lock, by `follow_up`.
    """
    counter = await counter_store.opened_by(desk.tx, user_id)
    if counter is not None and counter.organization_id == desk.organization_id:
        await close_deserted(desk, counter)


async def follow_up(desk: Desk, user_id: UserId) -> None:
    """In another organization of a person: what was decided about their account holds here too."""
    account = await user_store.by_id(desk.tx, user_id)
    may_work = account is not None and account.is_active and account.role_in(desk.organization_id)
    if not may_work:
        await close_counter_of(desk, user_id)
    await tell(desk, user_id)
    desk.audit("user", user_id)
