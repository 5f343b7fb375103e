"""Setting an empty server up: once, from the machine itself or by the code that it wrote down."""

import secrets
from collections.abc import Callable
from zoneinfo import ZoneInfo

from server.domain.errors import AlreadySetUp, WrongSetupCode
from server.domain.setup_codes import TRIES, code_of, is_code
from server.infra.crypto import MasterKey
from server.store import journal, setup_codes
from server.store import organizations as organization_store
from server.store import users as user_store
from server.store.engine import Database, Tx
from server.store.setup_codes import SetupCode
from server.usecases.setting_up import NewOrganization, NewPerson, add_organization, password_hashes
from server.usecases.signing_in import Caller, SigningIn, audit_entry
from shared.ids import UserRole
from shared.setup import SetUp
from shared.users import SignedIn

_NONCE_BYTES = 16


class FirstSetup:
    """Makes the first organization of one database, and its super admin.

    Args:
        master_key: what the code follows from; all servers of a database have the same.
        tell: writes a line down where only who runs this server reads it.
    """

    def __init__(
        self, database: Database, signing_in: SigningIn, master_key: MasterKey, *, tell: Callable[[str], None]
    ) -> None:
        self._database = database
        self._signing_in = signing_in
        self._master_key = master_key
        self._tell = tell

    async def announce(self) -> None:
        """Write the code down, where there is no organization yet.

        Raises:
            DatabaseUnavailable
        """
        async with self._database.unit_of_work() as tx:
            await setup_codes.lock(tx)
            if await organization_store.exist(tx):
                return
            code = self._code_of(await self._present(tx))
        self._tell(
            "This server has no organization yet. Open the admin console on this machine to set it up, or on"
            f" another one, where it asks for this code: {code}"
        )

    async def require_empty(self) -> None:
        """Refuse where there is an organization.

        Raises:
            AlreadySetUp
        """
        async with self._database.unit_of_work() as tx:
            await _require_empty(tx)

    async def set_up(self, body: SetUp, caller: Caller, *, is_this_machine: bool) -> SignedIn:
        """Make the organization as `callboard-server setup` does, and sign its super admin in.

        Args:
            is_this_machine: who asks from the machine itself needs no code.

        Raises:
            AlreadySetUp
            WrongSetupCode
            PasswordRefused
        """
        if is_this_machine:
            await self.require_empty()
        else:
            await self._require_code(body.code or "", caller)
        new = NewOrganization(
            name=body.organization,
            time_zone=ZoneInfo(body.time_zone),
            people=(
                NewPerson(
                    username=body.username,
                    display_name=body.display_name,
                    password=body.password,
                    role=UserRole.SUPER_ADMIN,
                ),
            ),
        )
        hashes = await password_hashes(new)
        async with self._database.unit_of_work() as tx:
            await setup_codes.lock(tx)
            await _require_empty(tx)
            organization_id = await add_organization(tx, new, hashes)
            account = await user_store.by_username(tx, body.username)
            assert account is not None, "it was made a moment ago"
            await user_store.note_login(tx, account.id)
            entry = journal.AuditEntry(
                user_id=account.id,
                action="set_up",
                entity_type="organization",
                entity_id=organization_id,
                details={"by_code": not is_this_machine},
                address=caller.address,
                user_agent=caller.user_agent,
            )
            await journal.log(tx, organization_id, entry)
            await journal.log(tx, organization_id, audit_entry(account, "sign_in", caller))
            return await self._signing_in.begin_session(tx, account, organization_id, caller)

    async def _require_code(self, given: str, caller: Caller) -> None:
        async with self._database.unit_of_work() as tx:
            await setup_codes.lock(tx)
            await _require_empty(tx)
            present = await self._present(tx)
            if is_code(given, self._code_of(present)):
                return
            # Who was not asked for it yet has not guessed.
            is_missing = not given.strip()
            tries_left = TRIES - present.tries - (0 if is_missing else 1)
            if not is_missing:
                # Kept, though the request is refused: refused it is after this transaction.
                await setup_codes.keep(tx, SetupCode(nonce=present.nonce, tries=present.tries + 1))
                await self._log_refused(tx, caller, tries_left)
            if tries_left == 0:
                present = await self._make_anew(tx)
        if tries_left == 0:
            self._tell(f"A wrong code was given {TRIES} times. From now on it is: {self._code_of(present)}")
        raise WrongSetupCode(is_missing=is_missing, tries_left=tries_left)

    async def _present(self, tx: Tx) -> SetupCode:
        return await setup_codes.load(tx) or await self._make_anew(tx)

    async def _make_anew(self, tx: Tx) -> SetupCode:
        made = SetupCode(nonce=secrets.token_bytes(_NONCE_BYTES), tries=0)
        await setup_codes.keep(tx, made)
        return made

    def _code_of(self, code: SetupCode) -> str:
        return code_of(self._master_key.key.secret, code.nonce)

    async def _log_refused(self, tx: Tx, caller: Caller, tries_left: int) -> None:
        entry = journal.AuditEntry(
            user_id=None,
            action="set_up_refused",
            entity_type="organization",
            entity_id=None,
            details={"tries_left": tries_left},
            address=caller.address,
            user_agent=caller.user_agent,
        )
        await journal.log(tx, None, entry)


async def _require_empty(tx: Tx) -> None:
    if await organization_store.exist(tx):
        raise AlreadySetUp()
