"""Signing in, refreshing, signing out; and who stands behind a credential."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from server.domain.access import Actor, permissions_of
from server.domain.errors import (
    CodeNeeded,
    CredentialExpired,
    DeviceRevoked,
    NotFound,
    PasswordDue,
    Refusal,
    SecondFactorDue,
    TryLater,
    Unauthenticated,
    WrongCode,
    WrongCredentials,
)
from server.infra.jwt import Claims, Due, JwtKeys, JwtKind
from server.infra.passwords import verify_password
from server.store import devices as device_store
from server.store import journal
from server.store import users as user_store
from server.store.devices import KnownDevice
from server.store.engine import Database, Tx
from server.store.users import Account, RefreshSession
from server.usecases.second_factors import SecondFactors
from server.usecases.tries import Tries, Try
from shared.commands import SignIn
from shared.ids import OrganizationId
from shared.roles import MATRIX
from shared.users import Me, SignedIn

DEVICE_KEY_PREFIX = "cbd_"
"""Device keys are recognizable, so that a leaked one is found by a secret scanner."""

REFRESH_GRACE = timedelta(seconds=60)
"""So long the previous refresh JWT still works: a lost answer must not sign a clerk out."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Where a sign-in comes from."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """How long the two JWTs hold."""

    access: timedelta
    refresh: timedelta


class SigningIn:
    """Signs people in against one database.

    Args:
        tries: counts wrong passwords.
    """

    def __init__(
        self,
        database: Database,
        keys: JwtKeys,
        lifetimes: Lifetimes,
        tries: Tries,
        second_factors: SecondFactors,
    ) -> None:
        self._second_factors = second_factors
        self._database = database
        self._keys = keys
        self._lifetimes = lifetimes
        self._tries = tries

    async def sign_in(self, body: SignIn, caller: Caller) -> SignedIn:
        """Exchange user name and password for JWTs.

        Raises:
            WrongCredentials: whatever was wrong; it takes as long and says as little in each case.
            TryLater: too many wrong passwords for this user name, whether anybody has it or not.
            CodeNeeded: the password is right, and the account has a second factor.
            WrongCode: its code is none, or was used before.
        """
        try:
            begun = await self._tries.begin(body.username)
        except TryLater:
            await self._log_refused(body.username, caller, delayed=True)
            raise
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_username(tx, body.username)
        # No transaction is open while bcrypt takes its quarter of a second.
        matches = await verify_password(body.password, account.password_hash if account else None)
        refusal: Refusal = WrongCredentials()
        if account is not None and matches:
            async with self._database.unit_of_work() as tx:
                outcome = await self._let_in(tx, account, body, caller, begun)
            if isinstance(outcome, SignedIn):
                return outcome
            refusal = outcome
        await self._log_refused(body.username, caller, at_code=isinstance(refusal, CodeNeeded | WrongCode))
        raise refusal

    async def _let_in(
        self, tx: Tx, seen: Account, body: SignIn, caller: Caller, begun: Try
    ) -> SignedIn | Refusal:
        """Sign in whose password was right; or why not."""
        # Locked: who is switched off or given another password just now is not let in.
        account = await user_store.lock(tx, seen.id)
        if account is None or not account.is_active or account.password_hash != seen.password_hash:
            return WrongCredentials()
        organization_id = body.organization_id or account.organization_id
        if account.role_in(organization_id) is None:
            return WrongCredentials()
        if account.second_factor is not None:
            if body.code is None:
                await self._tries.take_back(tx, begun)
                return CodeNeeded()
            if not await self._second_factors.use(tx, account, body.code):
                return WrongCode()
        await self._tries.clear(tx, begun)
        await user_store.note_login(tx, account.id)
        await journal.log(tx, organization_id, audit_entry(account, "sign_in", caller))
        return await self.begin_session(tx, account, organization_id, caller)

    async def begin_session(
        self, tx: Tx, account: Account, organization_id: OrganizationId, caller: Caller
    ) -> SignedIn:
        """Sign a person in on a device; that they may was found out before."""
        session_id, jti = uuid4(), uuid4()
        await user_store.begin_refresh_session(
            tx,
            session_id=session_id,
            user_id=account.id,
            organization_id=organization_id,
            jti=jti,
            lifetime=self._lifetimes.refresh,
            user_agent=caller.user_agent,
        )
        return await self._signed_in(tx, account, organization_id, session_id, jti)

    async def switch(self, actor: Actor, organization_id: OrganizationId, caller: Caller) -> SignedIn:
        """Go on in another organization of one's memberships; the session in this one ends.

        Raises:
            NotFound: no such organization, or not one's own: which of the two is nobody's business.
            Unauthenticated: the account is gone meanwhile.
        """
        async with self._database.unit_of_work() as tx:
            account = await user_store.lock(tx, actor.user_id)
            if account is None or not account.is_active:
                raise Unauthenticated()
            if account.role_in(organization_id) is None:
                raise NotFound(what="organization", id=str(organization_id))
            if actor.session_id is not None:
                await user_store.end_refresh_session(tx, actor.session_id)
            left = str(actor.organization_id)
            entry = audit_entry(account, "switch_organization", caller, left=left)
            await journal.log(tx, organization_id, entry)
            return await self.begin_session(tx, account, organization_id, caller)

    async def refresh(self, refresh_jwt: str, caller: Caller) -> SignedIn:
        """Exchange a refresh JWT for its successor. Reuse of an old one ends the whole session.

        Raises:
            Unauthenticated, CredentialExpired
        """
        claims = self._keys.verify(refresh_jwt, JwtKind.REFRESH)
        async with self._database.unit_of_work() as tx:
            session = await user_store.lock_refresh_session(tx, claims.session_id)
            account = await user_store.by_id(tx, claims.user_id)
            if session is None or account is None or not account.is_active:
                raise Unauthenticated()
            jti = await self._rotate(tx, session, claims)
            if jti is not None:
                return await self._signed_in(tx, account, claims.organization_id, claims.session_id, jti)
            await user_store.end_refresh_session(tx, session.id)
            await journal.log(tx, claims.organization_id, audit_entry(account, "refresh_jwt_reused", caller))
        raise Unauthenticated()

    async def sign_out(self, refresh_jwt: str, caller: Caller) -> None:
        """End the session of a refresh JWT; one that has ended already is fine.

        Raises:
            Unauthenticated
        """
        try:
            claims = self._keys.verify(refresh_jwt, JwtKind.REFRESH)
        except CredentialExpired:
            return
        async with self._database.unit_of_work() as tx:
            await user_store.end_refresh_session(tx, claims.session_id)
            account = await user_store.by_id(tx, claims.user_id)
            if account is not None:
                await journal.log(tx, claims.organization_id, audit_entry(account, "sign_out", caller))

    async def me(self, actor: Actor) -> Me:
        """The signed-in person.

        Raises:
            Unauthenticated: the account or membership is gone.
        """
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_id(tx, actor.user_id)
            if account is None or not account.is_active:
                raise Unauthenticated()
            due = await self._due(tx, account, actor.organization_id)
        return _me(account, actor.organization_id, due)

    def actor_of(self, access_jwt: str, *, even_if_due: bool = False) -> tuple[Actor, datetime]:
        """The person behind an access JWT, and when it ends.

        The one place where people are kept from everything else until they have changed a password that
        somebody gave them, and set a second factor up where it is asked for: each way in, requests and
        sockets, goes through here.

        Args:
            even_if_due: whether what is asked is done even before that.

        Raises:
            Unauthenticated, CredentialExpired
            PasswordDue, SecondFactorDue
        """
        claims = self._keys.verify(access_jwt, JwtKind.ACCESS)
        if claims.due is not None and not even_if_due:
            raise PasswordDue() if claims.due is Due.PASSWORD else SecondFactorDue()
        actor = Actor(
            user_id=claims.user_id,
            organization_id=claims.organization_id,
            role=claims.role,
            permissions=MATRIX[claims.role],
            access_version=claims.access_version,
            session_id=claims.session_id,
        )
        return actor, claims.expires_at

    async def device_of(self, device_key: str) -> KnownDevice:
        """The display behind a device key.

        Raises:
            Unauthenticated: it is nobody's.
            DeviceRevoked: it was taken back.
        """
        async with self._database.unit_of_work() as tx:
            device = await device_store.by_key_hash(tx, hash_device_key(device_key))
        if device is None:
            raise Unauthenticated()
        if device.is_revoked:
            raise DeviceRevoked()
        return device

    async def _rotate(self, tx: Tx, session: RefreshSession, claims: Claims) -> UUID | None:
        """The id of the successor; None where an old JWT was used again."""
        if session.ended_at is not None or session.expires_at <= datetime.now(UTC):
            raise Unauthenticated()
        if claims.jti == session.current_jti:
            jti = uuid4()
            await user_store.rotate_refresh_session(tx, session.id, jti=jti, lifetime=self._lifetimes.refresh)
            return jti
        fresh = session.rotated_at is not None and datetime.now(UTC) - session.rotated_at <= REFRESH_GRACE
        if claims.jti == session.previous_jti and fresh:
            return session.current_jti
        return None

    async def _due(self, tx: Tx, account: Account, organization_id: OrganizationId) -> Due | None:
        """What the person must do before anything else."""
        if account.must_change_password:
            return Due.PASSWORD
        if await self._second_factors.is_due(tx, account, organization_id):
            return Due.SECOND_FACTOR
        return None

    async def _signed_in(
        self,
        tx: Tx,
        account: Account,
        organization_id: OrganizationId,
        session_id: UUID,
        refresh_jti: UUID,
    ) -> SignedIn:
        role = account.role_in(organization_id)
        if role is None:
            raise Unauthenticated()
        due = await self._due(tx, account, organization_id)

        def issue(kind: JwtKind, lifetime: timedelta, jti: UUID | None = None) -> str:
            return self._keys.issue(
                kind,
                user_id=account.id,
                organization_id=organization_id,
                role=role,
                access_version=account.access_version,
                session_id=session_id,
                lifetime=lifetime,
                jti=jti,
                due=due,
            )

        return SignedIn(
            access_jwt=issue(JwtKind.ACCESS, self._lifetimes.access),
            access_expires_in_s=round(self._lifetimes.access.total_seconds()),
            refresh_jwt=issue(JwtKind.REFRESH, self._lifetimes.refresh, refresh_jti),
            refresh_expires_in_s=round(self._lifetimes.refresh.total_seconds()),
            me=_me(account, organization_id, due),
        )

    async def _log_refused(
        self, username: str, caller: Caller, *, delayed: bool = False, at_code: bool = False
    ) -> None:
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_username(tx, username)
            details: dict[str, object] = {"known": account is not None, "username_length": len(username)}
            # Tried too soon; or with the right password, which the person should hear of.
            details |= {name: True for name, is_so in (("delayed", delayed), ("at_code", at_code)) if is_so}
            entry = journal.AuditEntry(
                user_id=account.id if account else None,
                action="sign_in_refused",
                entity_type="user",
                entity_id=account.id if account else None,
                # A password typed into the wrong field must not stand in the audit.
                details=details,
                address=caller.address,
                user_agent=caller.user_agent,
            )
            await journal.log(tx, account.organization_id if account else None, entry)


def new_device_key() -> str:
    """A device key that nobody has yet; only its hash is kept."""
    return DEVICE_KEY_PREFIX + secrets.token_urlsafe(32)


def hash_device_key(device_key: str) -> bytes:
    """What is kept of a device key: it is random and long, so a plain hash is enough."""
    return hashlib.sha256(device_key.encode()).digest()


def _me(account: Account, organization_id: OrganizationId, due: Due | None) -> Me:
    """How a person is shown to themselves.

    Raises:
        Unauthenticated: their membership is gone.
    """
    here = [each for each in account.memberships if each.organization_id == organization_id]
    if not here:
        raise Unauthenticated()
    return Me(
        id=account.id,
        username=account.username,
        display_name=account.display_name,
        organization_id=organization_id,
        organization_name=here[0].organization_name,
        role=here[0].role,
        permissions=tuple(sorted(permissions_of(here[0].role, account.grants))),
        memberships=account.memberships,
        must_change_password=due is Due.PASSWORD,
        has_second_factor=account.second_factor is not None,
        must_set_up_second_factor=due is Due.SECOND_FACTOR,
    )


def audit_entry(account: Account, action: str, caller: Caller, **details: object) -> journal.AuditEntry:
    """What a person did with their own account."""
    return journal.AuditEntry(
        user_id=account.id,
        action=action,
        entity_type="user",
        entity_id=account.id,
        details=details,
        address=caller.address,
        user_agent=caller.user_agent,
    )
