"""The second factor of an account: secrets, codes, recovery codes."""

from server.infra import authenticator
from server.infra.passwords import spelled_secret
from server.store import organizations as organization_store
from server.store import second_factors as factor_store
from server.store.engine import Tx
from server.store.users import Account
from server.usecases.account_keys import AccountKeys
from shared.ids import OrganizationId, UserId, UserRole

RECOVERY_CODES = 10


class SecondFactors:
    """Works in a transaction in which the account is locked."""

    def __init__(self, keys: AccountKeys) -> None:
        self._keys = keys

    async def is_due(self, tx: Tx, account: Account, organization_id: OrganizationId) -> bool:
        """Whether an organization asks this person for one that they have not set up."""
        if account.second_factor is not None or account.role_in(organization_id) is UserRole.STAFF:
            return False
        organization = await organization_store.load(tx, organization_id)
        return organization.settings.admins_need_second_factor

    async def offer(self, tx: Tx, account: Account) -> str:
        """A new secret, not yet in use."""
        secret = authenticator.new_secret()
        keys = await self._keys.of(tx)
        await factor_store.offer(tx, account.id, keys.seal(secret, about=_about_secret(account.id)))
        return secret

    async def begin(self, tx: Tx, account: Account, code: str) -> tuple[str, ...] | None:
        """Use the secret that was offered, if the code is of it.

        Returns:
            The recovery codes; None where the code is none.
        """
        assert account.second_factor_offered is not None, "it was offered"
        keys = await self._keys.of(tx)
        secret = keys.open(account.second_factor_offered, about=_about_secret(account.id))
        step = authenticator.step_of(secret, normal_code(code), await tx.now())
        if step is None:
            return None
        await factor_store.begin(tx, account.id, account.second_factor_offered, step=step)
        return await self.new_recovery_codes(tx, account)

    async def use(self, tx: Tx, account: Account, code: str) -> bool:
        """Whether a code is good, of the app or to recover; it is good this once."""
        assert account.second_factor is not None, "it is in use"
        keys, normal = await self._keys.of(tx), normal_code(code)
        secret = keys.open(account.second_factor, about=_about_secret(account.id))
        step = authenticator.step_of(secret, normal, await tx.now())
        if step is not None:
            return await factor_store.use_step(tx, account.id, step)
        code_hash = keys.blind(normal, about=_about_code(account.id))
        return await factor_store.use_recovery_code(tx, account.id, code_hash)

    async def new_recovery_codes(self, tx: Tx, account: Account) -> tuple[str, ...]:
        """Other recovery codes in the place of those that are left: 50 bits each, kept as keyed hashes."""
        codes = tuple(spelled_secret(groups=2, length=5) for _ in range(RECOVERY_CODES))
        keys = await self._keys.of(tx)
        hashes = [keys.blind(normal_code(code), about=_about_code(account.id)) for code in codes]
        await factor_store.replace_recovery_codes(tx, account.id, hashes)
        return codes


def normal_code(code: str) -> str:
    """A code without what people put between its groups, in small letters."""
    return "".join(each for each in code.lower() if each.isalnum())


def _about_secret(user_id: UserId) -> str:
    return f"second factor {user_id}"


def _about_code(user_id: UserId) -> str:
    return f"recovery code {user_id}"
