"""Signing in, refreshing, signing out; and who stands behind a credential."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from server.domain.access import Actor, permissions_of
from server.domain.errors import (
    CredentialExpired,
    DeviceRevoked,
    NotFound,
    PasswordDue,
    TryLater,
    Unauthenticated,
    WrongCredentials,
)
from server.infra.jwt import Claims, JwtKeys, JwtKind
from server.infra.passwords import verify_password
from server.store import devices as device_store
from server.store import journal
from server.store import users as user_store
from server.store.devices import KnownDevice
from server.store.engine import Database, Tx
from server.store.users import Account, RefreshSession
from server.usecases.tries import Tries
from shared.commands import SignIn
from shared.ids import OrganizationId, UserRole
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

    def __init__(self, database: Database, keys: JwtKeys, lifetimes: Lifetimes, tries: Tries) -> None:
        self._database = database
        self._keys = keys
        self._lifetimes = lifetimes
        self._tries = tries

    async def sign_in(self, body: SignIn, caller: Caller) -> SignedIn:
        """Exchange user name and password for JWTs.

        Raises:
            WrongCredentials: whatever was wrong; it takes as long and says as little in each case.
            TryLater: too many wrong passwords for this user name, whether anybody has it or not.
        """
        try:
            name_hash = await self._tries.begin(body.username)
        except TryLater:
            await self._log_refused(body.username, caller, delayed=True)
            raise
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_username(tx, body.username)
        # No transaction is open while bcrypt takes its quarter of a second.
        matches = await verify_password(body.password, account.password_hash if account else None)
        if account is not None and matches:
            async with self._database.unit_of_work() as tx:
                # Locked: who is switched off or given another password just now is not let in.
                now = await user_store.lock(tx, account.id)
                if now is not None and now.is_active and now.password_hash == account.password_hash:
                    organization_id = body.organization_id or now.organization_id
                    if now.role_in(organization_id) is not None:
                        await self._tries.clear(tx, name_hash)
                        await user_store.note_login(tx, now.id)
                        await journal.log(tx, organization_id, audit_entry(now, "sign_in", caller))
                        return await self.begin_session(tx, now, organization_id, caller)
        await self._log_refused(body.username, caller)
        raise WrongCredentials()

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
        role = account.role_in(organization_id)
        if role is None:
            raise Unauthenticated()
        return self._signed_in(account, organization_id, role, session_id, jti)

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
            role = account.role_in(claims.organization_id) if account else None
            if session is None or account is None or role is None or not account.is_active:
                raise Unauthenticated()
            jti = await self._rotate(tx, session, claims)
            if jti is not None:
                return self._signed_in(account, claims.organization_id, role, claims.session_id, jti)
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
        role = account.role_in(actor.organization_id) if account else None
        if account is None or role is None or not account.is_active:
            raise Unauthenticated()
        return _me(account, actor.organization_id, role)

    def actor_of(self, access_jwt: str, *, before_password_change: bool = False) -> tuple[Actor, datetime]:
        """The person behind an access JWT, and when it ends.

        The one place where people are kept from everything else until they have changed their password:
        each way in, requests and sockets, goes through here.

        Args:
            before_password_change: whether what is asked is done even before that.

        Raises:
            Unauthenticated, CredentialExpired
            PasswordDue: they must change their password first.
        """
        claims = self._keys.verify(access_jwt, JwtKind.ACCESS)
        if claims.password_due and not before_password_change:
            raise PasswordDue()
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

    def _signed_in(
        self,
        account: Account,
        organization_id: OrganizationId,
        role: UserRole,
        session_id: UUID,
        refresh_jti: UUID,
    ) -> SignedIn:
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
                password_due=account.must_change_password,
            )

        return SignedIn(
            access_jwt=issue(JwtKind.ACCESS, self._lifetimes.access),
            access_expires_in_s=round(self._lifetimes.access.total_seconds()),
            refresh_jwt=issue(JwtKind.REFRESH, self._lifetimes.refresh, refresh_jti),
            refresh_expires_in_s=round(self._lifetimes.refresh.total_seconds()),
            me=_me(account, organization_id, role),
        )

    async def _log_refused(self, username: str, caller: Caller, *, delayed: bool = False) -> None:
        async with self._database.unit_of_work() as tx:
            account = await user_store.by_username(tx, username)
            details: dict[str, object] = {"known": account is not None, "username_length": len(username)}
            if delayed:
                details["delayed"] = True
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


def _me(account: Account, organization_id: OrganizationId, role: UserRole) -> Me:
    name = next(
        membership.organization_name
        for membership in account.memberships
        if membership.organization_id == organization_id
    )
    return Me(
        id=account.id,
        username=account.username,
        display_name=account.display_name,
        organization_id=organization_id,
        organization_name=name,
        role=role,
        permissions=tuple(sorted(permissions_of(role, account.grants))),
        memberships=account.memberships,
        must_change_password=account.must_change_password,
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
