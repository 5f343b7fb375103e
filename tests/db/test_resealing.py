"""The master key is changed: everything opens before, during and after."""

from base64 import b64encode
from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from server.infra.crypto import MasterKey, MasterKeyError, SealingKey, sealed_with
from server.infra.jwt import JwtKind
from server.store import sealed as sealed_store
from server.store.engine import Database
from server.store.sealed import SEALED_COLUMNS
from server.store.tables import metadata
from server.usecases import resealing, signing_keys
from server.usecases.visitors import VisitorKeys
from shared.ids import OrganizationId, UserId, UserRole
from tests.db.truths import rows
from tests.site import MASTER_KEY, Site

NEW = MasterKey(key=SealingKey.random(), origin="the new one", former=MASTER_KEY.key)
AFTERWARDS = replace(NEW, former=None)

SEALED_BY_OTHERS = {
    # By the key of their service day, which is what is sealed anew.
    "tokens.visitor",
    # Digests: nothing is to be opened.
    "users.email_index",
    "devices.key_hash",
    "device_pairings.secret_hash",
    "sign_in_failures.account_hash",
    "setup_codes.nonce",
    "recovery_codes.code_hash",
    "idempotency_keys.fingerprint",
    "audit_seals.digests",
    "audit_seals.hash",
    "audit_seals.previous",
    # By the accounts' key, which is what is sealed anew.
    "users.email",
    "users.second_factor",
    "users.second_factor_offered",
    # Nothing writes this yet.
    "device_pairings.sealed_key",
}


async def key_ids(database: Database) -> set[bytes]:
    return {sealed_with(bytes(row["sealed"])) for row in await rows(database, "SELECT sealed FROM keys")}


class TestColumns:
    def test_every_column_of_bytes_is_sealed_anew_or_known_not_to_need_it(self) -> None:
        found = {
            f"{column.table.name}.{column.name}"
            for table in metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, sa.LargeBinary)
        }
        assert {each.name for each in SEALED_COLUMNS} == found - SEALED_BY_OTHERS


class TestReseal:
    async def test_all_opens_before_and_after_and_nothing_needs_the_former_key(self, site: Site) -> None:
        desk = await site.person_at(0)
        token = (await desk.take(visitor={"name": "Ana Horvat"})).token
        keys = await signing_keys.load_or_create(site.database, MASTER_KEY)
        signed = keys.issue(
            JwtKind.REFRESH,
            user_id=UserId(uuid4()),
            organization_id=OrganizationId(uuid4()),
            role=UserRole.STAFF,
            access_version=0,
            session_id=uuid4(),
            lifetime=signing_keys.ANNOUNCED_FOR,
        )
        for master_key in (NEW, AFTERWARDS):
            known = await signing_keys.load_or_create(site.database, master_key)
            assert known.verify(signed, JwtKind.REFRESH)
            visitors = VisitorKeys(master_key)
            async with site.database.unit_of_work() as tx:
                sealed = await rows(site.database, "SELECT visitor FROM tokens")
                shown = token.model_copy(update={"visitor": None, "sealed": _text(sealed[0]["visitor"])})
                await visitors.learn(tx, [shown])
            assert visitors.reveal(shown).visitor.name == "Ana Horvat"
            if master_key is NEW:
                assert await resealing.left_to_reseal(site.database, NEW) == {"keys.sealed": 2}
                assert await resealing.reseal(site.database, NEW) == 2
                assert await resealing.left_to_reseal(site.database, NEW) == {"keys.sealed": 0}
                assert await resealing.reseal(site.database, NEW) == 0
        assert await key_ids(site.database) == {NEW.key.id}

    async def test_many_go_in_pieces_and_what_nobody_opens_is_left_as_it_is(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resealing, "AT_ONCE", 3)
        stranger = MasterKey(key=SealingKey.random(), origin="nobody's")
        async with site.database.unit_of_work() as tx:
            for number in range(10):
                key = stranger if number in (0, 4) else MASTER_KEY
                about = f"callboard jwt key {number:02}".encode()
                await tx.execute(
                    "INSERT INTO keys (kid, purpose, sealed) VALUES (%(kid)s, 'jwt', %(sealed)s)",
                    {"kid": f"{number:02}", "sealed": key.seal(b"secret", associated_data=about)},
                )
        assert await resealing.reseal(site.database, NEW) == 8
        assert await key_ids(site.database) == {NEW.key.id, stranger.key.id}
        assert (await resealing.left_to_reseal(site.database, NEW))["keys.sealed"] == 2

    async def test_without_a_former_key_nothing_is_touched(self, site: Site) -> None:
        await signing_keys.load_or_create(site.database, MASTER_KEY)
        assert await resealing.reseal(site.database, AFTERWARDS) == 0
        assert await key_ids(site.database) == {MASTER_KEY.key.id}

    async def test_a_value_of_another_row_does_not_come_along(self, site: Site) -> None:
        """Moved to another row it did not open before, and must not after."""
        await signing_keys.load_or_create(site.database, MASTER_KEY)
        async with site.database.unit_of_work() as tx:
            await tx.execute("UPDATE keys SET kid = 'another'")
        assert await resealing.reseal(site.database, NEW) == 0
        with pytest.raises(MasterKeyError):
            await signing_keys.load_or_create(site.database, NEW)

    async def test_two_workers_share_the_rows(self, site: Site) -> None:
        await signing_keys.load_or_create(site.database, MASTER_KEY)
        column = SEALED_COLUMNS[0]
        async with site.database.unit_of_work() as one, site.database.unit_of_work() as two:
            taken = await sealed_store.not_sealed_with(one, column, NEW.key.id, after=None, at_most=10)
            assert len(taken) == 1
            assert await sealed_store.not_sealed_with(two, column, NEW.key.id, after=None, at_most=10) == []


def _text(sealed: object) -> str:
    assert isinstance(sealed, bytes)
    return b64encode(sealed).decode()
