"""Access and refresh JWTs: RS256, with a `kid`, verified against this database's own keys only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

from server.domain.errors import CredentialExpired, Unauthenticated
from shared.ids import OrganizationId, UserId, UserRole

ISSUER = "callboard"
_ALGORITHM = "RS256"
_LEEWAY_S = 5
"""Servers of one site may differ by this much; more hides a wrong clock."""

_CACHED_FOR_S = 5.0
"""A verified access JWT is believed this long without verifying again: RS256 costs 78 µs a request,
and what is taken away must hold within five seconds."""

_CACHE_SIZE = 4096


class JwtKind(StrEnum):
    """What a JWT is for; one is never taken for the other."""

    ACCESS = "access"
    REFRESH = "refresh"


class Due(StrEnum):
    """What a person must do before anything else; the JWT is good for that alone."""

    PASSWORD = "password"  # noqa: S105 - somebody else gave it: choose another
    SECOND_FACTOR = "second_factor"  # the organization asks for one: set it up


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a verified JWT says.

    Args:
        session_id: the refresh session (the signed-in device) it belongs to.
        access_version: of the account when it was issued.
        due: what had to be done then before anything else.
    """

    kind: JwtKind
    user_id: UserId
    organization_id: OrganizationId
    role: UserRole
    access_version: int
    session_id: UUID
    jti: UUID
    expires_at: datetime
    due: Due | None = None


class JwtKeys:
    """Signs with the newest key and verifies with all that are not retired.

    Args:
        private_keys: PEM by `kid`, the signing key first.
    """

    def __init__(self, private_keys: Mapping[str, bytes]) -> None:
        self._pems: Mapping[str, bytes] = {}
        self._private: dict[str, RSAPrivateKey] = {}
        self._public: dict[str, RSAPublicKey] = {}
        self._signing_kid = ""
        self._verified: dict[str, tuple[float, Claims]] = {}
        self.replace(private_keys)

    def replace(self, private_keys: Mapping[str, bytes]) -> None:
        """Sign and verify with these from now on; what only others had signed no longer holds.

        Args:
            private_keys: PEM by `kid`, the signing key first.
        """
        if list(private_keys.items()) == list(self._pems.items()):
            return
        self._pems = dict(private_keys)
        self._private = {kid: _private_key(pem) for kid, pem in private_keys.items()}
        self._public = {kid: key.public_key() for kid, key in self._private.items()}
        self._signing_kid = next(iter(self._private))
        self._verified = {}

    def issue(
        self,
        kind: JwtKind,
        *,
        user_id: UserId,
        organization_id: OrganizationId,
        role: UserRole,
        access_version: int,
        session_id: UUID,
        lifetime: timedelta,
        jti: UUID | None = None,
        now: datetime | None = None,
        due: Due | None = None,
    ) -> str:
        """A signed JWT of this kind."""
        issued_at = now or datetime.now(UTC)
        payload = {
            "iss": ISSUER,
            "aud": kind.value,
            "sub": str(user_id),
            "org": str(organization_id),
            "role": role.value,
            "ver": access_version,
            "sid": str(session_id),
            "jti": str(jti or uuid4()),
            "iat": issued_at,
            "exp": issued_at + lifetime,
        }
        if due is not None:
            payload["due"] = due.value
        return jwt.encode(
            payload,
            self._private[self._signing_kid],
            algorithm=_ALGORITHM,
            headers={"kid": self._signing_kid},
        )

    def verify(self, text: str, kind: JwtKind) -> Claims:
        """What a JWT of this kind says.

        Raises:
            CredentialExpired: it was good and has ended.
            Unauthenticated: anything else is wrong with it.
        """
        cached = self._verified.get(text)
        if cached is not None and cached[0] > monotonic() and cached[1].kind is kind:
            if cached[1].expires_at + timedelta(seconds=_LEEWAY_S) <= datetime.now(UTC):
                raise CredentialExpired()
            return cached[1]
        claims = self._verify(text, kind)
        if len(self._verified) >= _CACHE_SIZE:
            self._verified.clear()
        self._verified[text] = (monotonic() + _CACHED_FOR_S, claims)
        return claims

    def _verify(self, text: str, kind: JwtKind) -> Claims:
        try:
            key = self._public[jwt.get_unverified_header(text)["kid"]]
            payload = jwt.decode(
                text,
                key,
                algorithms=[_ALGORITHM],
                audience=kind.value,
                issuer=ISSUER,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss", "jti"]},
            )
            return _claims(payload, kind)
        except jwt.ExpiredSignatureError as error:
            raise CredentialExpired() from error
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated() from error


def new_private_key() -> bytes:
    """A new RSA key of 3072 bits (NIST SP 800-57: good beyond 2030), as unencrypted PEM."""
    key = generate_private_key(public_exponent=65537, key_size=3072)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _private_key(pem: bytes) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey), "signing keys are RSA"
    return key


def _claims(payload: Mapping[str, Any], kind: JwtKind) -> Claims:
    return Claims(
        kind=kind,
        user_id=UserId(UUID(payload["sub"])),
        organization_id=OrganizationId(UUID(payload["org"])),
        role=UserRole(payload["role"]),
        access_version=int(payload["ver"]),
        session_id=UUID(payload["sid"]),
        jti=UUID(payload["jti"]),
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        due=Due(payload["due"]) if "due" in payload else None,
    )
