"""Access and refresh JWTs: what is believed, and every kind of forgery that is not."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from server.domain.errors import CredentialExpired, Unauthenticated
from server.infra.jwt import JwtKeys, JwtKind, new_private_key
from shared.ids import OrganizationId, UserId, UserRole

PEM = new_private_key()
OTHER_PEM = new_private_key()
KEYS = JwtKeys({"one": PEM})
HOUR = timedelta(hours=1)


def issued(keys: JwtKeys = KEYS, kind: JwtKind = JwtKind.ACCESS, **changes: Any) -> str:
    facts: dict[str, Any] = {
        "user_id": UserId(uuid4()),
        "organization_id": OrganizationId(uuid4()),
        "role": UserRole.STAFF,
        "access_version": 3,
        "session_id": uuid4(),
        "lifetime": HOUR,
    }
    return keys.issue(kind, **{**facts, **changes})


def payload(**changes: Any) -> dict[str, Any]:
    """What a good access JWT says, with changes; None takes a claim away."""
    good = jwt.decode(issued(), options={"verify_signature": False})
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(claims: dict[str, Any], *, pem: bytes = PEM, kid: str | None = "one") -> str:
    headers = {"kid": kid} if kid is not None else {}
    return jwt.encode(claims, pem, algorithm="RS256", headers=headers)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'kid': 'one', 'typ': 'JWT'})}.{encoded(payload())}."


def signed_with_the_public_key() -> str:
    """The classic confusion: the public key, which everybody may have, as an HMAC secret."""
    private = serialization.load_pem_private_key(PEM, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{encoded({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{encoded(payload())}"
    mac = hmac.new(public, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_another_payload() -> str:
    """The signature of one JWT under the claims of another."""
    head, _, signature = issued().split(".")
    return f"{head}.{encoded(payload(role='super_admin'))}.{signature}"


FORGERIES: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "no signature": lambda: unsigned("RS256"),
    "public key as secret": signed_with_the_public_key,
    "another payload": with_another_payload,
    "another key": lambda: signed(payload(), pem=OTHER_PEM),
    "unknown kid": lambda: signed(payload(), kid="two"),
    "kid of a path": lambda: signed(payload(), kid="../../dev/null"),
    "no kid": lambda: signed(payload(), kid=None),
    "foreign issuer": lambda: signed(payload(iss="somebody")),
    "no issuer": lambda: signed(payload(iss=None)),
    "foreign audience": lambda: signed(payload(aud="refresh")),
    "two audiences of which one is ours, none asked": lambda: signed(payload(aud=["other"])),
    "no audience": lambda: signed(payload(aud=None)),
    "no end": lambda: signed(payload(exp=None)),
    "no subject": lambda: signed(payload(sub=None)),
    "no organization": lambda: signed(payload(org=None)),
    "an unknown role": lambda: signed(payload(role="emperor")),
    "a subject that is no id": lambda: signed(payload(sub="marta")),
    "issued tomorrow": lambda: signed(payload(iat=datetime.now(UTC) + timedelta(days=1))),
    "nothing": lambda: "",
    "dots": lambda: "..",
    "text": lambda: "Bearer abc",
    "far too long": lambda: "a" * 100_000,
}


class TestVerify:
    def test_what_was_issued_is_read(self) -> None:
        user_id, session_id = UserId(uuid4()), uuid4()
        claims = KEYS.verify(issued(user_id=user_id, session_id=session_id), JwtKind.ACCESS)
        assert (claims.user_id, claims.session_id, claims.access_version) == (user_id, session_id, 3)

    @pytest.mark.parametrize("name", FORGERIES)
    def test_a_forgery_is_refused(self, name: str) -> None:
        with pytest.raises(Unauthenticated):
            KEYS.verify(FORGERIES[name](), JwtKind.ACCESS)

    def test_one_kind_is_never_the_other(self) -> None:
        for kind, other in ((JwtKind.ACCESS, JwtKind.REFRESH), (JwtKind.REFRESH, JwtKind.ACCESS)):
            text = issued(kind=kind)
            assert KEYS.verify(text, kind)
            with pytest.raises(Unauthenticated):
                KEYS.verify(text, other)

    def test_an_older_key_still_verifies_and_the_newest_signs(self) -> None:
        old, both = JwtKeys({"one": PEM}), JwtKeys({"two": OTHER_PEM, "one": PEM})
        assert both.verify(issued(old), JwtKind.ACCESS)
        assert jwt.get_unverified_header(issued(both))["kid"] == "two"
        with pytest.raises(Unauthenticated):
            old.verify(issued(both), JwtKind.ACCESS)


class TestTime:
    def test_after_its_end_it_has_expired(self) -> None:
        text = issued(lifetime=timedelta(minutes=-1))
        with pytest.raises(CredentialExpired):
            KEYS.verify(text, JwtKind.ACCESS)

    @pytest.mark.parametrize("seconds", [-3, 3])
    def test_clocks_may_differ_by_seconds(self, seconds: int) -> None:
        now = datetime.now(UTC) + timedelta(seconds=seconds)
        assert KEYS.verify(issued(now=now), JwtKind.ACCESS)

    def test_a_clock_that_is_a_minute_ahead_is_not_believed(self) -> None:
        with pytest.raises(Unauthenticated):
            KEYS.verify(issued(now=datetime.now(UTC) + timedelta(minutes=1)), JwtKind.ACCESS)

    def test_what_was_verified_ends_on_time_though_it_is_remembered(self) -> None:
        text = issued(lifetime=timedelta(seconds=-3.5))  # within the leeway, for another second
        assert KEYS.verify(text, JwtKind.ACCESS)
        assert KEYS.verify(text, JwtKind.ACCESS)
        sleep(2)
        with pytest.raises(CredentialExpired):
            KEYS.verify(text, JwtKind.ACCESS)
