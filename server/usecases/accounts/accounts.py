"""People's accounts: made, edited, switched off and on, deleted; passwords reset, devices signed out.

What concerns the account itself holds in all organizations of the person. It is decided in one
transaction under the lock of the organization in which somebody decides it; the other organizations are
told after it, each under its own lock. Should the server die in between, who asks again with the same
request id has it done, and the clean-up job closes a counter that was left open.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

from pydantic import BaseModel

from server.domain import accounts as rules
from server.domain import configuring
from server.domain.access import Grants
from server.domain.accounts import Holder
from server.domain.errors import InUse, InvalidField, NoSecondFactor, NotFound
from server.infra.passwords import hashed, new_password
from server.store import accounts as account_store
from server.store import queues as queue_store
from server.store import second_factors as factor_store
from server.store import users as user_store
from server.store.engine import Database
from server.store.users import Account
from server.usecases.account_keys import AccountKeys, OpenedKeys
from server.usecases.accounts.answers import (
    StoredAnswer,
    about_email,
    from_store,
    page_of,
    to_store,
)
from server.usecases.accounts.desk import (
    close_counter_of,
    editor_at,
    follow_up,
    locked,
    others_of,
    require_another_super_admin,
    tell,
)
from server.usecases.accounts.pages import cursor_of, read_cursor
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import edit_of
from shared.ids import OrganizationId, Permission, UserId
from shared.users import (
    AccountConfigured,
    AccountSettings,
    NewAccount,
    NewMembership,
    UserAccount,
    UserPage,
)

_Decide = Callable[[Desk, OpenedKeys], Awaitable[StoredAnswer]]


class Accounts:
    """The accounts of one database.

    Args:
        keys: seal what is personal in them.
    """

    def __init__(self, database: Database, commands: Commands, keys: AccountKeys) -> None:
        self._database = database
        self._commands = commands
        self._keys = keys

    async def page(self, organization_id: OrganizationId, *, cursor: str | None, limit: int) -> UserPage:
        """A page of accounts after a cursor.

        Raises:
            NotFound: the cursor is none that this server gave.
        """
        after = read_cursor(cursor) if cursor else None
        async with self._database.unit_of_work() as tx:
            listed = await account_store.of_organization(tx, organization_id, after=after, limit=limit + 1)
            items = await page_of(tx, self._keys, listed[:limit])
        more = len(listed) > limit
        return UserPage(items=tuple(items), next_cursor=cursor_of(items[-1]) if more else None)

    async def read(self, organization_id: OrganizationId, user_id: UserId) -> UserAccount:
        """One account.

        Raises:
            NotFound
        """
        async with self._database.unit_of_work() as tx:
            listed = await account_store.one(tx, organization_id, user_id)
            if listed is None:
                raise NotFound(what="person", id=str(user_id))
            [account] = await page_of(tx, self._keys, [listed])
        return account

    async def add(self, request: Request, body: NewAccount) -> AccountConfigured:
        """A new person. The answer holds the password for their first sign-in, which asks for another.

        Raises:
            AlreadyExists: the user name or the e-mail address is another's.
            Outranked: they would be able to do what who makes them is not.
            InvalidField: there is no such customer type.
        """
        password = new_password()
        password_hash = await hashed(password)

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            user_id, grants = UserId(uuid4()), _grants(body)
            roles = {desk.organization_id: body.role}
            new = Holder(id=user_id, display_name=body.display_name, roles=roles, grants=grants)
            rules.require_may_give(await editor_at(desk), new, roles, needed=Permission.USERS_CREATE)
            known = {queue.shown.key for queue in await queue_store.all_of(desk.tx, desk.organization_id)}
            configuring.require_known_types(body.customer_types, known)
            await user_store.add(
                desk.tx,
                user_id=user_id,
                username=body.username,
                display_name=body.display_name,
                password_hash=password_hash,
                organization_id=desk.organization_id,
                role=body.role,
                must_change_password=True,
            )
            await _save(desk, keys, user_id, body, grants, access_changed=False)
            skills = configuring.without_repeats(body.customer_types)
            await user_store.set_skills(desk.tx, desk.organization_id, user_id, skills)
            await tell(desk, user_id)
            desk.audit("user", user_id, before={}, after={**_told(new, desk), "customer_types": list(skills)})
            return await to_store(desk, keys, request.request_id, user_id, one_time_password=password)

        return await self._run(request, "add_person", Permission.USERS_CREATE, decide, body=body)

    async def configure(
        self, request: Request, user_id: UserId, body: AccountSettings, *, made_from: int
    ) -> AccountConfigured:
        """Edit an account.

        Args:
            made_from: the version that the edit was made from.

        Raises:
            NotFound, EditedMeanwhile, AlreadyExists, Outranked, LastSuperAdmin
            OwnAccount: nobody decides their own role, or what they may do beside it.
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await locked(desk, user_id)
            configuring.next_version(account.version, made_from=made_from, what="account")
            before = account.holder
            after = replace(
                before,
                display_name=body.display_name,
                roles={**before.roles, desk.organization_id: body.role},
                grants=_grants(body),
            )
            email = account.email and keys.open(account.email, about=about_email(user_id))
            personal = {
                "display_name": before.display_name != after.display_name,
                "email": email != body.email,
            }
            changed = [name for name, is_other in personal.items() if is_other]
            access_changed = (before.roles, before.grants) != (after.roles, after.grants)
            _require_may_edit(await editor_at(desk), before, after, desk, personal=bool(changed))
            if before.roles != after.roles:
                await require_another_super_admin(desk, account, desk.organization_id)
                await account_store.set_role(desk.tx, desk.organization_id, user_id, body.role)
            await _save(desk, keys, user_id, body, after.grants, access_changed=access_changed)
            await tell(desk, user_id)
            old, new = _told(before, desk), _told(after, desk)
            desk.audit(
                "user",
                user_id,
                before={name: value for name, value in old.items() if new[name] != value},
                after={name: value for name, value in new.items() if old[name] != value},
                changed=changed,
            )
            # Nothing else of a person is shown to others.
            renamed = "display_name" in changed
            elsewhere = others_of(account, desk.organization_id) if renamed else ()
            return await to_store(desk, keys, request.request_id, user_id, elsewhere=elsewhere)

        return await self._run(
            request,
            "configure_person",
            Permission.USERS_UPDATE,
            decide,
            body=body,
            target=edit_of(user_id, made_from=made_from),
            user_id=user_id,
        )

    async def disable(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Switch an account off: the person is signed out everywhere, and a counter they had is closed.

        Raises:
            NotFound, Outranked, OwnAccount, LastSuperAdmin
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await self._for_account(desk, user_id)
            await require_another_super_admin(desk, account, *account.holder.roles)
            await account_store.set_active(desk.tx, user_id, is_active=False)
            await user_store.end_refresh_sessions(desk.tx, user_id)
            await close_counter_of(desk, user_id)
            await tell(desk, user_id)
            _audit_active(desk, account, is_active=False)
            elsewhere = others_of(account, desk.organization_id)
            return await to_store(desk, keys, request.request_id, user_id, elsewhere=elsewhere)

        return await self._run(
            request, "disable_person", Permission.USERS_UPDATE, decide, target=user_id, user_id=user_id
        )

    async def enable(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Switch an account on again.

        Raises:
            NotFound, Outranked, OwnAccount
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await self._for_account(desk, user_id)
            await account_store.set_active(desk.tx, user_id, is_active=True)
            await tell(desk, user_id)
            _audit_active(desk, account, is_active=True)
            elsewhere = others_of(account, desk.organization_id)
            return await to_store(desk, keys, request.request_id, user_id, elsewhere=elsewhere)

        return await self._run(
            request, "enable_person", Permission.USERS_UPDATE, decide, target=user_id, user_id=user_id
        )

    async def delete(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Delete an account: names, address and password are erased, and the user name is free again.

        What the person did stays, by somebody without a name.

        Raises:
            NotFound, Outranked, OwnAccount, LastSuperAdmin
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await self._for_account(desk, user_id, needed=Permission.USERS_DELETE)
            await require_another_super_admin(desk, account, *account.holder.roles)
            await close_counter_of(desk, user_id)
            await user_store.end_refresh_sessions(desk.tx, user_id)
            await account_store.erase(desk.tx, user_id)
            await tell(desk, user_id)
            desk.audit("user", user_id, before=_told(account.holder, desk), after={})
            elsewhere = others_of(account, desk.organization_id)
            return await to_store(desk, keys, request.request_id, user_id, elsewhere=elsewhere)

        return await self._run(
            request, "delete_person", Permission.USERS_DELETE, decide, target=user_id, user_id=user_id
        )

    async def reset_password(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Give a person a password for one sign-in, which asks for another; all their devices are signed out.

        Raises:
            NotFound, Outranked
            OwnAccount: one's own is changed, with the present one.
        """
        password = new_password()
        password_hash = await hashed(password)

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await self._for_account(desk, user_id)
            await account_store.set_password(desk.tx, user_id, password_hash, must_change=True)
            await user_store.end_refresh_sessions(desk.tx, user_id)
            desk.audit(
                "user",
                user_id,
                before={"must_change_password": account.must_change_password},
                after={"must_change_password": True},
            )
            return await to_store(desk, keys, request.request_id, user_id, one_time_password=password)

        return await self._run(request, "reset_password", Permission.USERS_UPDATE, decide, target=user_id)

    async def end_second_factor(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Take the second factor off an account whose phone is lost; all its devices are signed out.

        The next sign-in asks for another password: the present one may be too short to be the only factor.

        Raises:
            NotFound, Outranked
            OwnAccount: one's own is ended with the password and a code.
            NoSecondFactor: none is in use.
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await self._for_account(desk, user_id)
            if account.second_factor is None:
                raise NoSecondFactor()
            await factor_store.end(desk.tx, user_id)
            await account_store.end_access(desk.tx, user_id, must_change_password=True)
            await user_store.end_refresh_sessions(desk.tx, user_id)
            desk.audit(
                "user", user_id, before={"has_second_factor": True}, after={"has_second_factor": False}
            )
            return await to_store(desk, keys, request.request_id, user_id)

        return await self._run(
            request, "end_persons_second_factor", Permission.USERS_UPDATE, decide, target=user_id
        )

    async def sign_out(self, request: Request, user_id: UserId) -> AccountConfigured:
        """Sign a person out everywhere.

        Raises:
            NotFound, Outranked
            OwnAccount: who asks would not see the answer; their own app does it another way.
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            await self._for_account(desk, user_id)
            ended = await user_store.end_refresh_sessions(desk.tx, user_id)
            await account_store.end_access(desk.tx, user_id)
            desk.audit("user", user_id, sessions=ended)
            return await to_store(desk, keys, request.request_id, user_id)

        return await self._run(request, "sign_person_out", Permission.USERS_UPDATE, decide, target=user_id)

    async def join(self, request: Request, body: NewMembership) -> AccountConfigured:
        """Somebody of another organization, which who asks runs too, works in this one as well.

        Raises:
            NotFound: there is nobody of that name in an organization that who asks runs.
            InvalidField: they work here already.
            Outranked
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            editor = await editor_at(desk)
            found = await user_store.by_username(desk.tx, body.username)
            account = found and await user_store.lock(desk.tx, found.id)
            if account is None or not _runs_one_of(editor, account):
                raise NotFound(what="person", id=body.username)
            if account.role_in(desk.organization_id) is not None:
                raise InvalidField(field="username", sentence=f"{account.display_name} works here already.")
            roles = {**account.holder.roles, desk.organization_id: body.role}
            after = replace(account.holder, roles=roles)
            rules.require_may_give(editor, after, [desk.organization_id], needed=Permission.USERS_CREATE)
            await user_store.add_membership(desk.tx, desk.organization_id, account.id, body.role)
            await tell(desk, account.id)
            desk.audit("user", account.id, before={"role": None}, after={"role": body.role.value})
            return await to_store(desk, keys, request.request_id, account.id)

        return await self._run(request, "add_membership", Permission.USERS_CREATE, decide, body=body)

    async def leave(self, request: Request, user_id: UserId) -> AccountConfigured:
        """A person works in this organization no more; in others they do.

        Raises:
            NotFound, Outranked, OwnAccount, LastSuperAdmin
            InUse: they belong to no other; then the account is switched off or deleted.
        """

        async def decide(desk: Desk, keys: OpenedKeys) -> StoredAnswer:
            account = await locked(desk, user_id)
            editor = await editor_at(desk)
            rules.require_another(editor, account.holder)
            rules.require_may_give(editor, account.holder, [desk.organization_id])
            elsewhere = others_of(account, desk.organization_id)
            if not elsewhere:
                raise InUse(what="This membership", by=f"{account.display_name} has no other")
            await require_another_super_admin(desk, account, desk.organization_id)
            await close_counter_of(desk, user_id)
            home = account.organization_id
            if home == desk.organization_id:
                home = elsewhere[0]
            await account_store.end_membership(desk.tx, desk.organization_id, user_id, home=home)
            await user_store.end_refresh_sessions(desk.tx, user_id, organization_id=desk.organization_id)
            await account_store.end_access(desk.tx, user_id)
            await tell(desk, user_id)
            role = account.role_in(desk.organization_id)
            desk.audit("user", user_id, before={"role": role}, after={"role": None})
            return await to_store(desk, keys, request.request_id, user_id)

        return await self._run(request, "end_membership", Permission.USERS_UPDATE, decide, target=user_id)

    async def _for_account(
        self, desk: Desk, user_id: UserId, *, needed: Permission = Permission.USERS_UPDATE
    ) -> Account:
        """The account, locked, of somebody else about whom who asks may decide."""
        account = await locked(desk, user_id)
        editor = await editor_at(desk)
        rules.require_another(editor, account.holder)
        rules.require_may_change(editor, account.holder, needed=needed)
        return account

    async def _run(
        self,
        request: Request,
        name: str,
        permission: Permission,
        decide: _Decide,
        *,
        body: BaseModel | None = None,
        target: UserId | str | None = None,
        user_id: UserId | None = None,
    ) -> AccountConfigured:
        """Execute a command on an account, and tell the person's other organizations.

        Args:
            user_id: who is told of there.
        """

        async def with_keys(desk: Desk) -> StoredAnswer:
            return await decide(desk, await self._keys.of(desk.tx))

        stored = await self._commands.run(
            request,
            name=name,
            permission=permission,
            body=body,
            target=target,
            answer_type=StoredAnswer,
            decide=with_keys,
        )
        if user_id is not None:
            for organization_id in stored.elsewhere:
                decide_there = partial(follow_up, user_id=user_id)
                await self._commands.run_by_itself(organization_id, name=name, decide=decide_there)
        return await from_store(self._database, self._keys, request.request_id, stored)


def _grants(body: AccountSettings) -> Grants:
    return Grants(granted=frozenset(body.granted), revoked=frozenset(body.revoked))


def _runs_one_of(editor: Holder, account: Account) -> bool:
    return any(
        Permission.USERS_UPDATE in editor.permissions_in(organization_id)
        for organization_id in account.holder.roles
    )


def _require_may_edit(editor: Holder, before: Holder, after: Holder, desk: Desk, *, personal: bool) -> None:
    """Refuse an edit that its editor may not make.

    Args:
        personal: whether a name or an address is another.

    Raises:
        OwnAccount, Outranked
    """
    here = [desk.organization_id]
    if (before.roles, before.grants) != (after.roles, after.grants):
        rules.require_another(editor, before)
    elif editor.id == before.id:
        return
    rules.require_may_give(editor, before, here)
    rules.require_may_give(editor, after, here)
    if personal or before.grants != after.grants:
        rules.require_may_change(editor, before)
        rules.require_may_change(editor, after)


async def _save(
    desk: Desk,
    keys: OpenedKeys,
    user_id: UserId,
    body: AccountSettings,
    grants: Grants,
    *,
    access_changed: bool,
) -> None:
    email = index = None
    if body.email is not None:
        email = keys.seal(body.email, about=about_email(user_id))
        # Servers may tell capitals before the @ apart; nobody does.
        index = keys.blind(body.email.casefold(), about="e-mail")
    await account_store.configure(
        desk.tx,
        user_id,
        display_name=body.display_name,
        email=email,
        email_index=index,
        grants=grants,
        access_changed=access_changed,
    )


def _told(holder: Holder, desk: Desk) -> dict[str, object]:
    """What the audit says of an account: what it may do. Names and addresses can be erased, the audit not."""
    return {
        "role": holder.roles[desk.organization_id].value,
        "granted": sorted(holder.grants.granted),
        "revoked": sorted(holder.grants.revoked),
    }


def _audit_active(desk: Desk, account: Account, *, is_active: bool) -> None:
    desk.audit("user", account.id, before={"is_active": account.is_active}, after={"is_active": is_active})
