"""What people do with their own account: another password, signing out everywhere."""

from server.domain import passwords
from server.domain.access import Actor
from server.domain.errors import TryLater, Unauthenticated, WrongPassword
from server.domain.passwords import PasswordFlaw
from server.infra.passwords import hashed, verify_password
from server.store import accounts as account_store
from server.store import journal
from server.store import users as user_store
from server.store.engine import Database
from server.store.users import Account
from server.usecases.account_keys import AccountKeys
from server.usecases.accounts.answers import about_email
from server.usecases.password_rules import require_good_password
from server.usecases.signing_in import Caller, SigningIn, audit_entry
from server.usecases.tries import Tries
from shared.users import ChangePassword, SignedIn


class OwnAccount:
    """Works on the account of who asks.

    Args:
        tries: counts wrong passwords here too: a credential left open must not become a way to guess.
    """

    def __init__(
        self, database: Database, signing_in: SigningIn, tries: Tries, account_keys: AccountKeys
    ) -> None:
        self._database = database
        self._signing_in = signing_in
        self._tries = tries
        self._account_keys = account_keys

    async def change_password(self, actor: Actor, body: ChangePassword, caller: Caller) -> SignedIn:
        """Another password instead of the present one. All devices are signed out, this one in again.

        Raises:
            WrongPassword: the present one is another.
            TryLater: it was wrong too often.
            PasswordRefused: the new one is not good enough.
            Unauthenticated: the account, or the right to it, is gone meanwhile.
        """
        account, names = await self._account(actor)
        try:
            name_hash = await self._tries.begin(account.username)
        except TryLater:
            await self._log(actor, account, "password_change_refused", caller, delayed=True)
            raise
        if not await verify_password(body.current, account.password_hash):
            await self._log(actor, account, "password_change_refused", caller)
            raise WrongPassword()
        async with self._database.unit_of_work() as tx:
            await self._tries.clear(tx, name_hash)
        if passwords.prepared(body.new) == passwords.prepared(body.current):
            raise passwords.refusal_of(body.new, [PasswordFlaw.UNCHANGED], field="new")
        await require_good_password(body.new, field="new", names=names)
        password_hash = await hashed(body.new)
        async with self._database.unit_of_work() as tx:
            now = await user_store.lock(tx, account.id)
            # Another admin may have reset it while this one was hashed.
            if now is None or not now.is_active or now.password_hash != account.password_hash:
                raise Unauthenticated()
            await account_store.set_password(tx, account.id, password_hash, must_change=False)
            await user_store.end_refresh_sessions(tx, account.id)
            await journal.log(tx, actor.organization_id, audit_entry(account, "change_password", caller))
            changed = await user_store.by_id(tx, account.id)
            assert changed is not None, "it is locked"
            return await self._signing_in.begin_session(tx, changed, actor.organization_id, caller)

    async def sign_out_everywhere(self, actor: Actor, caller: Caller) -> None:
        """End all sessions on all devices, this one too.

        Raises:
            Unauthenticated
        """
        async with self._database.unit_of_work() as tx:
            account = await user_store.lock(tx, actor.user_id)
            if account is None:
                raise Unauthenticated()
            await user_store.end_refresh_sessions(tx, account.id)
            await account_store.end_access(tx, account.id)
            await journal.log(tx, actor.organization_id, audit_entry(account, "sign_out_everywhere", caller))

    async def sign_out_elsewhere(self, actor: Actor, caller: Caller) -> SignedIn:
        """End the sessions of all other devices. This one goes on with new JWTs: its old ones end too.

        Raises:
            Unauthenticated
        """
        async with self._database.unit_of_work() as tx:
            account = await user_store.lock(tx, actor.user_id)
            # Of two devices that do it at once, one is signed out: it must not come in again by this.
            if account is None or account.access_version != actor.access_version:
                raise Unauthenticated()
            await user_store.end_refresh_sessions(tx, account.id)
            await account_store.end_access(tx, account.id)
            await journal.log(tx, actor.organization_id, audit_entry(account, "sign_out_elsewhere", caller))
            changed = await user_store.by_id(tx, account.id)
            assert changed is not None, "it is locked"
            return await self._signing_in.begin_session(tx, changed, actor.organization_id, caller)

    async def _account(self, actor: Actor) -> tuple[Account, list[str]]:
        """The account, and the names that belong to it."""
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_id(tx, actor.user_id)
            if account is None or account.role_in(actor.organization_id) is None:
                raise Unauthenticated()
            names = [account.username, account.display_name]
            names += [each.organization_name for each in account.memberships]
            if account.email is not None:
                keys = await self._account_keys.of(tx)
                names.append(keys.open(account.email, about=about_email(account.id)))
        return account, names

    async def _log(
        self, actor: Actor, account: Account, action: str, caller: Caller, **details: object
    ) -> None:
        async with self._database.unit_of_work() as tx:
            entry = audit_entry(account, action, caller, **details)
            await journal.log(tx, actor.organization_id, entry)
