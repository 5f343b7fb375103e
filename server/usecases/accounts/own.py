"""What people do with their own account: another password, a second factor, signing out everywhere.

What would let a stolen device take the account over asks for the present password again, and for a code where
a second factor is in use.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.domain import passwords
from server.domain.access import Actor
from server.domain.errors import (
    CodeNeeded,
    NoSecondFactor,
    Refusal,
    TryLater,
    Unauthenticated,
    WrongCode,
    WrongPassword,
)
from server.domain.passwords import PasswordFlaw
from server.infra import authenticator
from server.infra.passwords import hashed, verify_password
from server.store import accounts as account_store
from server.store import journal
from server.store import second_factors as factor_store
from server.store import users as user_store
from server.store.engine import Database, Tx
from server.store.users import Account
from server.usecases.account_keys import AccountKeys
from server.usecases.accounts.answers import about_email
from server.usecases.password_rules import require_good_password
from server.usecases.second_factors import SecondFactors
from server.usecases.signing_in import Caller, SigningIn, audit_entry
from server.usecases.tries import Tries
from shared.users import (
    ChangePassword,
    ChangeSecondFactor,
    ConfirmSecondFactor,
    OfferSecondFactor,
    SecondFactorOffer,
    SecondFactorSet,
    SignedIn,
)


class OwnAccount:
    """Works on the account of who asks.

    Args:
        tries: counts wrong passwords here too: a credential left open must not become a way to guess.
    """

    def __init__(
        self,
        database: Database,
        signing_in: SigningIn,
        tries: Tries,
        second_factors: SecondFactors,
        account_keys: AccountKeys,
    ) -> None:
        self._database = database
        self._signing_in = signing_in
        self._tries = tries
        self._second_factors = second_factors
        self._account_keys = account_keys

    async def change_password(self, actor: Actor, body: ChangePassword, caller: Caller) -> SignedIn:
        """Another password instead of the present one. All devices are signed out, this one in again.

        Raises:
            WrongPassword: the present one is another.
            TryLater: it was wrong too often.
            PasswordRefused: the new one is not good enough.
            Unauthenticated: the account, or the right to it, is gone meanwhile.
        """
        seen = await self._account(actor)
        await self._confirm(actor, seen, body.current, caller, asked="change_password")
        if passwords.prepared(body.new) == passwords.prepared(body.current):
            raise passwords.refusal_of(body.new, [PasswordFlaw.UNCHANGED], field="new")
        await self._require_good(seen, body.new, field="new", second_factor=seen.second_factor is not None)
        password_hash = await hashed(body.new)
        async with self._doing("change_password", actor, seen, caller) as (tx, account):
            await account_store.set_password(tx, account.id, password_hash, must_change=False)
            return await self._sign_in_anew(tx, actor, caller)

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
            account = await self._locked(tx, actor)
            await account_store.end_access(tx, account.id)
            await journal.log(tx, actor.organization_id, audit_entry(account, "sign_out_elsewhere", caller))
            return await self._sign_in_anew(tx, actor, caller)

    async def offer_second_factor(
        self, actor: Actor, body: OfferSecondFactor, caller: Caller
    ) -> SecondFactorOffer:
        """Begin to set a second factor up, or another one in the place of the one in use.

        Raises:
            WrongPassword, TryLater, Unauthenticated
            CodeNeeded, WrongCode: one is in use.
        """
        seen = await self._account(actor)
        await self._confirm_both(actor, seen, body, caller, asked="offer_second_factor")
        async with self._doing("offer_second_factor", actor, seen, caller) as (tx, account):
            secret = await self._second_factors.offer(tx, account)
        here = next(
            each.organization_name
            for each in seen.memberships
            if each.organization_id == actor.organization_id
        )
        uri = authenticator.uri_of(secret, username=seen.username, organization=here)
        return SecondFactorOffer(secret=secret, uri=uri)

    async def begin_second_factor(
        self, actor: Actor, body: ConfirmSecondFactor, caller: Caller
    ) -> SecondFactorSet:
        """Use what was offered, whose first code this is. All devices are signed out, this one in again.

        Raises:
            NoSecondFactor: none was offered.
            WrongCode: the code is of another secret, or another clock.
            Unauthenticated
        """
        async with self._database.unit_of_work() as tx:
            account = await self._locked(tx, actor)
            if account.second_factor_offered is None:
                raise NoSecondFactor()
            recovery_codes = await self._second_factors.begin(tx, account, body.code)
            if recovery_codes is None:
                raise WrongCode()
            await account_store.end_access(tx, account.id)
            await journal.log(tx, actor.organization_id, audit_entry(account, "begin_second_factor", caller))
            signed_in = await self._sign_in_anew(tx, actor, caller)
        return SecondFactorSet(recovery_codes=recovery_codes, signed_in=signed_in)

    async def end_second_factor(self, actor: Actor, body: ChangeSecondFactor, caller: Caller) -> SignedIn:
        """Do without a second factor. All devices are signed out, this one in again.

        Raises:
            NoSecondFactor: none is in use.
            WrongPassword, WrongCode, TryLater, Unauthenticated
            PasswordRefused: the password is too short to be the only factor.
        """
        seen = await self._with_second_factor(actor)
        await self._confirm_both(actor, seen, body, caller, asked="end_second_factor")
        await self._require_good(seen, body.password, field="password", second_factor=False)
        async with self._doing("end_second_factor", actor, seen, caller) as (tx, account):
            await factor_store.end(tx, account.id)
            await account_store.end_access(tx, account.id)
            return await self._sign_in_anew(tx, actor, caller)

    async def renew_recovery_codes(
        self, actor: Actor, body: ChangeSecondFactor, caller: Caller
    ) -> tuple[str, ...]:
        """Other recovery codes; those that are left hold no more.

        Raises:
            NoSecondFactor: none is in use.
            WrongPassword, WrongCode, TryLater, Unauthenticated
        """
        seen = await self._with_second_factor(actor)
        await self._confirm_both(actor, seen, body, caller, asked="renew_recovery_codes")
        async with self._doing("renew_recovery_codes", actor, seen, caller) as (tx, account):
            return await self._second_factors.new_recovery_codes(tx, account)

    async def _account(self, actor: Actor) -> Account:
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_id(tx, actor.user_id)
        if account is None or not _holds(account, actor):
            raise Unauthenticated()
        return account

    async def _with_second_factor(self, actor: Actor) -> Account:
        seen = await self._account(actor)
        if seen.second_factor is None:
            raise NoSecondFactor()
        return seen

    @asynccontextmanager
    async def _doing(
        self, action: str, actor: Actor, seen: Account, caller: Caller
    ) -> AsyncIterator[tuple[Tx, Account]]:
        """The transaction of something that was confirmed, with the account locked; the audit has it."""
        async with self._database.unit_of_work() as tx:
            account = await self._unchanged(tx, seen)
            await journal.log(tx, actor.organization_id, audit_entry(account, action, caller))
            yield tx, account

    async def _locked(self, tx: Tx, actor: Actor) -> Account:
        """The account, locked, of who may still do something: of two devices that sign each other out, one
        is, and must not come in again by the session that it would be given."""
        account = await user_store.lock(tx, actor.user_id)
        if account is None or not _holds(account, actor):
            raise Unauthenticated()
        return account

    async def _unchanged(self, tx: Tx, seen: Account) -> Account:
        """The account, locked, unless an admin has reset it while a password was hashed."""
        account = await user_store.lock(tx, seen.id)
        if account is None or not account.is_active or account.access_version != seen.access_version:
            raise Unauthenticated()
        return account

    async def _confirm_both(
        self,
        actor: Actor,
        seen: Account,
        body: OfferSecondFactor | ChangeSecondFactor,
        caller: Caller,
        *,
        asked: str,
    ) -> None:
        """Have password and second factor confirmed."""
        await self._confirm(actor, seen, body.password, caller, asked=asked, field="password", code=body.code)

    async def _confirm(
        self,
        actor: Actor,
        seen: Account,
        password: str,
        caller: Caller,
        *,
        asked: str,
        field: str = "current",
        code: str | None = None,
    ) -> None:
        """Have the present password confirmed, and the second factor where the password is not what changes.

        Args:
            asked: what for, as the audit calls it.
            field: where the password was given.
        """
        refusal: Refusal | None = None
        try:
            begun = await self._tries.begin(seen.username)
        except TryLater as error:
            await self._log_refused(actor, seen, asked, caller)
            raise error
        if not await verify_password(password, seen.password_hash):
            refusal = WrongPassword(field=field)
        else:
            async with self._database.unit_of_work() as tx:
                account = await self._unchanged(tx, seen)
                if field == "password" and account.second_factor is not None:
                    if code is None:
                        refusal = CodeNeeded()
                        await self._tries.take_back(tx, begun)
                    elif not await self._second_factors.use(tx, account, code):
                        refusal = WrongCode()
                if refusal is None:
                    await self._tries.clear(tx, begun)
        if refusal is not None:
            await self._log_refused(actor, seen, asked, caller)
            raise refusal

    async def _require_good(
        self, account: Account, password: str, *, field: str, second_factor: bool
    ) -> None:
        names = [account.username, account.display_name]
        names += [each.organization_name for each in account.memberships]
        if account.email is not None:
            async with self._database.unit_of_work() as tx:
                keys = await self._account_keys.of(tx)
            names.append(keys.open(account.email, about=about_email(account.id)))
        await require_good_password(password, field=field, names=names, second_factor=second_factor)

    async def _sign_in_anew(self, tx: Tx, actor: Actor, caller: Caller) -> SignedIn:
        """End all sessions and begin one for this device, with the account as it is now."""
        await user_store.end_refresh_sessions(tx, actor.user_id)
        account = await user_store.by_id(tx, actor.user_id)
        assert account is not None, "it is locked"
        return await self._signing_in.begin_session(tx, account, actor.organization_id, caller)

    async def _log_refused(self, actor: Actor, account: Account, asked: str, caller: Caller) -> None:
        async with self._database.unit_of_work() as tx:
            entry = audit_entry(account, "confirmation_refused", caller, asked=asked)
            await journal.log(tx, actor.organization_id, entry)


def _holds(account: Account, actor: Actor) -> bool:
    """Whether the account is still what a credential says of it."""
    return (
        account.is_active
        and account.access_version == actor.access_version
        and account.role_in(actor.organization_id) is not None
    )
